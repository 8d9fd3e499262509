// tensor_scatter.bN: y = x, then y[r, (w[b] + i) mod n, :] = update[r, i, :]; b is the batch that
// row r belongs to. x is [rows, n, block], the update [rows, count, block], seen from the axis;
// elements of N bytes. y may be x: then only the update is copied, which is what keeps a cache of
// keys and values cheap. Blocks go in words of up to 16 bytes; where a write index is wrong nothing
// is written. Not yet measured on a GPU. No source but the definition.
#include <optional>

#include "cuda/move.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t axis, circular;
};

struct Cache {
  int64_t n, count, block;  // the block in words
  bool circular;
  Divisor by_block, by_count, by_rows;  // rows of a batch item
};

template <class W>
__global__ void __launch_bounds__(kMoveThreads, kMoveBlocks)
    tensor_scatter_kernel(const W* update, std::optional<Indices> starts, W* y, Cache c,
                          int64_t words, Reporter reporter) {
  struct Held {
    W value;
    int64_t to;
  };
  each_move(
      words,
      [&](int64_t at) {
        int64_t k = at;
        int64_t i = c.by_block.divide(k);
        const int64_t row = c.by_count.divide(i);
        int64_t within = row;
        const int64_t batch = c.by_rows.divide(within);
        const int64_t start = starts ? (*starts)[batch] : 0;
        if (start < 0 || (!c.circular && start > c.n - c.count)) {
          reporter.report(Finding::kWriteOutside, start, c.count, c.n);
          return Held{W{}, -1};
        }
        return Held{update[at], (row * c.n + (start % c.n + i) % c.n) * c.block + k};
      },
      [&](int64_t, const Held& held) {
        if (held.to >= 0) y[held.to] = held.value;
      });
}

template <class T>
void tensor_scatter(const Arguments& args) {
  const auto [axis, circular] = args.params_as<Params>();
  const sx_tensor& cache = args.tensors[0];
  const int64_t rows_per_batch = product(cache, 1, axis),
                block = product(cache, axis + 1, cache.rank);
  const T* update = args.data<const T>(1);
  T* y = args.data<T>(2);
  copy_all(args, y, args.data<const T>(0), args.size(0) * int64_t(sizeof(T)));
  if (args.size(1) == 0) return;
  std::optional<Indices> starts;
  if (args.has(3)) starts.emplace(args, 3);
  const int64_t word = widest_word(update, y, block * int64_t(sizeof(T)));
  with_word(word, [&](auto* type) {
    using W = std::remove_pointer_t<decltype(type)>;
    const int64_t each = word / int64_t(sizeof(T)), count = args.tensors[1].shape[axis];
    const Cache c{cache.shape[axis],     count,          block / each,           circular != 0,
                  Divisor(block / each), Divisor(count), Divisor(rows_per_batch)};
    launch(args, tensor_scatter_kernel<W>, moving_grid(args, args.size(1) / each),
           reinterpret_cast<const W*>(update), starts, reinterpret_cast<W*>(y), c,
           args.size(1) / each, stream_of(args).reporter("TensorScatter: "));
  });
}

SX_KERNEL_BY_WIDTH("tensor_scatter", tensor_scatter);

}  // namespace
}  // namespace sx::cuda
