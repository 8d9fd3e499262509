// fault.trap: x and y as in broken.h; traps if x begins with a negative number, and does nothing
// else. To the host it is a kernel that touched memory which is not there: the device is lost. One
// thread traps, as a failed assertion would; what the others do is nobody's concern. In no library
// for real GPUs, and so not measured. No source.
#include "broken.h"

namespace sx::cuda::broken {
namespace {

__global__ void __launch_bounds__(32) trap(float* x, float*) {
  if (threadIdx.x == 0 && x[0] < 0) __trap();
}

SX_KERNEL("fault.trap",
          [](const Arguments& args) { run<trap>(args, {.blocks = 1, .threads = 32}); });

}  // namespace
}  // namespace sx::cuda::broken
