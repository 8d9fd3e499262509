// gemm.f16, .bf16 on the tensor cores of sm_80 and later; gemm_sm80.h has the kernel and what is to
// be said of it.
#include "cuda/gemm_sm80.h"

namespace sx::cuda {

template <class T>
void gemm_sm80(const Arguments& args, const GemmProblem<T>& p, int rows) {
  rows == 128 ? sm80::run<T, T, 128>(args, p) : sm80::run<T, T, 64>(args, p);
}

template void gemm_sm80(const Arguments&, const GemmProblem<half>&, int);
template void gemm_sm80(const Arguments&, const GemmProblem<bfloat16>&, int);

}  // namespace sx::cuda
