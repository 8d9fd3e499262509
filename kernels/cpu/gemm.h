// C = A B for one block of rows and columns, the core of the matrix products. C is [rows, columns],
// A [rows, depth], B [depth, columns]. A tile of C stays in registers while it runs along the
// depth: each step loads a few vectors of B and multiplies them by numbers of A. Every element of C
// is summed up in the order of the depth, however the work is cut, so that results depend on
// neither threads nor the other rows. Idea: GotoBLAS (Goto and van de Geijn, 2008) and BLIS; that A
// need not be packed: MLAS.
//
// Panels. Packed B is cut into panels of Tile<T>::kColumns columns; element (d, j) of panel p lies
// at (p * depth + d) * kColumns + j. Columns that B lacks are 0. Packed A is cut into panels of
// kRows rows; element (i, d) of panel p lies at (p * depth + d) * kRows + i. Rows that A lacks are
// not written, and never read.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>

#include "cpu/simd/transpose.h"
#include "cpu/simd/vec.h"

namespace sx::SX_ISA {
namespace {

// The widest tile. 12 x 2 vectors of sums leave 8 of 32 registers for A and B, 6 x 2 leave 4 of 16.
template <class T>
struct Tile {
  static constexpr int kLanes = Vec<T>::kLanes;
  static constexpr int kRows = kVectorBytes == 64 ? 12 : 6;
  static constexpr int kColumns = 2 * kLanes;
};

// So much of the depth is done at a time: kRows rows of A then fit into the first-level cache, and
// with kColumnBlock columns B into a third of the second-level one.
constexpr int64_t kDepthBlock = 384;
constexpr int64_t kColumnBlock = 192;
constexpr int64_t kRowBlock = 96;
static_assert(kRowBlock % Tile<float>::kRows == 0 && kColumnBlock % Tile<float>::kColumns == 0);

template <class T>
struct Left {
  const T* data;
  int64_t row, depth;  // strides

  bool in_rows() const { return depth == 1; }
};

// Vectors of columns: those of a panel lie side by side, panels `panel` elements apart.
template <class T>
struct Right {
  const T* data;
  int64_t depth, panel;  // strides
};

template <class T>
struct Result {
  T* data;
  int64_t row;  // stride
};

// Where the rows of a tile begin: a pointer for each three of them, that the others are 1 or 2
// strides from, which an address has room for. With one for each, registers do not last.
template <class T, int R>
struct RowPointers {
  T* base[(R + 2) / 3];
  int64_t row;  // stride

  RowPointers(T* first, int64_t row) : row(row) {
#pragma GCC unroll 16
    for (int i = 0; i < (R + 2) / 3; i++) base[i] = first + 3 * i * row;
  }
  T* operator[](int r) const { return base[r / 3] + r % 3 * row; }

  void advance(int64_t step) {
#pragma GCC unroll 16
    for (T*& p : base) {
      p += step;
      asm("" : "+r"(p));  // it stays a pointer of its own
    }
  }
};

// C [R, kVectors vectors] = A B, or C += A B, and then the bias of each column if there is one. Of
// kUnitRows and in_rows() of A one holds.
template <class T, int R, int kVectors, bool kUnitRows>
void multiply_tile(Left<T> a, Right<T> b, Result<T> c, int64_t depth, bool add, const T* bias) {
  using V = Vec<T>;
  const RowPointers<T, R> z(c.data, c.row);
  V sums[R][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; v++) sums[r][v] = V(T(0));
  if (add)
#pragma GCC unroll 16
    for (int r = 0; r < R; r++)
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; v++) sums[r][v] = V::load(z[r] + v * V::kLanes);
  RowPointers<const T, R> x(a.data, kUnitRows ? 1 : a.row);
  const T* y = b.data;
  for (int64_t d = 0; d < depth; d++) {
    V right[kVectors];
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; v++) right[v] = V::load(y + v / 2 * b.panel + v % 2 * V::kLanes);
#pragma GCC unroll 16
    for (int r = 0; r < R; r++) {
      const V left(*x[r]);
#pragma GCC unroll 16
      for (int v = 0; v < kVectors; v++) sums[r][v] = fma(left, right[v], sums[r][v]);
    }
    x.advance(kUnitRows ? a.depth : 1);
    y += b.depth;
  }
  if (bias)
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; v++) {
      const V all(V::load(bias + v * V::kLanes));
#pragma GCC unroll 16
      for (int r = 0; r < R; r++) sums[r][v] = sums[r][v] + all;
    }
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; v++) sums[r][v].store(z[r] + v * V::kLanes);
}

template <class T>
using TileFunction = void (*)(Left<T>, Right<T>, Result<T>, int64_t depth, bool add, const T* bias);

// With few rows a tile is wider, so that enough independent sums are under way.
constexpr int most_vectors(int rows) {
  constexpr int kSums = kVectorBytes == 64 ? 16 : 8;
  return std::clamp(static_cast<int>(std::bit_floor(static_cast<unsigned>(kSums / rows))), 2, 8);
}

template <class T, int R, bool kUnitRows>
constexpr std::array<TileFunction<T>, 4> tiles_of_rows() {
  constexpr int kMost = most_vectors(R);
  return {multiply_tile<T, R, 1, kUnitRows>, multiply_tile<T, R, 2, kUnitRows>,
          multiply_tile<T, R, std::min(4, kMost), kUnitRows>,
          multiply_tile<T, R, std::min(8, kMost), kUnitRows>};
}

template <class T, bool kUnitRows, int... K>
constexpr std::array<std::array<TileFunction<T>, 4>, sizeof...(K)> all_tiles(
    std::integer_sequence<int, K...>) {
  return {tiles_of_rows<T, K + 1, kUnitRows>()...};
}

// [rows - 1][log2 vectors].
template <class T, bool kUnitRows>
constexpr auto kTiles = all_tiles<T, kUnitRows>(std::make_integer_sequence<int, Tile<T>::kRows>());

template <class T>
void copy_rows(const T* from, int64_t from_row, T* to, int64_t to_row, int rows, int64_t columns) {
  for (int r = 0; r < rows; r++)
    for (int64_t j = 0; j < columns; j += Vec<T>::kLanes)
      Vec<T>::load_first(from + r * from_row + j, columns - j)
          .store_first(to + r * to_row + j, columns - j);
}

// The product for up to kRows rows and any number of columns, plus a bias for each of them that may
// be null; `finished(column, columns)` is called after each tile.
template <class T, class Finished>
void multiply_rows(Left<T> a, Right<T> b, Result<T> c, int rows, int64_t columns, int64_t depth,
                   bool add, const T* bias, Finished&& finished) {
  constexpr int64_t kLanes = Tile<T>::kLanes, kColumns = Tile<T>::kColumns;
  const auto& tiles = (a.in_rows() ? kTiles<T, false> : kTiles<T, true>)[rows - 1];
  const int most = most_vectors(rows);
  for (int64_t j = 0; j < columns;) {
    const int64_t left = columns - j;
    int64_t vectors = left <= kLanes ? 1 : most;
    while (vectors / 2 * kColumns > left + kColumns - 1)
      vectors /= 2;  // only panels that there are
    const int64_t width = vectors * kLanes;
    const Right<T> right{b.data + j / kColumns * b.panel, b.depth, b.panel};
    const Result<T> result{c.data + j, c.row};
    const auto tile = tiles[__builtin_ctz(static_cast<unsigned>(vectors))];
    if (width <= left) {
      tile(a, right, result, depth, add, bias ? bias + j : nullptr);
    } else {  // the tile is wider than C
      T whole[std::max(Tile<T>::kRows * 2, 16) * kLanes], whole_bias[most_vectors(1) * kLanes];
      if (add) copy_rows(result.data, c.row, whole, width, rows, left);
      if (bias) copy_rows(bias + j, 0, whole_bias, 0, 1, left);
      tile(a, right, {whole, width}, depth, add, bias ? whole_bias : nullptr);
      copy_rows(whole, width, result.data, c.row, rows, left);
    }
    finished(j, std::min(left, width));
    j += width;
  }
}

// Rows of A as panels.
template <class T>
void pack_left(Left<T> a, int64_t rows, int64_t depth, T* to) {
  constexpr int kRows = Tile<T>::kRows, kSide = Block<T>::kSide;
  for (int64_t i = 0; i < rows; i += kRows, to += kRows * depth) {
    const int64_t count = std::min<int64_t>(kRows, rows - i);
    const T* from = a.data + i * a.row;
    int64_t r = 0;
    if (a.in_rows())
      for (; r + kSide <= count; r += kSide) {
        int64_t d = 0;
        for (; d + kSide <= depth; d += kSide)
          Block<T>::transpose(from + r * a.row + d, a.row, to + d * kRows + r, kRows);
        for (; d < depth; d++)
          for (int s = 0; s < kSide; s++) to[d * kRows + r + s] = from[(r + s) * a.row + d];
      }
    for (int64_t d = 0; d < depth; d++)
      for (int64_t s = r; s < count; s++) to[d * kRows + s] = from[s * a.row + d * a.depth];
  }
}

// One panel of B, `columns` <= kColumns wide; element (d, j) of B lies at d * depth_step + j *
// column_step.
template <class T>
void pack_panel(const T* b, int64_t depth_step, int64_t column_step, int64_t depth, int64_t columns,
                T* to) {
  using V = Vec<T>;
  constexpr int kColumns = Tile<T>::kColumns, kSide = Block<T>::kSide;
  if (column_step == 1) {
    const int64_t second = columns - V::kLanes;
    for (int64_t d = 0; d < depth; d++, b += depth_step, to += kColumns) {
      V::load_first(b, columns).store(to);
      (second > 0 ? V::load_first(b + V::kLanes, second) : V(T(0))).store(to + V::kLanes);
    }
    return;
  }
  if (columns < kColumns)
    for (int64_t d = 0; d < depth; d++)
      for (int v = 0; v < 2; v++) V(T(0)).store(to + d * kColumns + v * V::kLanes);
  int64_t j = 0;
  if (depth_step == 1)
    for (; j + kSide <= columns; j += kSide) {
      int64_t d = 0;
      for (; d + kSide <= depth; d += kSide)
        Block<T>::transpose(b + j * column_step + d, column_step, to + d * kColumns + j, kColumns);
      for (; d < depth; d++)
        for (int s = 0; s < kSide; s++) to[d * kColumns + j + s] = b[(j + s) * column_step + d];
    }
  for (; j < columns; j++)
    for (int64_t d = 0; d < depth; d++) to[d * kColumns + j] = b[d * depth_step + j * column_step];
}

// So many whole panels at once, of rows of B that are contiguous: what is read lies side by side.
constexpr int kPackedTogether = 4;

template <class T>
void pack_panels(const T* b, int64_t depth_step, int64_t depth, T* to) {
  using V = Vec<T>;
  constexpr int kColumns = Tile<T>::kColumns;
  for (int64_t d = 0; d < depth; d++, b += depth_step, to += kColumns)
#pragma GCC unroll 8
    for (int v = 0; v < 2 * kPackedTogether; v++)
      V::load(b + v * V::kLanes).store(to + v / 2 * depth * kColumns + v % 2 * V::kLanes);
}

}  // namespace
}  // namespace sx::SX_ISA
