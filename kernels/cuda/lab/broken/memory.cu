// Places that must not be touched, or hold nothing yet. Tensors x and y: see broken.h.
// One mistake each: outside of a tensor, outside of shared memory, never written, no device's
// memory. Not yet measured on a GPU, and not to be run on one. The mistakes are those of NVIDIA's
// compute-sanitizer manual, memcheck and initcheck.
#include "broken.h"
#include "cuda/device/memory.h"

namespace sx::cuda::broken {
namespace {

constexpr int kThreads = 128;

struct Shared {
  float values[kThreads];
};
constexpr size_t kBytes = sizeof(Shared);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) read_behind_end(float* x, float* y) {
  for (int i = threadIdx.x; i < (kBroken ? kValues + 1 : kValues); i += kThreads)
    if (x[i] > 0) y[i % kValues] = 1;
}
SX_TWINS("read_behind_end", read_behind_end, {.blocks = 1, .threads = kThreads});

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) write_behind_end(float*, float* y) {
  for (int i = threadIdx.x; kBroken ? i <= kValues : i < kValues; i += kThreads) y[i] = float(i);
}
SX_TWINS("write_behind_end", write_behind_end, {.blocks = 1, .threads = kThreads});

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) write_in_front(float* x, float* y) {
  const int i = int(threadIdx.x) - (kBroken ? 1 : 0);
  y[i] = x[threadIdx.x];
}
SX_TWINS("write_in_front", write_in_front, {.blocks = 1, .threads = kThreads});

// A vector whose last element is behind the end.
template <bool kBroken>
__global__ void __launch_bounds__(kThreads) vector_across_end(float* x, float* y) {
  const int i = kValues - 4 * kThreads + 4 * int(threadIdx.x) + (kBroken ? 4 : 0);
  store_packed(y + i, load_packed<4>(x + i - (kBroken ? 4 : 0)));
}
SX_TWINS("vector_across_end", vector_across_end, {.blocks = 1, .threads = kThreads});

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) shared_behind_end(float* x, float* y) {
  float* values = shared_memory<Shared>().values;
  const int i = int(threadIdx.x) + (kBroken ? 1 : 0);
  values[i] = x[threadIdx.x];
  y[threadIdx.x] = values[i];
}
SX_TWINS("shared_behind_end", shared_behind_end,
         {.blocks = 1, .threads = kThreads, .shared_bytes = kBytes});

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) uninitialised_shared(float* x, float* y) {
  float* values = shared_memory<Shared>().values;
  const int t = threadIdx.x;
  if (!kBroken || t != 77) values[t] = x[t];
  y[t] = values[t];
}
SX_TWINS("uninitialised_shared", uninitialised_shared,
         {.blocks = 1, .threads = kThreads, .shared_bytes = kBytes});

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) uninitialised_global(float* x, float* y) {
  const int t = threadIdx.x;
  if (!kBroken) y[t] = x[t];
  y[t] += 1;
}
SX_TWINS("uninitialised_global", uninitialised_global, {.blocks = 1, .threads = kThreads});

// What one block has left in shared memory is not there for the next.
template <bool kBroken>
__global__ void __launch_bounds__(32) shared_of_last_block(float* x, float* y) {
  float* values = shared_memory<Shared>().values;
  const int t = threadIdx.x;
  if (!kBroken || blockIdx.x == 0) values[t] = x[t];
  y[blockIdx.x * 32 + t] = values[t];
}
SX_TWINS("shared_of_last_block", shared_of_last_block,
         {.blocks = 2, .threads = 32, .shared_bytes = kBytes});

}  // namespace
}  // namespace sx::cuda::broken
