// tensor_scatter.bN: y = x, then y[r, (w[b] + i) mod n, :] = update[r, i, :]; b is the batch that
// row r belongs to. x is [rows, n, block], the update [rows, count, block], seen from the axis. y
// may be x: then only the update is copied, which is what keeps a cache of keys and values cheap.
#include "move.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t axis, circular;
};

template <class T>
void tensor_scatter(const Arguments& args) {
  const auto [axis, circular] = args.params_as<Params>();
  const sx_tensor& cache = args.tensors[0];
  const int64_t rows = product(cache, 0, axis), rows_per_batch = product(cache, 1, axis);
  const int64_t n = cache.shape[axis], block = product(cache, axis + 1, cache.rank);
  const int64_t count = args.tensors[1].shape[axis];
  const T* update = args.data<const T>(1);
  T* y = args.data<T>(2);
  const auto scatter = [&](auto&& start_of) {
    for (int64_t b = 0; rows > 0 && b < cache.shape[0]; b++) {
      const int64_t start = start_of(b);
      if (start < 0 || (!circular && start > n - count))
        throw InvalidData("TensorScatter: write index " + std::to_string(start) + " for " +
                          std::to_string(count) + " entries is outside a cache of " +
                          std::to_string(n));
    }
    copy_all(args, y, args.data<const T>(0), args.size(0));
    args.parallel(rows * count, grain_of(block * sizeof(T)), [&](int64_t begin, int64_t end, int) {
      for (int64_t at = begin; at < end; at++) {
        const int64_t row = at / count, i = at % count;
        const int64_t to = row * n + (start_of(row / rows_per_batch) % n + i) % n;
        copy_run(y + to * block, update + at * block, block);
      }
    });
  };
  if (args.has(3))
    with_indices(args, 3, [&](const auto* starts) {
      scatter([=](int64_t b) { return int64_t(starts[b]); });
    });
  else
    scatter([](int64_t) { return int64_t{0}; });
}

SX_KERNEL_BY_WIDTH("tensor_scatter", tensor_scatter);

}  // namespace
}  // namespace sx::SX_ISA
