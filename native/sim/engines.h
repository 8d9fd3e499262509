// What the parts of the asynchronous engines share.
#pragma once
#include <string>

#include "check.h"
#include "sim/engines.h"

namespace sim {

// Forgets all mbarriers and warpgroups: other blocks start.
void forget_mbarriers();
void forget_warpgroups();

// An address of shared memory as messages show it.
std::string shared_name(const void* pointer);
// Fails unless [pointer, pointer + bytes) is shared memory that the block's launch asked for.
void require_shared(const void* pointer, size_t bytes, const char* operation);
// Fails unless [pointer, pointer + bytes) lies in one block of a device's memory.
void require_global(const void* pointer, size_t bytes, const char* operation);
void require_aligned(const void* pointer, size_t alignment, const char* operation,
                     const char* what);

}  // namespace sim
