// conv_grad_weight.T: dw[m, c, t] = sum over n, o of dy[n, m, o] * x[n, c, o * stride - begin + t *
// dilation], for T = f32, f16, bf16, summed in float32. dy is [batch, group * filters, output], x
// is [batch, group * channels, input], dw is [group * filters, channels, kernel]. Many positions
// are cut into parts, whose sums are added up in order: no atomics, and the same result whatever
// block comes first. This file picks the kernel; each of those says what was measured.
#include "cuda/conv_grad_weight.h"
#include "cuda/gemm_choice.h"

namespace sx::cuda {
namespace {

constexpr int64_t kFewFilters = 4;  // a tile of a matrix product would be mostly empty

template <class T>
GemmFacts facts_of(const Arguments& args, const GradProblem<T>& p) {
  constexpr GemmOperand kGathered{true, false, false};
  return {type_of<T>(), p.m,       p.n,       p.k,
          p.matrices(), kGathered, kGathered, int64_t(args.scratch_bytes / sizeof(float))};
}

// Parts of a sum that a block of conv_grad_weight_narrow reckons by itself.
int narrow_splits(const GemmFacts& f, const Properties& device) {
  constexpr int64_t kShortest = 1024, kColumns = 16;
  const int64_t blocks = f.matrices * f.m * ((f.n + kColumns - 1) / kColumns);
  return static_cast<int>(
      std::min(most_splits(f, kShortest), (4 * device.processors + blocks - 1) / blocks));
}

// A tile of more rows needs each gathered column less often.
GemmChoice choose_grad_sm80(const GemmFacts& f, const Properties& device) {
  constexpr int kShortest = 512;  // shorter parts spend more on filling the pipeline than they save
  GemmChoice choice{GemmKernel::kSm80, f.m > 64 ? 128 : 64, kGradColumns};
  choice.grain = 32;
  const int64_t tiles = (f.m + choice.rows - 1) / choice.rows *
                        ((f.n + choice.columns - 1) / choice.columns) * f.matrices;
  const int64_t wanted = (2 * device.processors + tiles - 1) / tiles;
  choice.splits = static_cast<int>(std::min(most_splits(f, kShortest), wanted));
  return choice;
}

template <class T>
void conv_grad_weight(const Arguments& args) {
  const auto params = args.params_as<GradParams>();
  if (params.group * params.filters * params.columns() == 0) return;
  GradProblem<T> problem(args, params);
  const GemmFacts facts = facts_of(args, problem);
  const Properties& device = stream_of(args).device;
  if (params.filters <= kFewFilters) {
    problem.split(args, narrow_splits(facts, device), 1);
    conv_grad_weight_narrow(args, problem);
  } else if constexpr (is_half(type_of<T>())) {
    const GemmChoice choice = choose_grad_sm80(facts, device);
    problem.split(args, choice.splits, choice.grain);
    conv_grad_weight_sm80(args, problem, choice.rows);
  } else {
    const GemmChoice choice = choose_simt(facts, device);
    problem.split(args, choice.splits, choice.grain);
    conv_grad_weight_simt(args, problem, choice.rows);
  }
  if (problem.splits > 1) gemm_reduce<T>(args, problem);
}

SX_KERNEL("conv_grad_weight.f32", conv_grad_weight<float>);
SX_KERNEL("conv_grad_weight.f16", conv_grad_weight<half>);
SX_KERNEL("conv_grad_weight.bf16", conv_grad_weight<bfloat16>);

}  // namespace
}  // namespace sx::cuda
