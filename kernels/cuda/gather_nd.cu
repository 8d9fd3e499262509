// gather_nd.bN: y[b, i, :] = x[b, indices[b, i, 0], indices[b, i, 1], ..., :], b over the batch
// axes; elements of N bytes. Slices go in words of up to 16 bytes; a slice's threads read its row
// of indices together. An index outside is reported, and nothing is read for it. Not yet measured
// on a GPU. No source but the definition.
#include "cuda/slices.h"

namespace sx::cuda {
namespace {

constexpr const char* kPrefix = "GatherND: ";

struct Params {
  int64_t batch_axes;
};

struct LookAtRows {
  Slices slices;

  __device__ void operator()(int64_t i, const Reporter& reporter) const { slices.at(i, reporter); }
};

template <class W>
__global__ void __launch_bounds__(kMoveThreads, kMoveBlocks)
    gather_nd_kernel(const W* x, Slices slices, W* y, int64_t block, Divisor by_block,
                     int64_t words, Reporter reporter) {
  each_move(
      words,
      [&](int64_t i) {
        int64_t k = i;
        const int64_t at = slices.at(by_block.divide(k), reporter);
        return at < 0 ? W{} : x[at * block + k];
      },
      [&](int64_t i, W value) { y[i] = value; });
}

template <class T>
void gather_nd(const Arguments& args) {
  const Slices slices(args, args.params_as<Params>().batch_axes);
  if (slices.count == 0) return;
  if (slices.block == 0) return look_at(args, LookAtRows{slices}, slices.count, kPrefix);
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(2);
  const int64_t word = widest_word(x, y, slices.block * int64_t(sizeof(T)));
  with_word(word, [&](auto* type) {
    using W = std::remove_pointer_t<decltype(type)>;
    const int64_t block = slices.block * int64_t(sizeof(T)) / word;
    launch(args, gather_nd_kernel<W>, moving_grid(args, slices.count * block),
           reinterpret_cast<const W*>(x), slices, reinterpret_cast<W*>(y), block, Divisor(block),
           slices.count * block, stream_of(args).reporter(kPrefix));
  });
}

SX_KERNEL_BY_WIDTH("gather_nd", gather_nd);

}  // namespace
}  // namespace sx::cuda
