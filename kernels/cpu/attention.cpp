// attention.f32: y = softmax(cap(scale q k^T) + mask) v for each batch item and head, cap(x) = c
// tanh(x / c). q is [B, H, S, D], k [B, G, T, D], v [B, G, T, E], y [B, H, S, E], in any order of
// the first three axes; the mask is float or bool (false: minus infinity). H / G heads of q share
// one of k and v. attention.cached.f32 appends k and v to what came before, and attends to both.
// A task is one head and up to 128 queries. Keys (transposed) and values are packed into panels
// once per head; then a few queries at a time go through q k^T, softmax and p v, so that their
// scores never leave the first-level cache. For very few queries packing does not pay: each score
// is a dot product, and each query adds up the values' rows.
#include <algorithm>
#include <cmath>
#include <string>

#include "cpu/simd/math.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

using V = Vec<float>;

struct Strides {
  int64_t batch, head, row;
};

struct Params {
  int64_t batch, heads, kv_heads, queries, keys, size, value_size;
  Strides q, k, v, y;
  // Strides are 0 where the mask broadcasts; keys from mask_keys on are hidden.
  int64_t mask_batch, mask_head, mask_query, mask_key, mask_keys;
  int64_t causal, past;  // query s sees keys up to s + past; with lengths, the last query sees all
  double scale, softcap;
};

constexpr int64_t kQueries = 128;  // of one task
constexpr int64_t kFew = 4;        // so few queries go without packing
constexpr int kColumns = 2 * V::kLanes;
constexpr int kRows = V::kLanes == 16 ? 8 : 6;  // accumulators: 16 of 32 registers, 12 of 16
static_assert(kColumns <= 32 && kRows <= 8, "AttentionCore.java reckons scratch memory with these");

int64_t round_up(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

// c [R, columns] = a [R, depth] b [depth, kColumns], columns <= kColumns.
template <int R>
void tile(const float* a, int64_t a_row, const float* b, int64_t depth, float* c, int64_t c_row,
          int64_t columns) {
  V sums[R][2];
  for (int r = 0; r < R; r++) sums[r][0] = sums[r][1] = V(0.f);
  for (int64_t d = 0; d < depth; d++, b += kColumns) {
    const V b0 = V::load(b), b1 = V::load(b + V::kLanes);
    for (int r = 0; r < R; r++) {
      const V x(a[r * a_row + d]);
      sums[r][0] = fma(x, b0, sums[r][0]);
      sums[r][1] = fma(x, b1, sums[r][1]);
    }
  }
  for (int r = 0; r < R; r++)
    for (int half = 0; half < 2; half++) {
      const int64_t left = columns - half * V::kLanes;
      float* to = c + r * c_row + half * V::kLanes;
      if (left > 0) sums[r][half].store_first(to, left);
    }
}

// c [rows, n] = a [rows, depth] b, rows <= R, b packed in panels of kColumns columns; the last
// one's rest is not stored.
template <int R = kRows>
void product(int64_t rows, const float* a, int64_t a_row, const float* b, int64_t panel,
             int64_t depth, float* c, int64_t c_row, int64_t n) {
  if constexpr (R > 1)
    if (rows < R) return product<R - 1>(rows, a, a_row, b, panel, depth, c, c_row, n);
  for (int64_t j = 0; j < n; j += kColumns, b += panel)
    tile<R>(a, a_row, b, depth, c + j, c_row, std::min<int64_t>(kColumns, n - j));
}

// k [keys, size] into panels [size, kColumns], and v [keys, value_size] into panels [keys,
// kColumns]; padded with zeros.
void pack_keys(const float* k, int64_t row, int64_t keys, int64_t size, float* to) {
  for (int64_t j = 0; j < keys; j += kColumns, to += size * kColumns) {
    const int64_t columns = std::min<int64_t>(kColumns, keys - j);
    for (int64_t d = 0; d < size; d++)
      for (int64_t c = 0; c < kColumns; c++)
        to[d * kColumns + c] = c < columns ? k[(j + c) * row + d] : 0;
  }
}

void pack_values(const float* v, int64_t row, int64_t keys, int64_t value_size, float* to) {
  for (int64_t j = 0; j < value_size; j += kColumns) {
    const int64_t columns = std::min<int64_t>(kColumns, value_size - j);
    for (int64_t t = 0; t < keys; t++, to += kColumns) {
      std::copy_n(v + t * row + j, columns, to);
      std::fill_n(to + columns, kColumns - columns, 0.f);
    }
  }
}

class Attention {
 public:
  // Tensors: q, k, v, the mask, y, and how many keys each batch item has. k and v are given apart.
  Attention(const Arguments& args, const Params& params, const float* k, const float* v)
      : p_(params),
        q_(args.data<const float>(0)),
        k_(k),
        v_(v),
        y_(args.data<float>(4)),
        group_(p_.heads / std::max<int64_t>(1, p_.kv_heads)),
        padded_keys_(round_up(p_.keys, 32)) {
    if (args.has(3)) {
      constexpr int kBool = 9;
      (args.tensors[3].dtype == kBool ? bools_ : mask_) = args.data<const char>(3);
    }
    if (args.has(5)) lengths_ = args.data<const int64_t>(5);
    for (int64_t b = 0; lengths_ != nullptr && b < p_.batch; b++)
      if (lengths_[b] < 0 || lengths_[b] > p_.keys)
        throw InvalidData("Attention: nonpad_kv_seqlen: " + std::to_string(lengths_[b]) +
                          " is outside [0, " + std::to_string(p_.keys) + "]");
    // Laid out by the largest tiles that there are, as AttentionCore.java reckons.
    floats_ = padded_keys_ * p_.size + p_.keys * round_up(p_.value_size, 32) + 9 * padded_keys_;
    floats_ = round_up(floats_, 16);
    if (args.scratch_bytes < uint64_t(floats_) * 4 * args.pool().threads())
      throw std::invalid_argument("attention: too little scratch memory");
    scratch_ = reinterpret_cast<float*>(args.scratch);
  }

  void run(const Arguments& args) {
    const int64_t chunks = (p_.queries + kQueries - 1) / kQueries;
    const int64_t work =
        std::max<int64_t>(1, std::min(p_.queries, kQueries) * p_.keys * (p_.size + p_.value_size));
    args.parallel(p_.batch * p_.heads * chunks, std::max<int64_t>(1, 65536 / work),
                  [&](int64_t begin, int64_t end, int worker) {
                    int64_t packed = -1;
                    for (int64_t i = begin; i < end; i++) {
                      const int64_t from = i % chunks * kQueries;
                      const int64_t to = std::min(p_.queries, from + kQueries);
                      head(i / chunks / p_.heads, i / chunks % p_.heads, from, to,
                           scratch_ + worker * floats_, packed);
                    }
                  });
  }

 private:
  const Params p_;
  const float *q_, *k_, *v_;
  float* y_;
  const char *mask_ = nullptr, *bools_ = nullptr;
  const int64_t* lengths_ = nullptr;
  const int64_t group_, padded_keys_;
  int64_t floats_;
  float* scratch_;

  static int64_t at(const Strides& s, int64_t b, int64_t h) { return b * s.batch + h * s.head; }

  // Queries [from, to) of a head; `packed` is the head of k and v whose panels are in scratch.
  void head(int64_t b, int64_t h, int64_t from, int64_t to, float* scratch, int64_t& packed) const {
    const float* k = k_ + at(p_.k, b, h / group_);
    const float* v = v_ + at(p_.v, b, h / group_);
    float* keys = scratch;
    float* values = keys + padded_keys_ * p_.size;
    float* scores = values + p_.keys * round_up(p_.value_size, 32);
    float* bias = scores + 8 * padded_keys_;
    if (p_.queries <= kFew) {
      for (int64_t s = from; s < to; s++) one_query(b, h, s, k, v, scores, bias);
      return;
    }
    if (packed != b * p_.kv_heads + h / group_) {
      packed = b * p_.kv_heads + h / group_;
      pack_keys(k, p_.k.row, p_.keys, p_.size, keys);
      pack_values(v, p_.v.row, p_.keys, p_.value_size, values);
    }
    for (int64_t s = from; s < to; s += kRows) {
      const int64_t rows = std::min<int64_t>(kRows, to - s);
      const int64_t seen = visible(b, s + rows - 1);
      const float* q = q_ + at(p_.q, b, h) + s * p_.q.row;
      float* y = y_ + at(p_.y, b, h) + s * p_.y.row;
      product(rows, q, p_.q.row, keys, p_.size * kColumns, p_.size, scores, padded_keys_, seen);
      for (int64_t r = 0; r < rows; r++)
        softmax(b, h, s + r, scores + r * padded_keys_, seen, bias);
      product(rows, scores, padded_keys_, values, p_.keys * kColumns, seen, y, p_.y.row,
              p_.value_size);
    }
  }

  void one_query(int64_t b, int64_t h, int64_t s, const float* k, const float* v, float* scores,
                 float* bias) const {
    const float* q = q_ + at(p_.q, b, h) + s * p_.q.row;
    float* y = y_ + at(p_.y, b, h) + s * p_.y.row;
    const int64_t seen = visible(b, s);
    for (int64_t t = 0; t < seen; t++) scores[t] = dot(q, k + t * p_.k.row);
    softmax(b, h, s, scores, seen, bias);
    std::fill_n(y, p_.value_size, 0.f);
    for (int64_t t = 0; t < seen; t++) {
      const float p = scores[t];
      const float* row = v + t * p_.v.row;
#pragma GCC ivdep
      for (int64_t i = 0; i < p_.value_size; i++) y[i] += p * row[i];
    }
  }

  float dot(const float* x, const float* y) const {
    V sums(0.f);
    for (int64_t d = 0; d < p_.size; d += V::kLanes)
      sums = fma(V::load_first(x + d, p_.size - d), V::load_first(y + d, p_.size - d), sums);
    return sum(sums);
  }

  // How many keys, from the first on, query s sees.
  int64_t visible(int64_t b, int64_t s) const {
    const int64_t keys = lengths_ == nullptr ? p_.keys : lengths_[b];
    const int64_t past = lengths_ == nullptr ? p_.past : keys - p_.queries;
    const int64_t seen = p_.causal ? std::clamp<int64_t>(s + past + 1, 0, keys) : keys;
    return std::min(seen, p_.mask_keys);
  }

  // The mask's row, or null.
  const float* mask_row(int64_t b, int64_t h, int64_t s, int64_t n, float* bias) const {
    const int64_t at = b * p_.mask_batch + h * p_.mask_head + s * p_.mask_query;
    if (mask_ != nullptr) {
      const float* row = reinterpret_cast<const float*>(mask_) + at;
      return p_.mask_key == 1 ? row : std::fill_n(bias, n, *row) - n;
    }
    if (bools_ == nullptr) return nullptr;
    for (int64_t t = 0; t < n; t++) bias[t] = bools_[at + t * p_.mask_key] ? 0 : -INFINITY;
    return bias;
  }

  // Turns a query's products into probabilities; those of the keys from its own last one to `seen`
  // become zero.
  void softmax(int64_t b, int64_t h, int64_t s, float* x, int64_t seen, float* bias) const {
    const int64_t n = visible(b, s);
    if (n == 0) {
      std::fill_n(x, seen, 0.f);
      return;
    }
    const float* mask = mask_row(b, h, s, n, bias);
    const V scale(p_.scale), cap(p_.softcap);
    V largest(-INFINITY);
    for (int64_t t = 0; t < n; t += V::kLanes) {
      V score = V::load_first(x + t, n - t) * scale;
      if (p_.softcap != 0) score = cap * tanh(score / cap);
      if (mask != nullptr) score += V::load_first(mask + t, n - t);
      score.store(x + t);  // there is room behind the last key, which gets minus infinity
      score = V::load_first(x + t, n - t, -INFINITY);
      score.store(x + t);
      largest = max(score, largest);
    }
    const float top = max(largest);
    if (top == -INFINITY && hidden(mask, n)) {
      std::fill_n(x, seen, 0.f);
      return;
    }
    V sums(0.f);
    for (int64_t t = 0; t < n; t += V::kLanes) {
      const V e = exp(V::load(x + t) - V(top));
      e.store(x + t);
      sums += e;
    }
    const V factor(1 / sum(sums));
    for (int64_t t = 0; t < n; t += V::kLanes) (V::load(x + t) * factor).store(x + t);
    if (n < seen) std::fill_n(x + n, seen - n, 0.f);
  }

  // Whether the mask, and not a score, hides all keys.
  static bool hidden(const float* mask, int64_t n) {
    return mask != nullptr && std::all_of(mask, mask + n, [](float m) { return m == -INFINITY; });
  }
};

void attention_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  Attention(args, p, args.data<const float>(1), args.data<const float>(2)).run(args);
}

struct CachedParams {
  Params attention;  // of all keys and values, [batch, kv_heads, keys, size] in order
  Strides k, v;      // of the new ones
  int64_t past;      // how many came before
};

// all [batch, kv_heads, keys, size] = before, and then the new rows.
void append(const Arguments& args, const CachedParams& p, const float* before, const float* added,
            const Strides& strides, int64_t size, float* all) {
  const auto& a = p.attention;
  args.parallel(a.batch * a.kv_heads, std::max<int64_t>(1, 16384 / (a.keys * size + 1)),
                [&](int64_t begin, int64_t end, int) {
                  for (int64_t i = begin; i < end; i++) {
                    float* to = all + i * a.keys * size;
                    if (p.past > 0) to = std::copy_n(before + i * p.past * size, p.past * size, to);
                    const float* from =
                        added + i / a.kv_heads * strides.batch + i % a.kv_heads * strides.head;
                    for (int64_t t = p.past; t < a.keys; t++, from += strides.row)
                      to = std::copy_n(from, size, to);
                  }
                });
}

// Tensors 6 to 9: k and v before, all k and all v.
void attention_cached_f32(const Arguments& args) {
  const auto p = args.params_as<CachedParams>();
  const float* k_before = args.has(6) ? args.data<const float>(6) : nullptr;
  const float* v_before = args.has(7) ? args.data<const float>(7) : nullptr;
  float* k = args.data<float>(8);
  float* v = args.data<float>(9);
  append(args, p, k_before, args.data<const float>(1), p.k, p.attention.size, k);
  append(args, p, v_before, args.data<const float>(2), p.v, p.attention.value_size, v);
  Attention(args, p.attention, k, v).run(args);
}

SX_KERNEL("attention.f32", attention_f32);
SX_KERNEL("attention.cached.f32", attention_cached_f32);

}  // namespace
}  // namespace sx::SX_ISA
