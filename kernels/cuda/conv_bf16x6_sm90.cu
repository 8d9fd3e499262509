// conv_channels_last_bf16x6.f32: conv_channels_last.f32 on Hopper's tensor cores, as bf16x6.h says:
// one group, of any channels, since planes fill up pixels and taps to 16 bytes. conv_sm90.h
// multiplies, with stages of 32 channels of one tap, and conv_simt where numbers cannot be split.
// Not yet measured on a GPU, and not chosen by conv_channels_last.f32 before it is. Ootomo and
// Yokota, arXiv 2203.03341.
#include "cuda/bf16x6.h"
#include "cuda/conv_sm90.h"

namespace sx::cuda {

void conv_bf16x6(const Arguments& args, const ConvProblem<float>& problem, int simt_rows) {
  using namespace bf16x6;
  const auto params = args.params_as<ConvParams>();
  Splitting x(problem.a, params.batch * params.inputs(), params.channels);
  Splitting w(problem.b, params.filters * params.taps(), params.channels);
  const int32_t* const decision = split(args, x, w);
  ConvProblem<float> p = only_if(problem, decision, kTensorCores);
  constexpr int64_t kStage = sm90::Shared<bfloat16, Tile>::A::kDepth;
  p.pad_channels(to_int((params.channels + kStage - 1) / kStage * kStage));
  sm90::run_conv<Tile, bfloat16>(args, p, x.to, x.pitch, w.to, w.pitch);
  conv_simt(args, only_if(problem, decision, kSimt), simt_rows);
}

}  // namespace sx::cuda
