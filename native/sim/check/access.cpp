// The functions that g++ -fsanitize=thread calls at every load and store of a kernel, instead of
// ThreadSanitizer's own.
#include "check/access.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "check.h"
#include "check/banks.h"
#include "check/report.h"
#include "check/state.h"
#include "fiber.h"
#include "memory.h"
#include "sim/counters.h"

extern "C" {
// The linker's names for both ends of this library.
extern const char __ehdr_start[] __attribute__((visibility("hidden")));
extern const char _end[] __attribute__((visibility("hidden")));
}

namespace sim::check {

Shadow shared_shadow;

namespace {

std::array<Shadow, kDevices> device_shadows;
uintptr_t first_code = UINTPTR_MAX, last_code = 0;  // of kernels, as far as they have called

Shadow* device_shadow(const void* address) {
  for (Shadow& shadow : device_shadows)
    if (shadow.contains(address)) return &shadow;
  return nullptr;
}

// Calls f(word, mask of its bytes) for every word of [offset, offset + bytes).
template <class F>
void for_words(size_t offset, size_t bytes, F f) {
  const size_t end = offset + bytes;
  for (size_t word = offset / 4; word * 4 < end; word++) {
    const size_t from = std::max(offset, word * 4) - word * 4,
                 to = std::min(end, word * 4 + 4) - word * 4;
    f(word, (1u << to) - (1u << from));
  }
}

bool written(const Bits& bits, size_t first, size_t count, bool whole) {
  bool any = false, all = true;
  for (size_t i = 0; i < count; i += 16) {
    const size_t n = std::min<size_t>(count - i, 16);
    any |= bits.any(first + i, n);
    all &= bits.all(first + i, n);
  }
  return whole ? all : any;
}

void touch_all(Shadow& shadow, Toucher me, const char* address, size_t bytes, bool writes,
               bool whole) {
  const size_t first = size_t(address - shadow.base);
  me.stamp = &shadow == &shared_shadow ? group.stamp : launch_stamp;
  if (writes)
    for (size_t i = 0; i < bytes; i += 16)
      shadow.written.set(first + i, std::min<size_t>(bytes - i, 16));
  else if (!written(shadow.written, first, bytes, whole))
    report(Problem::kUninitialised, false, address, bytes, me.code);
  for_words(first, bytes, [&](size_t word, uint32_t mask) {
    touch(shadow.cells[word], me, mask, writes, shadow.base + 4 * word);
  });
}

void touch_shared(const Toucher& me, const char* address, size_t bytes, bool writes, bool whole) {
  const size_t offset = size_t(address - shared_shadow.base);
  const Block& block = block_of_shared(address);
  if (&block != current->block) {
    if (block.slot / config.cluster != current->block->slot / config.cluster)
      report(Problem::kForeignBlock, writes, address, bytes, me.code);
    if (block.live_threads == 0) report(Problem::kEndedBlock, writes, address, bytes, me.code);
  }
  if (offset % kSharedWindow + bytes > block.shared_bytes)
    report(Problem::kOutOfBounds, writes, address, bytes, me.code);
  touch_all(shared_shadow, me, address, bytes, writes, whole);
}

void touch_global(Shadow& shadow, const Toucher& me, const char* address, size_t bytes, bool writes,
                  bool whole) {
  const size_t first = size_t(address - shadow.base);
  for (size_t i = 0; i < bytes; i += 16)
    if (!shadow.allocated.all(first + i, std::min<size_t>(bytes - i, 16)))
      report(Problem::kOutOfBounds, writes, address + i, bytes, me.code);
  touch_all(shadow, me, address, bytes, writes, whole);
}

// What kernels read without knowing: the library's own data, their arguments, the simulator's notes
// about threads.
bool is_simulators(const char* address) {
  if (address >= __ehdr_start && address < _end) return true;
  const std::vector<Warp>& warps = current->block->warps;
  if (size_t(address - reinterpret_cast<const char*>(warps.data())) < warps.size() * sizeof(Warp))
    return true;
  return std::any_of(
      group.own.begin(), group.own.end(), [&](const std::span<const std::byte>& own) {
        return size_t(address - reinterpret_cast<const char*>(own.data())) < own.size();
      });
}

// A thread's own variables.
void touch_registers(const char* address, size_t bytes, bool writes, const void* code) {
  for (const std::span<const std::byte>& taken : current->checked->taken)
    if (size_t(address - reinterpret_cast<const char*>(taken.data())) < taken.size())
      report(Problem::kPendingRegisters, writes, address, bytes, code_of(code));
}

enum class Kind { kScalar, kStruct, kVolatile };

void hook(const char* address, size_t bytes, bool writes, Kind kind, const void* code) {
  if (reporting || !on_stack(__builtin_frame_address(0))) return;  // of the host
  if (on_stack(address)) return touch_registers(address, bytes, writes, code);
  const auto place = reinterpret_cast<uintptr_t>(code);
  if (place < first_code) first_code = place;
  if (place > last_code) last_code = place;
  const bool shared = shared_shadow.contains(address);
  Shadow* const shadow = shared ? &shared_shadow : device_shadow(address);
  if (!shadow) {
    if (is_simulators(address)) return;
    report(Problem::kHost, writes, address, bytes, code_of(code));
  }
  count(shared   ? writes ? Counter::kSharedStoreBytes : Counter::kSharedLoadBytes
        : writes ? Counter::kGlobalStoreBytes
                 : Counter::kGlobalLoadBytes,
        bytes);
  if (kind == Kind::kVolatile)
    return scoped_access(address, bytes, writes ? sim::Access::kStore : sim::Access::kLoad,
                         Order::kRelaxed, Scope::kSystem);
  const Toucher me = running_thread(code_of(code));
  current->checked->code = me.code;
  if (shared && banks_are_counted) count_banks(me.code, address, bytes);
  access(me, address, bytes, writes, kind == Kind::kScalar);
}

}  // namespace

Toucher running_thread(uint32_t code, uint32_t flags) {
  const CheckState& state = *current->checked;
  return {Who(state.clock.own.block, current->rank, state.now, flags), &state.clock, code, 0};
}

void access(const Toucher& me, const char* address, size_t bytes, bool writes, bool whole) {
  if (bytes == 0) return;
  if (shared_shadow.contains(address)) return touch_shared(me, address, bytes, writes, whole);
  Shadow* const shadow = device_shadow(address);
  if (!shadow) report(Problem::kHost, writes, address, bytes, me.code);
  touch_global(*shadow, me, address, bytes, writes, whole);
}

// The checked simulator and the kernels keep frame pointers; the kernels lie together in the
// library.
uint32_t calling_code() {
  const CheckState& state = *current->checked;
  struct Frame {
    const Frame* caller;
    uintptr_t code;
  };
  const auto* frame = static_cast<const Frame*>(__builtin_frame_address(0));
  for (int depth = 0; depth < 8 && on_stack(frame); depth++, frame = frame->caller)
    if (frame->code >= first_code && frame->code <= last_code)
      return code_of(reinterpret_cast<const void*>(frame->code));
  return state.code;
}

void memory_allocated(const void* block, size_t bytes) {
  Shadow& shadow = device_shadows[size_t(device_of(block))];
  if (!shadow.base) shadow.reserve(memory_of(device_of(block)).space(), kDeviceBytes, true);
  const size_t first = size_t(static_cast<const char*>(block) - shadow.base);
  shadow.allocated.fill(first, bytes, true);
  shadow.written.fill(first, bytes, false);
}

void memory_freed(const void* block, size_t bytes) {
  Shadow& shadow = *device_shadow(block);
  const size_t first = size_t(static_cast<const char*>(block) - shadow.base);
  shadow.allocated.fill(first, bytes, false);
  shadow.forget(first, bytes);
}

void memory_written(const void* address, size_t bytes) {
  if (Shadow* shadow = device_shadow(address))
    shadow->written.fill(size_t(static_cast<const char*>(address) - shadow->base), bytes, true);
}

}  // namespace sim::check

using sim::check::Kind;

#define SX_HOOK(name, bytes, writes, kind)                             \
  void __tsan_##name##bytes(void* p) {                                 \
    sim::check::hook(static_cast<const char*>(p), bytes, writes, kind, \
                     __builtin_return_address(0));                     \
  }
#define SX_HOOKS(bytes)                                           \
  SX_HOOK(read, bytes, false, Kind::kScalar)                      \
  SX_HOOK(write, bytes, true, Kind::kScalar)                      \
  SX_HOOK(unaligned_read, bytes, false, Kind::kScalar)            \
  SX_HOOK(unaligned_write, bytes, true, Kind::kScalar)            \
  SX_HOOK(volatile_read, bytes, false, Kind::kVolatile)           \
  SX_HOOK(volatile_write, bytes, true, Kind::kVolatile)           \
  SX_HOOK(unaligned_volatile_read, bytes, false, Kind::kVolatile) \
  SX_HOOK(unaligned_volatile_write, bytes, true, Kind::kVolatile)

extern "C" {
SX_HOOKS(1)
SX_HOOKS(2)
SX_HOOKS(4)
SX_HOOKS(8)
SX_HOOKS(16)

void __tsan_read_range(void* p, size_t bytes) {
  sim::check::hook(static_cast<const char*>(p), bytes, false, Kind::kStruct,
                   __builtin_return_address(0));
}
void __tsan_write_range(void* p, size_t bytes) {
  sim::check::hook(static_cast<const char*>(p), bytes, true, Kind::kStruct,
                   __builtin_return_address(0));
}
void __tsan_init() {}
// Of kernels, CUDA's atomicAdd; launchers count references to what they hold.
int __tsan_atomic32_fetch_add(volatile int* p, int value, int) {
  if (sim::on_stack(__builtin_frame_address(0)) && !sim::on_stack(const_cast<const int*>(p)))
    sim::check::scoped_access(const_cast<const int*>(p), sizeof *p, sim::Access::kReadModifyWrite,
                              sim::Order::kRelaxed, sim::Scope::kDevice);
  return __atomic_fetch_add(p, value, __ATOMIC_ACQ_REL);
}
void __tsan_vptr_read(void*) {}
void __tsan_vptr_update(void*, void*) {}

// What kernels call for memcpy and its kind; see copies.h.
void* sx_check_memcpy(void* to, const void* from, size_t bytes) {
  const void* code = __builtin_return_address(0);
  sim::check::hook(static_cast<const char*>(from), bytes, false, Kind::kStruct, code);
  sim::check::hook(static_cast<const char*>(to), bytes, true, Kind::kStruct, code);
  return std::memcpy(to, from, bytes);
}
void* sx_check_memmove(void* to, const void* from, size_t bytes) {
  const void* code = __builtin_return_address(0);
  sim::check::hook(static_cast<const char*>(from), bytes, false, Kind::kStruct, code);
  sim::check::hook(static_cast<const char*>(to), bytes, true, Kind::kStruct, code);
  return std::memmove(to, from, bytes);
}
void* sx_check_memset(void* to, int value, size_t bytes) {
  sim::check::hook(static_cast<const char*>(to), bytes, true, Kind::kStruct,
                   __builtin_return_address(0));
  return std::memset(to, value, bytes);
}
}
