// all_reduce_rms_norm.*: what stands between two layers of a language model that is split over
// devices, in one kernel: residual += reduction of every rank's x; y = residual /
// sqrt(mean(residual^2) + epsilon) * weight, over rows of n. x, y, residual [rows, n], weight [n];
// all of it in float32 but the sums of x, which are rounded as all_reduce's are. Tensors: the
// ranks' x, y and workspaces, then this rank's residual and weight. A block has a row: it sends its
// pieces to all ranks at once (one_shot.h), and each rank works out all rows. Not yet measured on a
// GPU; it spares two launches and a pass over the residual. TRT-LLM's and FlashInfer's
// allreduce_fusion; the idea alone.
#include "cuda/device/block.h"
#include "cuda/device/shared.h"
#include "cuda/one_shot.h"

namespace sx::cuda {
namespace {

struct NormParams {
  CollectiveParams ranks;
  double epsilon;
};

template <class T>
struct RmsNorm {
  T* residual;
  const T* weight;
  int64_t rows, n;
  float epsilon;
};

// The thread's pieces of a row: receives them, adds them to the residual, and gives the sum of the
// squares; `late` where a rank was missed.
template <class T>
__device__ float add_row(const Ranks<T>& all, const RmsNorm<T>& norm, int64_t row,
                         const Deadline& deadline, bool& late) {
  constexpr int N = kPieceElements<T>;
  const int64_t pieces = norm.n / N;
  float squares = 0;
  for (int64_t j = threadIdx.x; j < pieces && !late; j += kCollectiveThreads) {
    const int64_t i = row * pieces + j;
    Packed<T, N> sum{};
    late = !receive_reduced(all, i, deadline, sum);
    auto residual = load_packed<N>(norm.residual + i * N);
#pragma unroll
    for (int k = 0; k < N; k++) {
      residual[k] = store_as<T>(load_as(residual[k]) + load_as(sum[k]));
      const float r = load_as(residual[k]);
      squares += r * r;
    }
    store_packed(norm.residual + i * N, residual);
  }
  return squares;
}

template <class T>
__device__ void store_row(const Ranks<T>& all, const RmsNorm<T>& norm, int64_t row, float scale) {
  constexpr int N = kPieceElements<T>;
  const int64_t pieces = norm.n / N;
  for (int64_t j = threadIdx.x; j < pieces; j += kCollectiveThreads) {
    const int64_t i = row * pieces + j;
    const auto residual = load_packed<N>(norm.residual + i * N);
    const auto weight = load_packed<N>(norm.weight + j * N);
    Packed<T, N> y;
#pragma unroll
    for (int k = 0; k < N; k++)
      y[k] = store_as<T>(load_as(residual[k]) * scale * load_as(weight[k]));
    store_packed(all.out[all.rank] + i * N, y);
  }
}

template <class T>
__global__ void __launch_bounds__(kCollectiveThreads, 1)
    rms_norm_kernel(const __grid_constant__ Ranks<T> all, const __grid_constant__ RmsNorm<T> norm) {
  const int64_t pieces = norm.n / kPieceElements<T>;
  for (int64_t row = blockIdx.x; row < norm.rows; row += gridDim.x)
    for (int64_t i = row * pieces + threadIdx.x; i < (row + 1) * pieces; i += kCollectiveThreads)
      send(all, i, load_piece(all.in[all.rank], i, all.count));
  const Deadline deadline(all.patience_ns);
  auto& scratch = shared_memory<BlockScratch<float>>();
  for (int64_t row = blockIdx.x; row < norm.rows; row += gridDim.x) {
    bool late = false;
    const float mine = add_row(all, norm, row, deadline, late);
    if (__syncthreads_or(late)) return;
    const float squares = block_reduce(
        mine, [](float a, float b) { return a + b; }, scratch);
    store_row(all, norm, row, rsqrtf(squares / float(norm.n) + norm.epsilon));
  }
}

template <class T>
void rms_norm(const Arguments& args) {
  const auto p = args.params_as<NormParams>();
  const Arguments ranks{args.tensors.first(args.tensors.size() - 2), args.params.first(8),
                        args.scratch, args.scratch_bytes, args.executor};
  const CollectiveParams shared = collective_params(ranks);
  const Ranks<T> all(ranks, shared);
  const size_t residual = 3 * size_t(shared.ranks);
  const int64_t n = args.size(residual + 1);
  if (n == 0 || n % kPieceElements<T> != 0 || all.count % n != 0)
    throw std::invalid_argument("rows of " + std::to_string(n) + " in " +
                                std::to_string(all.count) + " elements; 8 bytes make a piece");
  require_short(all);
  Grid grid = collective_grid(shared);
  grid.shared_bytes = sizeof(BlockScratch<float>);
  launch(args, rms_norm_kernel<T>, grid, all,
         RmsNorm<T>{args.data<T>(residual), args.data<const T>(residual + 1), all.count / n, n,
                    float(p.epsilon)});
}

SX_KERNEL("all_reduce_rms_norm.f32", rms_norm<float>);
SX_KERNEL("all_reduce_rms_norm.f16", rms_norm<half>);
SX_KERNEL("all_reduce_rms_norm.bf16", rms_norm<bfloat16>);

}  // namespace
}  // namespace sx::cuda
