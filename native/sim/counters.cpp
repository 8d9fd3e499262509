#include "sim/counters.h"

#include <atomic>
#include <iterator>
#include <string>

#include "memory.h"
#include "sim/sim.h"

namespace sim {
namespace {

constexpr const char* kNames[] = {"kernels",
                                  "blocks",
                                  "mma.m16n8k8",
                                  "mma.m16n8k16",
                                  "mma.m16n8k32",
                                  "wgmma",
                                  "tensor-core FLOP",
                                  "tensor-core integer operations",
                                  "ldmatrix",
                                  "stmatrix",
                                  "cp.async copies",
                                  "cp.async global bytes",
                                  "TMA loads",
                                  "TMA global load bytes",
                                  "TMA stores",
                                  "TMA global store bytes",
                                  "block barriers",
                                  "cluster barriers",
                                  "mbarrier phases",
                                  "shuffles of up to 8 bytes",
                                  "votes",
                                  "scoped atomics",
                                  "threads' global load bytes",
                                  "threads' global store bytes",
                                  "threads' shared load bytes",
                                  "threads' shared store bytes"};
static_assert(std::size(kNames) == size_t(Counter::kCount));

// Only the launch that runs writes them, one at a time: a load and a store are enough, and whoever
// reads meanwhile finds a whole number.
std::atomic<uint64_t> counts[kDevices][size_t(Counter::kCount)];

}  // namespace

void count_on(int device, Counter counter, uint64_t more) {
  std::atomic<uint64_t>& total = counts[device][size_t(counter)];
  total.store(total.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

void count(Counter counter, uint64_t more) {
  count_on(parts[current->block->part].config.device, counter, more);
}

uint32_t counter_count() {
#ifdef SX_SIM_CHECKED
  return uint32_t(Counter::kCount);
#else
  return uint32_t(Counter::kGlobalLoadBytes);
#endif
}

const char* counter_names() {
  static const std::string names = [] {
    std::string lines;
    for (uint32_t i = 0; i < counter_count(); i++)
      lines += (i ? "\n" : "") + std::string(kNames[i]);
    return lines;
  }();
  return names.c_str();
}

uint64_t counted(int device, Counter counter) {
  return counts[device][size_t(counter)].load(std::memory_order_relaxed);
}

}  // namespace sim
