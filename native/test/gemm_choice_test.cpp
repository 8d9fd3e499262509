// Which kernel multiplies: cases whose choice is known, and what holds for every choice, over
// thousands of problems on GPUs of several kinds.
//   cmake -S native -B build -DSX_TESTS=ON && cmake --build build -t test_gemm_choice &&
//   build/test_gemm_choice
#include "cuda/gemm_choice.h"

#include <cstdio>
#include <initializer_list>

#include "cuda/tile_candidates.h"

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

constexpr GemmOperand kAlongDepth{true, false, true}, kAlongOuter{false, true, true};
constexpr GemmOperand kUnaligned{true, false, false}, kScattered{false, false, false};
constexpr int64_t kNoScratch = 0, kPlenty = int64_t{1} << 40;

int failures = 0, checked = 0;

void require(bool condition, const char* what, const GemmFacts& f, const Properties& device,
             const GemmChoice& c) {
  checked++;
  if (condition) return;
  failures++;
  std::printf(
      "%s: type %d, [%lld, %lld, %lld] x %lld, scratch %lld, capability %d: kernel %d, tile %d x "
      "%d, %d splits\n",
      what, int(f.type), (long long)f.m, (long long)f.n, (long long)f.k, (long long)f.matrices,
      (long long)f.scratch_sums, device.capability, int(c.kernel), c.rows, c.columns, c.splits);
}

struct Case {
  const char* why;
  GemmFacts facts;
  const Properties& device;
  GemmChoice expected;
};

const Case kCases[] = {
    {"a large product takes the largest tile",
     {GemmType::kBFloat16, 8192, 8192, 8192, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSm90, 128, 256, 1, 64}},
    {"a transposed a has one tile on Hopper",
     {GemmType::kFloat16, 8192, 8192, 8192, 1, kAlongOuter, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSm90, 128, 128, 1, 64}},
    {"the same on Ampere",
     {GemmType::kFloat16, 8192, 8192, 8192, 1, kAlongOuter, kAlongDepth, kPlenty},
     kA100,
     {GemmKernel::kSm80, 128, 128, 1, 32}},
    {"and on Ada, although it is newer",
     {GemmType::kFloat16, 8192, 8192, 8192, 1, kAlongDepth, kAlongDepth, kPlenty},
     kL4,
     {GemmKernel::kSm80, 128, 128, 1, 32}},
    {"few tiles and much depth: as many parts as there are processors",
     {GemmType::kBFloat16, 128, 256, 65536, 1, kAlongDepth, kAlongDepth, kPlenty},
     kA100,
     {GemmKernel::kSm80, 128, 128, 54, 32}},
    {"but not without room for their sums",
     {GemmType::kBFloat16, 128, 256, 65536, 1, kAlongDepth, kAlongDepth, kNoScratch},
     kA100,
     {GemmKernel::kSm80, 64, 64, 1, 32}},
    {"rows that begin anywhere cannot be copied 16 bytes at a time",
     {GemmType::kBFloat16, 4096, 4096, 4096, 1, kUnaligned, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSimt, 64, 64, 1, 32}},
    {"float32 has no tensor core that is as exact",
     {GemmType::kFloat32, 4096, 4096, 4096, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSimt, 128, 128, 1, 32}},
    {"a small product takes small tiles, so that more processors have one",
     {GemmType::kFloat32, 256, 256, 64, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSimt, 32, 32, 1, 32}},
    {"8 x 8 sums of float64 are too many registers",
     {GemmType::kFloat64, 4096, 4096, 4096, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSimt, 64, 64, 1, 32}},
    {"integers have one tile",
     {GemmType::kInteger, 4096, 4096, 4096, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSimt, 32, 32, 1, 32}},
    {"one row, weights [n, k]",
     {GemmType::kBFloat16, 1, 4096, 4096, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kGemvRows, 0, 0, 1, 256}},
    {"one row, weights [k, n]: blocks of 128 columns are few, and share the depth",
     {GemmType::kBFloat16, 1, 4096, 4096, 1, kAlongDepth, kAlongOuter, kPlenty},
     kH100,
     {GemmKernel::kGemvColumns, 0, 0, 16, 256}},
    {"one column",
     {GemmType::kFloat32, 4096, 1, 4096, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kGemvRowsLeft, 0, 0, 1, 256}},
    {"one column of a product that has a's rows adjacent",
     {GemmType::kFloat32, 4096, 1, 4096, 1, kAlongOuter, kAlongDepth, kNoScratch},
     kH100,
     {GemmKernel::kSimt, 32, 32, 1, 32}},
    {"sixteen rows are few",
     {GemmType::kFloat16, 16, 4096, 1024, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kGemvRows, 0, 0, 1, 256}},
    {"seventeen are not",
     {GemmType::kFloat16, 17, 4096, 1024, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSm90, 128, 128, 2, 64}},
    {"64 rows and much depth: two small blocks share a processor",
     {GemmType::kFloat16, 64, 4096, 4096, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSm90, 64, 128, 8, 64}},
    {"no depth is nothing for tensor cores",
     {GemmType::kFloat16, 512, 512, 0, 1, kAlongDepth, kAlongDepth, kPlenty},
     kH100,
     {GemmKernel::kSimt, 64, 64, 1, 32}},
};

void known_choices() {
  for (const Case& c : kCases) {
    const GemmChoice given = choose_gemm(c.facts, c.device);
    require(given.kernel == c.expected.kernel && given.rows == c.expected.rows &&
                given.columns == c.expected.columns && given.splits == c.expected.splits &&
                given.grain == c.expected.grain,
            c.why, c.facts, c.device, given);
  }
}

// The tiles that a kernel is compiled for.
bool has_tile(const GemmFacts& f, const GemmChoice& c) {
  const bool square = c.rows == c.columns;
  switch (c.kernel) {
    case GemmKernel::kSimt:
      if (f.type == GemmType::kFloat32)
        return square && (c.rows == 128 || c.rows == 64 || c.rows == 32);
      if (f.type == GemmType::kFloat64) return square && (c.rows == 64 || c.rows == 32);
      return square && c.rows == (is_half(f.type) ? 64 : 32);
    case GemmKernel::kSm80:
      return square && (c.rows == 128 || c.rows == 64);
    case GemmKernel::kSm90:
      return c.columns == 128 ? c.rows == 64 || c.rows == 128 : c.columns == 256 && c.rows == 128;
    default:
      return c.rows == 0 && c.columns == 0;
  }
}

// What a kernel needs of its operands and of the device.
bool can_run(const GemmFacts& f, const Properties& device, const GemmChoice& c) {
  const auto has_chunks = [](const GemmOperand& x) {
    return x.aligned && (x.depth_adjacent || x.outer_adjacent);
  };
  switch (c.kernel) {
    case GemmKernel::kSimt:
      return true;
    case GemmKernel::kSm90:
      return device.capability == 90 && is_half(f.type) && has_chunks(f.a) && has_chunks(f.b) &&
             f.k > 0 && (f.a.depth_adjacent || (c.rows == 128 && c.columns == 128));
    case GemmKernel::kSm80:
      return device.capability >= 80 && has_chunks(f.a) && has_chunks(f.b) && f.k > 0;
    case GemmKernel::kGemvRows:
      return is_gemv_type(f.type) && f.m <= 16 && f.b.depth_adjacent;
    case GemmKernel::kGemvRowsLeft:
      return is_gemv_type(f.type) && f.n <= 16 && f.a.depth_adjacent;
    case GemmKernel::kGemvColumns:
      return is_gemv_type(f.type) && f.m <= 16 && f.b.outer_adjacent;
  }
  return false;
}

void check(const GemmFacts& f, const Properties& device, const GemmChoice& c) {
  require(has_tile(f, c), "there is no such tile", f, device, c);
  require(can_run(f, device, c), "the kernel cannot take it", f, device, c);
  require(c.grain >= 1 && c.splits >= 1, "at least one part", f, device, c);
  if (c.splits == 1) return;
  require(f.scratch_sums >= c.splits * f.m * f.n * f.matrices, "no room for the parts' sums", f,
          device, c);
  require(f.k / c.splits >= 256, "parts that cost more than they save", f, device, c);
  if (c.rows == 0) return;
  const int64_t tiles =
      (f.m + c.rows - 1) / c.rows * ((f.n + c.columns - 1) / c.columns) * f.matrices;
  require(tiles < device.processors * 2, "parts where there are tiles enough", f, device, c);
}

void every_choice() {
  constexpr GemmOperand kOperands[] = {kAlongDepth, kAlongOuter, kUnaligned, kScattered};
  for (const Properties& device : {kA100, kL4, kH100, kTiny})
    for (const GemmType type : {GemmType::kFloat32, GemmType::kFloat64, GemmType::kFloat16,
                                GemmType::kBFloat16, GemmType::kInteger})
      for (const int64_t m : {1, 7, 16, 17, 64, 129, 1000, 8192})
        for (const int64_t n : {1, 15, 17, 96, 128, 257, 4096, 100000})
          for (const int64_t k : {0, 1, 64, 511, 4096, 65536})
            for (const int64_t matrices : {1, 12})
              for (const int64_t scratch : {kNoScratch, 3 * m * n * matrices, kPlenty})
                for (const GemmOperand& a : kOperands)
                  for (const GemmOperand& b : kOperands) {
                    const GemmFacts f{type, m, n, k, matrices, a, b, scratch};
                    check(f, device, choose_gemm(f, device));
                    if (type == GemmType::kFloat32 && fits_sm80(f))  // as tf32
                      check(f, device, choose_sm80(f, device));
                  }
}

// Every candidate of autotuning is a tile that exists, and its parts have room.
void every_candidate() {
  constexpr GemmOperand kOperands[] = {kAlongDepth, kAlongOuter, kUnaligned};
  for (const GemmType type : {GemmType::kFloat32, GemmType::kFloat16, GemmType::kInteger})
    for (const int64_t m : {1, 17, 1000})
      for (const int64_t k : {64, 4096})
        for (const int64_t scratch : {kNoScratch, 3 * m * 512, kPlenty})
          for (const GemmOperand& a : kOperands) {
            const GemmFacts f{type, m, 512, k, 1, a, kAlongDepth, scratch};
            const GemmChoice rule = choose_gemm(f, kH100);
            const std::vector<GemmChoice> all = gemm_candidates(f, kH100, rule, false);
            require(all.front() == rule, "the rule's choice is not the first", f, kH100, rule);
            for (const GemmChoice& c : all) {
              require(c.rows == 0 || has_tile(f, c), "no such tile", f, kH100, c);
              require(c.splits == 1 || c.splits * m * 512 <= scratch, "no room", f, kH100, c);
            }
          }
}

void alignment() {
  const auto expect = [](bool expected, GemmFacts f, const char* why) {
    require(worth_aligning(f) == expected, why, f, kH100, {});
  };
  expect(true, {GemmType::kFloat16, 4099, 4099, 4099, 1, kUnaligned, kUnaligned, kPlenty},
         "a large product of odd sizes is worth copies");
  expect(false, {GemmType::kFloat16, 4096, 4096, 4096, 1, kAlongDepth, kAlongDepth, kPlenty},
         "there is nothing to align");
  expect(false, {GemmType::kFloat16, 131, 131, 131, 1, kUnaligned, kUnaligned, kPlenty},
         "a small one is not");
  expect(false, {GemmType::kFloat16, 17, 65537, 4099, 1, kUnaligned, kUnaligned, kPlenty},
         "few rows use a copy of the other operand too seldom");
  expect(true, {GemmType::kFloat16, 131, 131, 131, 64, kUnaligned, kAlongDepth, kPlenty},
         "many small ones are");
  expect(false, {GemmType::kFloat16, 4099, 4099, 0, 1, kUnaligned, kUnaligned, kPlenty},
         "without depth there is nothing to multiply");
}

}  // namespace

int main() {
  known_choices();
  every_choice();
  every_candidate();
  alignment();
  std::printf("%d of %d checks failed\n", failures, checked);
  return failures != 0;
}
