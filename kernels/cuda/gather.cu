// gather.bN: y[o, i, k] = x[o, indices[i], k]; x is [outer, n, inner], seen from the axis; elements
// of N bytes. Rows of inner elements go in words of up to 16 bytes, neighbouring threads take
// neighbouring words, and a row's threads read its index together. An index outside is reported,
// and nothing is read for it. Not yet measured on a GPU. No source but the definition.
#include "cuda/move.h"

namespace sx::cuda {
namespace {

constexpr const char* kPrefix = "Gather: ";

struct Params {
  int64_t axis;
};

struct LookAtIndices {
  Indices indices;
  int64_t n;

  __device__ void operator()(int64_t i, const Reporter& reporter) const {
    indices.within(i, n, reporter);
  }
};

template <class W>
__global__ void __launch_bounds__(kMoveThreads)
    gather_kernel(const W* x, Indices indices, W* y, int64_t n, int64_t inner, Divisor by_inner,
                  Divisor by_indices, int64_t words, Reporter reporter) {
  each_move(
      words,
      [&](int64_t i) {
        int64_t k = i;
        int64_t index = by_inner.divide(k);
        const int64_t outer = by_indices.divide(index);
        const int64_t at = indices.within(index, n, reporter);
        return at < 0 ? W{} : x[(outer * n + at) * inner + k];
      },
      [&](int64_t i, W value) { y[i] = value; });
}

template <class T>
void gather(const Arguments& args) {
  const int64_t axis = args.params_as<Params>().axis;
  const sx_tensor& data = args.tensors[0];
  const int64_t inner = product(data, axis + 1, data.rank), count = args.size(1);
  const int64_t rows = product(data, 0, axis) * count, elements = rows * inner;
  if (rows == 0) return;
  if (inner == 0)
    return look_at(args, LookAtIndices{Indices(args, 1), data.shape[axis]}, count, kPrefix);
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(2);
  const int64_t word = widest_word(x, y, inner * int64_t(sizeof(T)));
  with_word(word, [&](auto* type) {
    using W = std::remove_pointer_t<decltype(type)>;
    const int64_t each = word / int64_t(sizeof(T));
    launch(args, gather_kernel<W>, moving_grid(args, elements / each),
           reinterpret_cast<const W*>(x), Indices(args, 1), reinterpret_cast<W*>(y),
           data.shape[axis], inner / each, Divisor(inner / each), Divisor(count), elements / each,
           stream_of(args).reporter(kPrefix));
  });
}

SX_KERNEL_BY_WIDTH("gather", gather);

}  // namespace
}  // namespace sx::cuda
