// Which kernel multiplies two matrices, by what tile, and into how many parts it cuts the depth. A pure function of the
// problem and the device; each rule gives its reason.
#pragma once
#include <algorithm>

#include "cuda/launch.h"

namespace sx::cuda {

enum class GemmType { kFloat32, kFloat64, kFloat16, kBFloat16, kInteger };

// How an operand lies in memory: `outer` is a's rows or b's columns.
struct GemmOperand {
  bool depth_adjacent, outer_adjacent;
  bool aligned;  // every row (of adjacent elements) of every matrix begins at a multiple of 16 bytes
};

struct GemmFacts {
  GemmType type;
  int64_t m, n, k, matrices;
  GemmOperand a, b;
  int64_t scratch_sums;  // how many partial sums there is room for
};

enum class GemmKernel { kSimt, kSm80 };

struct GemmChoice {
  GemmKernel kernel;
  int rows = 0, columns = 0;  // of a tile
  int splits = 1;             // parts of the depth, at most
  int grain = 1;              // what a part's depth is a multiple of
};

// How many parts of at least `shortest` deep there may be.
inline int64_t most_splits(const GemmFacts& f, int64_t shortest) {
  const int64_t sums = f.m * f.n * f.matrices;
  return std::clamp<int64_t>(std::min(f.k / shortest, f.scratch_sums / std::max<int64_t>(1, sums)), 1, 64);
}

inline GemmChoice choose_simt(const GemmFacts& f, const Properties& device) {
  constexpr int kShortest = 256;  // a part of this depth costs more than adding its sums up again
  const bool wide = f.type != GemmType::kFloat64 && f.type != GemmType::kInteger;  // 8 x 8 sums of 8 bytes are too many registers
  GemmChoice choice{GemmKernel::kSimt};
  choice.grain = 32;
  for (int tile : {128, 64, 32}) {
    if (tile == 128 && !wide) continue;
    choice.rows = choice.columns = tile;
    const int64_t down = (f.m + tile - 1) / tile, across = (f.n + tile - 1) / tile;
    const int64_t tiles = down * across * f.matrices;
    const int64_t splits = std::min(most_splits(f, kShortest), (device.processors + tiles - 1) / tiles);
    choice.splits = static_cast<int>(splits);
    // A larger tile reads less shared memory for each product, but only if all processors have one, and if it is filled:
    // at least three quarters of what it reckons must be wanted.
    const bool filled = 4 * f.m * f.n >= 3 * down * across * tile * tile;
    if (filled && tiles * splits >= device.processors) break;
  }
  return choice;
}

// Whether the operand can be copied in pieces of 16 bytes.
inline bool has_pieces(const GemmOperand& x) { return x.aligned && (x.depth_adjacent || x.outer_adjacent); }

// By tensor cores, with mma.sync: 16 bits, or float32 as tf32.
inline bool fits_sm80(const GemmFacts& f) { return has_pieces(f.a) && has_pieces(f.b) && f.k > 0; }

inline GemmChoice choose_sm80(const GemmFacts& f, const Properties& device) {
  constexpr int kShortest = 512;  // shorter parts spend more on filling the pipeline than they save
  GemmChoice choice{GemmKernel::kSm80};
  choice.grain = 32;
  for (int tile : {128, 64}) {
    choice.rows = choice.columns = tile;
    const int64_t tiles = (f.m + tile - 1) / tile * ((f.n + tile - 1) / tile) * f.matrices;
    choice.splits = static_cast<int>(std::min(most_splits(f, kShortest), (device.processors + tiles - 1) / tiles));
    // A larger tile reads half as much for each product, but only if all processors have one.
    if (tiles * choice.splits >= device.processors && f.m > 64 && f.n > 64) break;
  }
  return choice;
}

inline GemmChoice choose_gemm(const GemmFacts& f, const Properties& device) {
  const bool half = f.type == GemmType::kFloat16 || f.type == GemmType::kBFloat16;
  return half && fits_sm80(f) ? choose_sm80(f, device) : choose_simt(f, device);
}

}  // namespace sx::cuda
