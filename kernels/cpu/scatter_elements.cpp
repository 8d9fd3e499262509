// scatter_elements.bN: y = x, then y[i, indices[i, j, k], k] = updates[i, j, k] for axis 1, and
// likewise for others. scatter_elements.T.R: the same, reduced with what is there. y may be x.
// Equal indices meet in the order of the updates. What lies before the axis keeps updates apart, so
// it is what threads share out.
#include "elements.h"
#include "reductions.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t axis;
};

template <class T, class Reduction>
void scatter_elements(const Arguments& args) {
  const int64_t axis = args.params_as<Params>().axis;
  const ElementWalk elements(args.tensors[0], args.tensors[1], axis);
  const T* updates = args.data<const T>(2);
  T* y = args.data<T>(3);
  const int64_t count = args.size(1);
  with_indices(args, 1, [&](const auto* indices) {
    require_indices(args, "ScatterElements", indices, count, 1, elements.size);
    copy_all(args, y, args.data<const T>(0), args.size(0));
    if (count == 0) return;
    const int64_t outer = product(args.tensors[1], 0, axis), block = count / outer;
    args.parallel(outer, grain_of(block * sizeof(T)), [&](int64_t begin, int64_t end, int) {
      elements.run(indices, begin * block, end * block,
                   [&](int64_t to, int64_t i) { y[to] = Reduction()(y[to], updates[i]); });
    });
  });
}

SX_SCATTER_KERNELS("scatter_elements", scatter_elements);

}  // namespace
}  // namespace sx::SX_ISA
