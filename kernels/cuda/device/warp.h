// The 32 threads of a warp: who they are, what they exchange. Every lane of a mask has to come.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

constexpr uint32_t kFullWarp = 0xffffffffu;
constexpr int kWarpSize = 32;

#ifdef SX_SIM

namespace detail {

struct Shuffle {
  uint64_t in, out;
  uint32_t source;
};

void shuffle(uint32_t mask, const char* operation, Shuffle& lane);

enum class Vote { kBallot, kAll, kAny };
uint32_t vote(uint32_t mask, Vote kind, bool predicate);

template <class T>
T shuffle_from(uint32_t mask, const char* operation, T value, uint32_t source) {
  static_assert(sizeof(T) % 4 == 0 && sizeof(T) <= 16, "a shuffle moves up to 4 words");
  T result;
  for (size_t at = 0; at < sizeof(T); at += 8) {
    const size_t bytes = sizeof(T) - at < 8 ? sizeof(T) - at : 8;
    Shuffle lane{0, 0, source};
    std::memcpy(&lane.in, reinterpret_cast<const char*>(&value) + at, bytes);
    shuffle(mask, operation, lane);
    std::memcpy(reinterpret_cast<char*>(&result) + at, &lane.out, bytes);
  }
  return result;
}

}  // namespace detail

inline int lane_index() { return int(sim::current->lane); }
inline void sync_warp(uint32_t mask = kFullWarp) {
  sim::collective(mask, "__syncwarp", nullptr, [](sim::Rendezvous&) {});
}
template <class T>
T shuffle(T value, int source, uint32_t mask = kFullWarp) {
  return detail::shuffle_from(mask, "__shfl_sync", value, uint32_t(source) % 32);
}
template <class T>
T shuffle_xor(T value, int lanes, uint32_t mask = kFullWarp) {
  return detail::shuffle_from(mask, "__shfl_xor_sync", value, sim::current->lane ^ uint32_t(lanes));
}
template <class T>
T shuffle_down(T value, int lanes, uint32_t mask = kFullWarp) {
  const uint32_t source = sim::current->lane + uint32_t(lanes);
  return detail::shuffle_from(mask, "__shfl_down_sync", value,
                              source < 32 ? source : sim::current->lane);
}
template <class T>
T shuffle_up(T value, int lanes, uint32_t mask = kFullWarp) {
  const uint32_t lane = sim::current->lane;
  return detail::shuffle_from(mask, "__shfl_up_sync", value,
                              lane >= uint32_t(lanes) ? lane - uint32_t(lanes) : lane);
}
inline uint32_t ballot(bool predicate, uint32_t mask = kFullWarp) {
  return detail::vote(mask, detail::Vote::kBallot, predicate);
}
inline bool all_lanes(bool predicate, uint32_t mask = kFullWarp) {
  return detail::vote(mask, detail::Vote::kAll, predicate);
}
inline bool any_lane(bool predicate, uint32_t mask = kFullWarp) {
  return detail::vote(mask, detail::Vote::kAny, predicate);
}
// One lane of the full warp, the same for all.
inline bool elect_lane() {
  sim::collective(kFullWarp, "elect.sync", nullptr, [](sim::Rendezvous&) {});
  return sim::current->lane == 0;
}

#else

__device__ __forceinline__ int lane_index() {
  int lane;
  asm("mov.u32 %0, %%laneid;" : "=r"(lane));
  return lane;
}
__device__ __forceinline__ void sync_warp(uint32_t mask = kFullWarp) { __syncwarp(mask); }

// Moves any value of whole words, a word at a time.
template <class T, class F>
__device__ __forceinline__ T by_words(T value, F move) {
  static_assert(sizeof(T) % 4 == 0 && sizeof(T) <= 16, "a shuffle moves up to 4 words");
  unsigned words[sizeof(T) / 4];
  memcpy(words, &value, sizeof value);
#pragma unroll
  for (unsigned& word : words) word = move(word);
  memcpy(&value, words, sizeof value);
  return value;
}

template <class T>
__device__ __forceinline__ T shuffle(T value, int source, uint32_t mask = kFullWarp) {
  return by_words(value, [=](unsigned word) { return __shfl_sync(mask, word, source); });
}
template <class T>
__device__ __forceinline__ T shuffle_xor(T value, int lanes, uint32_t mask = kFullWarp) {
  return by_words(value, [=](unsigned word) { return __shfl_xor_sync(mask, word, lanes); });
}
template <class T>
__device__ __forceinline__ T shuffle_down(T value, int lanes, uint32_t mask = kFullWarp) {
  return by_words(value, [=](unsigned word) { return __shfl_down_sync(mask, word, lanes); });
}
template <class T>
__device__ __forceinline__ T shuffle_up(T value, int lanes, uint32_t mask = kFullWarp) {
  return by_words(value, [=](unsigned word) { return __shfl_up_sync(mask, word, lanes); });
}
__device__ __forceinline__ uint32_t ballot(bool predicate, uint32_t mask = kFullWarp) {
  return __ballot_sync(mask, predicate);
}
__device__ __forceinline__ bool all_lanes(bool predicate, uint32_t mask = kFullWarp) {
  return __all_sync(mask, predicate);
}
__device__ __forceinline__ bool any_lane(bool predicate, uint32_t mask = kFullWarp) {
  return __any_sync(mask, predicate);
}
__device__ __forceinline__ bool elect_lane() {
#if __CUDA_ARCH__ >= 900
  uint32_t elected;
  asm volatile(
      "{\n"
      ".reg .pred one;\n"
      "elect.sync _|one, 0xffffffff;\n"
      "selp.b32 %0, 1, 0, one;\n"
      "}"
      : "=r"(elected));
  return elected;
#else
  return lane_index() == 0;
#endif
}

#endif

__device__ __forceinline__ int warp_index() { return int(threadIdx.x) / kWarpSize; }

// The lanes' values combined by an associative f, in a fixed order; every lane gets the result.
template <class T, class F>
__device__ __forceinline__ T warp_reduce(T value, F f) {
#pragma unroll
  for (int lanes = kWarpSize / 2; lanes > 0; lanes /= 2)
    value = f(value, shuffle_xor(value, lanes));
  return value;
}

template <class T>
__device__ __forceinline__ T warp_sum(T value) {
  return warp_reduce(value, [](T a, T b) { return a + b; });
}

}  // namespace sx::cuda
