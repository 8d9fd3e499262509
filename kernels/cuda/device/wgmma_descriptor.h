// How wgmma is told where an operand lies in shared memory.
//
// A tile is made of patterns of 8 rows of 16 bytes (no swizzle), 32, 64 or 128 bytes, in which TMA,
// or whoever writes it, permutes the 16-byte pieces; patterns start at multiples of their own size.
// With elements of 2 bytes:
//
// k-major: rows are m or n, bytes run along k. The 16 k's of one instruction are 32 bytes of a row:
// to go on along k, add 32 bytes to the address. `stride` is the distance of 8-row groups along m
// or n. Without a swizzle, `leading` is the distance of the two 16-byte halves of k.
//
// mn-major: rows are k, bytes run along m or n. `stride` is the distance of 8-row groups along k,
// `leading` that of patterns along m or n; without a swizzle it is the other way round. To go on
// along k, add two 8-row groups.
#pragma once
#include "cuda/device/shared.h"
#include "cuda/device/tensor_map.h"

namespace sx::cuda {

struct Descriptor {
  uint64_t bits;

  __device__ __forceinline__ Descriptor operator+(int bytes) const {
    return {bits + uint64_t(bytes / 16)};
  }
};

__device__ __forceinline__ Descriptor make_descriptor(const void* tile, Swizzle swizzle,
                                                      uint32_t leading_bytes,
                                                      uint32_t stride_bytes) {
  const uint64_t layout = swizzle == Swizzle::k128  ? 1
                          : swizzle == Swizzle::k64 ? 2
                          : swizzle == Swizzle::k32 ? 3
                                                    : 0;
  return {uint64_t((shared_address(tile) & 0x3ffff) >> 4) | uint64_t(leading_bytes >> 4) << 16 |
          uint64_t(stride_bytes >> 4) << 32 | layout << 62};
}

// A k-major tile as TMA leaves it, whose rows are one swizzled pattern wide.
__device__ __forceinline__ Descriptor k_major(const void* tile, Swizzle swizzle) {
  return make_descriptor(tile, swizzle, 16, 8 * uint32_t(swizzle));
}

}  // namespace sx::cuda
