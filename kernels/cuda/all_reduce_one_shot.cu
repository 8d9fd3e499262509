// all_reduce_one_shot.*: every rank's out becomes the reduction of every rank's in (in may be out),
// for small messages. Each word of 4 bytes travels with the number of the step in one store of 8
// bytes, into a slot that the reader owns and polls: it is there, or it is not, and nobody waits
// for anything else. Slots are used in turns of two, since a rank can be one step ahead of another
// and no more. Not yet measured on a GPU; bound: R (R + 1) S bytes where R ranks share one memory,
// and one way over the link. NCCL's protocol LL, by its idea; TRT-LLM and FlashInfer have its kin.
#include "cuda/one_shot.h"

namespace sx::cuda {
namespace {

template <class T>
__global__ void __launch_bounds__(kCollectiveThreads)
    one_shot_kernel(const __grid_constant__ Ranks<T> all) {
  constexpr int N = kPieceElements<T>;
  const int64_t pieces = (all.count + N - 1) / N;
  const int64_t first = int64_t(blockIdx.x) * kCollectiveThreads + threadIdx.x,
                stride = int64_t(gridDim.x) * kCollectiveThreads;
  for (int64_t i = first; i < pieces; i += stride)
    send(all, i, load_piece(all.in[all.rank], i, all.count));
  const Deadline deadline(all.patience_ns);
  for (int64_t i = first; i < pieces; i += stride) {
    Packed<T, N> result;
    if (!receive_reduced(all, i, deadline, result)) return;
    store_piece(all.out[all.rank], i, all.count, result);
  }
}

template <class T>
void one_shot(const Arguments& args) {
  const auto p = collective_params(args);
  const Ranks<T> all(args, p);
  require_short(all);
  launch(args, one_shot_kernel<T>, collective_grid(p), all);
}

SX_COLLECTIVE_BY_TYPE("all_reduce_one_shot", one_shot);

}  // namespace
}  // namespace sx::cuda
