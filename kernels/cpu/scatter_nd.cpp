// scatter_nd.bN: y = x, then y[indices[i, 0], indices[i, 1], ..., :] = updates[i, :].
// scatter_nd.T.R: the same, reduced with what is there. y may be x.
// Equal rows of indices meet in the order of the updates, so threads share out the slices' columns.
#include "reductions.h"
#include "slices.h"

namespace sx::SX_ISA {
namespace {

template <class T, class Reduction>
void scatter_nd(const Arguments& args) {
  const T* updates = args.data<const T>(2);
  T* y = args.data<T>(3);
  with_indices(args, 1, [&](const auto* indices) {
    const Slices slices(args, "ScatterND", indices, 0);
    const int64_t block = slices.block, count = slices.count;
    copy_all(args, y, args.data<const T>(0), args.size(0));
    const int64_t grain = std::max<int64_t>(64, grain_of(count * sizeof(T)));
    args.parallel(block, grain, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = 0; i < count; i++) {
        T* __restrict to = y + slices.at(i);
        const T* __restrict from = updates + i * block;
        for (int64_t k = begin; k < end; k++) to[k] = Reduction()(to[k], from[k]);
      }
    });
  });
}

SX_SCATTER_KERNELS("scatter_nd", scatter_nd);

}  // namespace
}  // namespace sx::SX_ISA
