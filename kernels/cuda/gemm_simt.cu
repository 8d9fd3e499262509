// gemm.* without tensor cores; gemm_simt.h has what multiplies, and what is to be said of it.
#include "cuda/gemm_simt.h"

namespace sx::cuda {
namespace {

using namespace simt;

template <class S, class T>
__global__ void __launch_bounds__(S::kThreads, 2)
    gemm_simt_kernel(const __grid_constant__ GemmProblem<T> p) {
  if (p.is_unwanted()) return;
  const GemmTile tile = p.tile(blockIdx.x, S::kTile, S::kTile);
  const T* const a_from =
      p.a + p.offset(tile.matrix, p.a_stack) + tile.row * p.a_row + tile.depth * p.a_depth;
  const T* const b_from =
      p.b + p.offset(tile.matrix, p.b_stack) + tile.column * p.b_column + tile.depth * p.b_depth;
  Loader<T, S::kTile, S::kDepth, S::kThreads> a(a_from, p.a_row, p.a_depth, p.m - tile.row,
                                                p.a_aligned);
  Loader<T, S::kTile, S::kDepth, S::kThreads> b(b_from, p.b_column, p.b_depth, p.n - tile.column,
                                                p.b_aligned);
  reckon_tile<S, 0>(p, tile, a, b);
}

template <int kTile, int kEach, int kDepth, class T>
void run(const Arguments& args, const GemmProblem<T>& p) {
  using S = Shape<T, kTile, kEach, kDepth>;
  launch(args, gemm_simt_kernel<S, T>,
         {.blocks = blocks_for(p.tiles(kTile, kTile), 1),
          .threads = S::kThreads,
          .shared_bytes = sizeof(typename S::Shared)},
         p);
}

}  // namespace

template <class T>
void gemm_simt(const Arguments& args, const GemmProblem<T>& p, int rows, int columns) {
  if constexpr (std::is_same_v<T, float>) {
    if (rows == 128 && columns == 128) return run<128, 8, 8>(args, p);
  }
  if constexpr (!std::is_integral_v<T>) {
    if (rows == 64 && columns == 64)
      return run < 64, 4, sizeof(Compute<T>) == 8 ? 8 : 16 > (args, p);
  }
  if constexpr (sizeof(T) != 2) {
    if (rows == 32 && columns == 32) return run<32, 4, 16>(args, p);
  }
  throw std::invalid_argument("no tile of " + std::to_string(rows) + " x " +
                              std::to_string(columns));
}

template void gemm_simt(const Arguments&, const GemmProblem<float>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<double>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<half>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<bfloat16>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<uint32_t>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<uint64_t>&, int, int);

}  // namespace sx::cuda
