// The kernels of this library: what SX_KERNEL left in its section, the best instruction set of each
// key.
#pragma once
#include <cstddef>
#include <functional>
#include <string_view>
#include <vector>

#include "kernel.h"

struct sx_kernel {
  std::string_view key;
  sx::Function function;
};

namespace sx {

class Registry {
 public:
  // Kernels up to this rank. Throws Error if two kernels of one rank have the same key.
  explicit Registry(int isa_level);

  // nullptr if there is none.
  const sx_kernel* find(std::string_view key) const;

  // Whether `kernel` is one that find gave; it need not point to anything.
  bool owns(const sx_kernel* kernel) const;

  size_t size() const { return kernels_.size(); }

  // In the order of their keys; nullptr if there are not so many.
  const char* key(int32_t i) const {
    return i >= 0 && size_t(i) < kernels_.size() ? kernels_[size_t(i)].key.data() : nullptr;
  }

 private:
  std::vector<sx_kernel> kernels_;  // sorted by key
};

}  // namespace sx
