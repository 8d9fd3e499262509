// Transposes a square block in registers: [i, j] elements of 16-byte rows, 16 / sizeof(T) of each.
// Interleaving rows k and k + N/2 for all k < N/2, log2(N) times over, is a transposition.
#pragma once
#include <cstdint>
#include <utility>

namespace sx::SX_ISA {

template <class T>
struct Block {
  static constexpr int kSide = 16 / sizeof(T);
  typedef T Row __attribute__((vector_size(16)));

  template <int... K>
  static Row low(Row a, Row b, std::integer_sequence<int, K...>) {
    return __builtin_shufflevector(a, b, (K % 2 ? kSide + K / 2 : K / 2)...);
  }
  template <int... K>
  static Row high(Row a, Row b, std::integer_sequence<int, K...>) {
    return __builtin_shufflevector(a, b, ((K % 2 ? kSide : 0) + kSide / 2 + K / 2)...);
  }

  // to[j * to_step + i] = from[i * from_step + j].
  static void transpose(const T* from, int64_t from_step, T* to, int64_t to_step) {
    constexpr std::make_integer_sequence<int, kSide> lanes;
    Row rows[kSide];
    for (int i = 0; i < kSide; i++) __builtin_memcpy(&rows[i], from + i * from_step, 16);
    for (int stage = 1; stage < kSide; stage *= 2) {
      Row mixed[kSide];
      for (int k = 0; k < kSide / 2; k++) {
        mixed[2 * k] = low(rows[k], rows[k + kSide / 2], lanes);
        mixed[2 * k + 1] = high(rows[k], rows[k + kSide / 2], lanes);
      }
      for (int i = 0; i < kSide; i++) rows[i] = mixed[i];
    }
    for (int j = 0; j < kSide; j++) __builtin_memcpy(to + j * to_step, &rows[j], 16);
  }
};

}  // namespace sx::SX_ISA
