// scatter_elements.bN: y = x, then y[i, indices[i, j, k], k] = updates[i, j, k] for axis 1, and
// likewise for others. scatter_elements.T.R: the same, reduced with what is there. y may be x.
// Updates along the axis, which may meet, form a line and are applied in order, see scatter.h: the
// same every time, at the price of a line's length in time where there is but one line. Not yet
// measured on a GPU. No source but the definition.
#include "cuda/elements.h"
#include "cuda/scatter.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t axis;
};

struct ElementLines {
  ElementAxes axes;
  Indices indices;

  __device__ Update operator()(int64_t line, int64_t i, const Reporter& reporter) const {
    const auto [data, first] = axes.others.at(line);
    const int64_t from = first + i * axes.index_step;
    const int64_t at = indices.within(from, axes.size, reporter);
    return {from, at < 0 ? -1 : data + at * axes.step};
  }
};

template <class T, class Reduction>
void scatter_elements(const Arguments& args) {
  const int64_t axis = args.params_as<Params>().axis, length = args.tensors[1].shape[axis];
  const ElementLines lines{ElementAxes(args.tensors[0], args.tensors[1], axis), Indices(args, 1)};
  scatter<T, Reduction>(args, lines, length == 0 ? 0 : args.size(1) / length, length,
                        "ScatterElements: ");
}

SX_SCATTER_KERNELS("scatter_elements", scatter_elements);

}  // namespace
}  // namespace sx::cuda
