// The libraries of devices that were loaded beside this one: each registers itself when it is
// loaded.
#pragma once
#include <mutex>
#include <string>
#include <vector>

#include "backend.h"

namespace sx {

class Backends {
 public:
  static Backends& all();

  void add(const Backend* backend);

  // Of every device, the CPU's first; one a line.
  const char* names();
  // Why devices are missing; one reason a line.
  const char* problems();

  // Throws Error if there is no such device.
  sx_device* open(const std::string& name);

 private:
  std::mutex mutex_;
  std::vector<const Backend*> loaded_;
  std::string names_ = "cpu";
  std::string problems_;
};

}  // namespace sx
