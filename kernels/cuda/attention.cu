// attention.T: y = softmax(cap(scale q k^T) + mask) v for each batch item and head, cap(x) = c
// tanh(x / c); T float32, float16 or bfloat16, computed in float32. q is [B, H, S, D], k [B, G, T,
// D], v [B, G, T, E], y [B, H, S, E], in any order of the first three axes; the mask is float or
// bool (false: minus infinity). H / G heads of q share one of k and v. attention.cached.T appends k
// and v to what came before, and attends to both. A block takes a tile of queries of a head, a warp
// one or four of them, and walks over the keys 32 at a time, which go through shared memory: a lane
// has a key's score, then columns of the sums; a running maximum and sum make scores of all keys
// unnecessary. For 16 bits and more than a few queries there is attention_sm80.cu. Without
// sharing out the keys of few queries. Not yet measured on a GPU. Rabe and Staats, arXiv
// 2112.05682, and Dao et al., FlashAttention, arXiv 2205.14135.
#include "cuda/attention.h"
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"
#include "cuda/move.h"

namespace sx::cuda::attention {
namespace {

constexpr int kWarps = 8;
constexpr int kThreads = kWarps * kWarpSize;
constexpr int kKeys = kWarpSize;  // at a time
constexpr int kDepth = 128;       // of q and k at a time

template <int kPerWarp, int kColumns>
struct alignas(16) Tiles {
  float q[kWarps * kPerWarp][kDepth];
  union {
    float k[kKeys][kDepth + 1];
    float v[kKeys][kColumns * kWarpSize];
  };
};

// Rows of columns [0, width), zeros beyond the source's `count` rows and `columns` columns; a warp
// a row.
template <class T, int kRows, int kWidth>
__device__ __forceinline__ void fill(float (&to)[kRows][kWidth], const T* from, int64_t row_step,
                                     int64_t count, int64_t columns, int width) {
  for (int r = warp_index(); r < kRows; r += kWarps)
    for (int c = lane_index(); c < width; c += kWarpSize)
      to[r][c] = r < count && c < columns ? load_as(from[r * row_step + c]) : 0.f;
}

// A query's running softmax.
struct Softmax {
  float largest = -kInfinity, sum = 0;
  bool open = false;  // whether some key is not hidden by the mask; of this lane's keys

  // Turns the lane's score into exp(score - largest so far); returns what earlier sums are
  // multiplied by.
  __device__ __forceinline__ float add(float& score) {
    const float top = max_or_nan(largest, warp_reduce(score, max_or_nan));
    const float factor = top == -kInfinity ? 1.f : expf(largest - top);
    score = top == -kInfinity ? 0.f : expf(score - top);
    sum = sum * factor + warp_sum(score);
    largest = top;
    return factor;
  }

  // What the sums are multiplied by in the end: a query that sees nothing gets zeros, one whose
  // scores are all minus infinity NaN.
  __device__ __forceinline__ float finish() const { return any_lane(open) ? 1 / sum : 0.f; }
};

template <class T, int kPerWarp, int kColumns>
__global__ void __launch_bounds__(kThreads, 2)
    attention_kernel(Params p, Operands<T> o, int64_t tiles_per_head, Reporter reporter) {
  auto& tiles = shared_memory<Tiles<kPerWarp, kColumns>>();
  constexpr int kQueries = kWarps * kPerWarp, kWidth = kColumns * kWarpSize;
  const int lane = lane_index(), warp = warp_index();
  const int64_t head = blockIdx.x / tiles_per_head, b = head / p.heads, h = head % p.heads;
  const int64_t first = blockIdx.x % tiles_per_head * kQueries,
                queries = min(p.queries - first, int64_t{kQueries});
  const int64_t group = h / (p.heads / p.kv_heads), column = int64_t{blockIdx.y} * kWidth;
  const T* q = o.q + p.q.at(b, h) + first * p.q.row;
  const T* k = o.k + p.k.at(b, group);
  const T* v = o.v + p.v.at(b, group) + column;
  const int64_t columns = min(p.value_size - column, int64_t{kWidth});

  Softmax softmax[kPerWarp];
  float sums[kPerWarp][kColumns] = {};
  const Visible visible(p, o.lengths, b, reporter);
  const int64_t seen = visible.of(first + queries - 1), mask = b * p.mask_batch + h * p.mask_head;
  for (int64_t t = 0; t < seen; t += kKeys) {
    float scores[kPerWarp] = {};
    for (int64_t d = 0; d < p.size; d += kDepth) {
      const int64_t depth = min(p.size - d, int64_t{kDepth});
      const int padded = int(depth + 3) / 4 * 4;
      __syncthreads();  // the tiles' last use is over
      fill(tiles.k, k + t * p.k.row + d, p.k.row, seen - t, depth, padded);
      if (t == 0 || p.size > kDepth) fill(tiles.q, q + d, p.q.row, queries, depth, padded);
      __syncthreads();
      for (int i = 0; i < padded; i += 4) {
#pragma unroll
        for (int j = i; j < i + 4; j++) {
          const float key = tiles.k[lane][j];
#pragma unroll
          for (int r = 0; r < kPerWarp; r++)
            scores[r] = fmaf(tiles.q[warp * kPerWarp + r][j], key, scores[r]);
        }
      }
    }
    __syncthreads();
    fill(tiles.v, v + t * p.v.row, p.v.row, seen - t, columns, kWidth);
    __syncthreads();

#pragma unroll
    for (int r = 0; r < kPerWarp; r++) {
      const int64_t s = first + warp * kPerWarp + r;
      float score = scores[r] * float(p.scale);
      if (p.softcap != 0) score = float(p.softcap) * tanhf(score / float(p.softcap));
      if (s < p.queries && t + lane < visible.of(s)) {
        const float bias = o.bias(mask + s * p.mask_query + (t + lane) * p.mask_key);
        score += bias;
        softmax[r].open |= bias != -kInfinity;
      } else {
        score = -kInfinity;
      }
      const float factor = softmax[r].add(score);
      scores[r] = score;
#pragma unroll
      for (int c = 0; c < kColumns; c++) sums[r][c] *= factor;
    }
    const int keys = int(min(seen - t, int64_t{kKeys}));
    for (int i = 0; i < keys; i++) {
      float values[kColumns];
#pragma unroll
      for (int c = 0; c < kColumns; c++) values[c] = tiles.v[i][c * kWarpSize + lane];
#pragma unroll
      for (int r = 0; r < kPerWarp; r++) {
        const float probability = shuffle(scores[r], i);
#pragma unroll
        for (int c = 0; c < kColumns; c++) sums[r][c] = fmaf(probability, values[c], sums[r][c]);
      }
    }
  }

#pragma unroll
  for (int r = 0; r < kPerWarp; r++) {
    const float factor = softmax[r].finish();
    const int64_t s = warp * kPerWarp + r;
    T* y = o.y + p.y.at(b, h) + (first + s) * p.y.row + column;
#pragma unroll
    for (int c = 0; c < kColumns; c++)
      if (s < queries && c * kWarpSize + lane < columns)
        y[c * kWarpSize + lane] = store_as<T>(sums[r][c] * factor);
  }
}

template <class T, int kPerWarp, int kColumns>
void attend_by(const Arguments& args, const Params& p, const Operands<T>& operands,
               const Reporter& reporter) {
  const int64_t tiles = (p.queries + kWarps * kPerWarp - 1) / (kWarps * kPerWarp);
  constexpr int64_t kWidth = kColumns * kWarpSize;
  launch(
      args, attention_kernel<T, kPerWarp, kColumns>,
      {.blocks = dim3(blocks_for(p.batch * p.heads * tiles, 1), blocks_for(p.value_size, kWidth)),
       .threads = kThreads,
       .shared_bytes = sizeof(Tiles<kPerWarp, kColumns>)},
      p, operands, tiles, reporter);
}

template <class T>
void attend(const Arguments& args, const Params& p, const T* k, const T* v) {
  if (p.batch * p.heads * p.queries * p.value_size == 0) return;
  const Operands<T> operands{args.data<const T>(0),
                             k,
                             v,
                             args.data<T>(4),
                             args.has(3) ? args.data<const void>(3) : nullptr,
                             args.has(3) && args.tensors[3].dtype == kBool,
                             args.has(5) ? args.data<const int64_t>(5) : nullptr};
  const Reporter reporter =
      operands.lengths ? stream_of(args).reporter("Attention: nonpad_kv_seqlen: ") : Reporter{};
  if constexpr (sizeof(T) == 2)
    if (p.queries > kWarps && attend_sm80(args, p, operands, reporter)) return;
  if (p.queries <= kWarps)
    attend_by<T, 1, 4>(args, p, operands, reporter);
  else if (p.value_size <= 2 * kWarpSize)
    attend_by<T, 4, 2>(args, p, operands, reporter);
  else
    attend_by<T, 4, 4>(args, p, operands, reporter);
}

template <class T>
void attention(const Arguments& args) {
  attend(args, args.params_as<Params>(), args.data<const T>(1), args.data<const T>(2));
}

struct CachedParams {
  Params attention;  // of all keys and values, [batch, kv_heads, keys, size] in order
  Strides k, v;      // of the new ones
  int64_t past;      // how many came before
};

template <class T>
__global__ void __launch_bounds__(kMoveThreads)
    append_kernel(const T* before, const T* added, T* all, Strides strides, int64_t past,
                  int64_t size, Divisor by_size, Divisor by_keys, Divisor by_heads, int64_t count) {
  each_move(
      count,
      [&](int64_t i) {
        int64_t column = i;
        int64_t key = by_size.divide(column);
        int64_t head = by_keys.divide(key);
        if (key < past) return before[(head * past + key) * size + column];
        const int64_t batch = by_heads.divide(head);
        return added[strides.at(batch, head) + (key - past) * strides.row + column];
      },
      [&](int64_t i, T value) { all[i] = value; });
}

// all [batch, kv_heads, keys, size] = before, and then the new rows.
template <class T>
void append(const Arguments& args, const CachedParams& p, size_t before, size_t added,
            const Strides& strides, int64_t size, T* all) {
  const auto& a = p.attention;
  const int64_t count = a.batch * a.kv_heads * a.keys * size;
  if (count == 0) return;
  launch(args, append_kernel<T>, moving_grid(args, count),
         args.has(before) ? args.data<const T>(before) : nullptr, args.data<const T>(added), all,
         strides, p.past, size, Divisor(size), Divisor(a.keys), Divisor(a.kv_heads), count);
}

// Tensors 6 to 9: k and v before, all k and all v.
template <class T>
void attention_cached(const Arguments& args) {
  const auto p = args.params_as<CachedParams>();
  T* k = args.data<T>(8);
  T* v = args.data<T>(9);
  append(args, p, 6, 1, p.k, p.attention.size, k);
  append(args, p, 7, 2, p.v, p.attention.value_size, v);
  attend<T>(args, p.attention, k, v);
}

SX_KERNEL("attention.f32", attention<float>);
SX_KERNEL("attention.f16", attention<half>);
SX_KERNEL("attention.bf16", attention<bfloat16>);
SX_KERNEL("attention.cached.f32", attention_cached<float>);
SX_KERNEL("attention.cached.f16", attention_cached<half>);
SX_KERNEL("attention.cached.bf16", attention_cached<bfloat16>);

}  // namespace
}  // namespace sx::cuda::attention
