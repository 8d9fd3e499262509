// embed_layer_normalization.f32: y[t] = layer normalisation of words[ids[t]] + positions[p] +
// segments[segment_ids[t]], with p = position_ids[t % position_count] or t % length.
// ids are [tokens] of int32 or int64, the tables [., n], y is [tokens, n].
// Tensors: ids, words, positions, scale, shift, (segment ids, segments), (position ids), y, (counts
// of a mask that is not there: zeros), (the sum).
#include <algorithm>
#include <string>

#include "kernel.h"
#include "layer_normalization.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t tokens, n, length, position_count, flags;
  double epsilon;
};

enum Flag { kSegments = 1, kPositions = 2, kCounts = 4, kSum = 8 };

constexpr int32_t kInt32 = 6;

// Indices into the rows of a table.
struct Lookup {
  const void* ids;
  bool narrow;
  const float* table;
  int64_t rows, n;

  Lookup(const Arguments& args, size_t ids_at, size_t table_at)
      : ids(args.data<const void>(ids_at)),
        narrow(args.tensors[ids_at].dtype == kInt32),
        table(args.data<const float>(table_at)),
        rows(args.tensors[table_at].shape[0]),
        n(args.tensors[table_at].shape[1]) {}

  int64_t id(int64_t i) const {
    return narrow ? static_cast<const int32_t*>(ids)[i] : static_cast<const int64_t*>(ids)[i];
  }

  void check(int64_t count) const {
    for (int64_t i = 0; i < count; i++)
      if (id(i) < 0 || id(i) >= rows)
        throw InvalidData("index " + std::to_string(id(i)) + " is outside [0, " +
                          std::to_string(rows) + ")");
  }

  const float* row(int64_t i) const { return table + id(i) * n; }
};

void embed_layer_normalization(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const Lookup words(args, 0, 1);
  size_t next = 5;
  const size_t segments_at = next;
  if (p.flags & kSegments) next += 2;
  const size_t positions_at = p.flags & kPositions ? next++ : 0;
  float* y = args.data<float>(next++);
  if (p.flags & kCounts) std::fill_n(args.data<int32_t>(next), args.size(next), 0), next++;
  float* s = p.flags & kSum ? args.data<float>(next) : nullptr;
  const Lookup segments = p.flags & kSegments ? Lookup(args, segments_at, segments_at + 1) : words;
  const Lookup positions(args, positions_at, 2);
  words.check(p.tokens);
  if (p.flags & kSegments) segments.check(p.tokens);
  if (p.flags & kPositions) positions.check(p.position_count);

  const int64_t n = p.n;
  args.parallel(p.tokens, std::max<int64_t>(1, 8192 / n), [&](int64_t begin, int64_t end, int) {
    for (int64_t t = begin; t < end; t++) {
      const float* position = p.flags & kPositions ? positions.row(t % p.position_count)
                                                   : positions.table + t % p.length * n;
      const NormalizedRow row = {.x = words.row(t),
                                 .skip = position,
                                 .bias = p.flags & kSegments ? segments.row(t) : nullptr,
                                 .scale = args.data<const float>(3),
                                 .shift = args.data<const float>(4),
                                 .y = y + t * n,
                                 .s = s ? s + t * n : y + t * n};
      normalize(row, n, p.epsilon, false);
    }
  });
}

SX_KERNEL("embed_layer_normalization.f32", embed_layer_normalization);

}  // namespace
}  // namespace sx::SX_ISA
