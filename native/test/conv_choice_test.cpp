// Which kernel convolves with channels last: cases whose choice is known, and what holds for every
// choice, over thousands of problems on GPUs of several kinds.
//   cmake -S native -B build -DSX_TESTS=ON && cmake --build build -t test_conv_choice &&
//   build/test_conv_choice
#include "cuda/conv_choice.h"

#include <cstdio>
#include <initializer_list>

using namespace sx::cuda;

namespace {

constexpr Properties kA100{
    .capability = 80, .processors = 108, .shared_bytes = 163 * 1024, .l2_bytes = 40 << 20};
constexpr Properties kL4{
    .capability = 89, .processors = 58, .shared_bytes = 99 * 1024, .l2_bytes = 48 << 20};
constexpr Properties kH100{
    .capability = 90, .processors = 132, .shared_bytes = 227 * 1024, .l2_bytes = 50 << 20};
constexpr Properties kTiny{
    .capability = 90, .processors = 4, .shared_bytes = 227 * 1024, .l2_bytes = 1 << 20};

constexpr int64_t kNoScratch = 0, kPlenty = int64_t{1} << 40;
constexpr auto kHalf = GemmType::kFloat16, kSingle = GemmType::kFloat32;

int failures = 0, checked = 0;

void require(bool condition, const char* what, const ConvFacts& f, const Properties& device,
             const ConvChoice& c) {
  checked++;
  if (condition) return;
  failures++;
  std::printf(
      "%s: type %d, group %lld, %lld -> %lld, %lld positions, %lld taps, scratch %lld, capability "
      "%d: kernel %d, tile %d x %d, %d splits of %d\n",
      what, int(f.type), (long long)f.group, (long long)f.channels, (long long)f.filters,
      (long long)f.positions, (long long)f.taps, (long long)f.scratch_sums, device.capability,
      int(c.kernel), c.rows, c.columns, c.splits, c.grain);
}

// Of one group, aligned, such that TMA can gather it, with plenty of scratch memory.
constexpr ConvFacts layer(GemmType type, int64_t channels, int64_t filters, int64_t positions,
                          int64_t taps) {
  return {.type = type,
          .group = 1,
          .channels = channels,
          .filters = filters,
          .positions = positions,
          .taps = taps,
          .pointwise = false,
          .aligned = true,
          .im2col = true,
          .stem_bytes = 48 * 1024,
          .scratch_sums = kPlenty};
}

constexpr ConvFacts grouped(ConvFacts f, int64_t group) {
  f.group = group;
  return f;
}
constexpr ConvFacts pointwise(ConvFacts f) {
  f.pointwise = true;
  return f;
}
constexpr ConvFacts scattered(ConvFacts f) {
  f.im2col = false;
  return f;
}
constexpr ConvFacts without_scratch(ConvFacts f) {
  f.scratch_sums = kNoScratch;
  return f;
}

struct Case {
  const char* why;
  ConvFacts facts;
  const Properties& device;
  ConvChoice expected;
};

const Case kCases[] = {
    {"a window of a pixel is a product",
     pointwise(layer(kHalf, 64, 256, 100352, 1)),
     kH100,
     {ConvKernel::kGemm}},
    {"in each group, too",
     pointwise(grouped(layer(kSingle, 32, 64, 100352, 1), 8)),
     kH100,
     {ConvKernel::kGemm}},
    {"unless groups are too narrow for its tiles",
     pointwise(grouped(layer(kSingle, 8, 8, 100352, 1), 64)),
     kH100,
     {ConvKernel::kSmallGroups}},
    {"64 filters take the narrow tile on Hopper",
     layer(kHalf, 64, 64, 100352, 9),
     kH100,
     {ConvKernel::kSm90, 128, 64, 1, 64}},
    {"128 of them do not",
     layer(kHalf, 128, 128, 25088, 9),
     kH100,
     {ConvKernel::kSm90, 128, 128, 1, 64}},
    {"256 of them take the widest",
     layer(kHalf, 256, 256, 100352, 9),
     kH100,
     {ConvKernel::kSm90, 128, 256, 1, 64}},
    {"a late layer is cut along its depth",
     layer(kHalf, 512, 512, 1568, 9),
     kH100,
     {ConvKernel::kSm90, 128, 256, 5, 64}},
    {"but not without room for the sums",
     without_scratch(layer(kHalf, 512, 512, 1568, 9)),
     kA100,
     {ConvKernel::kSm80, 64, 64, 1, 32}},
    {"a large one on Ampere",
     layer(kHalf, 256, 256, 25088, 9),
     kA100,
     {ConvKernel::kSm80, 128, 128, 1, 32}},
    {"64 filters on Ada",
     layer(kHalf, 64, 64, 100352, 9),
     kL4,
     {ConvKernel::kSm80, 128, 64, 1, 32}},
    {"16 channels would be three quarters zeros of a stage of TMA's",
     layer(kHalf, 16, 128, 100352, 9),
     kH100,
     {ConvKernel::kSm80, 128, 128, 1, 32}},
    {"what TMA cannot gather, cp.async can",
     scattered(layer(kHalf, 256, 256, 25088, 9)),
     kH100,
     {ConvKernel::kSm80, 128, 128, 1, 32}},
    {"31 channels are no pieces of 16 bytes",
     layer(kHalf, 31, 64, 25088, 9),
     kH100,
     {ConvKernel::kSimt, 64, 64, 1, 32}},
    {"float32 has no tensor core that is as exact",
     layer(kSingle, 256, 256, 25088, 9),
     kH100,
     {ConvKernel::kSimt, 128, 128, 1, 32}},
    {"the first layer", layer(kHalf, 3, 64, 401408, 49), kH100, {ConvKernel::kStem}},
    {"two filters are too few for its tile",
     layer(kSingle, 3, 2, 401408, 49),
     kH100,
     {ConvKernel::kSimt, 64, 64, 1, 32}},
    {"depthwise", grouped(layer(kHalf, 1, 1, 6272, 9), 512), kH100, {ConvKernel::kDepthwise}},
    {"with a multiplier",
     grouped(layer(kSingle, 1, 4, 6272, 9), 512),
     kA100,
     {ConvKernel::kDepthwise}},
    {"of more taps than shared memory holds weights",
     grouped(layer(kSingle, 1, 1, 6272, 81), 512),
     kA100,
     {ConvKernel::kSimt, 64, 64, 1, 32}},
    {"groups of four",
     grouped(layer(kHalf, 4, 4, 25088, 9), 32),
     kH100,
     {ConvKernel::kSmallGroups}},
    {"groups of a stage of channels",
     grouped(layer(kHalf, 64, 64, 25088, 9), 4),
     kH100,
     {ConvKernel::kSm90, 128, 64, 1, 64}},
    {"groups of 32 channels",
     grouped(layer(kHalf, 32, 32, 25088, 9), 8),
     kH100,
     {ConvKernel::kSm80, 64, 64, 1, 32}},
};

void known_choices() {
  for (const Case& c : kCases) {
    const ConvChoice given = choose_conv(c.facts, c.device);
    require(given.kernel == c.expected.kernel && given.rows == c.expected.rows &&
                given.columns == c.expected.columns && given.splits == c.expected.splits &&
                given.grain == c.expected.grain,
            c.why, c.facts, c.device, given);
  }
}

// By BF16x6, where that is asked for.
void known_uses_of_bf16x6() {
  const auto use = [](const char* why, const ConvFacts& f, bool expected) {
    require(worth_conv_bf16x6(f) == expected, why, f, kH100, {ConvKernel::kSm90});
  };
  use("float32 has planes", layer(kSingle, 256, 256, 25088, 9), true);
  use("of any number of channels", layer(kSingle, 23, 256, 25088, 9), true);
  use("16 channels would be half zeros of a stage", layer(kSingle, 16, 256, 25088, 9), false);
  use("33 channels would be, of two stages", layer(kSingle, 33, 256, 25088, 9), false);
  use("43 channels are not", layer(kSingle, 43, 256, 25088, 9), true);
  use("what TMA cannot gather", scattered(layer(kSingle, 256, 256, 25088, 9)), false);
  use("several groups", grouped(layer(kSingle, 64, 64, 25088, 9), 4), false);
}

// The tiles that a kernel is compiled for.
bool has_tile(const ConvFacts& f, const ConvChoice& c) {
  const bool square = c.rows == c.columns;
  switch (c.kernel) {
    case ConvKernel::kSimt:
      return square && (c.rows == 64 || (c.rows == 128 && f.type == kSingle));
    case ConvKernel::kSm80:
      return (square && (c.rows == 64 || c.rows == 128)) || (c.rows == 128 && c.columns == 64);
    case ConvKernel::kSm90:
      return c.rows == 128 && (c.columns == 64 || c.columns == 128 || c.columns == 256);
    default:
      return c.rows == 0 && c.columns == 0 && c.splits == 1;
  }
}

// What a kernel needs of its operands and of the device.
bool can_run(const ConvFacts& f, const Properties& device, const ConvChoice& c) {
  const int64_t bytes = f.type == kSingle ? 4 : 2;
  const bool pieces = f.aligned && f.channels > 0 && f.channels * bytes % 16 == 0;
  switch (c.kernel) {
    case ConvKernel::kGemm:
      return f.pointwise;
    case ConvKernel::kSimt:
      return true;
    case ConvKernel::kSm80:
      return device.capability >= 80 && pieces;
    case ConvKernel::kSm90:
      return device.capability == 90 && is_half(f.type) && pieces && f.im2col &&
             (f.group == 1 || f.channels % 64 == 0);
    case ConvKernel::kDepthwise:
      return f.channels == 1 && f.taps <= 64;
    case ConvKernel::kSmallGroups:
      return f.channels == f.filters && f.channels >= 2 && f.channels <= 8 && f.taps <= 64;
    case ConvKernel::kStem:
      return f.group == 1 && f.channels >= 1 && f.channels <= 4 &&
             f.stem_bytes <= int64_t(device.shared_bytes);
  }
  return false;
}

void check(const ConvFacts& f, const Properties& device, const ConvChoice& c) {
  require(has_tile(f, c), "there is no such tile", f, device, c);
  require(can_run(f, device, c), "the kernel cannot take it", f, device, c);
  require(c.grain >= 1 && c.splits >= 1, "at least one part", f, device, c);
  if (c.splits == 1) return;
  require(f.scratch_sums >= c.splits * f.positions * f.filters * f.group,
          "no room for the parts' sums", f, device, c);
  const int64_t depth = f.taps * (c.kernel == ConvKernel::kSm90 ? padded_channels(f) : f.channels);
  require(depth / c.splits >= 256, "parts that cost more than they save", f, device, c);
  require(conv_tiles(f, c.rows, c.columns) < device.processors * 2,
          "parts where there are tiles enough", f, device, c);
}

void every_choice() {
  for (const Properties& device : {kA100, kL4, kH100, kTiny})
    for (const GemmType type : {kSingle, kHalf, GemmType::kBFloat16})
      for (const int64_t group : {1, 2, 32})
        for (const int64_t channels : {0, 1, 2, 3, 4, 5, 8, 12, 16, 31, 64, 72, 512})
          for (const int64_t filters : {1, 2, 8, 15, 64, 130, 512})
            for (const int64_t positions : {1, 49, 1568, 25088, 1000000})
              for (const int64_t taps : {1, 9, 49, 125})
                for (const int64_t scratch : {kNoScratch, 3 * positions * filters * group, kPlenty})
                  for (const int odd : {0, 1, 2, 4}) {
                    ConvFacts f = grouped(layer(type, channels, filters, positions, taps), group);
                    f.scratch_sums = scratch;
                    f.aligned = odd != 1;
                    f.im2col = odd != 2;
                    f.stem_bytes = odd == 4 ? 200 * 1024 : 48 * 1024;
                    check(f, device, choose_conv(f, device));
                    if (type == kSingle) check(f, device, choose_conv_tf32(f, device));
                  }
}

}  // namespace

int main() {
  known_choices();
  known_uses_of_bf16x6();
  every_choice();
  std::printf("%d of %d checks failed\n", failures, checked);
  return failures != 0;
}
