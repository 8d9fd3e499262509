// reduce_scatter.*: rank r's out [n] becomes elements [r n, (r + 1) n) of the reduction of every
// rank's in [R n]; out lies outside of in. Each rank reads its part of all inputs and sums it up in
// the order of the ranks; the ranks meet before, when the inputs are there, and after, when they
// may change again. Not yet measured on a GPU; bound: each rank's input over its link once. The
// first half of NCCL's symmetric kernel RSxLD_AGxST; the idea alone.
#include "cuda/collective.h"

namespace sx::cuda {
namespace {

template <int N, class T>
__global__ void __launch_bounds__(kCollectiveThreads)
    reduce_scatter_kernel(const __grid_constant__ Ranks<T> all) {
  if (!meet(all, 0)) return;
  const int64_t part = all.count / all.ranks, first = part * all.rank;
  const int64_t stride = int64_t(gridDim.x) * kCollectiveThreads * N;
  for (int64_t i = (int64_t(blockIdx.x) * kCollectiveThreads + threadIdx.x) * N; i < part;
       i += stride)
    store_packed(all.out[all.rank] + i, reduce_at<N>(all, first + i));
  meet(all, 1);
}

template <class T>
void reduce_scatter(const Arguments& args) {
  const auto p = collective_params(args);
  const Ranks<T> all(args, p);
  constexpr int kWide = 16 / sizeof(T);
  const bool wide = all.aligned(16) && all.count / all.ranks % kWide == 0;
  launch(args, wide ? reduce_scatter_kernel<kWide, T> : reduce_scatter_kernel<1, T>,
         collective_grid(p), all);
}

SX_COLLECTIVE_BY_TYPE("reduce_scatter", reduce_scatter);

}  // namespace
}  // namespace sx::cuda
