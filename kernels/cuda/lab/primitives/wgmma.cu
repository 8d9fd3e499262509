// primitive.wgmma.*: 64 x N products of every operand type, size, layout and swizzle, one wgmma of
// two along k each. Tiles are written by plain stores, where the canonical layouts say; results are
// sums of whole numbers, exact. Two instructions and not one, so that the step along k is seen as
// well, and accumulation. A sixteenth to all of the result is compared, spread over it. Not a
// kernel to measure. Layouts: PTX ISA, "Asynchronous Warpgroup Level Matrix Shared Memory Layout".
#include "cuda/device/proxy_fence.h"
#include "cuda/device/wgmma.h"
#include "primitive.h"

namespace sx::cuda::primitive {
namespace {

// How a tile of `count` rows or columns and two instructions' depth lies in shared memory.
template <class T, int kCount, Swizzle kSwizzle, Major kMajor>
struct Tile {
  static constexpr int kBytes = std::is_same_v<T, tf32> ? 4 : 2;
  static constexpr int kDepth = 2 * 32 / kBytes;
  static constexpr int kSpan = int(kSwizzle);  // bytes of a row of the pattern
  static constexpr int kAlong = kMajor == Major::kK ? kDepth : kCount;  // elements along the bytes
  static constexpr int kAcross = kMajor == Major::kK ? kCount : kDepth;
  // Patterns follow each other across, 8 rows each, and then along.
  static constexpr int kGroupBytes = 8 * kSpan;
  static constexpr int kPatternsBytes = kAcross / 8 * kGroupBytes;
  static constexpr int kTileBytes = (kAlong * kBytes + kSpan - 1) / kSpan * kPatternsBytes;

  static __device__ int offset(int along, int across) {
    const int byte = along * kBytes;
    const int at = byte / kSpan * kPatternsBytes + across * kSpan + byte % kSpan;
    return at ^ (at >> 7 & (kSpan / 16 - 1)) << 4;
  }

  static __device__ void write(unsigned char* tile, int mn, int k, float value) {
    unsigned char* to = tile + (kMajor == Major::kK ? offset(k, mn) : offset(mn, k));
    if constexpr (kBytes == 4)
      *reinterpret_cast<float*>(to) = value;
    else
      *reinterpret_cast<T*>(to) = store_as<T>(value);
  }

  // Of the instruction's k-th step.
  static __device__ Descriptor descriptor(const unsigned char* tile, int step) {
    const unsigned char* from =
        tile + (kMajor == Major::kK ? step * 32 / kSpan * kPatternsBytes + step * 32 % kSpan
                                    : step * 2 * kGroupBytes);
    if (kMajor == Major::kK && kSwizzle == Swizzle::kNone) from = tile + step * 2 * kPatternsBytes;
    return kMajor == Major::kK || kSwizzle != Swizzle::kNone
               ? make_descriptor(from, kSwizzle, kPatternsBytes, kGroupBytes)
               : make_descriptor(from, kSwizzle, kGroupBytes, kPatternsBytes);
  }
};

template <class TileA, class TileB>
struct Shared {
  alignas(1024) unsigned char a[TileA::kTileBytes];
  alignas(1024) unsigned char b[TileB::kTileBytes];
};

template <class T>
__device__ uint32_t packed(float low, float high) {
  const T values[] = {store_as<T>(low), store_as<T>(high)};
  uint32_t bits;
  memcpy(&bits, values, sizeof bits);
  return bits;
}

// Registers of A for the instruction's k-th step.
template <class T>
__device__ void load_a(uint32_t (&a)[4], int step) {
  const int t = threadIdx.x;
  for (int r = 0; r < 4; r++) {
    const int row = t / 32 * 16 + r % 2 * 8 + t % 32 / 4;
    if constexpr (std::is_same_v<T, tf32>) {
      a[r] = __float_as_uint(number(row, step * 8 + r / 2 * 4 + t % 4));
    } else {
      const int k = step * 16 + r / 2 * 8 + t % 4 * 2;
      a[r] = packed<T>(number(row, k), number(row, k + 1));
    }
  }
}

template <class T, int N, Swizzle kSwizzle, Major kA, Major kB, bool kRegisters>
__global__ void __launch_bounds__(128) wgmma_kernel(Outputs out) {
#if SX_SM90
  using TileA = Tile<T, 64, kSwizzle, kA>;
  using TileB = Tile<T, N, kSwizzle, kB>;
  auto& shared = shared_memory<Shared<TileA, TileB>>();
  const int t = threadIdx.x;
  for (int i = t; i < 64 * TileA::kDepth; i += 128)
    TileA::write(shared.a, i / TileA::kDepth, i % TileA::kDepth,
                 number(i / TileA::kDepth, i % TileA::kDepth));
  for (int i = t; i < N * TileB::kDepth; i += 128)
    TileB::write(shared.b, i / TileB::kDepth, i % TileB::kDepth,
                 number(i % TileB::kDepth, i / TileB::kDepth + 1));
  fence_async_shared();
  __syncthreads();

  float d[N / 2];
  for (float& x : d) x = 1;
  uint32_t a[2][4];
  for (int step = 0; step < 2; step++) load_a<T>(a[step], step);
  fence_operand(d);
  wgmma_fence();
#pragma unroll
  for (int step = 0; step < 2; step++) {
    const Descriptor b = TileB::descriptor(shared.b, step);
    if constexpr (kRegisters)
      wgmma<N, T, kB>(d, a[step], b);
    else
      wgmma<N, T, kA, kB>(d, TileA::descriptor(shared.a, step), b);
  }
  wgmma_commit();
  wgmma_wait<0>();
  fence_operand(d);

  constexpr int kEvery = (N + 63) / 64;  // columns for one that is compared
#pragma unroll
  for (int i = 0; i < N / 2; i++) {
    const int row = t / 32 * 16 + i / 2 % 2 * 8 + t % 32 / 4,
              column = i / 4 * 8 + t % 4 * 2 + i % 2;
    if (column % kEvery != row % kEvery) continue;
    float wanted = 1;
    for (int k = 0; k < TileA::kDepth; k++) wanted += number(row, k) * number(k, column + 1);
    out.set(row * (N / kEvery) + column / kEvery, d[i], wanted);
  }
#endif
}

template <class T, int N, Swizzle kSwizzle, Major kA, Major kB, bool kRegisters = false>
void test(const Arguments& args) {
  using S = Shared<Tile<T, 64, kSwizzle, kA>, Tile<T, N, kSwizzle, kB>>;
  launch(args, wgmma_kernel<T, N, kSwizzle, kA, kB, kRegisters>,
         {.blocks = 1, .threads = 128, .shared_bytes = sizeof(S)}, outputs_of(args, 90));
}

constexpr Major kK = Major::kK, kMn = Major::kMn;
SX_KERNEL("primitive.wgmma.bf16.n8", test<bfloat16, 8, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n16", test<bfloat16, 16, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n32", test<bfloat16, 32, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.f16.n64", test<half, 64, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n96", test<bfloat16, 96, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n128", test<bfloat16, 128, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n192", test<bfloat16, 192, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n256", test<bfloat16, 256, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.tf32.n64", test<tf32, 64, Swizzle::k128, kK, kK>);
SX_KERNEL("primitive.wgmma.tf32.n64.registers", test<tf32, 64, Swizzle::k128, kK, kK, true>);
SX_KERNEL("primitive.wgmma.bf16.n64.registers", test<bfloat16, 64, Swizzle::k128, kK, kK, true>);
SX_KERNEL("primitive.wgmma.f16.n64.registers.mn_major",
          test<half, 64, Swizzle::k128, kK, kMn, true>);
SX_KERNEL("primitive.wgmma.bf16.n64.not_swizzled", test<bfloat16, 64, Swizzle::kNone, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n64.swizzle32", test<bfloat16, 64, Swizzle::k32, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n64.swizzle64", test<bfloat16, 64, Swizzle::k64, kK, kK>);
SX_KERNEL("primitive.wgmma.bf16.n64.mn_major.not_swizzled",
          test<bfloat16, 64, Swizzle::kNone, kMn, kMn>);
SX_KERNEL("primitive.wgmma.bf16.n64.mn_major.swizzle32",
          test<bfloat16, 64, Swizzle::k32, kMn, kMn>);
SX_KERNEL("primitive.wgmma.bf16.n64.mn_major.swizzle64",
          test<bfloat16, 64, Swizzle::k64, kMn, kMn>);
SX_KERNEL("primitive.wgmma.bf16.n128.mn_major", test<bfloat16, 128, Swizzle::k128, kMn, kMn>);
SX_KERNEL("primitive.wgmma.bf16.n64.a_mn_major", test<bfloat16, 64, Swizzle::k128, kMn, kK>);

}  // namespace
}  // namespace sx::cuda::primitive
