// Who is ordered before whom: threads that meet at a barrier know what the others did before.
#include <array>
#include <cstring>
#include <vector>

#include "check.h"
#include "check/banks.h"
#include "check/report.h"
#include "check/state.h"

namespace sim::check {

uint32_t launch_stamp = 0;
Group group;

namespace {

struct Meeting {
  Clock gathering, released;
};

struct BlockState {
  std::array<Meeting, kNamedBarriers> barriers;
};

std::vector<CheckState> states;
std::vector<BlockState> block_states;
std::vector<Meeting> cluster_states;

void complete(Meeting& meeting, uint32_t block) {
  meeting.released = std::move(meeting.gathering);
  meeting.gathering = Clock();
  meeting.gathering.own.block = block;
}

std::string text_of(const char* what, const Index3& i) {
  return std::string(what) + " [" + std::to_string(i.x) + ", " + std::to_string(i.y) + ", " +
         std::to_string(i.z) + "]";
}

Index3 unflatten(uint32_t i, const Index3& dim) {
  return {i % dim.x, i / dim.x % dim.y, i / dim.x / dim.y};
}

}  // namespace

void gather(Clock& into, Thread& thread) {
  CheckState& state = *thread.checked;
  into.join(state.clock);
  into.at(state.clock.own.block).done.set(thread.rank, state.now++);
}

Clock release(Thread& thread) {
  CheckState& state = *thread.checked;
  Clock known = state.clock;
  known.own.done.set(thread.rank, state.now++);
  return known;
}

void acquire(Thread& thread, const Clock& clock) { thread.checked->clock.join(clock); }

std::string name_of(Who who) {
  const uint32_t blocks = grid_dim.x * grid_dim.y * grid_dim.z;
  const std::string part = parts.size() > 1
                               ? " of part " + std::to_string(who.block() / blocks) +
                                     " on device " + std::to_string(device_of_block(who.block()))
                               : "";
  const std::string block =
      " of " + text_of("block", unflatten(who.block() % blocks, grid_dim)) + part;
  if (who.actor() < group.threads)
    return text_of("thread", unflatten(who.actor(), block_dim)) + block;
  return operation_name(who) + " of " +
         text_of("thread", unflatten(operation_issuer(who), block_dim)) + block;
}

void launch_begins() {
  launch_stamp++;
  if (banks_are_counted) begin_bank_counts();
}

void launch_ended() {
  if (!banks_are_counted) return;
  finish_bank_counts();
  print_bank_counts();
}

void group_begins(std::span<const Thread> threads, std::span<const Block> blocks,
                  std::span<const Cluster> clusters) {
  group.stamp++;
  group.threads = uint32_t(threads.size() / blocks.size());
  group.own = {std::as_bytes(threads), std::as_bytes(blocks), std::as_bytes(clusters),
               std::as_bytes(std::span(parts))};
  for (const Part& part : parts)
    group.own.push_back(
        {static_cast<const std::byte*>(part.config.arguments.get()), part.config.argument_bytes});
  states.assign(threads.size(), CheckState());
  block_states.assign(blocks.size(), BlockState());
  cluster_states.assign(clusters.size(), Meeting());
  forget_operations(uint32_t(blocks.size()));
}

void block_begins(Block& block) {
  const uint32_t number = block_number(block);
  for (Meeting& meeting : block_states[block.slot].barriers) meeting.gathering.own.block = number;
  for (Warp& warp : block.warps)
    for (Thread* thread : warp.threads)
      if (thread) {
        thread->checked = &states[thread->id];
        thread->checked->clock.own.block = number;
      }
  const size_t offset = size_t(block.slot) * kSharedWindow;
  if (!shared_shadow.base)
    shared_shadow.reserve(block.shared - offset, size_t(kMostBlocks) * kSharedWindow, false);
  shared_shadow.written.fill(offset, block.shared_bytes, false);
}

void thread_ended(Thread&) {}

// Shuffles and votes do not order memory.
void warp_meets(Warp& warp, const Rendezvous& rendezvous) {
  if (std::strcmp(rendezvous.operation, "__syncwarp")) return;
  Clock all;
  all.own.block = block_number(*warp.block);
  for (uint32_t lane = 0; lane < kWarpSize; lane++)
    if (rendezvous.mask >> lane & 1) gather(all, *warp.threads[lane]);
  for (uint32_t lane = 0; lane < kWarpSize; lane++)
    if (rendezvous.mask >> lane & 1) warp.threads[lane]->checked->clock = all;
}

void barrier_arrives(Block& block, uint32_t id) {
  gather(block_states[block.slot].barriers[id].gathering, *current);
}

// Those that wait have brought all that they know, so that the barrier knows as much as each of
// them.
void barrier_completes(Block& block, uint32_t id) {
  Meeting& meeting = block_states[block.slot].barriers[id];
  complete(meeting, block_number(block));
  for (Thread* thread = block.barriers[id].queue.first; thread; thread = thread->next)
    thread->checked->clock = meeting.released;
}

void barrier_leaves(Block& block, uint32_t id) {
  current->checked->clock = block_states[block.slot].barriers[id].released;
}

void cluster_arrives(Cluster& cluster) {
  gather(cluster_states[&cluster - clusters].gathering, *current);
}
void cluster_completes(Cluster& cluster) {
  complete(cluster_states[&cluster - clusters], kNoBlock);
}
void cluster_leaves(Cluster& cluster) {
  acquire(*current, cluster_states[&cluster - clusters].released);
}

}  // namespace sim::check
