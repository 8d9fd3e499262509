// gather_elements.bN: y[i, j, k] = x[i, indices[i, j, k], k] for axis 1, and likewise for others.
// y and the indices have one shape, which lies inside x's off the axis.
#include "elements.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t axis;
};

template <class T>
void gather_elements(const Arguments& args) {
  const ElementWalk elements(args.tensors[0], args.tensors[1], args.params_as<Params>().axis);
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(2);
  const int64_t count = args.size(1);
  with_indices(args, 1, [&](const auto* indices) {
    require_indices(args, "GatherElements", indices, count, 1, elements.size);
    args.parallel(count, grain_of(sizeof(T)), [&](int64_t begin, int64_t end, int) {
      elements.run(indices, begin, end, [&](int64_t from, int64_t i) { y[i] = x[from]; });
    });
  });
}

SX_KERNEL_BY_WIDTH("gather_elements", gather_elements);

}  // namespace
}  // namespace sx::SX_ISA
