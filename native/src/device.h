// The CPU as a device: its kernels, its memory, and one launch.
#pragma once
#include <string>

#include "memory.h"
#include "registry.h"

struct sx_device {
  sx_device();

  sx::Registry kernels;
  sx::Allocator memory;
  std::string description;
};

// A pool that C callers hold; without one a launch runs in the calling thread.
struct sx_pool;

namespace sx {

Pool& pool_of(sx_pool* pool);

// Throws Error unless rank and sizes are those of a tensor whose element count an int64_t holds.
void check_shape(int64_t rank, const int64_t* shape);

}  // namespace sx
