// cp.async: copies from global to shared memory that a thread queues and does not wait for. From
// sm_80 on.
//
//   copy_async<16>(to, from, inside ? 16 : 0);  // behind the given bytes come zeros
//   commit_copies();                            // a group of all copies since the last one
//   wait_copies<1>();                           // all groups but the newest are there
//
// They are there for this thread; others need a barrier.
#pragma once
#include "cuda/device/shared.h"

namespace sx::cuda {

#ifdef SX_SIM

namespace detail {
void copy_async(void* to, const void* from, int size, int bytes);
void commit_copies();
void wait_copies(int pending);
constexpr int kAllCopies = -1;  // those that are in no group as well
}  // namespace detail

template <int kSize>
void copy_async(void* to, const void* from, int bytes = kSize) {
  static_assert(kSize == 4 || kSize == 8 || kSize == 16, "cp.async moves 4, 8 or 16 bytes");
  detail::copy_async(to, from, kSize, bytes);
}
inline void commit_copies() { detail::commit_copies(); }
template <int kPending>
void wait_copies() {
  static_assert(kPending >= 0);
  detail::wait_copies(kPending);
}
inline void wait_all_copies() { detail::wait_copies(detail::kAllCopies); }

#else

// Copies `bytes` of up to kSize; both addresses are multiples of kSize, even where nothing is read.
// 16 bytes go past L1.
template <int kSize>
__device__ __forceinline__ void copy_async(void* to, const void* from, int bytes = kSize) {
  static_assert(kSize == 4 || kSize == 8 || kSize == 16, "cp.async moves 4, 8 or 16 bytes");
  if constexpr (kSize == 16)
    asm volatile("cp.async.cg.shared.global.L2::128B [%0], [%1], 16, %2;" ::"r"(shared_address(to)),
                 "l"(from), "r"(bytes)
                 : "memory");
  else
    asm volatile("cp.async.ca.shared.global [%0], [%1], %2, %3;" ::"r"(shared_address(to)),
                 "l"(from), "n"(kSize), "r"(bytes)
                 : "memory");
}
__device__ __forceinline__ void commit_copies() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}
template <int kPending>
__device__ __forceinline__ void wait_copies() {
  static_assert(kPending >= 0);
  asm volatile("cp.async.wait_group %0;" ::"n"(kPending) : "memory");
}
__device__ __forceinline__ void wait_all_copies() {
  asm volatile("cp.async.wait_all;" ::: "memory");
}

#endif

}  // namespace sx::cuda
