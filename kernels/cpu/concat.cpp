// concat.bN: y = the inputs side by side along one axis. split.bN: the same backwards.
// Seen from the axis, the joined tensor is [rows, sum of blocks], part i is [rows, block i].
// The work is the joined tensor's elements, cut anywhere; each thread walks over the blocks in its
// stretch, so that a single row with two large blocks is shared as well as many rows with small
// ones.
#include "move.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t rows;
};

// Calls move(part, offset in it, offset in the joined tensor, elements) for all blocks. The scratch
// holds their sizes.
template <class T, class Move>
void for_blocks(const Arguments& args, size_t first_part, size_t parts, Move&& move) {
  const int64_t rows = args.params_as<Params>().rows;
  if (args.scratch_bytes < parts * sizeof(int64_t))
    throw std::invalid_argument("scratch is too small");
  int64_t* blocks = reinterpret_cast<int64_t*>(args.scratch);
  int64_t width = 0;
  for (size_t i = 0; i < parts; i++) {
    blocks[i] = rows == 0 ? 0 : args.size(first_part + i) / rows;
    width += blocks[i];
  }
  args.parallel(rows * width, grain_of(sizeof(T)), [&](int64_t begin, int64_t end, int) {
    int64_t row = begin / width, skip = begin % width;
    for (int64_t at = begin; at < end; row++) {
      for (size_t i = 0; i < parts && at < end; i++) {
        if (skip >= blocks[i]) {
          skip -= blocks[i];
          continue;
        }
        const int64_t n = std::min(blocks[i] - skip, end - at);
        move(i, row * blocks[i] + skip, at, n);
        at += n;
        skip = 0;
      }
    }
  });
}

template <class T>
void concat(const Arguments& args) {
  const size_t parts = args.tensors.size() - 1;
  T* y = args.data<T>(parts);
  for_blocks<T>(args, 0, parts, [&](size_t part, int64_t offset, int64_t at, int64_t n) {
    copy_run(y + at, args.data<const T>(part) + offset, n);
  });
}

template <class T>
void split(const Arguments& args) {
  const T* x = args.data<const T>(0);
  for_blocks<T>(args, 1, args.tensors.size() - 1,
                [&](size_t part, int64_t offset, int64_t at, int64_t n) {
                  copy_run(args.data<T>(1 + part) + offset, x + at, n);
                });
}

SX_KERNEL_BY_WIDTH("concat", concat);
SX_KERNEL_BY_WIDTH("split", split);

}  // namespace
}  // namespace sx::SX_ISA
