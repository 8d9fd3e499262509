// Sums of elements as engines compute them.
#pragma once
#include <cstring>

#include "sim/engines.h"

namespace sim {

inline float from_bfloat16(uint16_t x) { return __builtin_bit_cast(float, uint32_t(x) << 16); }
inline uint16_t to_bfloat16(float x) {
  const uint32_t bits = __builtin_bit_cast(uint32_t, x);
  return x != x ? 0x7fff : uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

// Element `i` of these as float, and back.
inline float element(AddAs type, const void* from, size_t i) {
  if (type == AddAs::kFloat32) {
    float value;
    std::memcpy(&value, static_cast<const char*>(from) + 4 * i, 4);
    return value;
  }
  uint16_t bits;
  std::memcpy(&bits, static_cast<const char*>(from) + 2 * i, 2);
  return type == AddAs::kBfloat16 ? from_bfloat16(bits) : float(__builtin_bit_cast(_Float16, bits));
}

inline void set_element(AddAs type, void* to, size_t i, float value) {
  if (type == AddAs::kFloat32) return void(std::memcpy(static_cast<char*>(to) + 4 * i, &value, 4));
  const uint16_t bits =
      type == AddAs::kBfloat16 ? to_bfloat16(value) : __builtin_bit_cast(uint16_t, _Float16(value));
  std::memcpy(static_cast<char*>(to) + 2 * i, &bits, 2);
}

// to[i] += from[i] in `bytes` bytes.
inline void add_elements(AddAs type, void* to, const void* from, size_t bytes) {
  if (type == AddAs::kNothing) fail("elements of this type cannot be added in memory");
  if (type == AddAs::kInt32) {
    for (size_t i = 0; i < bytes; i += 4) {
      uint32_t a, b;
      std::memcpy(&a, static_cast<char*>(to) + i, 4);
      std::memcpy(&b, static_cast<const char*>(from) + i, 4);
      a += b;
      std::memcpy(static_cast<char*>(to) + i, &a, 4);
    }
    return;
  }
  for (size_t i = 0; i < bytes / (type == AddAs::kFloat32 ? 4 : 2); i++)
    set_element(type, to, i, element(type, to, i) + element(type, from, i));
}

}  // namespace sim
