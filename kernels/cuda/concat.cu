// concat.bN: y = the inputs side by side along one axis. split.bN: the same backwards. Elements of
// N bytes. Seen from the axis, the joined tensor is [rows, sum of blocks], part i is [rows, block
// i]. One launch moves up to 64 parts, a row of blocks each, in words as wide as all of their
// blocks allow, up to 16 bytes. Not yet measured on a GPU. The parts are handed over in the
// kernel's parameters, as in PyTorch's CatArrayBatchedCopy.
#include <algorithm>

#include "cuda/move.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t rows;
};

constexpr int kParts = 64;

struct Parts {
  uint64_t data[kParts];
  int64_t offset[kParts];  // words of the joined tensor's row
  Divisor block[kParts];   // words
  int64_t words[kParts];
};

template <class W, bool kJoin>
__global__ void __launch_bounds__(kMoveThreads)
    parts_kernel(W* joined, Parts parts, int64_t width) {
  const int part = blockIdx.y;
  W* data = reinterpret_cast<W*>(parts.data[part]);
  W* first = joined + parts.offset[part];
  const auto in_joined = [&](int64_t i) {
    int64_t column = i;
    const int64_t row = parts.block[part].divide(column);
    return first + row * width + column;
  };
  each_move(
      parts.words[part], [&](int64_t i) { return kJoin ? data[i] : *in_joined(i); },
      [&](int64_t i, W value) { (kJoin ? *in_joined(i) : data[i]) = value; });
}

template <class T, bool kJoin>
void move_parts(const Arguments& args, size_t joined, size_t first_part, size_t part_count) {
  const int64_t rows = args.params_as<Params>().rows;
  if (rows == 0) return;
  const auto block_bytes = [&](size_t part) {
    return args.size(first_part + part) / rows * int64_t(sizeof(T));
  };
  int64_t width = 0, word = 16;
  for (size_t i = 0; i < part_count; i++) {
    width += block_bytes(i);
    if (block_bytes(i) > 0)
      word = std::min(word, widest_word(args.data<void>(first_part + i), args.data<void>(joined),
                                        block_bytes(i)));
  }
  with_word(word, [&](auto* type) {
    using W = std::remove_pointer_t<decltype(type)>;
    Parts parts;
    int count = 0;
    int64_t offset = 0, most = 0;
    const auto flush = [&] {
      Grid grid = moving_grid(args, most);
      grid.blocks.y = count;
      launch(args, parts_kernel<W, kJoin>, grid, args.data<W>(joined), parts, width / word);
      count = 0;
      most = 0;
    };
    for (size_t i = 0; i < part_count; i++) {
      const int64_t block = block_bytes(i) / word;
      if (block == 0) continue;
      parts.data[count] = args.tensors[first_part + i].data;
      parts.offset[count] = offset;
      parts.block[count] = Divisor(block);
      parts.words[count++] = rows * block;
      offset += block;
      most = std::max(most, rows * block);
      if (count == kParts) flush();
    }
    if (count > 0) flush();
  });
}

template <class T>
void concat(const Arguments& args) {
  const size_t parts = args.tensors.size() - 1;
  move_parts<T, true>(args, parts, 0, parts);
}

template <class T>
void split(const Arguments& args) {
  move_parts<T, false>(args, 0, 1, args.tensors.size() - 1);
}

SX_KERNEL_BY_WIDTH("concat", concat);
SX_KERNEL_BY_WIDTH("split", split);

}  // namespace
}  // namespace sx::cuda
