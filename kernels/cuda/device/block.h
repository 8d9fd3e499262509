// What the threads of a block work out together. Results do not depend on the order in which warps
// arrive.
#pragma once
#include "cuda/device/warp.h"

namespace sx::cuda {

// Room for one value of each warp of a block.
template <class T>
struct BlockScratch {
  T of_warp[32];
};

// The threads' values combined by an associative f; every thread gets the result. All threads of a
// one-dimensional block of whole warps call it; `scratch` may be used again at once.
template <class T, class F>
__device__ __forceinline__ T block_reduce(T value, F f, BlockScratch<T>& scratch) {
  const int warps = int(blockDim.x) / kWarpSize;
  value = warp_reduce(value, f);
  __syncthreads();  // the last use of the scratch is over
  if (lane_index() == 0) scratch.of_warp[warp_index()] = value;
  __syncthreads();
  T result = scratch.of_warp[0];
  for (int w = 1; w < warps; w++) result = f(result, scratch.of_warp[w]);
  return result;
}

}  // namespace sx::cuda
