// attention.f16, .bf16 on the tensor cores of sm_80 and later: y = softmax(cap(scale q k^T) + mask)
// v, shapes as in attention.cu, heads of up to 256 in rows that begin at multiples of 16 bytes. A
// block of four warps takes 64 queries of a head, a warp 16 of them, and walks over the keys 64 or
// 32 at a time, which come by cp.async, one tile ahead. Scores stay in registers: as they leave
// mma.sync, they are a fragment of the next product. Probabilities are rounded to 16 bits for that,
// their sums are not. Not yet measured on a GPU. Dao et al., FlashAttention, arXiv 2205.14135; Dao,
// FlashAttention-2, arXiv 2307.08691.
#include "cuda/attention.h"
#include "cuda/device/cp_async.h"
#include "cuda/device/ldmatrix.h"
#include "cuda/device/memory.h"
#include "cuda/device/mma.h"
#include "cuda/device/shared.h"

namespace sx::cuda::attention {
namespace {

constexpr int kWarps = 4, kThreads = kWarps * kWarpSize;
constexpr int kQueriesOfWarp = 16, kQueries = kWarps * kQueriesOfWarp;
constexpr int kChunk = 8;  // elements, 16 bytes
constexpr float kLog2e = 1.4426950408889634f;

// Rows of kWidth elements in shared memory. Chunks are permuted, so that eight rows of one chunk,
// which ldmatrix takes, are in different banks.
template <class T, int kRows, int kWidth>
struct alignas(128) Tile {
  static constexpr int kAcross = kWidth / kChunk;
  T elements[kRows * kWidth];

  __device__ __forceinline__ T* chunk(int row, int chunk) {
    return elements + (row * kAcross + (chunk ^ row % 8)) * kChunk;
  }

  // Queues copies of `rows` rows of `columns` elements; what is beyond becomes zero.
  __device__ __forceinline__ void copy(const T* from, int64_t row_stride, int64_t rows,
                                       int columns) {
#pragma unroll
    for (int i = 0; i < kRows * kAcross / kThreads; i++) {
      const int at = i * kThreads + int(threadIdx.x), row = at / kAcross, c = at % kAcross;
      const bool inside = row < rows && c * kChunk < columns;
      copy_async<16>(chunk(row, c), inside ? from + row * row_stride + c * kChunk : from,
                     inside ? 16 : 0);
    }
  }
};

template <class T, int kSize, int kWidth, int kKeys>
struct Shared {
  Tile<T, kQueries, kSize> q;
  Tile<T, kKeys, kSize> k[2];
  Tile<T, kKeys, kWidth> v[2];
};

template <class T>
__device__ __forceinline__ uint32_t pair_of(float low, float high) {
  return store_as<T>(low).bits | uint32_t{store_as<T>(high).bits} << 16;
}

// Over the four lanes that hold a row of scores.
template <class F>
__device__ __forceinline__ float over_row(float x, F f) {
  x = f(x, shuffle_xor(x, 1));
  return f(x, shuffle_xor(x, 2));
}

// A query's running softmax, as far as this lane has its scores.
struct Row {
  int64_t seen;  // keys
  int64_t mask;  // where its mask begins
  float largest = -kInfinity, sum = 0;
  bool open = false;  // whether some key is not hidden by the mask

  // What earlier sums are multiplied by, now that scores up to `top` have come.
  __device__ __forceinline__ float rise(float top) {
    top = max_or_nan(largest, over_row(top, max_or_nan));
    const float factor = top == -kInfinity ? 1.f : exp2f((largest - top) * kLog2e);
    sum *= factor;
    largest = top;
    return factor;
  }

  __device__ __forceinline__ float probability(float score) {
    const float p = largest == -kInfinity ? 0.f : exp2f((score - largest) * kLog2e);
    sum += p;
    return p;
  }

  // Zeros for a query that sees nothing, NaN for one whose scores are all minus infinity.
  __device__ __forceinline__ float finish() const {
    const float all = over_row(sum, [](float a, float b) { return a + b; });
    return over_row(open ? 1.f : 0.f, max_or_nan) != 0 ? 1 / all : 0.f;
  }
};

// scores[j][e]: the warp's query lane / 4 + e / 2 * 8, key 8 j + lane % 4 * 2 + e % 2.
template <class T, int kSize, int kKeys, class Q, class K>
__device__ __forceinline__ void multiply_keys(float (&scores)[kKeys / 8][4], Q& q, K& k) {
  const int lane = lane_index(), matrix = lane / 8;
#pragma unroll
  for (int step = 0; step < kSize / 16; step++) {
    uint32_t a[4];
    load_matrices<false>(a, q.chunk(warp_index() * kQueriesOfWarp + matrix % 2 * 8 + lane % 8,
                                    2 * step + matrix / 2));
#pragma unroll
    for (int j = 0; j < kKeys / 8; j += 2) {
      uint32_t b[4];
      load_matrices<false>(b, k.chunk((j + matrix / 2) * 8 + lane % 8, 2 * step + matrix % 2));
      mma<T>(scores[j], a, {b[0], b[1]});
      mma<T>(scores[j + 1], a, {b[2], b[3]});
    }
  }
}

// Scale, cap and mask of a tile's scores, of which the lane's first is that of `key`.
template <class T, int N>
__device__ __forceinline__ void finish_scores(const Params& p, const Operands<T>& o, int64_t key,
                                              Row (&rows)[2], float (&scores)[N][4],
                                              float (&top)[2]) {
#pragma unroll
  for (int j = 0; j < N; j++) {
#pragma unroll
    for (int e = 0; e < 4; e++) {
      Row& row = rows[e / 2];
      const int64_t k = key + 8 * j + e % 2;
      float score = scores[j][e] * float(p.scale);
      if (p.softcap != 0) score = float(p.softcap) * tanhf(score / float(p.softcap));
      if (k < row.seen) {
        const float bias = o.bias(row.mask + k * p.mask_key);
        score += bias;
        row.open |= bias != -kInfinity;
      } else {
        score = -kInfinity;
      }
      scores[j][e] = score;
      top[e / 2] = max_or_nan(top[e / 2], score);
    }
  }
}

// sums += probabilities v, for 16 keys at a time, whose probabilities already lie as mma.sync wants
// them.
template <class T, int kWidth, int kKeys, class V>
__device__ __forceinline__ void multiply_values(float (&sums)[kWidth / 8][4],
                                                const float (&scores)[kKeys / 8][4], V& v) {
  const int lane = lane_index(), matrix = lane / 8;
#pragma unroll
  for (int step = 0; step < kKeys / 16; step++) {
    const auto& low = scores[2 * step];
    const auto& high = scores[2 * step + 1];
    const uint32_t a[4] = {pair_of<T>(low[0], low[1]), pair_of<T>(low[2], low[3]),
                           pair_of<T>(high[0], high[1]), pair_of<T>(high[2], high[3])};
#pragma unroll
    for (int j = 0; j < kWidth / 8; j += 2) {
      uint32_t b[4];
      load_matrices<true>(b, v.chunk(16 * step + matrix % 2 * 8 + lane % 8, j + matrix / 2));
      mma<T>(sums[j], a, {b[0], b[1]});
      mma<T>(sums[j + 1], a, {b[2], b[3]});
    }
  }
}

template <class T, int kSize, int kWidth, int kKeys>
__global__ void __launch_bounds__(kThreads)
    attention_sm80_kernel(Params p, Operands<T> o, int64_t tiles_per_head, Reporter reporter) {
  auto& shared = shared_memory<Shared<T, kSize, kWidth, kKeys>>();
  const int lane = lane_index();
  const int64_t head = blockIdx.x / tiles_per_head, b = head / p.heads, h = head % p.heads;
  const int64_t first = blockIdx.x % tiles_per_head * kQueries;
  const int64_t group = h / (p.heads / p.kv_heads), column = int64_t{blockIdx.y} * kWidth;
  const T* k = o.k + p.k.at(b, group);
  const T* v = o.v + p.v.at(b, group) + column;
  const int columns = int(min(p.value_size - column, int64_t{kWidth}));

  const Visible visible(p, o.lengths, b, reporter);
  const int64_t mine = first + warp_index() * kQueriesOfWarp;  // the warp's first query
  const int64_t seen = visible.of(min(first + kQueries, p.queries) - 1);
  Row rows[2];
#pragma unroll
  for (int r = 0; r < 2; r++) {
    const int64_t s = mine + lane / 4 + 8 * r;
    rows[r].seen = s < p.queries ? visible.of(s) : 0;
    rows[r].mask = b * p.mask_batch + h * p.mask_head + s * p.mask_query;
  }

  const auto copy_tile = [&](int64_t t, int stage) {
    shared.k[stage].copy(k + t * p.k.row, p.k.row, seen - t, int(p.size));
    shared.v[stage].copy(v + t * p.v.row, p.v.row, seen - t, columns);
    commit_copies();
  };
  shared.q.copy(o.q + p.q.at(b, h) + first * p.q.row, p.q.row, p.queries - first, int(p.size));
  copy_tile(0, 0);

  float sums[kWidth / 8][4] = {};
  for (int64_t t = 0, stage = 0; t < seen; t += kKeys, stage ^= 1) {
    wait_copies<0>();
    __syncthreads();  // this tile is there, and all have left the one before
    if (t + kKeys < seen) copy_tile(t + kKeys, int(stage) ^ 1);

    float scores[kKeys / 8][4] = {};
    multiply_keys<T, kSize, kKeys>(scores, shared.q, shared.k[stage]);

    float top[2] = {-kInfinity, -kInfinity};
    if (o.mask == nullptr && p.softcap == 0 && t + kKeys <= min(rows[0].seen, rows[1].seen)) {
#pragma unroll
      for (int j = 0; j < kKeys / 8; j++)
#pragma unroll
        for (int e = 0; e < 4; e++) {
          scores[j][e] *= float(p.scale);
          top[e / 2] = max_or_nan(top[e / 2], scores[j][e]);
        }
      rows[0].open = rows[1].open = true;
    } else {
      finish_scores(p, o, t + lane % 4 * 2, rows, scores, top);
    }
    const float factors[2] = {rows[0].rise(top[0]), rows[1].rise(top[1])};
#pragma unroll
    for (int j = 0; j < kKeys / 8; j++)
#pragma unroll
      for (int e = 0; e < 4; e++) scores[j][e] = rows[e / 2].probability(scores[j][e]);
#pragma unroll
    for (int j = 0; j < kWidth / 8; j++)
#pragma unroll
      for (int e = 0; e < 4; e++) sums[j][e] *= factors[e / 2];
    multiply_values<T, kWidth, kKeys>(sums, scores, shared.v[stage]);
  }
  wait_copies<0>();  // those of the first tile, where no key is seen

#pragma unroll
  for (int r = 0; r < 2; r++) {
    const float factor = rows[r].finish();
    const int64_t s = mine + lane / 4 + 8 * r;
    if (s >= p.queries) continue;
    T* y = o.y + p.y.at(b, h) + s * p.y.row + column;
#pragma unroll
    for (int j = 0; j < kWidth / 8; j++) {
      const int c = 8 * j + lane % 4 * 2;
      if (c < columns)
        store_packed<T, 2>(y + c, {store_as<T>(sums[j][2 * r] * factor),
                                   store_as<T>(sums[j][2 * r + 1] * factor)});
    }
  }
}

constexpr int64_t kLongestHead = 256;

// Whether rows begin at multiples of 16 bytes, and end there.
template <class T>
bool has_chunks(const T* first, const Strides& s, int64_t size) {
  return reinterpret_cast<uintptr_t>(first) % 16 == 0 && s.batch % kChunk == 0 &&
         s.head % kChunk == 0 && s.row % kChunk == 0 && size % kChunk == 0;
}

template <class T, int kSize, int kWidth, int kKeys>
void attend_by(const Arguments& args, const Params& p, const Operands<T>& operands,
               const Reporter& reporter) {
  const int64_t tiles = (p.queries + kQueries - 1) / kQueries;
  launch(
      args, attention_sm80_kernel<T, kSize, kWidth, kKeys>,
      {.blocks = dim3(blocks_for(p.batch * p.heads * tiles, 1), blocks_for(p.value_size, kWidth)),
       .threads = kThreads,
       .shared_bytes = sizeof(Shared<T, kSize, kWidth, kKeys>)},
      p, operands, tiles, reporter);
}

}  // namespace

template <class T>
bool attend_sm80(const Arguments& args, const Params& p, const Operands<T>& operands,
                 const Reporter& reporter) {
  if (p.size == 0 || p.size > kLongestHead || !has_chunks(operands.q, p.q, p.size) ||
      !has_chunks(operands.k, p.k, p.size) || !has_chunks(operands.v, p.v, p.value_size) ||
      !has_chunks(operands.y, p.y, p.value_size))
    return false;
  if (p.size <= 64)
    attend_by<T, 64, 64, 64>(args, p, operands, reporter);
  else if (p.size <= 128)
    attend_by<T, 128, 128, 64>(args, p, operands, reporter);
  else
    attend_by<T, 256, 128, 32>(args, p, operands, reporter);
  return true;
}

template bool attend_sm80(const Arguments&, const Params&, const Operands<half>&, const Reporter&);
template bool attend_sm80(const Arguments&, const Params&, const Operands<bfloat16>&,
                          const Reporter&);

}  // namespace sx::cuda::attention
