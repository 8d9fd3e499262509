// wgmma: 128 threads, a warpgroup, multiply a 64 x k tile of A, in shared memory or in registers,
// by a k x N tile of B in shared memory, and add to 64 x N accumulators in their registers.
// Asynchronous: neither tiles nor registers may be touched before they are waited for. sm_90a.
//
//   wgmma_fence();  // behind the last touch of acc
//   for (int i = 0; i < 4; i++) wgmma<128, bfloat16>(acc, a + 32 * i, b + 32 * i);
//   wgmma_commit();
//   wgmma_wait<0>();
//   fence_operand(acc);  // keeps the compiler from reading acc any earlier
//
// Accumulator i of thread t is row t / 32 * 16 + i / 2 % 2 * 8 + t % 32 / 4, column i / 4 * 8 + t %
// 4 * 2 + i % 2. Register r of A holds, of row t / 32 * 16 + r % 2 * 8 + t % 32 / 4, the two
// columns from r / 2 * 8 + t % 4 * 2 on; with tf32, the one column r / 2 * 4 + t % 4.
#pragma once
#include <type_traits>

#include "cuda/device/half.h"
#include "cuda/device/wgmma_descriptor.h"

namespace sx::cuda {

// Which way a tile's neighbours run: along k, or along m (of A) or n (of B). tf32 has k-major tiles
// only.
enum class Major { kK, kMn };

#ifdef SX_SIM

namespace detail {

template <int N, class T>
sim::Wgmma simulated_wgmma(Major a, Major b, bool accumulate) {
  static_assert(N % 8 == 0 && N <= 256, "N is a multiple of 8 up to 256");
  constexpr bool kTf32 = std::is_same_v<T, tf32>;
  static_assert(kTf32 || std::is_same_v<T, half> || std::is_same_v<T, bfloat16>,
                "float16, bfloat16 or tf32");
  if (kTf32 && (a == Major::kMn || b == Major::kMn)) sim::fail("wgmma: tf32 has no mn-major tiles");
  return {.n = N,
          .type = kTf32                     ? sim::Wgmma::kTfloat32
                  : std::is_same_v<T, half> ? sim::Wgmma::kFloat16
                                            : sim::Wgmma::kBfloat16,
          .a_in_registers = false,
          .a_transposed = a == Major::kMn,
          .b_transposed = b == Major::kMn,
          .accumulates = accumulate,
          .a = 0,
          .b = 0};
}

}  // namespace detail

// d = a * b, or += where `accumulate`.
template <int N, class T, Major kA = Major::kK, Major kB = Major::kK>
void wgmma(float (&d)[N / 2], Descriptor a, Descriptor b, bool accumulate = true) {
  sim::Wgmma shape = detail::simulated_wgmma<N, T>(kA, kB, accumulate);
  shape.a = a.bits;
  shape.b = b.bits;
  sim::wgmma(shape, d, nullptr);
}
template <int N, class T, Major kB = Major::kK>
void wgmma(float (&d)[N / 2], const uint32_t (&a)[4], Descriptor b, bool accumulate = true) {
  sim::Wgmma shape = detail::simulated_wgmma<N, T>(Major::kK, kB, accumulate);
  shape.a_in_registers = true;
  shape.b = b.bits;
  sim::wgmma(shape, d, a);
}

inline void wgmma_fence() { sim::wgmma_fence(); }
inline void wgmma_commit() { sim::wgmma_commit(); }
template <int kPending>
void wgmma_wait() {
  sim::wgmma_wait(kPending);
}
template <class T, int N>
void fence_operand(T (&)[N]) {}

#else

// For each N: F(N, the operands of its accumulators, the numbers of the seven operands that follow
// them, what binds d).
#define SX_TEXT_8 "%0, %1, %2, %3"
#define SX_TEXT_16 SX_TEXT_8 ", %4, %5, %6, %7"
#define SX_TEXT_32 SX_TEXT_16 ", %8, %9, %10, %11, %12, %13, %14, %15"
#define SX_TEXT_64 \
  SX_TEXT_32 ", %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31"
#define SX_TEXT_96 \
  SX_TEXT_64 ", %32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47"
#define SX_TEXT_128 \
  SX_TEXT_96 ", %48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63"
#define SX_TEXT_192                                                                  \
  SX_TEXT_128                                                                        \
  ", %64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79" \
  ", %80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95"
#define SX_TEXT_256                                                                              \
  SX_TEXT_192                                                                                    \
  ", %96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111" \
  ", %112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, " \
  "%127"
#define SX_BIND_4(i) "+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3])
#define SX_BIND_8(i) SX_BIND_4(i), SX_BIND_4(i + 4)
#define SX_BIND_16(i) SX_BIND_8(i), SX_BIND_8(i + 8)
#define SX_BIND_32(i) SX_BIND_16(i), SX_BIND_16(i + 16)
#define SX_BIND_64(i) SX_BIND_32(i), SX_BIND_32(i + 32)
#define SX_WGMMA_SIZES(F, ...)                                                                     \
  if constexpr (N == 8)                                                                            \
    F(__VA_ARGS__, "8", SX_TEXT_8, "%4", "%5", "%6", "%7", "%8", "%9", "%10", SX_BIND_4(0));       \
  if constexpr (N == 16)                                                                           \
    F(__VA_ARGS__, "16", SX_TEXT_16, "%8", "%9", "%10", "%11", "%12", "%13", "%14", SX_BIND_8(0)); \
  if constexpr (N == 32)                                                                           \
    F(__VA_ARGS__, "32", SX_TEXT_32, "%16", "%17", "%18", "%19", "%20", "%21", "%22",              \
      SX_BIND_16(0));                                                                              \
  if constexpr (N == 64)                                                                           \
    F(__VA_ARGS__, "64", SX_TEXT_64, "%32", "%33", "%34", "%35", "%36", "%37", "%38",              \
      SX_BIND_32(0));                                                                              \
  if constexpr (N == 96)                                                                           \
    F(__VA_ARGS__, "96", SX_TEXT_96, "%48", "%49", "%50", "%51", "%52", "%53", "%54",              \
      SX_BIND_32(0), SX_BIND_16(32));                                                              \
  if constexpr (N == 128)                                                                          \
    F(__VA_ARGS__, "128", SX_TEXT_128, "%64", "%65", "%66", "%67", "%68", "%69", "%70",            \
      SX_BIND_64(0));                                                                              \
  if constexpr (N == 192)                                                                          \
    F(__VA_ARGS__, "192", SX_TEXT_192, "%96", "%97", "%98", "%99", "%100", "%101", "%102",         \
      SX_BIND_64(0), SX_BIND_32(64));                                                              \
  if constexpr (N == 256)                                                                          \
  F(__VA_ARGS__, "256", SX_TEXT_256, "%128", "%129", "%130", "%131", "%132", "%133", "%134",       \
    SX_BIND_64(0), SX_BIND_64(64))

// From shared memory the operands are a, b, accumulate, and for 16-bit types the transposition of
// both; from registers a's four, b, accumulate and b's transposition.
#define SX_WGMMA_OPEN(k, type, n, text, accumulate)                                            \
  "{\n.reg .pred p;\nsetp.ne.b32 p, " accumulate ", 0;\nwgmma.mma_async.sync.aligned.m64n" n k \
  ".f32." type "." type " {" text "}, "
#define SX_WGMMA_SHARED(k, type, n, text, a, b, c, ta, tb, u, v, ...)                      \
  asm volatile(SX_WGMMA_OPEN(k, type, n, text, c) a ", " b ", p, 1, 1, " ta ", " tb ";\n}" \
               : __VA_ARGS__                                                               \
               : "l"(a_bits), "l"(b_bits), "r"(int(accumulate)), "n"(int(kA)), "n"(int(kB)))
#define SX_WGMMA_SHARED_TF32(k, type, n, text, a, b, c, ta, tb, u, v, ...) \
  asm volatile(SX_WGMMA_OPEN(k, type, n, text, c) a ", " b ", p, 1, 1;\n}" \
               : __VA_ARGS__                                               \
               : "l"(a_bits), "l"(b_bits), "r"(int(accumulate)))
#define SX_WGMMA_REGISTERS(k, type, n, text, a0, a1, a2, a3, b, c, tb, ...)                     \
  asm volatile(SX_WGMMA_OPEN(k, type, n, text, c) "{" a0 ", " a1 ", " a2 ", " a3 "}, " b        \
                                                  ", p, 1, 1, " tb ";\n}"                       \
               : __VA_ARGS__                                                                    \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b_bits), "r"(int(accumulate)), \
                 "n"(int(kB)))
#define SX_WGMMA_REGISTERS_TF32(k, type, n, text, a0, a1, a2, a3, b, c, tb, ...)         \
  asm volatile(SX_WGMMA_OPEN(k, type, n, text, c) "{" a0 ", " a1 ", " a2 ", " a3 "}, " b \
                                                  ", p, 1, 1;\n}"                        \
               : __VA_ARGS__                                                             \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "l"(b_bits), "r"(int(accumulate)))

namespace detail {
template <int N, class T>
constexpr bool kHasWgmma = (N == 8 || N == 16 || N == 32 || N == 64 || N == 96 || N == 128 ||
                            N == 192 || N == 256) &&
                           (std::is_same_v<T, half> || std::is_same_v<T, bfloat16> ||
                            std::is_same_v<T, tf32>);
}

template <int N, class T, Major kA = Major::kK, Major kB = Major::kK>
__device__ __forceinline__ void wgmma(float (&d)[N / 2], Descriptor a, Descriptor b,
                                      bool accumulate = true) {
  static_assert(detail::kHasWgmma<N, T>,
                "N is 8, 16, 32, 64, 96, 128, 192 or 256, T half, bfloat16 or tf32");
  const uint64_t a_bits = a.bits, b_bits = b.bits;
  if constexpr (std::is_same_v<T, half>) {
    SX_WGMMA_SIZES(SX_WGMMA_SHARED, "k16", "f16");
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    SX_WGMMA_SIZES(SX_WGMMA_SHARED, "k16", "bf16");
  } else {
    static_assert(kA == Major::kK && kB == Major::kK, "tf32 has no mn-major tiles");
    SX_WGMMA_SIZES(SX_WGMMA_SHARED_TF32, "k8", "tf32");
  }
}
template <int N, class T, Major kB = Major::kK>
__device__ __forceinline__ void wgmma(float (&d)[N / 2], const uint32_t (&a)[4], Descriptor b,
                                      bool accumulate = true) {
  static_assert(detail::kHasWgmma<N, T>,
                "N is 8, 16, 32, 64, 96, 128, 192 or 256, T half, bfloat16 or tf32");
  const uint64_t b_bits = b.bits;
  if constexpr (std::is_same_v<T, half>) {
    SX_WGMMA_SIZES(SX_WGMMA_REGISTERS, "k16", "f16");
  } else if constexpr (std::is_same_v<T, bfloat16>) {
    SX_WGMMA_SIZES(SX_WGMMA_REGISTERS, "k16", "bf16");
  } else {
    static_assert(kB == Major::kK, "tf32 has no mn-major tiles");
    SX_WGMMA_SIZES(SX_WGMMA_REGISTERS_TF32, "k8", "tf32");
  }
}

// Orders what the threads did to registers and shared memory before what the following wgmmas do.
__device__ __forceinline__ void wgmma_fence() {
  asm volatile("wgmma.fence.sync.aligned;" ::: "memory");
}
__device__ __forceinline__ void wgmma_commit() {
  asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory");
}
// Until at most kPending groups are under way.
template <int kPending>
__device__ __forceinline__ void wgmma_wait() {
  asm volatile("wgmma.wait_group.sync.aligned %0;" ::"n"(kPending) : "memory");
}
// The compiler may not move accesses of these registers across.
template <int N>
__device__ __forceinline__ void fence_operand(float (&d)[N]) {
#pragma unroll
  for (int i = 0; i < N; i++) asm volatile("" : "+f"(d[i])::"memory");
}
template <int N>
__device__ __forceinline__ void fence_operand(uint32_t (&a)[N]) {
#pragma unroll
  for (int i = 0; i < N; i++) asm volatile("" : "+r"(a[i])::"memory");
}

#undef SX_WGMMA_REGISTERS_TF32
#undef SX_WGMMA_REGISTERS
#undef SX_WGMMA_SHARED_TF32
#undef SX_WGMMA_SHARED
#undef SX_WGMMA_OPEN
#undef SX_WGMMA_SIZES
#undef SX_BIND_64
#undef SX_BIND_32
#undef SX_BIND_16
#undef SX_BIND_8
#undef SX_BIND_4
#undef SX_TEXT_256
#undef SX_TEXT_192
#undef SX_TEXT_128
#undef SX_TEXT_96
#undef SX_TEXT_64
#undef SX_TEXT_32
#undef SX_TEXT_16
#undef SX_TEXT_8

#endif

}  // namespace sx::cuda
