// What the kernels of attention share: its problem, and which keys a query sees. All are in
// attention.cu's words.
#pragma once
#include "cuda/device/math.h"
#include "cuda/launch.h"

namespace sx::cuda::attention {

struct Strides {
  int64_t batch, head, row;

  __device__ __forceinline__ int64_t at(int64_t b, int64_t h) const { return b * batch + h * head; }
};

struct Params {
  int64_t batch, heads, kv_heads, queries, keys, size, value_size;
  Strides q, k, v, y;
  // Strides are 0 where the mask broadcasts; keys from mask_keys on are hidden.
  int64_t mask_batch, mask_head, mask_query, mask_key, mask_keys;
  int64_t causal, past;  // query s sees keys up to s + past; with lengths, the last query sees all
  double scale, softcap;
};

constexpr int32_t kBool = 9;  // ONNX's number

template <class T>
struct Operands {
  const T *q, *k, *v;
  T* y;
  const void* mask;  // T or bool, or null
  bool bools;
  const int64_t* lengths;  // keys of each batch item, or null

  // What is added to a score.
  __device__ __forceinline__ float bias(int64_t i) const {
    if (mask == nullptr) return 0;
    if (bools) return static_cast<const bool*>(mask)[i] ? 0.f : -kInfinity;
    return load_as(static_cast<const T*>(mask)[i]);
  }
};

// How many keys, from the first on, the queries of a batch item see.
struct Visible {
  int64_t keys, shift;  // at most, and how much further than its own number a query sees
  bool causal;

  // None, and a report, if the batch item's length is wrong.
  __device__ __forceinline__ Visible(const Params& p, const int64_t* lengths, int64_t b,
                                     const Reporter& reporter)
      : keys(p.keys), shift(p.past + 1), causal(p.causal != 0) {
    if (lengths != nullptr) {
      keys = lengths[b];
      if (keys < 0 || keys > p.keys) {
        reporter.report(Finding::kOutsideRange, keys, 0, p.keys);
        keys = 0;
      }
      shift = keys - p.queries + 1;
    }
    keys = min(keys, p.mask_keys);
  }

  __device__ __forceinline__ int64_t of(int64_t s) const {
    return causal ? min(keys, max(s + shift, int64_t{0})) : keys;
  }
};

// attention.f16 and .bf16 on tensor cores; false, and nothing is launched, where rows do not begin
// at multiples of 16 bytes, or are longer than kLongestHead.
template <class T>
bool attend_sm80(const Arguments& args, const Params& p, const Operands<T>& operands,
                 const Reporter& reporter);

}  // namespace sx::cuda::attention
