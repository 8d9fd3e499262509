// Conflicts of shared memory's banks: how many turns the accesses of a warp take, and how few they
// could.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sim::check {

// Where the environment has SARDONYX_SIM_STATISTICS=1: each launch then prints a line.
extern const bool banks_are_counted;

struct BankCounts {
  uint64_t accesses = 0;  // of warps
  uint64_t turns = 0;     // that they took
  uint64_t needed = 0;    // without any conflict
};

// The running thread touches shared memory.
void count_banks(uint32_t code, const char* address, size_t bytes);
// Of the launch that ended last, or of the running one so far.
const BankCounts& bank_counts();

void begin_bank_counts();
// Counts what some lanes of a warp never did; their blocks have ended.
void finish_bank_counts();
void print_bank_counts();

}  // namespace sim::check
