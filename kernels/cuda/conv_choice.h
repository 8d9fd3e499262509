// Which kernel convolves tensors whose channels are last, by what tile, and into how many parts it
// cuts the depth. A pure function of the problem and the device; each rule gives its reason.
#pragma once
#include "cuda/gemm_choice.h"

namespace sx::cuda {

// Channels and filters are those of one group.
struct ConvFacts {
  GemmType type;
  int64_t group, channels, filters, positions, taps;
  bool pointwise;        // a window is a pixel, and all of them are the input
  bool aligned;          // x and w begin at multiples of 16 bytes
  bool im2col;           // TMA can gather the windows
  int64_t stem_bytes;    // of shared memory that conv_stem needs
  int64_t scratch_sums;  // how many partial sums there is room for

  int64_t depth() const { return taps * channels; }
  int64_t element_bytes() const { return type == GemmType::kFloat32 ? 4 : 2; }
};

enum class ConvKernel { kGemm, kSimt, kSm80, kSm90, kDepthwise, kSmallGroups, kStem };

constexpr int kMostTaps = 64;  // whose weights the direct convolutions keep in shared memory

constexpr int64_t kStemBytes = 56 * 1024;  // so that several blocks share a processor

struct ConvChoice {
  ConvKernel kernel = ConvKernel::kSimt;
  int rows = 0, columns = 0;  // of a tile
  int splits = 1;             // parts of the depth, at most
  int grain = 1;              // what a part's depth is a multiple of

  bool operator==(const ConvChoice&) const = default;
  std::string name() const {
    constexpr const char* kNames[] = {"gemm",      "simt",         "sm80", "sm90",
                                      "depthwise", "small groups", "stem"};
    return choice_name(kNames[int(kernel)], rows, columns, splits);
  }
};

// How many parts of at least `shortest` deep there may be where there are so many tiles: enough
// for all processors.
inline int conv_splits(const ConvFacts& f, const Properties& device, int64_t tiles,
                       int64_t shortest) {
  const int64_t sums = std::max<int64_t>(1, f.positions * f.filters * f.group);
  const int64_t most = std::min(f.depth() / shortest, f.scratch_sums / sums);
  const int64_t wanted = (device.processors + tiles - 1) / std::max<int64_t>(1, tiles);
  return static_cast<int>(std::clamp<int64_t>(std::min(most, wanted), 1, 64));
}

inline int64_t conv_tiles(const ConvFacts& f, int rows, int columns) {
  return (f.positions + rows - 1) / rows * ((f.filters + columns - 1) / columns) * f.group;
}

// Whether a group's channels, and the pixels and filters, are pieces of 16 bytes.
inline bool has_pieces(const ConvFacts& f) {
  return f.aligned && f.channels > 0 && f.channels * f.element_bytes() % 16 == 0;
}

inline ConvChoice choose_conv_sm80(const ConvFacts& f, const Properties& device) {
  constexpr int kShortest = 512;  // shorter parts spend more on filling the pipeline than they save
  ConvChoice choice{ConvKernel::kSm80};
  choice.grain = 32;
  for (const auto& [rows, columns] : {std::pair{128, 128}, {128, 64}, {64, 64}}) {
    choice.rows = rows;
    choice.columns = columns;
    const int64_t tiles = conv_tiles(f, rows, columns);
    choice.splits = conv_splits(f, device, tiles, kShortest);
    // A larger tile reads less for each product, but only if it is filled and all processors have
    // one.
    if (tiles * choice.splits >= device.processors && f.positions > rows / 2 &&
        f.filters > columns / 2)
      break;
  }
  return choice;
}

// The channels of each tap as conv_sm90 counts them: whole stages.
inline int64_t padded_channels(const ConvFacts& f, int64_t stage = 64) {
  return (f.channels + stage - 1) / stage * stage;
}

inline bool fits_conv_sm90(const ConvFacts& f, const Properties& device) {
  return device.capability == 90 && is_half(f.type) && has_pieces(f) && f.im2col &&
         (f.group == 1 || f.channels % 64 == 0);
}

constexpr Sm90Tile kConvSm90Tiles[] = {
    {128, 256, 1, .8, true}, {128, 128, 1, .7, true}, {128, 64, 2, .65, true}};

inline ConvChoice choose_conv_sm90(const ConvFacts& f, const Properties& device) {
  constexpr GemmOperand kAny{true, false, true};
  const GemmChoice choice =
      choose_sm90(GemmFacts{f.type, f.positions, f.filters, f.taps * padded_channels(f), f.group,
                            kAny, kAny, f.scratch_sums},
                  device, kConvSm90Tiles);
  return {ConvKernel::kSm90, choice.rows, choice.columns, choice.splits, choice.grain};
}

inline ConvChoice choose_conv_simt(const ConvFacts& f, const Properties& device) {
  constexpr int kShortest = 256;
  ConvChoice choice;
  choice.grain = 32;
  for (int tile : {128, 64}) {
    if (tile == 128 && f.type != GemmType::kFloat32) continue;  // 16 bits come here only when odd
    choice.rows = choice.columns = tile;
    const int64_t tiles = conv_tiles(f, tile, tile);
    choice.splits = conv_splits(f, device, tiles, kShortest);
    if (tiles * choice.splits >= device.processors && f.filters > 64) break;
  }
  return choice;
}

inline ConvChoice choose_conv(const ConvFacts& f, const Properties& device) {
  // Groups so narrow would leave most of a matrix product's tile empty; weights must fit into
  // shared memory.
  if (f.group > 1 && f.taps <= kMostTaps) {
    if (f.channels == 1) return {ConvKernel::kDepthwise};
    if (f.channels == f.filters && f.channels <= 8) return {ConvKernel::kSmallGroups};
  }
  // A product of the input as it lies: rows of pixels, as many as there are in all images.
  if (f.pointwise) return {ConvKernel::kGemm};
  // So few channels are no pieces of 16 bytes; with fewer filters the tile would be mostly empty.
  if (f.group == 1 && f.channels >= 1 && f.channels <= 4 && f.filters > 8 &&
      f.stem_bytes <= kStemBytes)
    return {ConvKernel::kStem};
  // Hopper's tensor cores are faster by half with wgmma than with mma.sync, but multiply by zeros
  // where a tap's channels are not whole stages.
  if (fits_conv_sm90(f, device) && 2 * padded_channels(f) <= 3 * f.channels)
    return choose_conv_sm90(f, device);
  if (is_half(f.type) && has_pieces(f)) return choose_conv_sm80(f, device);
  return choose_conv_simt(f, device);
}

// Whether the planes of float32 can be gathered. They begin where TMA wants it, whatever x and w
// do.
inline bool fits_conv_bf16x6(const ConvFacts& f) {
  return f.group == 1 && f.channels > 0 && f.im2col;
}

// Whether the tensor cores do not multiply mostly by zeros.
inline bool worth_conv_bf16x6(const ConvFacts& f) {
  return fits_conv_bf16x6(f) && 2 * padded_channels(f, 32) <= 3 * f.channels;
}

// For float32 that may be rounded to tf32.
inline ConvChoice choose_conv_tf32(const ConvFacts& f, const Properties& device) {
  const ConvChoice choice = choose_conv(f, device);
  return choice.kernel == ConvKernel::kSimt && has_pieces(f) ? choose_conv_sm80(f, device) : choice;
}

}  // namespace sx::cuda
