// What autotuning tries for a product or a convolution: every kernel that can take it, by every
// tile, with the depth whole and cut. The rule's own choice comes first.
#pragma once
#include <string>
#include <vector>

#include "cuda/conv_choice.h"
#include "cuda/gemm_choice.h"

namespace sx::cuda {

// A problem's name in the table; `kind` tells uses of the same sizes apart.
inline std::string problem_name(const char* kind, GemmType type,
                                std::initializer_list<int64_t> facts) {
  constexpr const char* kTypes[] = {"f32", "f64", "f16", "bf16", "integer"};
  std::string name = kind + (std::string(" ") + kTypes[int(type)]);
  for (int64_t fact : facts) name += " " + std::to_string(fact);
  return name;
}

inline std::string problem_name(const char* kind, const GemmFacts& f) {
  const auto layout = [](const GemmOperand& x) {
    return int64_t{x.depth_adjacent} | int64_t{x.outer_adjacent} << 1 | int64_t{x.aligned} << 2;
  };
  return problem_name(kind, f.type,
                      {f.m, f.n, f.k, f.matrices, layout(f.a), layout(f.b), f.scratch_sums});
}

// Adds `choice`, and the same with more parts, unless the list has it.
template <class Choice>
void add_candidates(std::vector<Choice>& all, Choice choice, int64_t most_parts) {
  for (choice.splits = 1; choice.splits <= most_parts; choice.splits *= 2)
    if (std::ranges::find(all, choice) == all.end()) all.push_back(choice);
}

// `tensor_cores`: whether float32 may be rounded to tf32.
inline std::vector<GemmChoice> gemm_candidates(const GemmFacts& f, const Properties& device,
                                               const GemmChoice& rule, bool tensor_cores) {
  constexpr int kShortest = 256;
  const int64_t parts = most_splits(f, kShortest);
  std::vector<GemmChoice> all{rule};
  if (const auto gemv = choose_gemv(f, device)) add_candidates(all, *gemv, parts);
  if (fits_sm90(f, device))
    for (const Sm90Tile& tile : kSm90Tiles)
      if (tile.any_a || f.a.depth_adjacent)
        add_candidates(all, {GemmKernel::kSm90, tile.rows, tile.columns, 1, 64}, parts);
  if ((is_half(f.type) || tensor_cores) && fits_sm80(f))
    for (int tile : {128, 64}) add_candidates(all, {GemmKernel::kSm80, tile, tile, 1, 32}, parts);
  const auto [smallest, largest] = simt_tiles(f.type);
  for (int tile = largest; tile >= smallest; tile /= 2)
    add_candidates(all, {GemmKernel::kSimt, tile, tile, 1, 32}, parts);
  return all;
}

inline std::vector<ConvChoice> conv_candidates(const ConvFacts& f, const Properties& device,
                                               const ConvChoice& rule, bool tensor_cores) {
  constexpr int kShortest = 256;
  std::vector<ConvChoice> all{rule};
  // What is for groups so narrow is alone, and a matrix product has candidates of its own.
  if (rule.kernel == ConvKernel::kDepthwise || rule.kernel == ConvKernel::kSmallGroups ||
      rule.kernel == ConvKernel::kGemm)
    return all;
  const int64_t sums = std::max<int64_t>(1, f.positions * f.filters * f.group);
  const int64_t parts =
      std::clamp<int64_t>(std::min(f.depth() / kShortest, f.scratch_sums / sums), 1, 64);
  if (fits_conv_sm90(f, device))
    for (const Sm90Tile& tile : kConvSm90Tiles)
      add_candidates(all, {ConvKernel::kSm90, tile.rows, tile.columns, 1, 64}, parts);
  if ((is_half(f.type) || tensor_cores) && has_pieces(f))
    for (const auto& [rows, columns] : {std::pair{128, 128}, {128, 64}, {64, 64}})
      add_candidates(all, {ConvKernel::kSm80, rows, columns, 1, 32}, parts);
  for (int tile : {128, 64})
    if (tile == 64 || f.type == GemmType::kFloat32)
      add_candidates(all, {ConvKernel::kSimt, tile, tile, 1, 32}, parts);
  return all;
}

}  // namespace sx::cuda
