// primitive.warp.*: shuffles, votes and reductions of warp.h, with full and partial masks.
// primitive.scoped.*: atomics and flags of scoped.h: counts, sums, a lock, and values handed on
// behind a flag. Every thread checks what plain arithmetic says. Not kernels to measure. Source:
// PTX ISA, "shfl.sync", "vote.sync", "Memory Consistency Model".
#include "cuda/device/scoped.h"
#include "cuda/device/warp.h"
#include "primitive.h"

namespace sx::cuda::primitive {
namespace {

__global__ void __launch_bounds__(32) shuffle_kernel(Outputs out) {
  const int lane = lane_index();
  const float mine = float(lane * lane);
  const auto square = [](int i) { return float(i * i); };
  out.set(lane, shuffle(mine, (lane + 5) % 32), square((lane + 5) % 32));
  out.set(32 + lane, shuffle_xor(mine, 9), square(lane ^ 9));
  out.set(64 + lane, shuffle_down(mine, 3), square(lane + 3 < 32 ? lane + 3 : lane));
  out.set(96 + lane, shuffle_up(mine, 3), square(lane >= 3 ? lane - 3 : lane));
  out.set(128 + lane, float(shuffle(int64_t{lane} << 40, 7) >> 40), 7);
  out.set(160 + lane, float(warp_sum(lane)), 496);
  if (lane % 4 == 1) out.set(192 + lane, shuffle_xor(mine, 8, 0x22222222u), square(lane ^ 8));
  sync_warp();
  out.set(224 + lane, float(warp_reduce(lane ^ 21, [](int a, int b) { return a > b ? a : b; })),
          31);
}

__global__ void __launch_bounds__(32) vote_kernel(Outputs out) {
  const int lane = lane_index();
  out.set(lane, float(ballot(lane % 3 == 0) >> lane & 1), float(lane % 3 == 0));
  out.set(32 + lane, float(all_lanes(lane < 32)), 1);
  out.set(64 + lane, float(all_lanes(lane != 17)), 0);
  out.set(96 + lane, float(any_lane(lane == 17)), 1);
  out.set(128 + lane, float(any_lane(lane > 31)), 0);
  if (lane < 8) out.set(160 + lane, float(ballot(lane > 2, 0xff)), float(0xf8));
  sync_warp();
  out.set(192 + lane, float(__popc(ballot(elect_lane()))), 1);
}

void shuffles(const Arguments& args) {
  launch(args, shuffle_kernel, {.blocks = 1, .threads = 32}, outputs_of(args));
}
void votes(const Arguments& args) {
  launch(args, vote_kernel, {.blocks = 1, .threads = 32}, outputs_of(args));
}
SX_KERNEL("primitive.warp.shuffle", shuffles);
SX_KERNEL("primitive.warp.vote", votes);

// --- blocks that run at the same time, and memory that the outputs have at their end; the last
// block takes stock ---
struct Meeting {
  unsigned count, arrived, lock, guarded;
  unsigned long long wide;
  float sum;
  int flag[4], data[4][64];
};

__global__ void __launch_bounds__(64) scoped_kernel(Outputs out, Meeting* m) {
  constexpr Scope kDevice = Scope::kDevice;
  const int t = int(threadIdx.x), block = int(blockIdx.x), blocks = int(gridDim.x);
  atomic_add<kDevice>(&m->count, 1u);
  reduce_add<kDevice>(&m->sum, 0.5f);
  reduce_add<kDevice>(&m->wide, 1ull << 33);
  if (t == 0) {
    while (atomic_compare_exchange<kDevice>(&m->lock, 0u, 1u) != 0) {
    }
    store_relaxed<kDevice>(&m->guarded, load_relaxed<kDevice>(&m->guarded) + 1);
    atomic_exchange<kDevice>(&m->lock, 0u);
  }
  // Each block waits for the one before it, and hands on what it got.
  if (block > 0) {
    while (load_acquire<kDevice>(&m->flag[block - 1]) != 64) {
    }
    m->data[block][t] = m->data[block - 1][63 - t] + 1;
  } else {
    m->data[0][t] = t;
  }
  reduce_add_release<kDevice>(&m->flag[block], 1);
  __syncthreads();
  if (t == 0) {
    fence<kDevice>();
    reduce_add<kDevice>(&m->arrived, 1u);
  }
  if (block < blocks - 1) return;
  while (load_acquire<kDevice>(&m->arrived) != unsigned(blocks)) {
  }
  const int last = m->data[blocks - 1][t];
  out.set(t, float(last), float((blocks % 2 ? t : 63 - t) + blocks - 1));
  if (t > 0) return;
  out.set(64, float(load_relaxed<kDevice>(&m->count)), float(64 * blocks));
  out.set(65, load_relaxed<kDevice>(&m->sum), float(32 * blocks));
  out.set(66, float(load_relaxed<kDevice>(&m->wide) >> 33), float(64 * blocks));
  out.set(67, float(load_relaxed<kDevice>(&m->guarded)), float(blocks));
}

__global__ void __launch_bounds__(256) clear_kernel(Outputs out) { out.clear(2048); }

void scoped(const Arguments& args) {
  const Outputs out = outputs_of(args);
  launch(args, scoped_kernel, {.blocks = 4, .threads = 64, .cooperative = true}, out,
         reinterpret_cast<Meeting*>(out.actual + 2048));
  launch(args, clear_kernel, {.blocks = 1, .threads = 256}, out);
}
SX_KERNEL("primitive.scoped", scoped);

}  // namespace
}  // namespace sx::cuda::primitive
