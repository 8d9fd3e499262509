// Products of bytes for one block of rows and columns: C [rows, columns] = A' B', summed up in
// int32 that wraps around. A' are unsigned bytes, B' signed ones; bytes of the other kind are
// turned into these by 128 more or less, as are their zero points, so that the differences to these
// stay. Four neighbours of the depth are multiplied and added at once.
//
// Panels. B' is cut into panels of kPanel columns, each [quads][kPanel][4]; what lies outside of B
// is 0. Behind it are the sums of its columns, [kPanel] int32.
#pragma once
#include <algorithm>
#include <array>
#include <utility>

#include "cpu/simd/quads.h"

namespace sx::SX_ISA {
namespace {

constexpr int kPanel = 2 * Ints::kLanes;  // columns; at most the 32 that Java reckons with
constexpr int kTileRows = kVectorBytes == 64 ? 12 : 4;  // the sums of a tile stay in registers
constexpr int kTilePanels = 4;                          // of a tile of one row

template <class T>
constexpr bool kIsSigned = T(-1) < T(0);

// What turns the bytes of A into those of A', and of B into B'.
template <class A>
constexpr uint8_t kLeftFlip = kIsSigned<A> ? 0x80 : 0;
template <class B>
constexpr uint8_t kRightFlip = kIsSigned<B> ? 0 : 0x80;

template <class A>
int32_t left_zero(A zero) {
  return int32_t(zero) + kLeftFlip<A>;
}
template <class B>
int32_t right_zero(B zero) {
  return int32_t(zero) - kRightFlip<B>;
}

constexpr int64_t quads_of(int64_t k) { return (k + 3) / 4; }
constexpr int64_t panels_of(int64_t n) { return (n + kPanel - 1) / kPanel; }
constexpr int64_t panel_bytes(int64_t k) { return (quads_of(k) + 1) * kPanel * 4; }

inline const int32_t* column_sums(const uint8_t* panel, int64_t k) {
  return reinterpret_cast<const int32_t*>(panel + quads_of(k) * kPanel * 4);
}

// Panels [begin, end) of b [k, n].
template <class B>
void pack_panels(const B* b, uint8_t* to, int64_t n, int64_t k, int64_t begin, int64_t end) {
  const uint8_t* bytes = reinterpret_cast<const uint8_t*>(b);
  const Ints flip = Ints(int32_t(kRightFlip<B> * 0x01010101u));
  for (int64_t panel = begin; panel < end; panel++) {
    uint8_t* out = to + panel * panel_bytes(k);
    const int64_t from = panel * kPanel, width = std::min<int64_t>(kPanel, n - from);
    int32_t sums[kPanel] = {};
    for (int64_t d = 0; d < k; d += 4) {
      uint8_t rows[4][kPanel] = {};  // where b has fewer, B' is 0
      std::fill_n(rows[0], sizeof rows, kRightFlip<B>);
      for (int64_t i = 0; i < std::min<int64_t>(4, k - d); i++) {
        std::memcpy(rows[i], bytes + (d + i) * n + from, width);
        for (int64_t j = 0; j < width; j++) sums[j] += int8_t(rows[i][j] ^ kRightFlip<B>);
      }
      for (int v = 0; v < 2; v++, out += sizeof(Ints)) {
        const Ints quads = interleave(rows[0] + v * Ints::kLanes, kPanel);
        Ints(Ints::Raw(quads.raw ^ flip.raw)).store(reinterpret_cast<int32_t*>(out));
      }
    }
    std::memcpy(out, sums, sizeof sums);
  }
}

// Rows of A': whole quads, `row` bytes apart.
struct QuadRows {
  const uint8_t* data;
  int64_t row;
};

using QuadTile = void (*)(QuadRows a, const uint8_t* panel, int64_t step, int64_t quads,
                          int32_t* tile);

// tile [R, kPanels panels] = A' B', of panels `step` bytes apart.
template <int R, int kPanels>
void multiply_quads(QuadRows a, const uint8_t* panel, int64_t step, int64_t quads, int32_t* tile) {
  constexpr int kVectors = 2 * kPanels;
  Ints sums[R][kVectors];
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; v++) sums[r][v] = Ints(0);
  for (int64_t q = 0; q < quads; q++, panel += kPanel * 4) {
    const auto right = [&](int v) {
      return SignedQuads(Ints::load(
          reinterpret_cast<const int32_t*>(panel + v / 2 * step + v % 2 * int64_t(sizeof(Ints)))));
    };
    if constexpr (kPanels == 1) {
      const SignedQuads b[2] = {right(0), right(1)};
#pragma GCC unroll 16
      for (int r = 0; r < R; r++) {
        const UnsignedQuads x(broadcast_quad(a.data + r * a.row + 4 * q));
        for (int v = 0; v < 2; v++) sums[r][v] = add_quads(sums[r][v], x, b[v]);
      }
    } else {
#pragma GCC unroll 16
      for (int r = 0; r < R; r++) {
        const UnsignedQuads x(broadcast_quad(a.data + r * a.row + 4 * q));
#pragma GCC unroll 16
        for (int v = 0; v < kVectors; v++) sums[r][v] = add_quads(sums[r][v], x, right(v));
      }
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < R; r++)
#pragma GCC unroll 16
    for (int v = 0; v < kVectors; v++)
      sums[r][v].store(tile + r * kVectors * Ints::kLanes + v * Ints::kLanes);
}

template <int... R>
constexpr std::array<QuadTile, sizeof...(R)> quad_tiles(std::integer_sequence<int, R...>) {
  return {multiply_quads<R + 1, 1>...};
}

// By rows, less 1.
constexpr auto kQuadTiles = quad_tiles(std::make_integer_sequence<int, kTileRows>());

// The sum of k bytes.
inline uint32_t row_sum(const uint8_t* row, int64_t k) {
  uint32_t sum = 0;
  for (int64_t d = 0; d < k; d++) sum += row[d];
  return sum;
}

}  // namespace
}  // namespace sx::SX_ISA
