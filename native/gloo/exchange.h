// A few bytes from every rank to every other: one hop instead of size - 1, and it is known who has
// not come.
#pragma once
#include <atomic>
#include <memory>
#include <vector>

#include "connections.h"

namespace sx::gloo_engine {

class Exchange {
 public:
  // Begins it. `all` gets every rank's `part`, by rank, and stays the exchange's until its end.
  Exchange(Connections& connections, uint64_t slot, const void* part, char* all, size_t bytes);

  // Waits for all ranks; who is late is named, unless `aborted` says why.
  void finish(Clock::time_point deadline, const std::atomic<bool>& aborted);

 private:
  const int rank_, size_;
  std::unique_ptr<Buffer> own_;
  std::vector<std::unique_ptr<Buffer>> others_;
};

}  // namespace sx::gloo_engine
