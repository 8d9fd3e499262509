// Fibers: stacks of their own that one thread of the host switches between, about 10 ns a switch.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sim {

// Stores where the caller is in *from and goes on at `to`.
void switch_fiber(void** from, void* to);

// Stacks for `count` fibers, each with a guard page below; they are kept for the next launch.
void reserve_stacks(uint32_t count);

constexpr size_t kStackBytes = 128 * 1024;
constexpr uint32_t kMostStacks = 16 * 1024;
extern char* stacks;  // nullptr: none yet

// Whether an address lies on a fiber's stack.
inline bool on_stack(const void* address) {
  return stacks && size_t(static_cast<const char*>(address) - stacks) < kStackBytes * kMostStacks;
}

// Where a new fiber starts that runs `entry` on stack `number`; for switch_fiber.
void* new_fiber(uint32_t number, void (*entry)());

}  // namespace sim
