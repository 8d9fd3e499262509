// Where threads meet: warp collectives, __syncthreads, named barriers, the barrier of a cluster.
#include <cstring>

#include "check.h"
#include "sim/counters.h"
#include "sim/sim.h"

namespace sim {

// Lanes need not run together: one that is missing is waited for, and may first meet others. Two
// collectives that each need a lane which waits at the other are an error, as is one that needs a
// lane which has ended.
void collective(uint32_t mask, const char* operation, void* arguments,
                void (*combine)(Rendezvous&)) {
  Thread& self = *current;
  Warp& warp = *self.warp;
  if (!(mask >> self.lane & 1))
    fail("%s: lane %u is not in its own mask %08x", operation, self.lane, mask);
  if (mask & ~warp.lanes)
    fail("%s: mask %08x names lanes that there are not, %08x are", operation, mask, warp.lanes);
  if (mask & warp.exited)
    fail("%s: mask %08x names lanes that have ended, %08x", operation, mask, warp.exited);
  Rendezvous* mine = nullptr;
  for (Rendezvous& slot : warp.slots) {
    if (!slot.operation) continue;
    if (slot.mask == mask && !std::strcmp(slot.operation, operation) &&
        !(slot.arrived >> self.lane & 1))
      mine = &slot;
    else if ((slot.arrived & mask) && (slot.mask >> self.lane & 1))
      fail("divergent collective: %s with mask %08x, while lanes %08x wait at %s with mask %08x",
           operation, mask, slot.arrived, slot.operation, slot.mask);
  }
  if (!mine)
    for (Rendezvous& slot : warp.slots)
      if (!slot.operation) mine = &slot;
  if (!mine)
    fail("%s: more than %zu collectives of one warp at the same time", operation,
         std::size(warp.slots));
  mine->mask = mask;
  mine->operation = operation;
  mine->arguments[self.lane] = arguments;
  mine->arrived |= 1u << self.lane;
  if (mine->arrived != mask) {
    mine->queue.name = operation;
    return wait(mine->queue);
  }
  check::warp_meets(warp, *mine);
  combine(*mine);
  mine->operation = nullptr;
  mine->arrived = 0;
  wake_all(mine->queue);
  maybe_switch();
}

void complete_barrier(Block& block, uint32_t id) {
  Barrier& barrier = block.barriers[id];
  barrier.arrived = barrier.expected = 0;
  barrier.phase++;
  block.reduction_result = block.reduction;
  count(Counter::kBarriers);
  check::barrier_completes(block, id);
  wake_all(barrier.queue);
}

namespace {

// Whether this arrival was the last.
bool arrive(uint32_t id, uint32_t threads, const char* operation) {
  Block& block = *current->block;
  if (id >= kNamedBarriers)
    fail("%s: there is no barrier %u, there are %u", operation, id, kNamedBarriers);
  Barrier& barrier = block.barriers[id];
  if (threads % kWarpSize != 0) fail("%s: %u threads are not whole warps", operation, threads);
  if (barrier.arrived > 0 && barrier.expected != threads)
    fail("%s: barrier %u is waited for by %u threads' sake and now by %u", operation, id,
         barrier.expected, threads);
  barrier.expected = threads;
  barrier.arrived++;
  check::barrier_arrives(block, id);
  return barrier.arrived == (threads ? threads : block.live_threads);
}

}  // namespace

void barrier_sync(uint32_t id, uint32_t threads) {
  Block& block = *current->block;
  if (arrive(id, threads, "bar.sync")) {
    complete_barrier(block, id);
    check::barrier_leaves(block, id);
    return maybe_switch();
  }
  block.barriers[id].queue.name = id == 0 && threads == 0 ? "__syncthreads" : "bar.sync";
  wait(block.barriers[id].queue);
  check::barrier_leaves(block, id);
}

void barrier_arrive(uint32_t id, uint32_t threads) {
  if (threads == 0) fail("bar.arrive: needs a number of threads");
  if (arrive(id, threads, "bar.arrive")) complete_barrier(*current->block, id);
  maybe_switch();
}

int barrier_reduce(int value, int kind) {
  Block& block = *current->block;
  const int bit = value != 0;
  if (block.barriers[0].arrived == 0) block.reduction = kind == 1 ? 1 : 0;
  block.reduction = kind == 0   ? block.reduction + bit
                    : kind == 1 ? block.reduction & bit
                                : block.reduction | bit;
  barrier_sync(0, 0);
  return block.reduction_result;
}

void cluster_arrive() {
  Cluster& cluster = cluster_of(*current->block);
  Barrier& barrier = cluster.barrier;
  uint32_t live = 0;
  for (const Block* block : cluster.blocks) live += block->live_threads;
  check::cluster_arrives(cluster);
  if (++barrier.arrived < live) return maybe_switch();
  barrier.arrived = 0;
  barrier.phase++;
  count(Counter::kClusterBarriers);
  check::cluster_completes(cluster);
  wake_all(barrier.queue);
}

// The phase that the caller's cluster_arrive was part of is over if it is not the barrier's own any
// more.
void cluster_wait() {
  Cluster& cluster = cluster_of(*current->block);
  Barrier& barrier = cluster.barrier;
  barrier.queue.name = "barrier.cluster";
  uint64_t& waited = current->cluster_phase;
  while (barrier.phase == waited) wait(barrier.queue);
  waited++;
  check::cluster_leaves(cluster);
}

}  // namespace sim
