// gemm_bf16x6.f32: gemm.f32 on Hopper's tensor cores, as bf16x6.h says: any layout, whose planes
// gemm_sm90.h multiplies, and gemm_simt where numbers cannot be split. Stacks are split once for
// all that repeat a matrix. Not yet measured on a GPU, and not chosen by gemm.f32 before it is.
// Ootomo and Yokota, arXiv 2203.03341.
#include "cuda/bf16x6.h"

namespace sx::cuda {
namespace {

using namespace bf16x6;

template <Major kLeft, Major kRight>
struct TileOf : Tile {
  static constexpr Major kA = kLeft, kB = kRight;
};

template <Major kA, Major kB>
void multiply(const Arguments& args, const GemmProblem<float>& p, const Splitting& a,
              const Splitting& b) {
  using S = TileOf<kA, kB>;
  const auto type = TensorType::kBfloat16;
  sm90::run<S, bfloat16>(
      args, p,
      {sm90::map_operand<bfloat16, S, kA, S::kRows, 1>(
           a.to, type, p.m, p.k, a.pitch, S::kPlanes * a.matrices, a.matrix_elements()),
       sm90::map_operand<bfloat16, S, kB, S::kColumns, 1>(
           b.to, type, p.n, p.k, b.pitch, S::kPlanes * b.matrices, b.matrix_elements()),
       1, 1, static_cast<int32_t>(a.matrices), static_cast<int32_t>(b.matrices)});
}

}  // namespace

void gemm_bf16x6(const Arguments& args, const GemmProblem<float>& problem, int simt_tile) {
  Splitting a(problem.a, problem.m, problem.k, problem.a_row, problem.a_depth, problem.stack,
              problem.a_stack);
  Splitting b(problem.b, problem.n, problem.k, problem.b_column, problem.b_depth, problem.stack,
              problem.b_stack);
  const int32_t* const decision = split(args, a, b);
  GemmProblem<float> p = only_if(problem, decision, kTensorCores);
  a.set_strides(p.a_stack, 1);  // the planes' maps count matrices
  b.set_strides(p.b_stack, 1);
  const auto run = a.along_depth   ? b.along_depth ? multiply<Major::kK, Major::kK>
                                                   : multiply<Major::kK, Major::kMn>
                     : b.along_depth ? multiply<Major::kMn, Major::kK>
                                   : multiply<Major::kMn, Major::kMn>;
  run(args, p, a, b);
  gemm_simt(args, only_if(problem, decision, kSimt), simt_tile, simt_tile);
}

}  // namespace sx::cuda
