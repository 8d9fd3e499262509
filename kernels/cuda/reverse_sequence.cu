// reverse_sequence.bN: y[t, b, :] = x[t < n ? n - 1 - t : t, b, :] with n = lengths[b], or [b, t,
// :]; ReverseSequence of elements of N bytes. Blocks go in words of up to 16 bytes, neighbouring
// threads take neighbouring words of y; a length outside is reported. Not yet measured on a GPU. No
// source but the definition.
#include "cuda/move.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t time_axis;  // 0 or 1; the batch axis is the other
};

template <class W>
__global__ void __launch_bounds__(kMoveThreads)
    reverse_kernel(const W* x, Indices lengths, W* y, bool time_first, int64_t steps,
                   int64_t batches, int64_t block, Divisor by_block, Divisor by_inner,
                   int64_t words, Reporter reporter) {
  each_move(
      words,
      [&](int64_t i) {
        int64_t k = i;
        int64_t inner = by_block.divide(k);
        const int64_t outer = by_inner.divide(inner);
        const int64_t t = time_first ? outer : inner, b = time_first ? inner : outer;
        const int64_t length = lengths[b];
        if (length < 0 || length > steps) {
          reporter.report(Finding::kOutsideRange, length, 0, steps);
          return W{};
        }
        const int64_t source = t < length ? length - 1 - t : t;
        return x[(time_first ? source * batches + b : b * steps + source) * block + k];
      },
      [&](int64_t i, W value) { y[i] = value; });
}

template <class T>
void reverse_sequence(const Arguments& args) {
  const int64_t time_axis = args.params_as<Params>().time_axis;
  const sx_tensor& data = args.tensors[0];
  if (args.size(0) == 0) return;
  const int64_t steps = data.shape[time_axis], batches = data.shape[1 - time_axis];
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(2);
  const int64_t bytes = product(data, 2, data.rank) * int64_t(sizeof(T)),
                word = widest_word(x, y, bytes);
  with_word(word, [&](auto* type) {
    using W = std::remove_pointer_t<decltype(type)>;
    const int64_t block = bytes / word, words = steps * batches * block;
    launch(args, reverse_kernel<W>, moving_grid(args, words), reinterpret_cast<const W*>(x),
           Indices(args, 1), reinterpret_cast<W*>(y), time_axis == 0, steps, batches, block,
           Divisor(block), Divisor(data.shape[1]), words,
           stream_of(args).reporter("ReverseSequence: length "));
  });
}

SX_KERNEL_BY_WIDTH("reverse_sequence", reverse_sequence);

}  // namespace
}  // namespace sx::cuda
