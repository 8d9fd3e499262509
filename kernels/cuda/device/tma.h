// The tensor memory accelerator: one thread asks for a copy between global and shared memory, and
// goes on. Loads tell an mbarrier how many bytes have come, those outside of the tensor (zeros)
// included; stores belong to groups of their thread.
//
//   barrier.arrive_expecting(bytes);              tma_store(map, {column, row}, tile);
//   tma_load(tile, map, barrier, {column, row});  commit_bulk();
//   barrier.wait(parity);                         wait_bulk_read<0>();  // tile is free again
//
// Boxes lie in shared memory at multiples of 128 bytes; a swizzle's pattern starts at multiples of
// 8 of its rows. sm_90.
#pragma once
#include "cuda/device/mbarrier.h"
#include "cuda/device/tensor_map.h"

namespace sx::cuda {

// What the L2 cache does with what is read.
enum class CacheHint : uint64_t {
  kNormal = 0x1000000000000000,
  kEvictFirst = 0x12f0000000000000,
  kEvictLast = 0x14f0000000000000
};

#ifdef SX_SIM

inline void prefetch_tensor_map(const TensorMap&) {
  sim::require_capability(90, "prefetch.tensormap");
}

template <int N>
void tma_load(void* to, const TensorMap& map, Barrier& barrier, const int32_t (&at)[N],
              CacheHint = CacheHint::kNormal) {
  sim::tma_load(to, map, &barrier, at, N, nullptr, 0);
}
template <int N>
void tma_multicast(void* to, const TensorMap& map, Barrier& barrier, const int32_t (&at)[N],
                   uint16_t blocks, CacheHint = CacheHint::kNormal) {
  sim::tma_load(to, map, &barrier, at, N, nullptr, blocks);
}
template <int N>
void tma_load_im2col(void* to, const TensorMap& map, Barrier& barrier, const int32_t (&at)[N],
                     const uint16_t (&offsets)[N - 2], CacheHint = CacheHint::kNormal) {
  sim::tma_load(to, map, &barrier, at, N, offsets, 0);
}
template <int N>
void tma_store(const TensorMap& map, const int32_t (&at)[N], const void* from) {
  sim::tma_store(map, from, at, N, false);
}
template <int N>
void tma_add(const TensorMap& map, const int32_t (&at)[N], const void* from) {
  sim::tma_store(map, from, at, N, true);
}

inline void bulk_load(void* to, const void* from, uint32_t bytes, Barrier& barrier) {
  sim::bulk_load(to, from, bytes, &barrier);
}
inline void bulk_store(void* to, const void* from, uint32_t bytes) {
  sim::bulk_store(to, from, bytes);
}

inline void commit_bulk() { sim::bulk_commit(); }
template <int kPending>
void wait_bulk() {
  sim::bulk_wait(kPending, false);
}
template <int kPending>
void wait_bulk_read() {
  sim::bulk_wait(kPending, true);
}

#else

__device__ __forceinline__ void prefetch_tensor_map(const TensorMap& map) {
  asm volatile("prefetch.tensormap [%0];" ::"l"(&map) : "memory");
}

// F(dimensions, operands of the coordinates that begin with %5, their values)
#define SX_TMA_DIMENSIONS(F)                                                         \
  if constexpr (N == 1) F("1d", "{%5}", "r"(at[0]));                                 \
  if constexpr (N == 2) F("2d", "{%5, %6}", "r"(at[0]), "r"(at[1]));                 \
  if constexpr (N == 3) F("3d", "{%5, %6, %7}", "r"(at[0]), "r"(at[1]), "r"(at[2])); \
  if constexpr (N == 4)                                                              \
    F("4d", "{%5, %6, %7, %8}", "r"(at[0]), "r"(at[1]), "r"(at[2]), "r"(at[3]));     \
  if constexpr (N == 5)                                                              \
  F("5d", "{%5, %6, %7, %8, %9}", "r"(at[0]), "r"(at[1]), "r"(at[2]), "r"(at[3]), "r"(at[4]))

// Loads have the operands %0 target, %1 map, %2 mbarrier, %3 cache hint, %4 mask of blocks.
#define SX_TMA_LOAD(dimensions, operands, ...)                                                   \
  asm volatile(                                                                                  \
      "cp.async.bulk.tensor." dimensions                                                         \
      ".shared::cluster.global.mbarrier::complete_tx::bytes.L2::cache_hint [%0], [%1, " operands \
      "], [%2], %3;" ::"r"(shared_address(to)),                                                  \
      "l"(&map), "r"(shared_address(&barrier)), "l"(hint), "h"(uint16_t{0}), __VA_ARGS__         \
      : "memory")
template <int N>
__device__ __forceinline__ void tma_load(void* to, const TensorMap& map, Barrier& barrier,
                                         const int32_t (&at)[N],
                                         CacheHint hint = CacheHint::kNormal) {
  SX_TMA_DIMENSIONS(SX_TMA_LOAD);
}

// To the same place of each block in the mask, each of which has its own barrier there.
#define SX_TMA_MULTICAST(dimensions, operands, ...)                                             \
  asm volatile(                                                                                 \
      "cp.async.bulk.tensor." dimensions                                                        \
      ".shared::cluster.global.mbarrier::complete_tx::bytes.multicast::cluster.L2::cache_hint " \
      "[%0], [%1, " operands "], [%2], %4, %3;" ::"r"(shared_address(to)),                      \
      "l"(&map), "r"(shared_address(&barrier)), "l"(hint), "h"(blocks), __VA_ARGS__             \
      : "memory")
template <int N>
__device__ __forceinline__ void tma_multicast(void* to, const TensorMap& map, Barrier& barrier,
                                              const int32_t (&at)[N], uint16_t blocks,
                                              CacheHint hint = CacheHint::kNormal) {
  SX_TMA_DIMENSIONS(SX_TMA_MULTICAST);
}

#define SX_TMA_IM2COL(dimensions, operands, offset_operands, ...)                                  \
  asm volatile("cp.async.bulk.tensor." dimensions                                                  \
               ".shared::cluster.global.im2col.mbarrier::complete_tx::bytes.L2::cache_hint [%0], " \
               "[%1, " operands "], [%2], " offset_operands ", %3;" ::"r"(shared_address(to)),     \
               "l"(&map), "r"(shared_address(&barrier)), "l"(hint), __VA_ARGS__                    \
               : "memory")
template <int N>
__device__ __forceinline__ void tma_load_im2col(void* to, const TensorMap& map, Barrier& barrier,
                                                const int32_t (&at)[N],
                                                const uint16_t (&offsets)[N - 2],
                                                CacheHint hint = CacheHint::kNormal) {
  static_assert(N >= 3 && N <= 5,
                "im2col needs channels, one to three spatial dimensions and a batch");
  if constexpr (N == 3)
    SX_TMA_IM2COL("3d", "{%4, %5, %6}", "{%7}", "r"(at[0]), "r"(at[1]), "r"(at[2]),
                  "h"(offsets[0]));
  if constexpr (N == 4)
    SX_TMA_IM2COL("4d", "{%4, %5, %6, %7}", "{%8, %9}", "r"(at[0]), "r"(at[1]), "r"(at[2]),
                  "r"(at[3]), "h"(offsets[0]), "h"(offsets[1]));
  if constexpr (N == 5)
    SX_TMA_IM2COL("5d", "{%4, %5, %6, %7, %8}", "{%9, %10, %11}", "r"(at[0]), "r"(at[1]),
                  "r"(at[2]), "r"(at[3]), "r"(at[4]), "h"(offsets[0]), "h"(offsets[1]),
                  "h"(offsets[2]));
}

// Stores have the operands %0 map, %1 source; the others are there so that coordinates begin with
// %5.
#define SX_TMA_OUT(instruction, dimensions, operands, ...)                                   \
  asm volatile(instruction ".async.bulk.tensor." dimensions ".global.shared::cta" SX_TMA_ADD \
                           ".bulk_group [%0, " operands "], [%1];" ::"l"(&map),              \
               "r"(shared_address(from)), "n"(0), "n"(0), "n"(0), __VA_ARGS__                \
               : "memory")
#define SX_TMA_STORE(...) SX_TMA_OUT("cp", __VA_ARGS__)
#define SX_TMA_REDUCE(...) SX_TMA_OUT("cp.reduce", __VA_ARGS__)
#define SX_TMA_ADD ""
template <int N>
__device__ __forceinline__ void tma_store(const TensorMap& map, const int32_t (&at)[N],
                                          const void* from) {
  SX_TMA_DIMENSIONS(SX_TMA_STORE);
}
#undef SX_TMA_ADD
#define SX_TMA_ADD ".add"
template <int N>
__device__ __forceinline__ void tma_add(const TensorMap& map, const int32_t (&at)[N],
                                        const void* from) {
  SX_TMA_DIMENSIONS(SX_TMA_REDUCE);
}
#undef SX_TMA_ADD
#undef SX_TMA_REDUCE
#undef SX_TMA_STORE
#undef SX_TMA_OUT
#undef SX_TMA_IM2COL
#undef SX_TMA_MULTICAST
#undef SX_TMA_LOAD
#undef SX_TMA_DIMENSIONS

// Runs of bytes; addresses and size are multiples of 16.
__device__ __forceinline__ void bulk_load(void* to, const void* from, uint32_t bytes,
                                          Barrier& barrier) {
  asm volatile(
      "cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1], %2, [%3];" ::
          "r"(shared_address(to)),
      "l"(from), "r"(bytes), "r"(shared_address(&barrier))
      : "memory");
}
__device__ __forceinline__ void bulk_store(void* to, const void* from, uint32_t bytes) {
  asm volatile("cp.async.bulk.global.shared::cta.bulk_group [%0], [%1], %2;" ::"l"(to),
               "r"(shared_address(from)), "r"(bytes)
               : "memory");
}

// Ends the group of stores that the thread has issued; waits until at most kPending of them are
// under way, or only until their sources are read.
__device__ __forceinline__ void commit_bulk() {
  asm volatile("cp.async.bulk.commit_group;" ::: "memory");
}
template <int kPending>
__device__ __forceinline__ void wait_bulk() {
  asm volatile("cp.async.bulk.wait_group %0;" ::"n"(kPending) : "memory");
}
template <int kPending>
__device__ __forceinline__ void wait_bulk_read() {
  asm volatile("cp.async.bulk.wait_group.read %0;" ::"n"(kPending) : "memory");
}

#endif

}  // namespace sx::cuda
