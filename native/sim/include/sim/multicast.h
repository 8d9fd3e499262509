// Multicast addresses: each stands for the same bytes in the memory of several simulated GPUs.
#pragma once
#include <cstddef>
#include <vector>

#include "sim/engines.h"

namespace sim {

// An address whose `bytes` stand for all of these copies, until it is released. It can be used by
// multimem only.
void* bind_multicast(const std::vector<void*>& copies, size_t bytes);
void release_multicast(void* address);
// The address that was bound to these copies before, or a new one.
void* multicast_of(const std::vector<void*>& copies, size_t bytes);

// 16 bytes.
void multimem_sum(void* sum, const void* address, AddAs type);
void multimem_store(void* address, const void* value);
void multimem_add(void* address, const void* value, AddAs type);

}  // namespace sim
