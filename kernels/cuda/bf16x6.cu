// The planes of gemm_bf16x6 and conv_bf16x6: both operands, each [matrices, rows, columns] of
// float32, as three of bfloat16, whose rows begin at multiples of 16 bytes. A thread splits four
// neighbours of a row; whoever finds a number that cannot be split says so, for the kernels that
// follow. Not yet measured on a GPU. Ootomo and Yokota, arXiv 2203.03341.
#include "cuda/bf16x6.h"
#include "cuda/device/scoped.h"

namespace sx::cuda::bf16x6 {
namespace {

constexpr int kThreads = 256;
constexpr int kEach = 4;  // elements of a thread
constexpr int kPlanes = Tile::kPlanes;
constexpr float kSmallest = 0x1p-100f,
                kLargest = 0x1p60f;  // the last 8 bits, and products, are normal numbers

__global__ void begin_kernel(int32_t* decision) { *decision = kTensorCores; }

__global__ void __launch_bounds__(kThreads)
    split_kernel(const __grid_constant__ Splitting s, int32_t* decision) {
  const int64_t across = s.pitch / kEach, count = s.matrices * s.outers * across;
  bool odd = false;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < count;
       i += int64_t{gridDim.x} * kThreads) {
    const int64_t row = i / across, inner = (i - row * across) * kEach;
    const float* from = s.from + s.row_offset(row);
    Packed<bfloat16, kEach> planes[kPlanes];
#pragma unroll
    for (int j = 0; j < kEach; j++) {
      float x = inner + j < s.inners ? from[(inner + j) * s.inner_stride] : 0.f;
      const float size = fabsf(x);
      odd |= !(size <= kLargest && (size >= kSmallest || size == 0));
#pragma unroll
      for (int plane = 0; plane < kPlanes; plane++) {
        planes[plane][j] = to_bfloat16(x);
        x -= to_float(planes[plane][j]);
      }
    }
#pragma unroll
    for (int plane = 0; plane < kPlanes; plane++)
      store_packed(s.to + plane * s.elements() + i * kEach, planes[plane]);
  }
  if (__syncthreads_or(odd) && threadIdx.x == 0)
    store_relaxed<Scope::kDevice>(decision, int32_t{kSimt});
}

int64_t bytes(const Splitting& s) {
  return (kPlanes * s.elements() * int64_t{sizeof(bfloat16)} + 255) / 256 * 256;
}

}  // namespace

const int32_t* split(const Arguments& args, Splitting& a, Splitting& b) {
  constexpr int64_t kDecisionBytes = 256;
  const int64_t needed = kDecisionBytes + bytes(a) + bytes(b);
  if (needed > static_cast<int64_t>(args.scratch_bytes))
    throw std::invalid_argument("needs " + std::to_string(needed) +
                                " bytes of scratch memory, given " +
                                std::to_string(args.scratch_bytes));
  if (stream_of(args).device.capability != 90)
    throw Unsupported("needs a GPU of compute capability 9.0");
  auto* const decision = reinterpret_cast<int32_t*>(args.scratch);
  a.to = reinterpret_cast<bfloat16*>(args.scratch + kDecisionBytes);
  b.to = reinterpret_cast<bfloat16*>(args.scratch + kDecisionBytes + bytes(a));

  launch(args, begin_kernel, {.blocks = 1, .threads = 1}, decision);
  for (const Splitting* s : {&a, &b})
    launch(args, split_kernel,
           {.blocks = striding_blocks(args, s->elements() / kEach, kThreads), .threads = kThreads},
           *s, decision);
  return decision;
}

}  // namespace sx::cuda::bf16x6
