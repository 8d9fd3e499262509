// conv_channels_last.f16, .bf16 on the tensor cores of sm_80 and later; conv_sm80.h has the kernel
// and what is to be said of it.
#include "cuda/conv_sm80.h"

namespace sx::cuda {

template <class T>
void conv_sm80(const Arguments& args, const ConvProblem<T>& p, int rows, int columns) {
  sm80::run_tile<T>(args, p, rows, columns);
}

template void conv_sm80(const Arguments&, const ConvProblem<half>&, int, int);
template void conv_sm80(const Arguments&, const ConvProblem<bfloat16>&, int, int);

}  // namespace sx::cuda
