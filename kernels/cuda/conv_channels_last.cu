// conv_channels_last.T: y[n, o, m] = f(b[m] + sum over t, c of w[m, t, c] x[n, o * stride - begin +
// t * dilation, c] + z[n, o, m]), or f(...) + z, for T = f32, f16, bf16, summed in float32;
// conv_channels_last_tf32.f32, whose operands are rounded to tf32; and
// conv_channels_last_bf16x6.f32, as exact as float32, by Hopper's tensor cores where that is worth
// it. x is [batch, input, group * channels], w is [group * filters, kernel, channels], y and z are
// [batch, output, group * filters]; bias and z may be absent. This file picks the kernel by
// conv_choice.h; each of those says what was measured.
#include "cuda/conv.h"
#include "cuda/conv_choice.h"
#include "cuda/conv_im2col.h"
#include "cuda/conv_runs.h"
#include "cuda/hopper.h"
#include "cuda/tile_candidates.h"
#include "cuda/tuner.h"

namespace sx::cuda {
namespace {

template <class T>
ConvFacts facts_of(const Arguments& args, const ConvParams& p) {
  const auto begins = [&](size_t tensor) {
    return reinterpret_cast<uintptr_t>(args.data<const T>(tensor)) % 16 == 0;
  };
  return {.type = type_of<T>(),
          .group = p.group,
          .channels = p.channels,
          .filters = p.filters,
          .positions = p.positions(),
          .taps = p.taps(),
          .pointwise = p.is_pointwise(),
          .aligned = begins(0) && begins(1),
          .im2col = fits_im2col(p),
          .stem_bytes = stem_shared_bytes(p),
          .scratch_sums = static_cast<int64_t>(args.scratch_bytes / sizeof(float))};
}

// Whether conv_simt can load four channels at a time.
bool has_simt_pieces(const ConvFacts& facts) { return facts.aligned && facts.channels % 4 == 0; }

template <class T>
void convolve(const Arguments& args, ConvProblem<T>& problem, const ConvFacts& facts,
              const ConvChoice& choice) {
  problem.a_aligned = problem.b_aligned = has_simt_pieces(facts);
  if (choice.kernel == ConvKernel::kGemm) return gemm_by_choice<T>(args, problem);
  if (choice.kernel == ConvKernel::kDepthwise) return conv_depthwise(args, problem);
  if (choice.kernel == ConvKernel::kSmallGroups) return conv_small_groups(args, problem);
  if (choice.kernel == ConvKernel::kStem) return conv_stem(args, problem);
  if (choice.kernel == ConvKernel::kSm90)
    problem.pad_channels(static_cast<int>(padded_channels(facts)));
  problem.split(args, choice.splits, choice.grain);
  if (choice.kernel == ConvKernel::kSimt) conv_simt(args, problem, choice.rows);
  if (choice.kernel == ConvKernel::kSm80) conv_sm80(args, problem, choice.rows, choice.columns);
  if constexpr (sizeof(T) == 2) {
    if (choice.kernel == ConvKernel::kSm90) conv_sm90(args, problem, choice.columns);
  }
  if (problem.splits > 1) gemm_reduce<T>(args, problem);
}

// By what the rule says, or by what was measured to be faster.
template <class T>
void convolve_fast(const Arguments& args, const ConvParams& params, ConvProblem<T>& problem,
                   const ConvFacts& facts, const ConvChoice& rule, bool as_tf32) {
  const auto name = [&] {
    std::string name = problem_name(as_tf32 ? "conv_tf32" : "conv", facts.type,
                                    {params.batch, params.group, params.channels, params.filters});
    for (const auto* sizes :
         {params.input, params.output, params.kernel, params.stride, params.dilation, params.begin})
      for (int i = 0; i < 3; i++) name += (i == 0 ? " " : "x") + std::to_string(sizes[i]);
    return name + " " + std::to_string(facts.scratch_sums);
  };
  const ConvChoice choice = tuned(
      args, rule,
      [&] {
        return TunedProblem{name(), size_t(params.positions() * problem.y_row) * sizeof(T)};
      },
      [&] { return conv_candidates(facts, stream_of(args).device, rule, as_tf32); },
      [&](const ConvChoice& candidate, void* result) {
        ConvProblem<T> trial = problem;
        trial.y = static_cast<T*>(result);
        convolve(args, trial, facts, candidate);
      });
  convolve(args, problem, facts, choice);
}

template <class T>
void conv(const Arguments& args) {
  const auto params = args.params_as<ConvParams>();
  if (params.positions() * params.group * params.filters == 0) return;
  ConvProblem<T> problem(args, params);
  const ConvFacts facts = facts_of<T>(args, params);
  convolve_fast(args, params, problem, facts, choose_conv(facts, stream_of(args).device), false);
}

void conv_as_tf32(const Arguments& args) {
  const auto params = args.params_as<ConvParams>();
  if (params.positions() * params.group * params.filters == 0) return;
  ConvProblem<float> problem(args, params);
  const ConvFacts facts = facts_of<float>(args, params);
  const ConvChoice choice = choose_conv_tf32(facts, stream_of(args).device);
  if (choice.kernel == ConvKernel::kGemm) return gemm_by_choice_as_tf32(args, problem);
  convolve_fast(args, params, problem, facts, choice, true);
}

// Forced, for tests: whether it is worth it or not.
template <bool kForced>
void conv_as_bf16x6(const Arguments& args) {
  const auto params = args.params_as<ConvParams>();
  if (params.positions() * params.group * params.filters == 0) return;
  ConvProblem<float> problem(args, params);
  ConvFacts facts = facts_of<float>(args, params);
  if (kForced && !fits_conv_bf16x6(facts))
    throw std::invalid_argument("BF16x6 cannot take " + std::to_string(params.group) + " groups, " +
                                std::to_string(params.channels) + " channels, or such windows");
  if (!kForced && facts.pointwise) return gemm_by_choice_as_bf16x6(args, problem);
  if (!kForced && !worth_conv_bf16x6(facts)) return conv<float>(args);
  problem.a_aligned = problem.b_aligned = has_simt_pieces(facts);
  facts.scratch_sums = 0;  // it is for the planes
  conv_bf16x6(args, problem, choose_conv_simt(facts, stream_of(args).device).rows);
}

// With this kernel and tile, for tests and benchmarks; in three parts where the depth suffices.
template <class T, ConvKernel kKernel, int kRows, int kColumns>
void conv_by(const Arguments& args) {
  const auto params = args.params_as<ConvParams>();
  if (params.positions() * params.group * params.filters == 0) return;
  ConvProblem<T> problem(args, params);
  const ConvFacts facts = facts_of<T>(args, params);
  const Properties& device = stream_of(args).device;
  if (kKernel == ConvKernel::kSm90 && device.capability != 90)
    throw Unsupported("needs a GPU of compute capability 9.0");
  if (kKernel == ConvKernel::kSm90   ? !fits_conv_sm90(facts, device)
      : kKernel == ConvKernel::kSm80 ? !has_pieces(facts)
                                     : false)
    throw std::invalid_argument("tensor cores cannot take " + std::to_string(params.channels) +
                                " channels, or such windows");
  const int splits = static_cast<int>(std::clamp<int64_t>(facts.depth() / 256, 1, 3));
  convolve(args, problem, facts, {kKernel, kRows, kColumns, splits, 64});
}

SX_KERNEL("conv_channels_last.f32", conv<float>);
SX_KERNEL("conv_channels_last.f16", conv<half>);
SX_KERNEL("conv_channels_last.bf16", conv<bfloat16>);
SX_KERNEL("conv_channels_last_tf32.f32", conv_as_tf32);
SX_HOPPER_KERNEL("conv_channels_last_bf16x6.f32", conv_as_bf16x6<false>);

SX_HOPPER_KERNEL("conv_bf16x6.f32", conv_as_bf16x6<true>);
SX_KERNEL("conv_simt.f32.128x128", conv_by<float, ConvKernel::kSimt, 128, 128>);
SX_KERNEL("conv_simt.f32.64x64", conv_by<float, ConvKernel::kSimt, 64, 64>);
SX_KERNEL("conv_simt.f16.64x64", conv_by<half, ConvKernel::kSimt, 64, 64>);
SX_KERNEL("conv_sm80.f16.128x128", conv_by<half, ConvKernel::kSm80, 128, 128>);
SX_KERNEL("conv_sm80.f16.128x64", conv_by<half, ConvKernel::kSm80, 128, 64>);
SX_KERNEL("conv_sm80.f16.64x64", conv_by<half, ConvKernel::kSm80, 64, 64>);
SX_KERNEL("conv_sm80.bf16.128x128", conv_by<bfloat16, ConvKernel::kSm80, 128, 128>);
SX_KERNEL("conv_sm80.bf16.128x64", conv_by<bfloat16, ConvKernel::kSm80, 128, 64>);
SX_KERNEL("conv_sm80.bf16.64x64", conv_by<bfloat16, ConvKernel::kSm80, 64, 64>);
SX_KERNEL("conv_sm90.f16.128x128", conv_by<half, ConvKernel::kSm90, 128, 128>);
SX_KERNEL("conv_sm90.f16.128x64", conv_by<half, ConvKernel::kSm90, 128, 64>);
SX_KERNEL("conv_sm90.f16.128x256", conv_by<half, ConvKernel::kSm90, 128, 256>);
SX_KERNEL("conv_sm90.bf16.128x128", conv_by<bfloat16, ConvKernel::kSm90, 128, 128>);
SX_KERNEL("conv_sm90.bf16.128x64", conv_by<bfloat16, ConvKernel::kSm90, 128, 64>);
SX_KERNEL("conv_sm90.bf16.128x256", conv_by<bfloat16, ConvKernel::kSm90, 128, 256>);

}  // namespace
}  // namespace sx::cuda
