// strided_copy.bN: target[to + sum of i * target stride] = source[from + sum of i * source stride],
// over all [i, j, ...] below the sizes: Transpose, Slice, Expand, Tile, and views of tensors;
// elements of N bytes. Axes are ordered as they lie in the target, so that a warp writes
// neighbours. Runs that are dense on both sides go in words of up to 16 bytes; where another axis
// is the source's dense one, tiles of 32 x 32 turn around in shared memory, one column of which is
// left empty to spread the banks. Not yet measured on a GPU. The tile is that of NVIDIA's blog "An
// Efficient Matrix Transpose in CUDA C/C++".
#include <algorithm>

#include "cuda/device/shared.h"
#include "cuda/move.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t rank;
  int64_t from, to;  // elements; where [0, 0, ...] lies
  int64_t sizes[SX_MAX_RANK];
  int64_t source[SX_MAX_RANK];  // strides in elements
  int64_t target[SX_MAX_RANK];
};

constexpr int kSide = 32;       // of a tile
constexpr int kTileRows = 8;    // that its threads move at a time
constexpr int64_t kLeast = 16;  // an axis that is shorter would leave most of a tile empty

struct Axis {
  int64_t size, source, target;
};

// The axes longer than 1, those with the larger strides in the target first.
struct Loop {
  int rank = 0;
  int64_t count = 1;
  Axis axes[SX_MAX_RANK];

  explicit Loop(const Params& p) {
    if (p.rank < 0 || p.rank > SX_MAX_RANK) throw std::invalid_argument("a rank of more than 8");
    for (int64_t d = 0; d < p.rank; d++) count *= p.sizes[d];
    if (count == 0) return;
    for (int64_t d = 0; d < p.rank; d++) {
      if (p.sizes[d] > 1 && p.target[d] == 0) throw std::invalid_argument("a target stride of 0");
      if (p.sizes[d] != 1) axes[rank++] = {p.sizes[d], p.source[d], p.target[d]};
    }
    std::stable_sort(axes, axes + rank,
                     [](const Axis& a, const Axis& b) { return magnitude(a) > magnitude(b); });
    if (rank == 0) axes[rank++] = {1, 1, 1};
  }

  Axis& last() { return axes[rank - 1]; }

  void require_inside(const char* what, int64_t size, int64_t start, int64_t Axis::*stride) const {
    __int128 lowest = start, highest = start;
    for (int d = 0; d < rank; d++) {
      const __int128 reach = __int128(axes[d].size - 1) * (axes[d].*stride);
      (reach < 0 ? lowest : highest) += reach;
    }
    if (lowest < 0 || highest >= size)
      throw std::invalid_argument(std::string("the ") + what + " reaches outside its tensor");
  }

 private:
  static int64_t magnitude(const Axis& a) { return a.target < 0 ? -a.target : a.target; }
};

template <class W>
__global__ void __launch_bounds__(kMoveThreads)
    words_kernel(const W* source, W* target, Axes axes, int64_t count) {
  struct Held {
    W value;
    int64_t to;
  };
  each_move(
      count,
      [&](int64_t i) {
        const auto [from, to] = axes.at(i);
        return Held{source[from], to};
      },
      [&](int64_t, const Held& held) { target[held.to] = held.value; });
}

template <class T>
struct Tile {
  T values[kSide][kSide + (sizeof(T) < 4 ? 4 / sizeof(T) : 1)];
};

// Rows are what is dense in the target, columns what is dense in the source; planes are the other
// axes.
struct Planes {
  int64_t rows, columns;
  int64_t row_step, column_step;  // in the source, in the target
  Divisor row_tiles, column_tiles;
  Axes planes;
};

template <class T>
__global__ void __launch_bounds__(kSide* kTileRows)
    transpose_kernel(const T* source, T* target, Planes p) {
  auto& tile = shared_memory<Tile<T>>().values;
  int64_t column = blockIdx.x;
  int64_t row = p.column_tiles.divide(column);
  const auto [from, to] = p.planes.at(p.row_tiles.divide(row));
  row *= kSide;
  column *= kSide;
  const int x = threadIdx.x, y = threadIdx.y;
#pragma unroll
  for (int k = y; k < kSide; k += kTileRows)
    if (row + k < p.rows && column + x < p.columns)
      tile[k][x] = source[from + (row + k) * p.row_step + column + x];
  __syncthreads();
#pragma unroll
  for (int k = y; k < kSide; k += kTileRows)
    if (column + k < p.columns && row + x < p.rows)
      target[to + (column + k) * p.column_step + row + x] = tile[x][k];
}

template <class T>
void transpose(const Arguments& args, Loop& loop, int dense, const T* source, T* target) {
  const Axis rows = loop.last(), columns = loop.axes[dense];
  const int64_t row_tiles = (rows.size + kSide - 1) / kSide,
                column_tiles = (columns.size + kSide - 1) / kSide;
  Planes p{rows.size,          columns.size,          rows.source, columns.target,
           Divisor(row_tiles), Divisor(column_tiles), {}};
  for (int d = loop.rank - 2; d >= 0; d--)
    if (d != dense) p.planes.add(loop.axes[d].size, loop.axes[d].source, loop.axes[d].target);
  const int64_t planes = loop.count / rows.size / columns.size;
  launch(args, transpose_kernel<T>,
         {.blocks = blocks_for(planes * row_tiles * column_tiles, 1),
          .threads = dim3(kSide, kTileRows),
          .shared_bytes = sizeof(Tile<T>)},
         source, target, p);
}

template <class T>
void words(const Arguments& args, Loop& loop, const T* source, T* target) {
  int64_t word = sizeof(T);
  if (Axis& run = loop.last(); run.source == 1 && run.target == 1) {
    word = widest_word(source, target, run.size * int64_t(sizeof(T)));
    for (int d = 0; d < loop.rank - 1; d++)
      word =
          std::gcd(word, std::gcd(loop.axes[d].source, loop.axes[d].target) * int64_t(sizeof(T)));
    const int64_t each = word / int64_t(sizeof(T));
    for (int d = 0; d < loop.rank - 1; d++)
      loop.axes[d] = {loop.axes[d].size, loop.axes[d].source / each, loop.axes[d].target / each};
    run.size /= each;
    loop.count /= each;
  }
  Axes axes;
  for (int d = loop.rank - 1; d >= 0; d--)
    axes.add(loop.axes[d].size, loop.axes[d].source, loop.axes[d].target);
  with_word(word, [&](auto* type) {
    using W = std::remove_pointer_t<decltype(type)>;
    launch(args, words_kernel<W>, moving_grid(args, loop.count), reinterpret_cast<const W*>(source),
           reinterpret_cast<W*>(target), axes, loop.count);
  });
}

template <class T>
void strided_copy(const Arguments& args) {
  const auto p = args.params_as<Params>();
  Loop loop(p);
  if (loop.count == 0) return;
  loop.require_inside("source", args.size(0), p.from, &Axis::source);
  loop.require_inside("target", args.size(1), p.to, &Axis::target);
  const T* source = args.data<const T>(0) + p.from;
  T* target = args.data<T>(1) + p.to;
  int dense = loop.rank - 1;
  while (dense > 0 && loop.axes[dense].source != 1) dense--;
  if (dense < loop.rank - 1 && loop.axes[dense].source == 1 && loop.last().target == 1 &&
      loop.axes[dense].size >= kLeast && loop.last().size >= kLeast)
    transpose(args, loop, dense, source, target);
  else
    words(args, loop, source, target);
}

SX_KERNEL_BY_WIDTH("strided_copy", strided_copy);

}  // namespace
}  // namespace sx::cuda
