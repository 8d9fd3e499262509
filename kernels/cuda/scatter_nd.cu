// scatter_nd.bN: y = x, then y[indices[i, 0], indices[i, 1], ..., :] = updates[i, :].
// scatter_nd.T.R: the same, reduced with what is there. y may be x.
// Rows of indices may be equal, so the updates of a column of the slices form a line and are
// applied in order, see scatter.h: the same every time, at the price of all rows in time for each
// column. Not yet measured on a GPU. No source but the definition.
#include "cuda/scatter.h"
#include "cuda/slices.h"

namespace sx::cuda {
namespace {

constexpr const char* kPrefix = "ScatterND: ";

struct SliceLines {
  Slices slices;

  __device__ Update operator()(int64_t column, int64_t i, const Reporter& reporter) const {
    const int64_t at = slices.at(i, reporter);
    return {i * slices.block + column, at < 0 ? -1 : at * slices.block + column};
  }
  __device__ void operator()(int64_t i, const Reporter& reporter) const { slices.at(i, reporter); }
};

template <class T, class Reduction>
void scatter_nd(const Arguments& args) {
  const SliceLines lines{Slices(args, 0)};
  if (lines.slices.block == 0) return look_at(args, lines, lines.slices.count, kPrefix);
  scatter<T, Reduction>(args, lines, lines.slices.block, lines.slices.count, kPrefix);
}

SX_SCATTER_KERNELS("scatter_nd", scatter_nd);

}  // namespace
}  // namespace sx::cuda
