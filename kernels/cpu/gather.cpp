// gather.bN: y[o, i, k] = x[o, indices[i], k]; x is [outer, n, inner], seen from the axis.
// All indices are checked before the first row is copied, so that copying needs no way out.
#include "move.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t axis;
};

template <class T>
void gather(const Arguments& args) {
  const int64_t axis = args.params_as<Params>().axis;
  const sx_tensor& data = args.tensors[0];
  const int64_t outer = product(data, 0, axis), n = data.shape[axis];
  const int64_t inner = product(data, axis + 1, data.rank);
  const int64_t count = args.size(1);
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(2);
  with_indices(args, 1, [&](const auto* indices) {
    if (outer > 0) require_indices(args, "Gather", indices, count, 1, n);
    args.parallel(outer * count, grain_of(inner * sizeof(T)), [&](int64_t begin, int64_t end, int) {
      while (begin < end) {
        const int64_t i = begin % count;
        const int64_t stretch = std::min(count - i, end - begin);
        const T* from = x + begin / count * n * inner;
        T* to = y + begin * inner;
        if (inner == 1)
          for (int64_t j = 0; j < stretch; j++) to[j] = from[wrapped(indices[i + j], n)];
        else
          for (int64_t j = 0; j < stretch; j++)
            copy_run(to + j * inner, from + wrapped(indices[i + j], n) * inner, inner);
        begin += stretch;
      }
    });
  });
}

SX_KERNEL_BY_WIDTH("gather", gather);

}  // namespace
}  // namespace sx::SX_ISA
