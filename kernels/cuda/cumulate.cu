// cum_sum, cum_prod: y[o, i, k] = x[o, 0, k] + ... + x[o, i, k], or their product; without x[o, i,
// k] itself if `exclusive`, from the last i down if `reverse`. x and y are [outer, n, inner]; y may
// be x. Floats accumulate in double, integers wrap. Along the last axis a block scans a row 256
// elements at a time, by shuffles, and carries the total on; elsewhere neighbouring threads walk
// neighbouring columns. Not yet measured on a GPU; one very long row keeps one block busy. The scan
// of a warp is Hillis and Steele's, "Data parallel algorithms", 1986.
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t outer, n, inner, exclusive, reverse;
};

constexpr int kThreads = 256;
constexpr int kWarps = kThreads / kWarpSize;

template <class T>
using Wide = std::conditional_t<std::is_integral_v<T>, uint64_t, double>;

template <class T, bool kProduct>
struct Cumulation {
  using A = Wide<T>;
  static constexpr int kNeutral = kProduct;
  static __device__ A combine(A a, A b) { return kProduct ? a * b : a + b; }
  static __device__ A load(const T* x) { return A(load_as(*x)); }
  static __device__ T store(A a) { return store_as<T>(Compute<T>(a)); }
};

template <class A>
struct Shared {
  A of_warp[kWarps];
};

template <class T, bool kProduct>
__global__ void __launch_bounds__(kThreads) rows_kernel(const T* x, T* y, Params p) {
  using C = Cumulation<T, kProduct>;
  using A = typename C::A;
  auto& shared = shared_memory<Shared<A>>();
  const int64_t row = blockIdx.x * p.n;
  A carried = C::kNeutral;
  for (int64_t from = 0; from < p.n; from += kThreads) {
    const int64_t step = from + threadIdx.x;
    const int64_t i = row + (p.reverse ? p.n - 1 - step : step);
    A total = step < p.n ? C::load(x + i) : A(C::kNeutral);
    for (int lanes = 1; lanes < kWarpSize; lanes *= 2) {
      const A before = shuffle_up(total, lanes);
      if (lane_index() >= lanes) total = C::combine(before, total);
    }
    A before = shuffle_up(total, 1);
    if (lane_index() == 0) before = C::kNeutral;
    if (lane_index() == kWarpSize - 1) shared.of_warp[warp_index()] = total;
    __syncthreads();
    A in_front = carried;
    for (int w = 0; w < kWarps; w++) {
      if (w == warp_index()) in_front = carried;
      carried = C::combine(carried, shared.of_warp[w]);
    }
    __syncthreads();  // before the next round's totals
    if (step < p.n) y[i] = C::store(C::combine(in_front, p.exclusive ? before : total));
  }
}

template <class T, bool kProduct>
__global__ void __launch_bounds__(kThreads) columns_kernel(const T* x, T* y, Params p) {
  using C = Cumulation<T, kProduct>;
  const int64_t column = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (column >= p.outer * p.inner) return;
  const int64_t first = column / p.inner * p.n * p.inner + column % p.inner;
  typename C::A total = C::kNeutral;
  for (int64_t step = 0; step < p.n; step++) {
    const int64_t i = first + (p.reverse ? p.n - 1 - step : step) * p.inner;
    const auto before = total;
    total = C::combine(before, C::load(x + i));
    y[i] = C::store(p.exclusive ? before : total);
  }
}

template <class T, bool kProduct>
void cumulate(const Arguments& args) {
  const auto p = args.params_as<Params>();
  if (p.outer * p.n * p.inner == 0) return;
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(1);
  if (p.inner > 1)
    launch(args, columns_kernel<T, kProduct>,
           {.blocks = blocks_for(p.outer * p.inner, kThreads), .threads = kThreads}, x, y, p);
  else
    launch(args, rows_kernel<T, kProduct>,
           {.blocks = blocks_for(p.outer, 1),
            .threads = kThreads,
            .shared_bytes = sizeof(Shared<Wide<T>>)},
           x, y, p);
}

#define SX_CUMULATIONS(type, T)                   \
  SX_KERNEL("cum_sum." type, cumulate<T, false>); \
  SX_KERNEL("cum_prod." type, cumulate<T, true>)

SX_CUMULATIONS("f32", float);
SX_CUMULATIONS("f16", half);
SX_CUMULATIONS("bf16", bfloat16);
SX_CUMULATIONS("f64", double);
SX_CUMULATIONS("i32", int32_t);
SX_CUMULATIONS("i64", int64_t);

}  // namespace
}  // namespace sx::cuda
