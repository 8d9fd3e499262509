// Sixteen plain channels to a block of them, and back. Squares whose rows are 16 bytes are
// transposed in registers.
#pragma once
#include "cpu/blocks.h"
#include "cpu/simd/transpose.h"

namespace sx::SX_ISA {
namespace {

// `count` positions of `channels` channels, which lie `plane` apart in x, to [count, 16]; the lanes
// behind the last channel get 0.
template <class T>
void to_block(const T* x, int64_t plane, int64_t channels, int64_t count, T* y) {
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
