// What the kernels that move data share: elements by width, words as wide as runs allow, positions
// in tensors, indices.
#pragma once
#include <numeric>

#include "cuda/device/divisor.h"
#include "cuda/launch.h"

// Registers kernel<uint8_t> … kernel<uint64_t> as key.b1 … key.b8: they move elements by width,
// whatever these mean.
#define SX_KERNEL_BY_WIDTH(key, kernel)   \
  SX_KERNEL(key ".b1", kernel<uint8_t>);  \
  SX_KERNEL(key ".b2", kernel<uint16_t>); \
  SX_KERNEL(key ".b4", kernel<uint32_t>); \
  SX_KERNEL(key ".b8", kernel<uint64_t>)

namespace sx::cuda {

constexpr int kMoveThreads = 256;
constexpr int kMoveBlocks = 4;     // of a processor, at least: 64 registers for a thread
constexpr int kMovesInFlight = 4;  // of a thread, so that enough bytes are on their way

// The product of a tensor's sizes [from, to).
inline int64_t product(const sx_tensor& t, int64_t from, int64_t to) {
  int64_t n = 1;
  for (int64_t d = from; d < to; d++) n *= t.shape[d];
  return n;
}

// What all of these addresses, and numbers of bytes, are multiples of, at most 16: how wide a word
// may be.
template <class... Bytes>
int64_t widest_word(const void* a, const void* b, Bytes... bytes) {
  int64_t common = 16;
  for (const int64_t n : {int64_t(reinterpret_cast<uintptr_t>(a)),
                          int64_t(reinterpret_cast<uintptr_t>(b)), int64_t{bytes}...})
    common = std::gcd(common, n);
  return common;
}

// Calls f with a null pointer to an unsigned type of `bytes` bytes.
template <class F>
void with_word(int64_t bytes, F&& f) {
  switch (bytes) {
    case 16:
      return f(static_cast<uint4*>(nullptr));
    case 8:
      return f(static_cast<uint64_t*>(nullptr));
    case 4:
      return f(static_cast<uint32_t*>(nullptr));
    case 2:
      return f(static_cast<uint16_t*>(nullptr));
    default:
      return f(static_cast<uint8_t*>(nullptr));
  }
}

// A grid that walks [0, count) as each_move does.
inline Grid moving_grid(const Arguments& args, int64_t count) {
  return {.blocks = striding_blocks(args, count, kMoveThreads * kMovesInFlight),
          .threads = kMoveThreads};
}

// For the thread's share of [0, count): all that `load(i)` gives are fetched before `store(i,
// value)` puts them down.
template <class Load, class Store>
__device__ __forceinline__ void each_move(int64_t count, Load load, Store store) {
  const int64_t stride = int64_t{gridDim.x} * blockDim.x;
  int64_t i = int64_t{blockIdx.x} * blockDim.x + threadIdx.x;
  for (; i + (kMovesInFlight - 1) * stride < count; i += kMovesInFlight * stride) {
    decltype(load(i)) held[kMovesInFlight];
#pragma unroll
    for (int k = 0; k < kMovesInFlight; k++) held[k] = load(i + k * stride);
#pragma unroll
    for (int k = 0; k < kMovesInFlight; k++) store(i + k * stride, held[k]);
  }
  for (; i < count; i += stride) store(i, load(i));
}

// Axes of a loop, the last one first, with a stride in each of two tensors.
struct Axes {
  int rank = 0;
  Divisor size[SX_MAX_RANK];
  int64_t first[SX_MAX_RANK], second[SX_MAX_RANK];

  // Puts an axis outside those that are there.
  void add(int64_t axis_size, int64_t first_stride, int64_t second_stride) {
    size[rank] = Divisor(axis_size);
    first[rank] = first_stride;
    second[rank++] = second_stride;
  }

  struct Place {
    int64_t first, second;
  };

  // Where step i of the loop is.
  __device__ __forceinline__ Place at(int64_t i) const {
    Place place{0, 0};
#pragma unroll
    for (int d = 0; d < SX_MAX_RANK; d++) {
      if (d == rank) break;
      int64_t coordinate = i;
      i = size[d].divide(coordinate);
      place.first += coordinate * first[d];
      place.second += coordinate * second[d];
    }
    return place;
  }
};

// A tensor of indices, int32 or int64.
class Indices {
 public:
  Indices(const Arguments& args, size_t tensor) : data_(args.data<const void>(tensor)) {
    constexpr int32_t kInt32 = 6, kInt64 = 7;
    const int32_t dtype = args.tensors[tensor].dtype;
    if (dtype != kInt32 && dtype != kInt64)
      throw std::invalid_argument("expects int32 or int64 indices");
    wide_ = dtype == kInt64;
  }

  __device__ __forceinline__ int64_t operator[](int64_t i) const {
    return wide_ ? static_cast<const int64_t*>(data_)[i] : static_cast<const int32_t*>(data_)[i];
  }

  // Number i as one from 0 to size - 1, negative ones counted from the end; -1 and a report if it
  // is outside.
  __device__ __forceinline__ int64_t within(int64_t i, int64_t size,
                                            const Reporter& reporter) const {
    const int64_t index = (*this)[i];
    const int64_t at = index < 0 ? index + size : index;
    if (at >= 0 && at < size) return at;
    reporter.report(Finding::kIndexOutside, index, -size, size);
    return -1;
  }

 private:
  const void* data_;
  bool wide_;
};

template <class Look>
__global__ void __launch_bounds__(kMoveThreads)
    look_kernel(Look look, int64_t count, Reporter reporter) {
  for (int64_t i = int64_t{blockIdx.x} * kMoveThreads + threadIdx.x; i < count;
       i += int64_t{gridDim.x} * kMoveThreads)
    look(i, reporter);
}

// Calls `look(i, reporter)` for [0, count): indices for which nothing moves must be right all the
// same.
template <class Look>
void look_at(const Arguments& args, const Look& look, int64_t count, const char* prefix) {
  launch(args, look_kernel<Look>,
         {.blocks = striding_blocks(args, count, kMoveThreads), .threads = kMoveThreads}, look,
         count, stream_of(args).reporter(prefix));
}

// to = from, unless they are one.
inline void copy_all(const Arguments& args, void* to, const void* from, int64_t bytes) {
  if (to == from || bytes == 0) return;
  const cudaError_t error = cudaMemcpyAsync(to, from, static_cast<size_t>(bytes), cudaMemcpyDefault,
                                            stream_of(args).handle);
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

}  // namespace sx::cuda
