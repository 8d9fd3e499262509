// What the kernels that move data share: short copies, grains, indices that are checked before they
// are used.
#pragma once
#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "kernel.h"

// Registers kernel<uint8_t> … kernel<uint64_t> as key.b1 … key.b8: they move elements by width,
// whatever these mean.
#define SX_KERNEL_BY_WIDTH(key, kernel)   \
  SX_KERNEL(key ".b1", kernel<uint8_t>);  \
  SX_KERNEL(key ".b2", kernel<uint16_t>); \
  SX_KERNEL(key ".b4", kernel<uint32_t>); \
  SX_KERNEL(key ".b8", kernel<uint64_t>)

namespace sx::SX_ISA {

// A thread that is woken for less costs more than it saves.
constexpr int64_t kBytesPerThread = 64 << 10;

// How many items of this many bytes a thread should have at least.
inline int64_t grain_of(int64_t bytes) {
  return std::max<int64_t>(1, kBytesPerThread / std::max<int64_t>(bytes, 1));
}

template <size_t N>
inline void copy_bytes(std::byte* to, const std::byte* from) {
  __builtin_memcpy(to, from, N);
}

// memcpy without the call where the run is short, as rows of a tensor often are.
template <class T>
inline void copy_run(T* to, const T* from, int64_t n) {
  const int64_t bytes = n * int64_t(sizeof(T));
  auto* t = reinterpret_cast<std::byte*>(to);
  auto* f = reinterpret_cast<const std::byte*>(from);
  if (bytes > 256) {
    std::memcpy(t, f, size_t(bytes));
  } else if (bytes >= 16) {  // the last piece overlaps the one before
    for (int64_t i = 0; i + 16 < bytes; i += 16) copy_bytes<16>(t + i, f + i);
    copy_bytes<16>(t + bytes - 16, f + bytes - 16);
  } else if (bytes >= 8) {
    copy_bytes<8>(t, f);
    copy_bytes<8>(t + bytes - 8, f + bytes - 8);
  } else {
    for (int64_t i = 0; i < n; i++) to[i] = from[i];
  }
}

// A copy of n elements by all threads.
template <class T>
void copy_all(const Arguments& args, T* to, const T* from, int64_t n) {
  if (to == from) return;
  args.parallel(n, grain_of(sizeof(T)), [&](int64_t begin, int64_t end, int) {
    std::memcpy(to + begin, from + begin, size_t(end - begin) * sizeof(T));
  });
}

// The product of a tensor's sizes [from, to).
inline int64_t product(const sx_tensor& t, int64_t from, int64_t to) {
  int64_t n = 1;
  for (int64_t d = from; d < to; d++) n *= t.shape[d];
  return n;
}

// Calls f with the indices of tensor i as const int32_t* or const int64_t*.
template <class F>
void with_indices(const Arguments& args, size_t i, F&& f) {
  constexpr int32_t kInt32 = 6, kInt64 = 7;
  if (args.tensors[i].dtype == kInt64)
    f(args.data<const int64_t>(i));
  else if (args.tensors[i].dtype == kInt32)
    f(args.data<const int32_t>(i));
  else
    throw std::invalid_argument("expects int32 or int64 indices");
}

// Throws if one of indices[i * step], i < count, is outside [-size, size).
template <class I>
void require_indices(const Arguments& args, const char* operation, const I* indices, int64_t count,
                     int64_t step, int64_t size) {
  std::atomic<int64_t> first_bad{count};
  args.parallel(count, grain_of(sizeof(I)), [&](int64_t begin, int64_t end, int) {
    const auto outside = [&](int64_t i) {
      return indices[i * step] < -size || indices[i * step] >= size;
    };
    bool bad = false;
    for (int64_t i = begin; i < end; i++) bad |= outside(i);
    if (!bad) return;
    while (!outside(begin)) begin++;
    int64_t first = first_bad.load();
    while (begin < first && !first_bad.compare_exchange_weak(first, begin)) {
    }
  });
  if (first_bad < count)
    throw InvalidData(std::string(operation) + ": index " +
                      std::to_string(indices[first_bad * step]) + " is outside [" +
                      std::to_string(-size) + ", " + std::to_string(size) + ")");
}

// An index that require_indices has let pass; negative ones count from the end.
inline int64_t wrapped(int64_t index, int64_t size) { return index < 0 ? index + size : index; }

// Walks coordinates of `rank` axes in row-major order from number `begin` to `end`, and calls f(a,
// b, n) for stretches of n neighbours along the last axis; a and b are the offsets of the first by
// two sets of strides.
template <class F>
void walk(int64_t rank, const int64_t* sizes, const int64_t* a_strides, const int64_t* b_strides,
          int64_t begin, int64_t end, F&& f) {
  if (rank == 0) {
    if (begin < end) f(int64_t{0}, int64_t{0}, int64_t{1});
    return;
  }
  int64_t at[2 * SX_MAX_RANK];
  int64_t a = 0, b = 0, rest = begin;
  for (int64_t d = rank - 1; d >= 0; d--) {
    at[d] = rest % sizes[d];
    rest /= sizes[d];
    a += at[d] * a_strides[d];
    b += at[d] * b_strides[d];
  }
  const int64_t last = rank - 1;
  while (begin < end) {
    const int64_t n = std::min(sizes[last] - at[last], end - begin);
    f(a, b, n);
    begin += n;
    at[last] += n;
    a += n * a_strides[last];
    b += n * b_strides[last];
    for (int64_t d = last; d > 0 && at[d] == sizes[d]; d--) {
      at[d] = 0;
      at[d - 1]++;
      a += a_strides[d - 1] - sizes[d] * a_strides[d];
      b += b_strides[d - 1] - sizes[d] * b_strides[d];
    }
  }
}

}  // namespace sx::SX_ISA
