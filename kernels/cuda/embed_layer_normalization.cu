// embed_layer_normalization.T: y[t] = layer normalisation of words[ids[t]] + positions[p] +
// segments[segment_ids[t]], with p = position_ids[t % position_count] or t % length. ids are
// [tokens] of int32 or int64, the tables [., n] of float32, float16 or bfloat16, y is [tokens, n].
// Tensors: ids, words, positions, scale, shift, (segment ids, segments), (position ids), y, (counts
// of a mask that is not there: zeros), (the sum). A row of layer_normalization.h whose three
// addends are looked up. Not yet measured on a GPU. As kernels/cpu/embed_layer_normalization.cpp,
// but for the check of indices: each row checks its own.
#include "cuda/layer_normalization.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t tokens, n, length, position_count, flags;
  double epsilon;
};

enum Flag { kSegments = 1, kPositions = 2, kCounts = 4, kSum = 8 };

constexpr int32_t kInt32 = 6;

// Indices into the rows of a table; without ids they count from 0 to `period` over and over.
template <class T>
struct Lookup {
  const void* ids = nullptr;
  bool narrow = false;
  const T* table = nullptr;
  int64_t rows = 0, period = 1;

  static Lookup of(const Arguments& args, const size_t* ids_at, size_t table_at, int64_t period) {
    Lookup l{.table = args.data<const T>(table_at),
             .rows = args.tensors[table_at].shape[0],
             .period = period};
    if (ids_at) {
      l.ids = args.data<const void>(*ids_at);
      l.narrow = args.tensors[*ids_at].dtype == kInt32;
    }
    return l;
  }

  // The row of token t; row 0 and a report where the index is outside.
  __device__ const T* row(int64_t t, int64_t n, const Reporter& reporter) const {
    const int64_t i = t % period;
    const int64_t id = !ids     ? i
                       : narrow ? static_cast<const int32_t*>(ids)[i]
                                : static_cast<const int64_t*>(ids)[i];
    if (id >= 0 && id < rows) return table + id * n;
    if (threadIdx.x == 0) reporter.report(Finding::kIndexOutside, id, 0, rows);
    return rows == 0 ? nullptr : table;
  }
};

template <class T, int N, bool kHeld>
__global__ void __launch_bounds__(kRowThreads)
    embed_kernel(NormalizedRow<T> row, Lookup<T> words, Lookup<T> positions, Lookup<T> segments,
                 int64_t tokens, int64_t n, float epsilon, Reporter reporter) {
  const int64_t t = row_index();
  if (t >= tokens) return;
  row.x = words.row(t, n, reporter);
  row.skip = positions.row(t, n, reporter);
  row.bias = segments.table ? segments.row(t, n, reporter) : nullptr;
  if (!row.x) return;
  row.y += t * n;
  if (row.s) row.s += t * n;
  normalize<N, kHeld>(row, n, epsilon, false);
}

template <class T>
void embed_layer_normalization(const Arguments& args) {
  const auto p = args.params_as<Params>();
  size_t next = 5;
  const size_t words_at = 0, segments_at = next;
  Lookup<T> segments;
  if (p.flags & kSegments) {
    segments = Lookup<T>::of(args, &segments_at, segments_at + 1, p.tokens);
    next += 2;
  }
  const auto words = Lookup<T>::of(args, &words_at, 1, p.tokens);
  const size_t positions_at = next;
  const bool given = p.flags & kPositions;
  const auto positions =
      Lookup<T>::of(args, given ? &positions_at : nullptr, 2, given ? p.position_count : p.length);
  if (given) next++;
  NormalizedRow<T> row;
  row.scale = args.data<const T>(3);
  row.shift = args.data<const T>(4);
  row.y = args.data<T>(next++);
  if (p.flags & kCounts) {
    const int64_t bytes = 4 * args.size(next);
    const cudaError_t error =
        cudaMemsetAsync(args.data<void>(next++), 0, bytes, stream_of(args).handle);
    if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
  }
  if (p.flags & kSum) row.s = args.data<T>(next);
  NormalizedRow<T> all = row;
  all.x = words.table;
  all.skip = positions.table;
  all.bias = segments.table;
  constexpr int kWord = 16 / sizeof(T);
  const bool by_words = p.n % kWord == 0 && all.aligned(), held = fits_registers(p.n);
  const auto kernel = by_words
                          ? (held ? embed_kernel<T, kWord, true> : embed_kernel<T, kWord, false>)
                          : (held ? embed_kernel<T, 1, true> : embed_kernel<T, 1, false>);
  launch(args, kernel, row_grid(p.tokens, p.n), row, words, positions, segments, p.tokens, p.n,
         float(p.epsilon), stream_of(args).reporter());
}

SX_KERNEL("embed_layer_normalization.f32", embed_layer_normalization<float>);
SX_KERNEL("embed_layer_normalization.f16", embed_layer_normalization<half>);
SX_KERNEL("embed_layer_normalization.bf16", embed_layer_normalization<bfloat16>);

}  // namespace
}  // namespace sx::cuda
