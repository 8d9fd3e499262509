// Which kernel multiplies two matrices, by what tile, and into how many parts it cuts the depth. A
// pure function of the problem and the device; each rule gives its reason.
#pragma once
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "cuda/launch.h"

namespace sx::cuda {

enum class GemmType { kFloat32, kFloat64, kFloat16, kBFloat16, kInteger };

template <class T>
constexpr GemmType type_of() {
  if constexpr (std::is_same_v<T, float>) return GemmType::kFloat32;
  if constexpr (std::is_same_v<T, double>) return GemmType::kFloat64;
  if constexpr (std::is_same_v<T, half>) return GemmType::kFloat16;
  if constexpr (std::is_same_v<T, bfloat16>) return GemmType::kBFloat16;
  return GemmType::kInteger;
}

// How an operand lies in memory: `outer` is a's rows or b's columns.
struct GemmOperand {
  bool depth_adjacent, outer_adjacent;
  bool
      aligned;  // every row (of adjacent elements) of every matrix begins at a multiple of 16 bytes
};

struct GemmFacts {
  GemmType type;
  int64_t m, n, k, matrices;
  GemmOperand a, b;
  int64_t scratch_sums;  // how many partial sums there is room for
};

enum class GemmKernel {
  kSimt,
  kSm80,
  kSm90,
  kGemvRows,      // few rows of a, b lies as [n, k]
  kGemvRowsLeft,  // few columns of b, a lies as [m, k]
  kGemvColumns    // few rows of a, b lies as [k, n]
};

constexpr bool is_gemv_type(GemmType type) {
  return type == GemmType::kFloat32 || type == GemmType::kFloat16 || type == GemmType::kBFloat16;
}

// As autotuning keeps it: "sm90 128x256 in 4 parts".
inline std::string choice_name(const char* kernel, int rows, int columns, int splits) {
  std::string name = kernel;
  if (rows > 0) name += " " + std::to_string(rows) + "x" + std::to_string(columns);
  return splits > 1 ? name + " in " + std::to_string(splits) + " parts" : name;
}

struct GemmChoice {
  GemmKernel kernel = GemmKernel::kSimt;
  int rows = 0, columns = 0;  // of a tile
  int splits = 1;             // parts of the depth, at most
  int grain = 1;              // what a part's depth is a multiple of

  bool operator==(const GemmChoice&) const = default;
  std::string name() const {
    constexpr const char* kNames[] = {"simt",      "sm80",           "sm90",
                                      "gemv rows", "gemv rows left", "gemv columns"};
    return choice_name(kNames[int(kernel)], rows, columns, splits);
  }
};

// How many parts of at least `shortest` deep there may be.
inline int64_t most_splits(const GemmFacts& f, int64_t shortest) {
  const int64_t sums = f.m * f.n * f.matrices;
  return std::clamp<int64_t>(std::min(f.k / shortest, f.scratch_sums / std::max<int64_t>(1, sums)),
                             1, 64);
}

// The smallest and the largest tile. 8 x 8 sums of 8 bytes are too many registers, integers are
// rare, and what has 16 bits comes here only with odd layouts.
inline std::pair<int, int> simt_tiles(GemmType type) {
  const bool half = type == GemmType::kFloat16 || type == GemmType::kBFloat16;
  const int largest = type == GemmType::kFloat32 ? 128 : type == GemmType::kInteger ? 32 : 64;
  return {half ? 64 : 32, largest};
}

inline GemmChoice choose_simt(const GemmFacts& f, const Properties& device) {
  constexpr int kShortest = 256;  // a part of this depth costs more than adding its sums up again
  const auto [smallest, largest] = simt_tiles(f.type);
  GemmChoice choice;
  choice.grain = 32;
  for (int tile = largest; tile >= smallest; tile /= 2) {
    choice.rows = choice.columns = tile;
    const int64_t down = (f.m + tile - 1) / tile, across = (f.n + tile - 1) / tile;
    const int64_t tiles = down * across * f.matrices;
    const int64_t splits =
        std::min(most_splits(f, kShortest), (device.processors + tiles - 1) / tiles);
    choice.splits = static_cast<int>(splits);
    // A larger tile reads less shared memory for each product, but only if all processors have one,
    // and if it is filled: at least three quarters of what it reckons must be wanted.
    const bool filled = 4 * f.m * f.n >= 3 * down * across * tile * tile;
    if (filled && tiles * splits >= device.processors) break;
  }
  return choice;
}

// For few rows or columns, where the time goes into reading the larger operand once.
inline std::optional<GemmChoice> choose_gemv(const GemmFacts& f, const Properties& device) {
  constexpr int64_t kSkinny = 16;
  if (!is_gemv_type(f.type)) return std::nullopt;
  GemmChoice choice;
  choice.grain = 256;  // keeps the parts aligned
  int64_t blocks;
  if (f.n < f.m) {
    if (f.n > kSkinny || !f.a.depth_adjacent) return std::nullopt;
    choice.kernel = GemmKernel::kGemvRowsLeft;
    blocks = (f.m + 3) / 4;
  } else {
    if (f.m > kSkinny || !(f.b.depth_adjacent || f.b.outer_adjacent)) return std::nullopt;
    choice.kernel = f.b.depth_adjacent ? GemmKernel::kGemvRows : GemmKernel::kGemvColumns;
    blocks = f.b.depth_adjacent ? (f.n + 3) / 4 : (f.n + 127) / 128;
  }
  blocks *= f.matrices;
  // Blocks of rows share the depth among their warps, and are many as a rule; blocks of columns are
  // few.
  const bool columns = choice.kernel == GemmKernel::kGemvColumns;
  const int64_t wanted = device.processors * (columns ? 4 : 1);
  choice.splits = static_cast<int>(
      std::min(most_splits(f, columns ? 256 : 4096), (wanted + blocks - 1) / blocks));
  return choice;
}

constexpr bool is_half(GemmType type) {
  return type == GemmType::kFloat16 || type == GemmType::kBFloat16;
}

// Whether an operand lies as tensor cores want it, which take it in pieces of 16 bytes.
inline bool has_pieces(const GemmOperand& x) {
  return x.aligned && (x.depth_adjacent || x.outer_adjacent);
}

// Whether mma.sync can take it, as 16 bits or as tf32.
inline bool fits_sm80(const GemmFacts& f) { return has_pieces(f.a) && has_pieces(f.b) && f.k > 0; }

// Whether operands that do not lie so are worth a copy that does. Without tensor cores a product
// takes about ten times as long as with them; the copy is worth it where what it moves is
// multiplied often enough, and the product takes longer than two more launches. By the data sheet
// of Hopper; not yet measured.
inline bool worth_aligning(const GemmFacts& f) {
  constexpr int64_t kUses = 64;                    // of an element that is copied
  constexpr int64_t kProducts = int64_t{1} << 27;  // 5 us without tensor cores
  return !fits_sm80(f) && f.k > 0 && f.m * f.n >= kUses * (f.m + f.n) &&
         f.m * f.n * f.matrices >= (kProducts + f.k - 1) / f.k;
}

inline GemmChoice choose_sm80(const GemmFacts& f, const Properties& device) {
  constexpr int kShortest = 512;  // shorter parts spend more on filling the pipeline than they save
  GemmChoice choice{GemmKernel::kSm80};
  choice.grain = 32;
  for (int tile : {128, 64}) {
    choice.rows = choice.columns = tile;
    const int64_t tiles = (f.m + tile - 1) / tile * ((f.n + tile - 1) / tile) * f.matrices;
    choice.splits = static_cast<int>(
        std::min(most_splits(f, kShortest), (device.processors + tiles - 1) / tiles));
    // A larger tile reads half as much for each product, but only if all processors have one.
    if (tiles * choice.splits >= device.processors && f.m > 64 && f.n > 64) break;
  }
  return choice;
}

// Whether TMA and wgmma can take it; coordinates have 32 bits.
inline bool fits_sm90(const GemmFacts& f, const Properties& device) {
  constexpr int64_t kMost = int64_t{1} << 31;
  return device.capability == 90 && is_half(f.type) && fits_sm80(f) && f.m < kMost && f.n < kMost &&
         f.k < kMost;
}

// A tile of gemm_sm90, how many blocks share a processor, and what part of the tensor cores' peak
// they reach together, which is an estimate.
struct Sm90Tile {
  int rows, columns, blocks;
  double rate;
  bool any_a;  // also for a whose rows are adjacent
};
constexpr Sm90Tile kSm90Tiles[] = {
    {128, 256, 1, .8, false}, {128, 128, 1, .7, true}, {64, 128, 2, .6, false}};

// The tile and the parts of the depth of which a simple model says that they end first: whole waves
// of blocks, each with a fixed cost, and another launch where there are parts.
template <size_t N>
GemmChoice choose_sm90(const GemmFacts& f, const Properties& device, const Sm90Tile (&sizes)[N]) {
  constexpr double kFixedDepth = 256,
                   kReduction = 6e6;  // in products for each sum, and in products of a processor
  constexpr int kShortest = 512;
  GemmChoice best{GemmKernel::kSm90};
  best.grain = 64;
  double least = 0;
  for (const Sm90Tile& tile : sizes) {
    if (!tile.any_a && !f.a.depth_adjacent) continue;
    const int64_t tiles =
        (f.m + tile.rows - 1) / tile.rows * ((f.n + tile.columns - 1) / tile.columns) * f.matrices;
    const int64_t slots = int64_t{device.processors} * tile.blocks;
    const int64_t most = std::min(most_splits(f, kShortest), std::max<int64_t>(1, slots / tiles));
    for (int64_t splits : {int64_t{1}, most}) {
      const double depth = double((f.k + splits - 1) / splits) + kFixedDepth;
      const double waves = double((tiles * splits + slots - 1) / slots);
      const double cost = waves * tile.blocks * tile.rows * tile.columns * depth / tile.rate +
                          (splits > 1 ? kReduction : 0);
      if (best.rows > 0 && cost >= least) continue;
      least = cost;
      best.rows = tile.rows;
      best.columns = tile.columns;
      best.splits = static_cast<int>(splits);
    }
  }
  return best;
}

inline GemmChoice choose_gemm(const GemmFacts& f, const Properties& device) {
  if (const auto gemv = choose_gemv(f, device)) return *gemv;
  if (fits_sm90(f, device)) return choose_sm90(f, device, kSm90Tiles);
  if (is_half(f.type) && fits_sm80(f)) return choose_sm80(f, device);
  return choose_simt(f, device);
}

}  // namespace sx::cuda
