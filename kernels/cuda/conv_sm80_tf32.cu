// conv_channels_last_tf32.f32: conv_channels_last.f32 with operands rounded to tf32, an error of
// about 2^-11 each; only for who asks for it. conv_sm80.h has the kernel and what is to be said of
// it.
#include "cuda/conv_sm80.h"

namespace sx::cuda {

template <>
void conv_sm80(const Arguments& args, const ConvProblem<float>& p, int rows, int columns) {
  sm80::run_tile<tf32>(args, p, rows, columns);
}

}  // namespace sx::cuda
