// The simulated form of kernels/cuda/device/warp.h.
#include "cuda/device/warp.h"

#include "sim/counters.h"
#include "sim/sim.h"

namespace sx::cuda::detail {
namespace {

struct Ballot {
  bool predicate;
  uint32_t result;
};

}  // namespace

void shuffle(uint32_t mask, const char* operation, Shuffle& lane) {
  if (!(mask >> lane.source & 1))
    sim::fail("%s: lane %u reads lane %u, which is not in mask %08x", operation, sim::current->lane,
              lane.source, mask);
  sim::collective(mask, operation, &lane, [](sim::Rendezvous& all) {
    sim::count(sim::Counter::kShuffles);
    for (uint32_t i = 0; i < sim::kWarpSize; i++) {
      if (!(all.mask >> i & 1)) continue;
      auto& self = *static_cast<Shuffle*>(all.arguments[i]);
      self.out = static_cast<Shuffle*>(all.arguments[self.source])->in;
    }
  });
}

uint32_t vote(uint32_t mask, Vote kind, bool predicate) {
  constexpr const char* kNames[] = {"__ballot_sync", "__all_sync", "__any_sync"};
  Ballot lane{predicate, 0};
  sim::collective(mask, kNames[int(kind)], &lane, [](sim::Rendezvous& all) {
    sim::count(sim::Counter::kVotes);
    uint32_t bits = 0;
    for (uint32_t i = 0; i < sim::kWarpSize; i++)
      if (all.mask >> i & 1)
        bits |= uint32_t(static_cast<Ballot*>(all.arguments[i])->predicate) << i;
    for (uint32_t i = 0; i < sim::kWarpSize; i++)
      if (all.mask >> i & 1) static_cast<Ballot*>(all.arguments[i])->result = bits;
  });
  return kind == Vote::kBallot ? lane.result
         : kind == Vote::kAll  ? lane.result == mask
                               : lane.result != 0;
}

}  // namespace sx::cuda::detail
