// primitive.multimem.*: sums over copies, stores and additions to all of them, through a multicast
// address. Two copies in the outputs' own memory; each thread reads the sum, adds a number to both
// copies, and one stores. Real GPUs need memory that a multicast object binds together, which takes
// more than one; there it says so. Not a kernel to measure. Source: PTX ISA, "multimem.ld_reduce,
// multimem.st, multimem.red".
#include "cuda/device/multimem.h"
#include "cuda/device/scoped.h"
#include "primitive.h"

namespace sx::cuda::primitive {
namespace {

constexpr int kCount = 1024;  // elements of a copy

// Element i of the first copy.
__device__ float number(int i) { return float(i % 29 + 1); }

template <class T>
__global__ void __launch_bounds__(128) multimem_kernel(T* first, T* second, T* both, float* sums) {
#if SX_SM90
  constexpr int kWidth = 16 / sizeof(T);
  const int i = int(threadIdx.x) * kWidth;
  for (int k = 0; k < kWidth; k++) {
    first[i + k] = store_as<T>(number(i + k));
    second[i + k] = store_as<T>(float(2 * k));
  }
  fence<Scope::kSystem>();
  const Multi<T> sum = multimem_sum(both + i);
  for (int k = 0; k < kWidth; k++) sums[i + k] = load_as(sum.values[k]);
  __syncthreads();
  if (threadIdx.x % 2 == 0)
    multimem_store(both + i, sum);
  else
    multimem_add(both + i, sum);
#endif
}

template <class T>
__global__ void __launch_bounds__(128)
    compare_kernel(Outputs out, const T* first, const T* second, const float* sums) {
  constexpr int kWidth = 16 / sizeof(T);
  const int i = int(threadIdx.x) * kWidth;
  float found[3][kWidth];
  for (int k = 0; k < kWidth; k++) {
    found[0][k] = sums[i + k];
    found[1][k] = load_as(first[i + k]);
    found[2][k] = load_as(second[i + k]);
  }
  __syncthreads();
  out.clear(0);
  __syncthreads();
  for (int k = 0; k < kWidth; k++) {
    const float sum = number(i + k) + float(2 * k), added = threadIdx.x % 2 ? sum : 0;
    out.set(i + k, found[0][k], sum);
    out.set(kCount + i + k, found[1][k], threadIdx.x % 2 ? number(i + k) + added : sum);
    out.set(2 * kCount + i + k, found[2][k], threadIdx.x % 2 ? float(2 * k) + added : sum);
  }
}

template <class T>
void multimem(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
#ifdef SX_SIM
  auto* first = reinterpret_cast<T*>(out.actual);
  auto* second = reinterpret_cast<T*>(out.expected);
  float* sums = out.expected + kCount;
  void* both = sim::bind_multicast({first, second}, kCount * sizeof(T));
  launch(args, multimem_kernel<T>, {.blocks = 1, .threads = 128}, first, second,
         static_cast<T*>(both), sums);
  const cudaError_t error = cudaStreamSynchronize(stream_of(args).handle);
  sim::release_multicast(both);
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
  launch(args, compare_kernel<T>, {.blocks = 1, .threads = 128}, out, static_cast<const T*>(first),
         static_cast<const T*>(second), static_cast<const float*>(sums));
#else
  static_cast<void>(&multimem_kernel<T>);
  throw Unsupported("needs memory of several GPUs behind one multicast address");
#endif
}
SX_KERNEL("primitive.multimem.f32", multimem<float>);
SX_KERNEL("primitive.multimem.f16", multimem<half>);
SX_KERNEL("primitive.multimem.bf16", multimem<bfloat16>);

}  // namespace
}  // namespace sx::cuda::primitive
