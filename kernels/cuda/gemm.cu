// gemm.T: y = f(alpha a b + beta c + z), or f(alpha a b + beta c) + z, for T = f32, f64, f16, bf16, computed in float (f64 in
// double), and for i32, i64, u32, u64, which wrap around and have neither factors nor f.
// Stacks of a [m, k] and b [k, n] given by strides, y [m, n] dense; c and z may be absent.
// This file picks the kernel by gemm_choice.h; each of those says what was measured.
#include "cuda/gemm.h"

#include "cuda/gemm_choice.h"

namespace sx::cuda {
namespace {

template <class T>
constexpr GemmType type_of() {
  if constexpr (std::is_same_v<T, float>) return GemmType::kFloat32;
  if constexpr (std::is_same_v<T, double>) return GemmType::kFloat64;
  if constexpr (std::is_same_v<T, half>) return GemmType::kFloat16;
  if constexpr (std::is_same_v<T, bfloat16>) return GemmType::kBFloat16;
  return GemmType::kInteger;
}

template <class T>
GemmOperand operand(const T* data, int64_t outer, int64_t depth, const int64_t (&sizes)[kStackAxes],
                    const int64_t (&strides)[kStackAxes]) {
  constexpr int64_t kWord = 16 / sizeof(T);
  bool aligned = reinterpret_cast<uintptr_t>(data) % 16 == 0 && (depth == 1 ? outer : depth) % kWord == 0;
  for (int i = 0; i < kStackAxes; i++) aligned &= sizes[i] == 1 || strides[i] % kWord == 0;
  return {depth == 1, outer == 1, aligned};
}

template <class T>
GemmFacts facts_of(const Arguments& args, const GemmProblem<T>& p) {
  return {.type = type_of<T>(),
          .m = p.m,
          .n = p.n,
          .k = p.k,
          .matrices = p.matrices(),
          .a = operand(p.a, p.a_row, p.a_depth, p.stack, p.a_stack),
          .b = operand(p.b, p.b_column, p.b_depth, p.stack, p.b_stack),
          .scratch_sums = static_cast<int64_t>(args.scratch_bytes / sizeof(Compute<T>))};
}

template <class T>
void gemm(const Arguments& args) {
  GemmProblem<T> problem(args);
  if (problem.m * problem.n * problem.matrices() == 0) return;
  const GemmFacts facts = facts_of(args, problem);
  problem.a_aligned = facts.a.aligned;
  problem.b_aligned = facts.b.aligned;
  const GemmChoice choice = choose_gemm(facts, stream_of(args).device);
  problem.split(args, choice.splits, choice.grain);
  switch (choice.kernel) {
    case GemmKernel::kSimt:
      gemm_simt(args, problem, choice.rows, choice.columns);
      break;
    case GemmKernel::kSm80:
      if constexpr (sizeof(T) == 2) gemm_sm80(args, problem, choice.rows);
      break;
  }
  if (problem.splits > 1) gemm_reduce(args, problem);
}

SX_KERNEL("gemm.f32", gemm<float>);
SX_KERNEL("gemm.f64", gemm<double>);
SX_KERNEL("gemm.f16", gemm<half>);
SX_KERNEL("gemm.bf16", gemm<bfloat16>);
SX_KERNEL("gemm.i32", gemm<uint32_t>);
SX_KERNEL("gemm.u32", gemm<uint32_t>);
SX_KERNEL("gemm.i64", gemm<uint64_t>);
SX_KERNEL("gemm.u64", gemm<uint64_t>);

}  // namespace
}  // namespace sx::cuda
