// trilu.bN: y = x where column - row >= k (upper) or <= k (lower), and 0 elsewhere, for each matrix
// of the last two axes; elements of N bytes. y may be x. A thread an element; what becomes 0 is not
// read. Not yet measured on a GPU. No source but the definition.
#include <optional>

#include "cuda/move.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t upper;
};

template <class T>
__global__ void __launch_bounds__(kMoveThreads)
    trilu_kernel(const T* x, T* y, std::optional<Indices> given, bool upper, Divisor by_columns,
                 Divisor by_rows, int64_t count) {
  const int64_t k = given ? (*given)[0] : 0;
  each_move(
      count,
      [&](int64_t i) {
        int64_t column = i;
        int64_t row = by_columns.divide(column);
        by_rows.divide(row);
        return (upper ? column - row >= k : column - row <= k) ? x[i] : T{};
      },
      [&](int64_t i, T value) { y[i] = value; });
}

template <class T>
void trilu(const Arguments& args) {
  const bool upper = args.params_as<Params>().upper != 0;
  const sx_tensor& matrices = args.tensors[0];
  const int64_t count = args.size(0);
  if (count == 0) return;
  std::optional<Indices> k;
  if (args.has(2)) k.emplace(args, 2);
  launch(args, trilu_kernel<T>, moving_grid(args, count), args.data<const T>(0), args.data<T>(1), k,
         upper, Divisor(matrices.shape[matrices.rank - 1]),
         Divisor(matrices.shape[matrices.rank - 2]), count);
}

SX_KERNEL_BY_WIDTH("trilu", trilu);

}  // namespace
}  // namespace sx::cuda
