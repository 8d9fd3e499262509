// top_k: the k largest (least) of x[o, 0..n, j], best first, and their int64 indices; the lower
// index first among equals, NaN above every number. x is [outer, n, inner], both results [outer, k,
// inner]. A heap in scratch holds the k best so far, the worst on top, sees each element once (most
// fail one comparison) and is sorted at the end: n + k log k for data in random order, n log k at
// worst.
#include <algorithm>

#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t outer, n, inner, k, largest;
};

template <class T>
struct Entry {
  T value;
  int64_t index;
};

// Whether a comes before b: a total order, so that the result does not depend on the algorithm.
template <class T, bool kLargest>
bool before(const Entry<T>& a, const Entry<T>& b) {
  const bool a_nan = a.value != a.value, b_nan = b.value != b.value;
  if (a_nan | b_nan) return a_nan == b_nan ? a.index < b.index : a_nan == kLargest;
  if (a.value == b.value) return a.index < b.index;
  return kLargest ? a.value > b.value : a.value < b.value;
}

template <class T, bool kLargest>
void lane(const T* x, T* values, int64_t* indices, Entry<T>* heap, const Params& p) {
  constexpr auto kBefore = before<T, kLargest>;
  for (int64_t i = 0; i < p.k; i++) heap[i] = {x[i * p.inner], i};
  std::make_heap(heap, heap + p.k, kBefore);
  for (int64_t i = p.k; i < p.n; i++) {
    const Entry<T> entry = {x[i * p.inner], i};
    if (!before<T, kLargest>(entry, heap[0])) continue;
    std::pop_heap(heap, heap + p.k, kBefore);
    heap[p.k - 1] = entry;
    std::push_heap(heap, heap + p.k, kBefore);
  }
  std::sort_heap(heap, heap + p.k, kBefore);
  for (int64_t i = 0; i < p.k; i++) {
    values[i * p.inner] = heap[i].value;
    indices[i * p.inner] = heap[i].index;
  }
}

template <class T>
void top_k(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const T* x = args.data<const T>(0);
  T* values = args.data<T>(1);
  int64_t* indices = args.data<int64_t>(2);
  if (p.k == 0) return;
  static_assert(sizeof(Entry<T>) <= 16, "the launch reserves 16 bytes per element");
  const int64_t stride = (16 * p.k + 63) / 64 * 64;
  args.parallel(p.outer * p.inner, std::max<int64_t>(1, 4096 / p.n),
                [&](int64_t begin, int64_t end, int worker) {
                  auto* heap = reinterpret_cast<Entry<T>*>(args.scratch + worker * stride);
                  for (int64_t l = begin; l < end; l++) {
                    const int64_t o = l / p.inner, j = l % p.inner;
                    const int64_t to = o * p.k * p.inner + j;
                    (p.largest ? lane<T, true> : lane<T, false>)(x + o * p.n * p.inner + j,
                                                                 values + to, indices + to, heap,
                                                                 p);
                  }
                });
}

SX_KERNEL("top_k.f32", top_k<float>);
SX_KERNEL("top_k.f64", top_k<double>);
SX_KERNEL("top_k.i32", top_k<int32_t>);
SX_KERNEL("top_k.i64", top_k<int64_t>);

}  // namespace
}  // namespace sx::SX_ISA
