// one_hot.bN: y[o, d, k] = values[indices[o, k] == d]; values are [off, on], an index outside is
// nowhere on. y is [outer, depth, inner], seen from the axis; its elements are N bytes wide. A
// thread an element of y, which is all that is worth counting: indices come from the cache. Not yet
// measured on a GPU. As kernels/cpu/one_hot.cpp where inner > 1.
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t axis, from_end;
};

constexpr int kThreads = 256;
constexpr int32_t kInt32 = 6;

template <class T, class Index>
__global__ void __launch_bounds__(kThreads)
    one_hot_kernel(const Index* indices, const T* values, T* y, int64_t count, int64_t depth,
                   int64_t inner, int64_t shift) {
  const T off = values[0], on = values[1];
  const int64_t stride = int64_t{gridDim.x} * kThreads;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < count; i += stride) {
    const int64_t row = i / inner, d = row % depth;
    const int64_t index = indices[row / depth * inner + i % inner];
    y[i] = index == d || index == d - shift ? on : off;
  }
}

template <class T>
void one_hot(const Arguments& args) {
  const auto [axis, from_end] = args.params_as<Params>();
  const sx_tensor& result = args.tensors[2];
  int64_t inner = 1;
  for (int64_t d = axis + 1; d < result.rank; d++) inner *= result.shape[d];
  const int64_t count = args.size(2), depth = result.shape[axis];
  const auto with = [&](const auto* indices) {
    launch(args, one_hot_kernel<T, std::remove_cvref_t<decltype(*indices)>>,
           {.blocks = striding_blocks(args, count, kThreads), .threads = kThreads}, indices,
           args.data<const T>(1), args.data<T>(2), count, depth, inner,
           from_end ? depth : int64_t{0});
  };
  if (args.tensors[0].dtype == kInt32)
    with(args.data<const int32_t>(0));
  else
    with(args.data<const int64_t>(0));
}

SX_KERNEL("one_hot.b1", one_hot<uint8_t>);
SX_KERNEL("one_hot.b2", one_hot<uint16_t>);
SX_KERNEL("one_hot.b4", one_hot<uint32_t>);
SX_KERNEL("one_hot.b8", one_hot<uint64_t>);

}  // namespace
}  // namespace sx::cuda
