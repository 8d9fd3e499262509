// y = f(x) and y = f(a, b, …) element by element: the loops that the kernels of elementwise
// operators share. A functor takes and gives numbers of the type that they are computed in
// (half.h); its fields are the parameters. A grid that just fills the device walks the result in
// groups that one access of 16 bytes moves, where the operands allow it, and in single elements
// elsewhere: the rest, unaligned tensors, rows that are no multiple of a group.
#pragma once
#include "cuda/broadcast.h"
#include "cuda/device/memory.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kBlocks =
    2;  // of a processor, at least: without it ptxas keeps to fewer registers, and spills

// Functors of many instructions say `static constexpr bool kLong = true`: they are not repeated for
// more than 4 elements.
template <class F>
concept Long = requires {
  requires F::kLong;
};

// Functors that have something to read, once in each thread.
template <class F>
concept Prepared = requires(F f) {
  f.prepare();
};

// How many elements go together: 16 bytes of the widest type.
template <class F, class... T>
constexpr int group_of() {
  const int most = 16 / int(std::max({sizeof(T)...}));
  return Long<F> ? std::min(most, 4) : most;
}

template <int kGroup, class T>
bool is_aligned(const T* p) {
  return reinterpret_cast<uintptr_t>(p) % (kGroup * sizeof(T)) == 0;
}

template <class F, class T, class R>
__global__ void __launch_bounds__(kThreads, kBlocks)
    unary_kernel(F f, const T* x, R* y, int64_t n, int64_t groups) {
  constexpr int kGroup = group_of<F, T, R>();
  const int64_t stride = int64_t{gridDim.x} * kThreads,
                first = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if constexpr (Prepared<F>) f.prepare();
  for (int64_t g = first; g < groups; g += stride) {
    const auto from = load_packed<kGroup>(x + g * kGroup);
    Packed<R, kGroup> to;
#pragma unroll
    for (int j = 0; j < kGroup; j++) to[j] = store_as<R>(f(load_as(from[j])));
    store_packed(y + g * kGroup, to);
  }
  for (int64_t i = groups * kGroup + first; i < n; i += stride)
    y[i] = store_as<R>(f(load_as(x[i])));
}

// n elements at x to as many at y, which may be x where the types are equally wide.
template <class F, class T, class R>
void map(const Arguments& args, const F& f, const T* x, R* y, int64_t n) {
  constexpr int kGroup = group_of<F, T, R>();
  const int64_t groups = is_aligned<kGroup>(x) && is_aligned<kGroup>(y) ? n / kGroup : 0;
  const int64_t items = std::max(groups, n - groups * kGroup);
  launch(args, unary_kernel<F, T, R>,
         {.blocks = striding_blocks(args, items, kThreads), .threads = kThreads}, f, x, y, n,
         groups);
}

// A kernel y = f(x) whose parameters are f's fields. T is the type of x, R that of y.
template <class F, class T, class R = T>
void unary(const Arguments& args) {
  F f{};
  if constexpr (!std::is_empty_v<F>) f = args.params_as<F>();
  map(args, f, args.data<const T>(0), args.data<R>(1), args.size(0));
}

// kGroup elements of an operand that moves along the row, or one for all of them.
template <int kGroup, class T>
__device__ __forceinline__ Packed<T, kGroup> load_group(const T* x, bool steps) {
  if (steps) return load_packed<kGroup>(x);
  const T value = *x;
  Packed<T, kGroup> group;
#pragma unroll
  for (int j = 0; j < kGroup; j++) group[j] = value;
  return group;
}

template <class R, int kGroup, class F, class... X>
__device__ __forceinline__ Packed<R, kGroup> apply(const F& f, const Packed<X, kGroup>&... x) {
  Packed<R, kGroup> y;
#pragma unroll
  for (int j = 0; j < kGroup; j++) y[j] = store_as<R>(f(load_as(x[j])...));
  return y;
}

template <int kGroup, class R, class F, size_t... K, class... X>
__device__ __forceinline__ void compute_group(const F& f, const Layout<sizeof...(X)>& layout,
                                              std::index_sequence<K...>, int64_t i, R* y,
                                              const X*... x) {
  int64_t at[sizeof...(X)];
  layout.locate(i, at);
  store_packed(y + i,
               apply<R, kGroup>(f, load_group<kGroup>(x + at[K], layout.stride[0][K] != 0)...));
}

template <class F, class R, class... X>
__global__ void __launch_bounds__(kThreads, kBlocks)
    broadcast_kernel(F f, const __grid_constant__ Layout<sizeof...(X)> layout, int64_t groups, R* y,
                     const X*... x) {
  constexpr int kGroup = group_of<F, R, X...>();
  constexpr auto kOperands = std::index_sequence_for<X...>();
  const int64_t stride = int64_t{gridDim.x} * kThreads,
                first = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  for (int64_t g = first; g < groups; g += stride)
    compute_group<kGroup>(f, layout, kOperands, g * kGroup, y, x...);
  for (int64_t i = groups * kGroup + first; i < layout.count; i += stride)
    compute_group<1>(f, layout, kOperands, i, y, x...);
}

// y may be an operand of its shape and width of element.
template <class F, class R, class... X>
void elementwise(const Arguments& args, const F& f, const Layout<sizeof...(X)>& layout, R* y,
                 const X*... x) {
  constexpr int kGroup = group_of<F, R, X...>();
  int k = 0;
  const bool aligned =
      is_aligned<kGroup>(y) && ((layout.stride[0][k++] == 0 || is_aligned<kGroup>(x)) && ...);
  const int64_t groups = aligned && layout.has_groups(kGroup) ? layout.count / kGroup : 0;
  const int64_t items = std::max(groups, layout.count - groups * kGroup);
  launch(args, broadcast_kernel<F, R, X...>,
         {.blocks = striding_blocks(args, items, kThreads), .threads = kThreads}, f, layout, groups,
         y, x...);
}

// Tensors first and second give tensor `result`. A and B are the operands' types, R that of the
// result.
template <class A, class R = A, class B = A, class F>
void binary(const Arguments& args, const F& f, int first, int second, int result,
            int64_t trailing = 0) {
  elementwise(args, f, broadcast(args, {first, second}, result, trailing), args.data<R>(result),
              args.data<const A>(first), args.data<const B>(second));
}

#define SX_KERNEL_SMALL_FLOATS(key, kernel, ...)                   \
  SX_KERNEL(key ".f32", kernel<__VA_ARGS__ __VA_OPT__(, ) float>); \
  SX_KERNEL(key ".f16", kernel<__VA_ARGS__ __VA_OPT__(, ) half>);  \
  SX_KERNEL(key ".bf16", kernel<__VA_ARGS__ __VA_OPT__(, ) bfloat16>)

#define SX_KERNEL_FLOATS(key, kernel, ...)                        \
  SX_KERNEL_SMALL_FLOATS(key, kernel __VA_OPT__(, ) __VA_ARGS__); \
  SX_KERNEL(key ".f64", kernel<__VA_ARGS__ __VA_OPT__(, ) double>)

#define SX_KERNEL_NUMBERS(key, kernel, F)    \
  SX_KERNEL_FLOATS(key, kernel, F);          \
  SX_KERNEL(key ".i32", kernel<F, int32_t>); \
  SX_KERNEL(key ".i64", kernel<F, int64_t>); \
  SX_KERNEL(key ".i8", kernel<F, int8_t>);   \
  SX_KERNEL(key ".u8", kernel<F, uint8_t>)

}  // namespace
}  // namespace sx::cuda
