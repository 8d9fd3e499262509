// What is said of a violation; every function here ends the launch.
#pragma once
#include <string>

#include "check/shadow.h"

namespace sim::check {

// True while a message is put together.
extern bool reporting;

// The place of an instruction in this library, kept instead of its address.
uint32_t code_of(const void* address);
// "softmax.cu:88", or the offset where nobody can tell.
std::string source_of(uint32_t code);

[[noreturn]] void report_race(const Toucher& me, bool writes, const Touch& other, bool other_writes,
                              const char* place);
// An engine reads or writes what threads have written, and nothing made it visible to it.
[[noreturn]] void report_unfenced(const Toucher& me, bool writes, const Touch& other,
                                  const char* place);

// What `me` reads was released, but not for a thread so far away.
[[noreturn]] void report_scope(const Toucher& me, Who who, uint32_t code);

enum class Problem {
  kOutOfBounds,
  kUninitialised,
  kHost,
  kForeignBlock,
  kEndedBlock,
  kPendingRegisters
};
[[noreturn]] void report(Problem problem, bool writes, const char* address, size_t bytes,
                         uint32_t code);

}  // namespace sim::check
