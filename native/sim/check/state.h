// The state of the checker for the running launch.
#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "check/clock.h"
#include "check/shadow.h"
#include "sim/sim.h"

namespace sim {

// What a thread knows.
struct CheckState {
  check::Clock clock;
  uint32_t now = 1;    // its own clock
  uint32_t code = 0;   // of its last access
  check::Clock fence;  // what it knew at its last fence
  Scope fence_scope{};
  bool fenced = false;                            // whether there was one
  std::vector<std::span<const std::byte>> taken;  // registers that operations have not delivered
  check::Clock seen;  // released by others, and read here without an order
};

}  // namespace sim

namespace sim::check {

// The blocks that live at the same time.
struct Group {
  uint32_t stamp = 0;
  uint32_t threads = 0;                         // of a block
  std::vector<std::span<const std::byte>> own;  // what the simulator keeps about them
};

extern Shadow shared_shadow;
extern uint32_t launch_stamp;
extern Group group;

// What the thread knows now, with what it did itself; whoever joins this is ordered after it.
Clock release(Thread& thread);
void acquire(Thread& thread, const Clock& clock);

inline uint32_t block_number(const Block& block) { return block.serial & Who::kBlockMask; }
// Brings what the thread knows and did into a clock that others will join.
void gather(Clock& into, Thread& thread);
// How a message calls an actor.
std::string name_of(Who who);

// --- operations of engines ---
void forget_operations(uint32_t blocks);
std::string operation_name(Who who);
uint32_t operation_issuer(Who who);  // a rank

}  // namespace sim::check
