// gemm_bf16x6.f32: gemm.f32 on Hopper's tensor cores. Every float32 is the sum of three bfloat16,
// its leading, middle and last 8 bits; six of the nine products of such sums are large enough to
// count. gemm_sm90.h multiplies, and moves its sums to float32 additions every 64 of depth, since
// the tensor core cuts what it adds up. Three kernels: both operands are split into planes in
// scratch memory; the products; and gemm_simt, which computes it all where a number is infinite,
// NaN, or too small or large to be split, and does nothing otherwise. Not yet measured on a GPU,
// and not chosen by gemm.f32 before it is. Ootomo and Yokota, arXiv 2203.03341.
#include "cuda/device/scoped.h"
#include "cuda/gemm_sm90.h"
#include "cuda/pitched.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kEach = 4;  // elements of a thread
constexpr int kPlanes = 3;
constexpr float kSmallest = 0x1p-100f,
                kLargest = 0x1p60f;  // the last 8 bits, and products, are normal numbers
enum Decision : int32_t { kTensorCores, kSimt };

struct Emulated : sm90::Shape<128, 128, 4> {
  static constexpr int kDepthBytes = 64;
  static constexpr int kPlanes = 3;
  static constexpr int kPromote = 64;
};
template <Major kLeft, Major kRight>
struct EmulatedAs : Emulated {
  static constexpr Major kA = kLeft, kB = kRight;
};

// An operand, and its planes, one after the other as `Pitched` lays them.
struct Splitting : Pitched {
  const float* from;
  bfloat16* to = nullptr;

  Splitting(const float* from, int64_t count, int64_t depth, int64_t stride, int64_t depth_stride,
            const int64_t (&stack)[kStackAxes], const int64_t (&stack_strides)[kStackAxes])
      : Pitched(count, depth, stride, depth_stride, stack, stack_strides, 8), from(from) {}
};

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

template <Major kA, Major kB>
void multiply(const Arguments& args, const GemmProblem<float>& p, const Splitting& a,
              const Splitting& b) {
  using S = EmulatedAs<kA, kB>;
  const auto type = TensorType::kBfloat16;
  sm90::run<S, bfloat16>(
      args, p,
      {sm90::map_operand<bfloat16, S, kA, S::kRows, 1>(a.to, type, p.m, p.k, a.pitch,
                                                       kPlanes * a.matrices, a.matrix_elements()),
       sm90::map_operand<bfloat16, S, kB, S::kColumns, 1>(
           b.to, type, p.n, p.k, b.pitch, kPlanes * b.matrices, b.matrix_elements()),
       1, 1, static_cast<int32_t>(a.matrices), static_cast<int32_t>(b.matrices)});
}

}  // namespace

void gemm_bf16x6(const Arguments& args, const GemmProblem<float>& problem, int simt_tile) {
  constexpr int64_t kDecisionBytes = 256;
  Splitting a(problem.a, problem.m, problem.k, problem.a_row, problem.a_depth, problem.stack,
              problem.a_stack);
  Splitting b(problem.b, problem.n, problem.k, problem.b_column, problem.b_depth, problem.stack,
              problem.b_stack);
  const auto bytes = [](const Splitting& s) {
    return (kPlanes * s.elements() * int64_t{sizeof(bfloat16)} + 255) / 256 * 256;
  };
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
  GemmProblem<float> p = problem;
  a.set_strides(p.a_stack, 1);  // the planes' maps count matrices
  b.set_strides(p.b_stack, 1);
  p.decision = decision;
  p.wanted = kTensorCores;
  const auto run = a.along_depth   ? b.along_depth ? multiply<Major::kK, Major::kK>
                                                   : multiply<Major::kK, Major::kMn>
                     : b.along_depth ? multiply<Major::kMn, Major::kK>
                                   : multiply<Major::kMn, Major::kMn>;
  run(args, p, a, b);
  p = problem;
  p.decision = decision;
  p.wanted = kSimt;
  gemm_simt(args, p, simt_tile, simt_tile);
}

}  // namespace sx::cuda
