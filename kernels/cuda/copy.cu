// copy: y = x, byte for byte, for tensors of one size; what Identity, Reshape and their kind are
// where they are not free. fill.bN: y[i] = the bits of one N-byte value; ConstantOfShape. x and y:
// any shape and type, the same number of bytes. A grid that just fills the device walks the tensor
// in words of 16 bytes, four at a time in each thread. Not yet measured on a GPU. The loop of
// NVIDIA's blog "CUDA Pro Tip: Write Flexible Kernels with Grid-Stride Loops".
#include "cuda/device/memory.h"
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kUnrolled = 4;

__global__ void __launch_bounds__(kThreads) copy_kernel(const uint4* x, uint4* y, int64_t words) {
  const int64_t stride = int64_t{gridDim.x} * kThreads;
  int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  for (; i + (kUnrolled - 1) * stride < words; i += kUnrolled * stride) {
    uint4 held[kUnrolled];
#pragma unroll
    for (int k = 0; k < kUnrolled; k++) held[k] = load_streaming(x + i + k * stride);
#pragma unroll
    for (int k = 0; k < kUnrolled; k++) store_streaming(y + i + k * stride, held[k]);
  }
  for (; i < words; i += stride) store_streaming(y + i, load_streaming(x + i));
}

__global__ void __launch_bounds__(kThreads)
    copy_bytes_kernel(const uint8_t* x, uint8_t* y, int64_t bytes) {
  const int64_t stride = int64_t{gridDim.x} * kThreads;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < bytes; i += stride)
    y[i] = x[i];
}

struct CopyParams {
  int64_t bytes;
};

void copy(const Arguments& args) {
  const int64_t bytes = args.params_as<CopyParams>().bytes;
  const auto* x = args.data<const uint8_t>(0);
  auto* y = args.data<uint8_t>(1);
  const bool aligned = (reinterpret_cast<uintptr_t>(x) | reinterpret_cast<uintptr_t>(y)) % 16 == 0;
  const int64_t words = aligned ? bytes / 16 : 0;
  launch(args, copy_kernel,
         {.blocks = striding_blocks(args, words, kThreads * kUnrolled), .threads = kThreads},
         reinterpret_cast<const uint4*>(x), reinterpret_cast<uint4*>(y), words);
  const int64_t rest = bytes - 16 * words;
  launch(args, copy_bytes_kernel,
         {.blocks = striding_blocks(args, rest, kThreads), .threads = kThreads}, x + 16 * words,
         y + 16 * words, rest);
}

SX_KERNEL("copy", copy);

template <class T>
__global__ void __launch_bounds__(kThreads) fill_kernel(T value, T* y, int64_t n, int64_t groups) {
  constexpr int kGroup = 16 / sizeof(T);
  const int64_t stride = int64_t{gridDim.x} * kThreads,
                first = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  Packed<T, kGroup> values;
#pragma unroll
  for (int j = 0; j < kGroup; j++) values[j] = value;
  for (int64_t g = first; g < groups; g += stride) store_packed(y + g * kGroup, values);
  for (int64_t i = groups * kGroup + first; i < n; i += stride) y[i] = value;
}

struct FillParams {
  int64_t bits;
};

template <class T>
void fill(const Arguments& args) {
  const int64_t n = args.size(0);
  T* y = args.data<T>(0);
  const int64_t each = 16 / sizeof(T),
                groups = reinterpret_cast<uintptr_t>(y) % 16 == 0 ? n / each : 0;
  const int64_t items = groups > 0 ? groups : n;
  launch(args, fill_kernel<T>,
         {.blocks = striding_blocks(args, items, kThreads), .threads = kThreads},
         T(args.params_as<FillParams>().bits), y, n, groups);
}

SX_KERNEL("fill.b1", fill<uint8_t>);
SX_KERNEL("fill.b2", fill<uint16_t>);
SX_KERNEL("fill.b4", fill<uint32_t>);
SX_KERNEL("fill.b8", fill<uint64_t>);

}  // namespace
}  // namespace sx::cuda
