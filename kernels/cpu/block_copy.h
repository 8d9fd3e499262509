// Sixteen plain channels to a block of them, and back, transposed in registers: floats in squares
// of whole vectors, bytes in such of 16.
#pragma once
#include "cpu/blocks.h"
#include "cpu/simd/transpose.h"

namespace sx::SX_ISA {
namespace {

// `count` positions of `channels` channels, which lie `plane` apart in x, to [count, 16]; the lanes
// behind the last channel get 0.
template <class T>
void to_block(const T* x, int64_t plane, int64_t channels, int64_t count, T* y) {
  if constexpr (sizeof(T) == sizeof(float)) {
    for (int64_t p = 0; p < count; p += kLanes)
      for (int64_t c = 0; c < kBlock; c += kLanes)
        transpose_part(x + c * plane + p, plane, channels - c, std::min<int64_t>(kLanes, count - p),
                       y + p * kBlock + c, kBlock, kLanes);
    return;
  }
  constexpr int kSide = Block<T>::kSide;
  const int64_t square = channels == kBlock ? count / kSide * kSide : 0;
  for (int64_t p = 0; p < square; p += kSide)
    for (int64_t c = 0; c < kBlock; c += kSide)
      Block<T>::transpose(x + c * plane + p, plane, y + p * kBlock + c, kBlock);
  for (int64_t p = square; p < count; p++)
    for (int64_t c = 0; c < kBlock; c++) y[p * kBlock + c] = c < channels ? x[c * plane + p] : T(0);
}

// The way back: x is [count, 16].
template <class T>
void from_block(const T* x, int64_t channels, int64_t count, T* y, int64_t plane) {
  if constexpr (sizeof(T) == sizeof(float)) {
    for (int64_t p = 0; p < count; p += kLanes)
      for (int64_t c = 0; c < channels; c += kLanes) {
        const int64_t positions = std::min<int64_t>(kLanes, count - p);
        transpose_part(x + p * kBlock + c, kBlock, positions,
                       std::min<int64_t>(kLanes, channels - c), y + c * plane + p, plane,
                       positions);
      }
    return;
  }
  constexpr int kSide = Block<T>::kSide;
  const int64_t square = count / kSide * kSide, whole = channels / kSide * kSide;
  for (int64_t p = 0; p < square; p += kSide)
    for (int64_t c = 0; c < whole; c += kSide)
      Block<T>::transpose(x + p * kBlock + c, kBlock, y + c * plane + p, plane);
  for (int64_t c = 0; c < channels; c++)
    for (int64_t p = c < whole ? square : 0; p < count; p++) y[c * plane + p] = x[p * kBlock + c];
}

}  // namespace
}  // namespace sx::SX_ISA
