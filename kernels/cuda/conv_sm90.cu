// conv_channels_last.f16, .bf16 on Hopper's tensor cores, as conv_sm90.h has them, by the tensors
// as they lie. Channels must be multiples of 16 bytes, with several groups of 128. Not yet measured
// on a GPU. CUTLASS 3, sm90 implicit GEMM.
#include "cuda/conv_sm90.h"

namespace sx::cuda {
namespace {

using namespace sm90;

struct Large : Shape<128, 256, 4> {};
struct Middle : Shape<128, 128, 5> {};
struct Narrow : Shape<128, 64, 3> {
  static constexpr int kBlocks = 2;
  static constexpr int kFillerRegisters = 40, kUserRegisters = 96;
};

template <class S, class T>
void run(const Arguments& args, const ConvProblem<T>& p) {
  const auto params = args.params_as<ConvParams>();
  run_conv<S>(args, p, p.a, params.group * params.channels, p.b, params.channels);
}

}  // namespace

template <class T>
void conv_sm90(const Arguments& args, const ConvProblem<T>& p, int columns) {
  columns == 64    ? run<Narrow>(args, p)
  : columns == 128 ? run<Middle>(args, p)
                   : run<Large>(args, p);
}

template void conv_sm90(const Arguments&, const ConvProblem<half>&, int);
template void conv_sm90(const Arguments&, const ConvProblem<bfloat16>&, int);

}  // namespace sx::cuda
