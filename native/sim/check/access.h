// Touching memory: what the compiler's hooks and the engines have in common.
#pragma once
#include <cstddef>

#include "check/shadow.h"

namespace sim::check {

// Checks that these bytes may be touched, that what is read was written, and that nobody races for
// them. `whole`: every byte counts; false for structs, which may have gaps: there one written byte
// is enough.
void access(const Toucher& me, const char* address, size_t bytes, bool writes, bool whole);

// The running thread as it is now; `code` is where it is.
Toucher running_thread(uint32_t code, uint32_t flags = 0);

// Where in a kernel the running thread has called the simulator.
uint32_t calling_code();

}  // namespace sim::check
