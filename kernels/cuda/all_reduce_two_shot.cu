// all_reduce_two_shot.*: every rank's out becomes the reduction of every rank's in (of any size; in
// may be out). Rank r reads its share of all inputs, sums it up in the order of the ranks and
// writes it to all outputs: reduce-scatter and all-gather in one, without a buffer between, since
// nobody else touches that share. The ranks meet before, when the inputs are there, and after. For
// more than what one shot carries. Not yet measured on a GPU; bound: 2 R S bytes where R
// ranks share one memory. As NCCL's symmetric kernel RSxLD_AGxST and vLLM's custom_all_reduce; the
// idea alone.
#include "cuda/collective.h"

namespace sx::cuda {
namespace {

template <int N, class T>
__device__ void reduce_share(const Ranks<T>& all) {
  const int64_t packs = all.count / N;
  const int64_t first = packs * all.rank / all.ranks, end = packs * (all.rank + 1) / all.ranks;
  const int64_t stride = int64_t(gridDim.x) * kCollectiveThreads;
  for (int64_t i = first + int64_t(blockIdx.x) * kCollectiveThreads + threadIdx.x; i < end;
       i += stride) {
    const auto value = reduce_at<N>(all, i * N);
#pragma unroll
    for (int d = 0; d < kMostRanks; d++) {
      if (d >= all.ranks) break;
      // Every rank begins with another one, so that no link is asked by all at once.
      const int r = (all.rank + d) % all.ranks;
      store_packed(all.out[r] + i * N, value);
    }
  }
  // The last elements, fewer than a pack.
  const int64_t i = packs * N + threadIdx.x;
  if (N > 1 && blockIdx.x == 0 && all.rank == all.ranks - 1 && i < all.count) {
    const auto value = reduce_at<1>(all, i);
    for (int r = 0; r < all.ranks; r++) store_packed(all.out[r] + i, value);
  }
}

template <int N, class T>
__global__ void __launch_bounds__(kCollectiveThreads)
    two_shot_kernel(const __grid_constant__ Ranks<T> all) {
  if (!meet(all, 0)) return;
  reduce_share<N>(all);
  meet(all, 1);
}

template <class T>
void two_shot(const Arguments& args) {
  const auto p = collective_params(args);
  const Ranks<T> all(args, p);
  constexpr int kWide = 16 / sizeof(T);
  launch(args, all.aligned(16) ? two_shot_kernel<kWide, T> : two_shot_kernel<1, T>,
         collective_grid(p), all);
}

SX_COLLECTIVE_BY_TYPE("all_reduce_two_shot", two_shot);

}  // namespace
}  // namespace sx::cuda
