// gemm_tf32.f32: gemm.f32 with operands rounded to tf32, an error of about 2^-11 each; only for who
// asks for it. gemm_sm80.h has the kernel and what is to be said of it.
#include "cuda/gemm_sm80.h"

namespace sx::cuda {

void gemm_tf32(const Arguments& args, const GemmProblem<float>& p, int rows) {
  rows == 128 ? sm80::run<float, tf32, 128>(args, p) : sm80::run<float, tf32, 64>(args, p);
}

}  // namespace sx::cuda
