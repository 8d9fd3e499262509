// The end of gemm.* where several blocks shared a depth: y = f(alpha s + beta c + z), or f(alpha s
// + beta c) + z, where s is the sum of the partial sums [splits, matrices, m, n]. A thread adds up
// an element's parts, always in the same order, and so the result does not depend on who came
// first. Not yet measured on a GPU. The deterministic alternative to atomics; see CUTLASS,
// "Efficient GEMM in CUDA", parallelized reductions.
#include "cuda/gemm.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 256;

template <class T>
__global__ void __launch_bounds__(kThreads)
    gemm_reduce_kernel(const __grid_constant__ GemmProblem<T> p, int64_t count) {
  const int64_t matrix_size = p.m * p.n;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < count;
       i += int64_t{gridDim.x} * kThreads) {
    Compute<T> sum[1] = {p.partials[i]};
    for (int s = 1; s < p.splits; s++) sum[0] += p.partials[s * count + i];
    const int64_t matrix = i / matrix_size, rest = i - matrix * matrix_size;
    const int64_t row = rest / p.n;
    const int64_t z_first = p.z ? p.offset(matrix, p.z_stack) : 0;
    const int64_t column = rest - row * p.n;
    p.finish(sum, 1, matrix, row, column, z_first);
    p.y[matrix * p.y_matrix + row * p.y_row + column] = store_as<T>(sum[0]);
  }
}

}  // namespace

template <class T>
void gemm_reduce(const Arguments& args, const GemmProblem<T>& p) {
  const int64_t count = p.m * p.n * p.matrices();
  launch(args, gemm_reduce_kernel<T>,
         {.blocks = striding_blocks(args, count, kThreads), .threads = kThreads}, p, count);
}

template void gemm_reduce(const Arguments&, const GemmProblem<float>&);
template void gemm_reduce(const Arguments&, const GemmProblem<double>&);
template void gemm_reduce(const Arguments&, const GemmProblem<half>&);
template void gemm_reduce(const Arguments&, const GemmProblem<bfloat16>&);
template void gemm_reduce(const Arguments&, const GemmProblem<uint32_t>&);
template void gemm_reduce(const Arguments&, const GemmProblem<uint64_t>&);

}  // namespace sx::cuda
