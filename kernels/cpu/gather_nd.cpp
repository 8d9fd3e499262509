// gather_nd.bN: y[b, i, :] = x[b, indices[b, i, 0], indices[b, i, 1], ..., :], b over the batch
// axes.
#include "slices.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch_axes;
};

template <class T>
void gather_nd(const Arguments& args) {
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(2);
  with_indices(args, 1, [&](const auto* indices) {
    const Slices slices(args, "GatherND", indices, args.params_as<Params>().batch_axes);
    const int64_t block = slices.block;
    args.parallel(slices.count, grain_of(block * sizeof(T)), [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; i++) copy_run(y + i * block, x + slices.at(i), block);
    });
  });
}

SX_KERNEL_BY_WIDTH("gather_nd", gather_nd);

}  // namespace
}  // namespace sx::SX_ISA
