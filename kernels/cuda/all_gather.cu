// all_gather: every rank's out [R n] becomes all ranks' in [n], rank by rank. broadcast: every
// rank's out [n] becomes the in of rank `root`, whose own stays. Bytes, read from where they are
// and written here; in words of 16 bytes where all begin at such. The ranks meet before, when the
// inputs are there, and after, when they may change again. Not yet measured on a GPU; bound: the
// output over the rank's link once. No source but the definition.
#include "cuda/collective.h"

namespace sx::cuda {
namespace {

template <class W>
__device__ void copy(const W* from, W* to, int64_t count) {
  const int64_t stride = int64_t(gridDim.x) * kCollectiveThreads;
  for (int64_t i = int64_t(blockIdx.x) * kCollectiveThreads + threadIdx.x; i < count; i += stride)
    to[i] = from[i];
}

template <class W>
__global__ void __launch_bounds__(kCollectiveThreads)
    all_gather_kernel(const __grid_constant__ Ranks<W> all, int64_t words) {
  if (!meet(all, 0)) return;
  for (int d = 0; d < all.ranks; d++) {
    // Every rank begins with its own, so that no link is asked by all at once.
    const int r = (all.rank + d) % all.ranks;
    copy(all.in[r], all.out[all.rank] + r * words, words);
  }
  meet(all, 1);
}

template <class W>
__global__ void __launch_bounds__(kCollectiveThreads)
    broadcast_kernel(const __grid_constant__ Ranks<W> all, int64_t words, int root) {
  if (!meet(all, 0)) return;
  if (all.rank != root) copy(all.in[root], all.out[all.rank], words);
  meet(all, 1);
}

template <class W>
void gather_words(const Arguments& args, const CollectiveParams& p) {
  const Ranks<W> all(args, p);
  launch(args, all_gather_kernel<W>, collective_grid(p), all, all.count / int64_t(sizeof(W)));
}

template <class W>
void broadcast_words(const Arguments& args, const CollectiveParams& p) {
  const Ranks<W> all(args, p);
  launch(args, broadcast_kernel<W>, collective_grid(p), all, all.count / int64_t(sizeof(W)),
         int(p.root));
}

// The tensors are bytes.
bool in_words(const Arguments& args, const CollectiveParams& p) {
  const Ranks<uint8_t> all(args, p);
  return all.aligned(16) && all.count % 16 == 0;
}

void all_gather(const Arguments& args) {
  const auto p = collective_params(args);
  in_words(args, p) ? gather_words<uint4>(args, p) : gather_words<uint8_t>(args, p);
}

void broadcast(const Arguments& args) {
  const auto p = collective_params(args);
  in_words(args, p) ? broadcast_words<uint4>(args, p) : broadcast_words<uint8_t>(args, p);
}

SX_KERNEL("all_gather.u8", all_gather);
SX_KERNEL("broadcast.u8", broadcast);

}  // namespace
}  // namespace sx::cuda
