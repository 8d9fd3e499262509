// gemm_integer.A.B.i32: y = (a - a_zero) (b - b_zero) of bytes, in int32 that wraps around; .f32:
// that times a_scale b_scale, plus bias; .u8, .i8: round(that a_scale b_scale / y_scale) + y_zero,
// saturated. What belongs to a or y is one number or [m]. a is a stack of [m, k], b of [k, n], y of
// [m, n], all dense; b_zero and b_scale are one number or [n]. A block has a tile of 64 x 64 sums,
// a thread 4 x 4, and multiplies four bytes at a time (dp4a). Unsigned bytes become signed ones,
// 128 less; zero points are taken off in the end by the sums of rows and columns: Σ (a - p)(b - q)
// = Σ ab - q Σ a - p Σ b
// + k p q. Not yet measured on a GPU.
// The algebra is gemmlowp's, "The low-precision paradigm in gemmlowp, and how it's implemented".
#include <limits>

#include "cuda/device/dot4.h"
#include "cuda/device/memory.h"
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

constexpr int kAxes = 4;
constexpr int kTile = 64, kEach = 4, kWords = 8;  // words of four bytes, of the depth
constexpr int kSide = kTile / kEach, kThreads = kSide * kSide, kLoaders = kThreads / 2;
constexpr int kPitch = kTile + 4;

struct Params {
  int64_t m, n, k;
  int64_t batch[kAxes], a_batch[kAxes], b_batch[kAxes];
  int64_t a_zero_row, b_zero_column;  // strides, 0 or 1
  int64_t a_scale_row, b_scale_column, y_scale_row, y_zero_row;
};

// Bytes of either sign: `flip` makes the bytes of a word signed.
struct Bytes {
  const uint8_t *data, *zero;
  uint32_t flip;
  bool aligned;  // rows begin at multiples of 4

  // The zero point as a signed byte.
  __device__ int zero_at(int64_t i) const { return int8_t((zero ? zero[i] : 0) ^ (flip & 0xff)); }
};

template <class Y>
struct Problem : Params {
  Bytes a, b;
  const float *a_scale, *b_scale, *y_scale;
  const Y* add;  // the bias or y's zero points
  Y* y;
};

struct Shared {
  uint32_t a[2][kWords][kPitch], b[2][kWords][kPitch];
  int row_sums[kTile], column_sums[kTile];
};

// Four bytes side by side, of which `count` are there; the others are 0, when signed.
__device__ __forceinline__ uint32_t load_word(const uint8_t* from, int64_t count, bool aligned,
                                              uint32_t flip) {
  if (aligned && count >= 4) return *reinterpret_cast<const uint32_t*>(from) ^ flip;
  uint32_t word = 0;
#pragma unroll
  for (int i = 0; i < 4; i++)
    if (i < count) word |= ((from[i] ^ flip) & 0xff) << 8 * i;
  return word;
}

// The first half of the threads loads b, 4 x 4 bytes each, the second half 16 bytes of a row of a.
struct Loader {
  const uint8_t* from;
  int64_t stride, across;  // between b's rows; bytes of them that are left, or rows of a
  int outer, word;         // place in the tile
  bool is_b, aligned;
  uint32_t flip;
  uint32_t held[4];

  // `left`: depth from the tile's beginning to the end.
  __device__ __forceinline__ void load(int64_t left) {
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int64_t depth = left - 4 * word;
      if (is_b)
        held[i] = i < depth && across > 0 ? load_word(from + i * stride, across, aligned, flip) : 0;
      else
        held[i] =
            across > 0 && depth > 4 * i ? load_word(from + 4 * i, depth - 4 * i, aligned, flip) : 0;
    }
    if (is_b) transpose_bytes(held);
    from += 4 * kWords * stride;
  }

  __device__ __forceinline__ void store(uint32_t (&a)[kWords][kPitch],
                                        uint32_t (&b)[kWords][kPitch]) const {
#pragma unroll
    for (int i = 0; i < 4; i++)
      if (is_b)
        b[word][outer + i] = held[i];
      else
        a[word + i][outer] = held[i];
  }
};

template <class Y>
__device__ Y finish(const Problem<Y>& p, int sum, int64_t row, int64_t column) {
  if constexpr (std::is_same_v<Y, int32_t>) {
    return sum;
  } else {
    const double scale =
        double(p.a_scale[row * p.a_scale_row]) * p.b_scale[column * p.b_scale_column];
    if constexpr (std::is_same_v<Y, float>) {
      return float(sum * scale + (p.add ? double(p.add[column]) : 0.));
    } else {
      constexpr double kSmallest = std::numeric_limits<Y>::min(),
                       kLargest = std::numeric_limits<Y>::max();
      const double whole =
          rint(sum * (scale / p.y_scale[row * p.y_scale_row])) + p.add[row * p.y_zero_row];
      const double low = whole >= kSmallest ? whole : kSmallest;
      return static_cast<Y>(static_cast<int>(low < kLargest ? low : kLargest));
    }
  }
}

template <class Y>
__global__ void __launch_bounds__(kThreads)
    gemm_integer_kernel(const __grid_constant__ Problem<Y> p) {
  auto& shared = shared_memory<Shared>();
  const int64_t down = (p.m + kTile - 1) / kTile, across = (p.n + kTile - 1) / kTile;
  const int64_t matrix = blockIdx.x / (down * across),
                in_matrix = blockIdx.x - matrix * (down * across);
  // Rows first: neighbouring blocks share a part of b, the weights as a rule.
  const int64_t row = in_matrix % down * kTile, column = in_matrix / down * kTile;
  const uint8_t *a = p.a.data, *b = p.b.data;
  for (int64_t axis = kAxes - 1, rest = matrix; axis >= 0; rest /= p.batch[axis--]) {
    a += rest % p.batch[axis] * p.a_batch[axis];
    b += rest % p.batch[axis] * p.b_batch[axis];
  }
  const int thread = int(threadIdx.x);
  const int thread_row = warp_index() / 2 * 4 + lane_index() / 8,
            thread_column = warp_index() % 2 * 8 + lane_index() % 8;

  Loader loader;
  loader.is_b = thread < kLoaders;
  const int i = thread % kLoaders;
  if (loader.is_b) {
    loader.outer = i % (kTile / 4) * 4;
    loader.word = i / (kTile / 4);
    loader.from = b + loader.word * 4 * p.n + column + loader.outer;
    loader.stride = p.n;
    loader.across = p.n - column - loader.outer;
  } else {
    loader.outer = i / 2;
    loader.word = i % 2 * 4;
    loader.from = a + (row + loader.outer) * p.k + loader.word * 4;
    loader.stride = 1;
    loader.across = p.m - row - loader.outer;
  }
  loader.aligned = loader.is_b ? p.b.aligned : p.a.aligned;
  loader.flip = loader.is_b ? p.b.flip : p.a.flip;

  int sums[kEach][kEach] = {};
  int line_sum = 0;  // of row or column `thread` of the tile, half of the threads in all
  loader.load(p.k);
  int buffer = 0;
  for (int64_t left = p.k; left > 0; buffer ^= 1) {
    loader.store(shared.a[buffer], shared.b[buffer]);
    __syncthreads();
    left -= 4 * kWords;
    loader.load(left);
#pragma unroll
    for (int d = 0; d < kWords; d++) {
      uint32_t x[kEach], w[kEach];
#pragma unroll
      for (int e = 0; e < kEach; e++) {
        x[e] = shared.a[buffer][d][thread_row * kEach + e];
        w[e] = shared.b[buffer][d][thread_column * kEach + e];
      }
#pragma unroll
      for (int r = 0; r < kEach; r++)
#pragma unroll
        for (int c = 0; c < kEach; c++) sums[r][c] = dot4(x[r], w[c], sums[r][c]);
    }
    if (thread < 2 * kTile)
#pragma unroll
      for (int d = 0; d < kWords; d++) {
        const uint32_t word =
            thread < kTile ? shared.a[buffer][d][thread] : shared.b[buffer][d][thread - kTile];
        line_sum = dot4(word, 0x01010101u, line_sum);
      }
  }
  if (thread < 2 * kTile)
    (thread < kTile ? shared.row_sums[thread] : shared.column_sums[thread - kTile]) = line_sum;
  __syncthreads();
  Y* const y = p.y + matrix * p.m * p.n;
#pragma unroll
  for (int r = 0; r < kEach; r++) {
    const int in_tile = thread_row * kEach + r;
    if (row + in_tile >= p.m) break;
    const uint32_t a_zero = uint32_t(p.a.zero_at((row + in_tile) * p.a_zero_row));
#pragma unroll
    for (int c = 0; c < kEach; c++) {
      const int64_t at = column + thread_column * kEach + c;
      if (at >= p.n) break;
      const uint32_t b_zero = uint32_t(p.b.zero_at(at * p.b_zero_column));
      const uint32_t sum = uint32_t(sums[r][c]) - b_zero * uint32_t(shared.row_sums[in_tile]) -
                           a_zero * uint32_t(shared.column_sums[thread_column * kEach + c]) +
                           uint32_t(p.k) * a_zero * b_zero;
      y[(row + in_tile) * p.n + at] = finish(p, int(sum), row + in_tile, at);
    }
  }
}

template <class T>
Bytes bytes(const Arguments& args, size_t tensor, size_t zero, int64_t row,
            const int64_t (&sizes)[kAxes], const int64_t (&strides)[kAxes]) {
  const auto* data = args.data<const uint8_t>(tensor);
  bool aligned = reinterpret_cast<uintptr_t>(data) % 4 == 0 && row % 4 == 0;
  for (int i = 0; i < kAxes; i++) aligned &= sizes[i] == 1 || strides[i] % 4 == 0;
  return {data, args.has(zero) ? args.data<const uint8_t>(zero) : nullptr,
          std::is_signed_v<T> ? 0 : 0x80808080u, aligned};
}

template <class A, class B, class Y>
void gemm_integer(const Arguments& args) {
  const auto optional = [&](size_t i) { return args.has(i) ? args.data<const float>(i) : nullptr; };
  const auto params = args.params_as<Params>();
  const Problem<Y> p{params,
                     bytes<A>(args, 0, 3, params.k, params.batch, params.a_batch),
                     bytes<B>(args, 1, 4, params.n, params.batch, params.b_batch),
                     optional(5),
                     optional(6),
                     optional(7),
                     args.has(8) ? args.data<const Y>(8) : nullptr,
                     args.data<Y>(2)};
  int64_t matrices = 1;
  for (int64_t size : p.batch) matrices *= size;
  const int64_t tiles = (p.m + kTile - 1) / kTile * ((p.n + kTile - 1) / kTile) * matrices;
  launch(args, gemm_integer_kernel<Y>,
         {.blocks = blocks_for(tiles, 1), .threads = kThreads, .shared_bytes = sizeof(Shared)}, p);
}

#define SX_INTEGER_PRODUCTS(a, b, A, B)                                   \
  SX_KERNEL("gemm_integer." a "." b ".i32", gemm_integer<A, B, int32_t>); \
  SX_KERNEL("gemm_integer." a "." b ".f32", gemm_integer<A, B, float>);   \
  SX_KERNEL("gemm_integer." a "." b ".u8", gemm_integer<A, B, uint8_t>);  \
  SX_KERNEL("gemm_integer." a "." b ".i8", gemm_integer<A, B, int8_t>)

SX_INTEGER_PRODUCTS("u8", "u8", uint8_t, uint8_t);
SX_INTEGER_PRODUCTS("u8", "i8", uint8_t, int8_t);
SX_INTEGER_PRODUCTS("i8", "u8", int8_t, uint8_t);
SX_INTEGER_PRODUCTS("i8", "i8", int8_t, int8_t);

}  // namespace
}  // namespace sx::cuda
