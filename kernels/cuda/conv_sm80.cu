// conv_channels_last.f16, .bf16, and conv_channels_last_tf32.f32, which rounds operands to tf32, an
// error of about 2^-11 each, and is only for who asks for it: on the tensor cores of sm_80 and
// later. conv_sm80.h has the kernel and what is to be said of it.
#include "cuda/conv_sm80.h"

namespace sx::cuda {

template <class T>
void conv_sm80(const Arguments& args, const ConvProblem<T>& p, int rows, int columns) {
  using M = std::conditional_t<std::is_same_v<T, float>, tf32, T>;
  rows == 64      ? sm80::run<M, 64, 64>(args, p)
  : columns == 64 ? sm80::run<M, 128, 64>(args, p)
                  : sm80::run<M, 128, 128>(args, p);
}

template void conv_sm80(const Arguments&, const ConvProblem<float>&, int, int);
template void conv_sm80(const Arguments&, const ConvProblem<half>&, int, int);
template void conv_sm80(const Arguments&, const ConvProblem<bfloat16>&, int, int);

}  // namespace sx::cuda
