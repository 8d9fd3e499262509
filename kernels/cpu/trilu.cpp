// trilu.bN: y = x where column - row >= k (upper) or <= k (lower), and 0 elsewhere, for each matrix
// of the last two axes. A row is zeros and a copy, split at one column. y may be x.
#include "move.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t upper;
};

template <class T>
void trilu(const Arguments& args) {
  const bool upper = args.params_as<Params>().upper;
  const sx_tensor& matrices = args.tensors[0];
  const int64_t rows = matrices.shape[matrices.rank - 2];
  const int64_t columns = matrices.shape[matrices.rank - 1];
  int64_t k = 0;
  if (args.has(2)) with_indices(args, 2, [&](const auto* given) { k = *given; });
  k = std::clamp(k, -rows - 1, columns);  // beyond that nothing changes, and nothing overflows
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(1);
  args.parallel(product(matrices, 0, matrices.rank - 1), grain_of(columns * sizeof(T)),
                [&](int64_t begin, int64_t end, int) {
                  for (int64_t r = begin; r < end; r++) {
                    const T* from = x + r * columns;
                    T* to = y + r * columns;
                    const int64_t cut =
                        std::clamp<int64_t>(r % rows + k + (upper ? 0 : 1), 0, columns);
                    const int64_t first = upper ? cut : 0, last = upper ? columns : cut;
                    if (from != to) copy_run(to + first, from + first, last - first);
                    std::fill(to, to + first, T{});
                    std::fill(to + last, to + columns, T{});
                  }
                });
}

SX_KERNEL_BY_WIDTH("trilu", trilu);

}  // namespace
}  // namespace sx::SX_ISA
