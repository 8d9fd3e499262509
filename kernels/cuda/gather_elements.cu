// gather_elements.bN: y[i, j, k] = x[i, indices[i, j, k], k] for axis 1, and likewise for others;
// elements of N bytes. y and the indices have one shape, which lies inside x's off the axis. A
// thread an element; an index outside is reported, and nothing is read for it. Not yet measured on
// a GPU. No source but the definition.
#include "cuda/elements.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t axis;
};

template <class T>
__global__ void __launch_bounds__(kMoveThreads)
    gather_elements_kernel(const T* x, Indices indices, T* y, Axes axes, int64_t size, int64_t step,
                           int64_t count, Reporter reporter) {
  each_move(
      count,
      [&](int64_t i) {
        const int64_t at = indices.within(i, size, reporter);
        return at < 0 ? T{} : x[axes.at(i).first + at * step];
      },
      [&](int64_t i, T value) { y[i] = value; });
}

template <class T>
void gather_elements(const Arguments& args) {
  const int64_t axis = args.params_as<Params>().axis, count = args.size(1);
  if (count == 0) return;
  const sx_tensor &data = args.tensors[0], &indices = args.tensors[1];
  const ElementAxes along(data, indices, axis);
  Axes axes;
  int64_t data_step = 1;
  for (int64_t d = indices.rank - 1; d >= 0; d--) {
    axes.add(indices.shape[d], d == axis ? 0 : data_step, 0);
    data_step *= data.shape[d];
  }
  launch(args, gather_elements_kernel<T>, moving_grid(args, count), args.data<const T>(0),
         Indices(args, 1), args.data<T>(2), axes, along.size, along.step, count,
         stream_of(args).reporter("GatherElements: "));
}

SX_KERNEL_BY_WIDTH("gather_elements", gather_elements);

}  // namespace
}  // namespace sx::cuda
