// Operations of engines as logical threads, and what orders them: mbarriers, groups, proxy fences.
#include <array>
#include <unordered_map>
#include <vector>

#include "check.h"
#include "check/access.h"
#include "check/state.h"

namespace sim::check {
namespace {

// Actors of a block behind its threads: for operations, which come and go, two each (what is read
// is over earlier than what is written), and one for the cp.async of each thread, which end in
// order.
constexpr uint32_t kSlots = 32;

struct Running {
  const char* name;
  Proxy proxy;
  Clock clock;
  uint32_t code;
  uint32_t reader = 0, writer = 0;  // actors
  uint32_t now = 0;
};

struct Slot {
  const char* name = nullptr;
  uint32_t issuer = 0;
  uint32_t now = 0;
};

struct BlockSlots {
  std::array<Slot, kSlots> slots;
  std::vector<uint32_t> copies;  // clocks of cp.async by thread
  uint32_t next = 0;
};

struct Mbarrier {
  Clock gathering;
  Clock released[2];  // by parity of the phase
};

std::vector<Running> operations;  // number 0 stays unused
std::vector<BlockSlots> block_slots;
std::unordered_map<const void*, Mbarrier> mbarriers;

uint32_t writer_of(uint32_t slot) { return group.threads + 2 * slot; }

// A slot may serve again where the issuer knows that its last operation is over: then nothing is
// lost.
uint32_t free_slot(const BlockSlots& block, const Clock& issuer) {
  for (uint32_t i = 0; i < kSlots; i++) {
    const uint32_t slot = (block.next + i) % kSlots;
    if (issuer.own.done.at(writer_of(slot)) >= block.slots[slot].now) return slot;
  }
  return block.next;
}

Toucher toucher_of(const Running& running, bool writes) {
  const uint32_t flags = running.proxy == Proxy::kAsync ? Who::kAsync : 0;
  return {
      Who(running.clock.own.block, writes ? running.writer : running.reader, running.now, flags),
      &running.clock, running.code, 0};
}

void add_end(Clock& to, const Running& running, bool reads_only) {
  Row& done = to.at(running.clock.own.block).done;
  if (done.at(running.reader) < running.now) done.set(running.reader, running.now);
  if (!reads_only && done.at(running.writer) < running.now) done.set(running.writer, running.now);
}

}  // namespace

void forget_operations(uint32_t blocks) {
  operations.assign(1, Running());
  block_slots.assign(blocks, BlockSlots());
  mbarriers.clear();
}

std::string operation_name(Who who) {
  const uint32_t behind = who.actor() - group.threads;
  if (behind >= 2 * kSlots) return "cp.async";
  for (const BlockSlots& block : block_slots)
    if (const Slot& slot = block.slots[behind / 2]; slot.name && slot.now >= who.clock())
      return slot.name;
  return "an operation";
}

uint32_t operation_issuer(Who who) {
  const uint32_t behind = who.actor() - group.threads;
  if (behind >= 2 * kSlots) return behind - 2 * kSlots;
  for (const BlockSlots& block : block_slots)
    if (const Slot& slot = block.slots[behind / 2]; slot.name && slot.now >= who.clock())
      return slot.issuer;
  return 0;
}

Operation operation_issued(const char* name, Proxy proxy) {
  Running running{.name = name, .proxy = proxy, .clock = release(*current), .code = calling_code()};
  BlockSlots& block = block_slots[current->block->slot];
  if (proxy == Proxy::kGeneric) {
    block.copies.resize(group.threads);
    running.writer = running.reader = group.threads + 2 * kSlots + current->rank;
    running.now = ++block.copies[current->rank];
  } else {
    const uint32_t number = free_slot(block, running.clock);
    block.next = (number + 1) % kSlots;
    Slot& slot = block.slots[number];
    slot = {name, current->rank, slot.now + 1};
    running.writer = writer_of(number);
    running.reader = running.writer + 1;
    running.now = slot.now;
  }
  operations.push_back(std::move(running));
  return Operation(operations.size() - 1);
}

void operation_joined(Operation operation) { gather(operations[operation].clock, *current); }

void operation_reads(Operation operation, const void* address, size_t bytes) {
  access(toucher_of(operations[operation], false), static_cast<const char*>(address), bytes, false,
         true);
}

void operation_writes(Operation operation, const void* address, size_t bytes) {
  access(toucher_of(operations[operation], true), static_cast<const char*>(address), bytes, true,
         true);
}

// What it knew is of no use any more; that it has ended is.
void operation_ends(Operation operation) {
  Clock& clock = operations[operation].clock;
  clock.own = {.block = clock.own.block, .done = {}, .fenced = {}};
  clock.foreign.clear();
}

void operation_waited_for(Operation operation, bool reads_only) {
  add_end(current->checked->clock, operations[operation], reads_only);
}

void registers_taken(const void* first, size_t bytes) {
  current->checked->taken.push_back({static_cast<const std::byte*>(first), bytes});
}

void registers_returned(const void* first) {
  std::erase_if(current->checked->taken, [&](const auto& taken) { return taken.data() == first; });
}

void mbarrier_initialised(const void* barrier) { mbarriers[barrier] = {}; }
void mbarrier_invalidated(const void* barrier) { mbarriers.erase(barrier); }
void mbarrier_arrives(const void* barrier, bool) { gather(mbarriers[barrier].gathering, *current); }

void mbarrier_receives(const void* barrier, Operation operation) {
  add_end(mbarriers[barrier].gathering, operations[operation], false);
}

void mbarrier_completes(const void* barrier, uint64_t phase) {
  Mbarrier& state = mbarriers[barrier];
  state.released[phase & 1] = std::move(state.gathering);
  state.gathering = Clock();
}

void mbarrier_leaves(const void* barrier, uint64_t phase, bool) {
  acquire(*current, mbarriers[barrier].released[phase & 1]);
}

void proxy_fence(bool, bool) {
  CheckState& state = *current->checked;
  state.clock.own.fenced.join(state.clock.own.done);
  state.clock.own.fenced.set(current->rank, state.now++);
  for (Clock::Known& known : state.clock.foreign) known.fenced.join(known.done);
}

}  // namespace sim::check
