// one_hot.bN: y[o, d, k] = values[indices[o, k] == d]; values are [off, on], an index outside is
// nowhere on. y is [outer, depth, inner], seen from the axis. With inner == 1 a row is filled and
// one element set; else a row of y is a row of comparisons.
#include "move.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t axis, from_end;
};

template <class T>
void one_hot(const Arguments& args) {
  const auto [axis, from_end] = args.params_as<Params>();
  const sx_tensor& result = args.tensors[2];
  const int64_t outer = product(result, 0, axis), depth = result.shape[axis];
  const int64_t inner = product(result, axis + 1, result.rank);
  const T off = args.data<const T>(1)[0], on = args.data<const T>(1)[1];
  T* y = args.data<T>(2);
  with_indices(args, 0, [&](const auto* indices) {
    const int64_t shift = from_end ? depth : 0;
    if (inner == 1) {
      args.parallel(outer, grain_of(depth * sizeof(T)), [&](int64_t begin, int64_t end, int) {
        for (int64_t o = begin; o < end; o++) {
          std::fill_n(y + o * depth, depth, off);
          const int64_t d = indices[o] < 0 ? indices[o] + shift : indices[o];
          if (d >= 0 && d < depth) y[o * depth + d] = on;
        }
      });
      return;
    }
    args.parallel(outer * depth, grain_of(inner * sizeof(T)), [&](int64_t begin, int64_t end, int) {
      for (int64_t row = begin; row < end; row++) {
        const int64_t d = row % depth, same = d - shift;
        const auto* from = indices + row / depth * inner;
        T* to = y + row * inner;
        for (int64_t k = 0; k < inner; k++) to[k] = from[k] == d || from[k] == same ? on : off;
      }
    });
  });
}

SX_KERNEL_BY_WIDTH("one_hot", one_hot);

}  // namespace
}  // namespace sx::SX_ISA
