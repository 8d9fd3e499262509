// What gemm_bf16x6 and conv_bf16x6 share. Every float32 is the sum of three bfloat16, its leading,
// middle and last 8 bits; six of the nine products of such sums are large enough to count.
// gemm_sm90.h multiplies, and moves its sums to float32 additions every 64 of depth, since the
// tensor core cuts what it adds up. Three kernels: both operands are split into planes in scratch
// memory; the products; and those without tensor cores, which compute it all where a number is
// infinite, NaN, or too small or large to be split, and do nothing otherwise. Ootomo and Yokota,
// arXiv 2203.03341.
#pragma once
#include "cuda/gemm_sm90.h"
#include "cuda/pitched.h"

namespace sx::cuda::bf16x6 {

struct Tile : sm90::Shape<128, 128, 4> {
  static constexpr int kDepthBytes = 64;
  static constexpr int kPlanes = 3;
  static constexpr int kPromote = 64;
};

// An operand, and its planes, one after the other as `Pitched` lays them.
struct Splitting : Pitched {
  const float* from;
  bfloat16* to = nullptr;

  Splitting(const float* from, int64_t count, int64_t depth, int64_t stride, int64_t depth_stride,
            const int64_t (&stack)[kStackAxes], const int64_t (&stack_strides)[kStackAxes])
      : Pitched(count, depth, stride, depth_stride, stack, stack_strides, 8), from(from) {}

  // Dense rows.
  Splitting(const float* from, int64_t rows, int64_t columns)
      : Splitting(from, rows, columns, columns, 1, {1, 1, 1, 1}, {}) {}
};

enum Decision : int32_t { kTensorCores, kSimt };

// Splits both operands in the launch's scratch memory. Gives where the decision will be, which the
// kernels that follow read.
const int32_t* split(const Arguments& args, Splitting& a, Splitting& b);

// The same for who computes only if this was decided.
template <class Problem>
Problem only_if(Problem problem, const int32_t* decision, Decision wanted) {
  problem.decision = decision;
  problem.wanted = wanted;
  return problem;
}

}  // namespace sx::cuda::bf16x6
