// Transposes a square block in registers: rows of kBytes, as many as a row has elements.
// Interleaving rows k and k + N/2 for all k < N/2, log2(N) times over, is a transposition.
#pragma once
#include <cstdint>
#include <utility>

#include "cpu/simd/vec.h"

namespace sx::SX_ISA {

template <class T, int kBytes = 16>
struct Block {
  static constexpr int kSide = kBytes / sizeof(T);
  typedef T Row __attribute__((vector_size(kBytes)));

  template <int... K>
  static Row low(Row a, Row b, std::integer_sequence<int, K...>) {
    return __builtin_shufflevector(a, b, (K % 2 ? kSide + K / 2 : K / 2)...);
  }
  template <int... K>
  static Row high(Row a, Row b, std::integer_sequence<int, K...>) {
    return __builtin_shufflevector(a, b, ((K % 2 ? kSide : 0) + kSide / 2 + K / 2)...);
  }

  static void transpose(Row (&rows)[kSide]) {
    constexpr std::make_integer_sequence<int, kSide> lanes;
#pragma GCC unroll 4
    for (int stage = 1; stage < kSide; stage *= 2) {
      Row mixed[kSide];
#pragma GCC unroll 16
      for (int k = 0; k < kSide / 2; k++) {
        mixed[2 * k] = low(rows[k], rows[k + kSide / 2], lanes);
        mixed[2 * k + 1] = high(rows[k], rows[k + kSide / 2], lanes);
      }
#pragma GCC unroll 16
      for (int i = 0; i < kSide; i++) rows[i] = mixed[i];
    }
  }

  // to[j * to_step + i] = from[i * from_step + j].
  static void transpose(const T* from, int64_t from_step, T* to, int64_t to_step) {
    Row rows[kSide];
    for (int i = 0; i < kSide; i++) __builtin_memcpy(&rows[i], from + i * from_step, kBytes);
    transpose(rows);
    for (int j = 0; j < kSide; j++) __builtin_memcpy(to + j * to_step, &rows[j], kBytes);
  }
};

// The same for `rows` rows of `columns` elements, neither more than a vector has. What is written
// are rows of `width` elements, zeros behind the first `rows` of them.
template <class T>
void transpose_part(const T* from, int64_t from_step, int64_t rows, int64_t columns, T* to,
                    int64_t to_step, int64_t width) {
  using Square = Block<T, kVectorBytes>;
  if (rows >= Square::kSide && columns >= Square::kSide)
    return Square::transpose(from, from_step, to, to_step);
  typename Square::Row lines[Square::kSide] = {};
#pragma GCC unroll 16
  for (int i = 0; i < Square::kSide; i++)
    if (i < rows) lines[i] = Vec<T>::load_first(from + i * from_step, columns).raw;
  Square::transpose(lines);
#pragma GCC unroll 16
  for (int j = 0; j < Square::kSide; j++)
    if (j < columns) Vec<T>(lines[j]).store_first(to + j * to_step, width);
}

}  // namespace sx::SX_ISA
