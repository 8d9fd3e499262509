// gemm.T: y = f(alpha a b + beta c + z), or f(alpha a b + beta c) + z, for T = f32, f64, f16, bf16,
// computed in float (f64 in double), and for i32, i64, u32, u64, which wrap around and have neither
// factors nor f. Stacks of a [m, k] and b [k, n] given by strides, y [m, n] dense; c and z may be
// absent. This file picks the kernel by gemm_choice.h; each of those says what was measured.
#include "cuda/gemm.h"
#include "cuda/gemm_choice.h"
#include "cuda/hopper.h"
#include "cuda/tile_candidates.h"
#include "cuda/tuner.h"

namespace sx::cuda {
namespace {

template <class T>
GemmOperand operand(const T* data, int64_t outer, int64_t depth, const int64_t (&sizes)[kStackAxes],
                    const int64_t (&strides)[kStackAxes]) {
  constexpr int64_t kWord = 16 / sizeof(T);
  bool aligned =
      reinterpret_cast<uintptr_t>(data) % 16 == 0 && (depth == 1 ? outer : depth) % kWord == 0;
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
void multiply(const Arguments& args, GemmProblem<T>& problem, const GemmFacts& facts,
              const GemmChoice& choice) {
  problem.a_aligned = facts.a.aligned;
  problem.b_aligned = facts.b.aligned;
  problem.split(args, choice.splits, choice.grain);
  if constexpr (is_gemv_type(type_of<T>())) {
    if (choice.kernel == GemmKernel::kGemvRows || choice.kernel == GemmKernel::kGemvRowsLeft)
      gemv_rows(args, problem, choice.kernel == GemmKernel::kGemvRowsLeft);
    if (choice.kernel == GemmKernel::kGemvColumns) gemv_columns(args, problem);
  }
  if constexpr (is_half(type_of<T>())) {
    if (choice.kernel == GemmKernel::kSm80) gemm_sm80(args, problem, choice.rows);
    if (choice.kernel == GemmKernel::kSm90) gemm_sm90(args, problem, choice.rows, choice.columns);
  }
  if constexpr (std::is_same_v<T, float>) {
    if (choice.kernel == GemmKernel::kSm80) gemm_tf32(args, problem, choice.rows);
  }
  if (choice.kernel == GemmKernel::kSimt) gemm_simt(args, problem, choice.rows, choice.columns);
  if (problem.splits > 1) gemm_reduce(args, problem);
}

// By what the rule says, or by what was measured to be faster.
template <class T>
void multiply_fast(const Arguments& args, GemmProblem<T>& problem, const GemmFacts& facts,
                   const GemmChoice& rule, bool as_tf32) {
  const int64_t last =
      (problem.matrices() - 1) * problem.y_matrix + (problem.m - 1) * problem.y_row + problem.n;
  const GemmChoice choice = tuned(
      args, rule,
      [&] {
        return TunedProblem{problem_name(as_tf32 ? "gemm_tf32" : "gemm", facts),
                            size_t(last) * sizeof(T)};
      },
      [&] { return gemm_candidates(facts, stream_of(args).device, rule, as_tf32); },
      [&](const GemmChoice& candidate, void* result) {
        GemmProblem<T> trial = problem;
        trial.y = static_cast<T*>(result);
        multiply(args, trial, facts, candidate);
      });
  multiply(args, problem, facts, choice);
}

template <class T>
void gemm(const Arguments& args) {
  GemmProblem<T> problem(args);
  gemm_by_choice(args, problem);
}

void gemm_as_tf32(const Arguments& args) {
  GemmProblem<float> problem(args);
  gemm_by_choice_as_tf32(args, problem);
}

void gemm_as_bf16x6(const Arguments& args) {
  GemmProblem<float> problem(args);
  gemm_by_choice_as_bf16x6(args, problem);
}

// With this kernel and tile, for tests and benchmarks; in three parts where the depth suffices.
template <class T, GemmKernel kKernel, int kRows, int kColumns>
void gemm_by(const Arguments& args) {
  GemmProblem<T> problem(args);
  if (problem.m * problem.n * problem.matrices() == 0) return;
  const GemmFacts facts = facts_of(args, problem);
  const Properties& device = stream_of(args).device;
  if (kKernel == GemmKernel::kSm90 && device.capability != 90)
    throw Unsupported("needs a GPU of compute capability 9.0");
  if (!(kKernel == GemmKernel::kSm90 ? fits_sm90(facts, device) : fits_sm80(facts)))
    throw std::invalid_argument("tensor cores cannot take operands that lie like this");
  const int splits = static_cast<int>(std::min<int64_t>(3, most_splits(facts, 256)));
  multiply(args, problem, facts, {kKernel, kRows, kColumns, splits, 64});
}

// With copies of operands that tensor cores cannot take as they lie, for tests: whether they are
// worth it or not.
template <class T>
void gemm_by_aligned(const Arguments& given) {
  Arguments args = given;
  GemmProblem<T> problem(args);
  if (!align_operands(args, problem, facts_of(args, problem)))
    throw std::invalid_argument("scratch memory of " + std::to_string(given.scratch_bytes) +
                                " bytes is too small for copies of the operands");
  const GemmFacts facts = facts_of(args, problem);
  multiply(args, problem, facts, choose_sm80(facts, stream_of(args).device));
}

SX_KERNEL("gemm.f32", gemm<float>);
SX_KERNEL("gemm.f64", gemm<double>);
SX_KERNEL("gemm.f16", gemm<half>);
SX_KERNEL("gemm.bf16", gemm<bfloat16>);
SX_KERNEL("gemm.i32", gemm<uint32_t>);
SX_KERNEL("gemm.u32", gemm<uint32_t>);
SX_KERNEL("gemm.i64", gemm<uint64_t>);
SX_KERNEL("gemm.u64", gemm<uint64_t>);

SX_KERNEL("gemm_tf32.f32", gemm_as_tf32);
SX_HOPPER_KERNEL("gemm_bf16x6.f32", gemm_as_bf16x6);

SX_KERNEL("gemm_aligned.f16", gemm_by_aligned<half>);
SX_KERNEL("gemm_aligned.bf16", gemm_by_aligned<bfloat16>);
SX_KERNEL("gemm_aligned.f32", gemm_by_aligned<float>);

SX_KERNEL("gemm_sm80.f16.128x128", gemm_by<half, GemmKernel::kSm80, 128, 128>);
SX_KERNEL("gemm_sm80.f16.64x64", gemm_by<half, GemmKernel::kSm80, 64, 64>);
SX_KERNEL("gemm_sm80.bf16.128x128", gemm_by<bfloat16, GemmKernel::kSm80, 128, 128>);
SX_KERNEL("gemm_sm80.bf16.64x64", gemm_by<bfloat16, GemmKernel::kSm80, 64, 64>);
SX_KERNEL("gemm_sm90.f16.128x256", gemm_by<half, GemmKernel::kSm90, 128, 256>);
SX_KERNEL("gemm_sm90.f16.128x128", gemm_by<half, GemmKernel::kSm90, 128, 128>);
SX_KERNEL("gemm_sm90.f16.64x128", gemm_by<half, GemmKernel::kSm90, 64, 128>);
SX_KERNEL("gemm_sm90.bf16.128x256", gemm_by<bfloat16, GemmKernel::kSm90, 128, 256>);
SX_KERNEL("gemm_sm90.bf16.128x128", gemm_by<bfloat16, GemmKernel::kSm90, 128, 128>);
SX_KERNEL("gemm_sm90.bf16.64x128", gemm_by<bfloat16, GemmKernel::kSm90, 64, 128>);

}  // namespace

template <class T>
void gemm_by_choice(const Arguments& given, GemmProblem<T>& problem) {
  if (problem.m * problem.n * problem.matrices() == 0) return;
  Arguments args = given;
  GemmFacts facts = facts_of(args, problem);
  if constexpr (is_half(type_of<T>()))
    if (worth_aligning(facts) && align_operands(args, problem, facts))
      facts = facts_of(args, problem);
  multiply_fast(args, problem, facts, choose_gemm(facts, stream_of(args).device), false);
}

void gemm_by_choice_as_tf32(const Arguments& given, GemmProblem<float>& problem) {
  if (problem.m * problem.n * problem.matrices() == 0) return;
  Arguments args = given;
  GemmFacts facts = facts_of(args, problem);
  if (worth_aligning(facts) && align_operands(args, problem, facts))
    facts = facts_of(args, problem);
  const Properties& device = stream_of(args).device;
  multiply_fast(args, problem, facts,
                fits_sm80(facts) ? choose_sm80(facts, device) : choose_gemm(facts, device), true);
}

void gemm_by_choice_as_bf16x6(const Arguments& args, GemmProblem<float>& problem) {
  if (problem.m * problem.n * problem.matrices() == 0) return;
  if (problem.k == 0) return gemm_by_choice(args, problem);
  GemmFacts facts = facts_of(args, problem);
  problem.a_aligned = facts.a.aligned;
  problem.b_aligned = facts.b.aligned;
  facts.scratch_sums = 0;  // it is for the planes
  gemm_bf16x6(args, problem, choose_simt(facts, stream_of(args).device).rows);
}

template void gemm_by_choice(const Arguments&, GemmProblem<float>&);
template void gemm_by_choice(const Arguments&, GemmProblem<half>&);
template void gemm_by_choice(const Arguments&, GemmProblem<bfloat16>&);

}  // namespace sx::cuda
