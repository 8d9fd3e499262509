// primitive.mma.*: mma.sync of every pair of types; primitive.ldmatrix, primitive.stmatrix: 8 x 8
// matrices between shared memory and registers, as they lie and transposed; primitive.cp_async:
// copies of 4, 8 and 16 bytes, filled up with zeros. Fragments are made, and results looked up, by
// the layouts that the headers state. Not kernels to measure. Source: PTX ISA, "mma", "ldmatrix",
// "stmatrix", "cp.async".
#include "cuda/device/cp_async.h"
#include "cuda/device/ldmatrix.h"
#include "cuda/device/mma.h"
#include "primitive.h"

namespace sx::cuda::primitive {
namespace {

// A number as the tensor core takes it: the bits, and how many there are.
template <class T>
__device__ uint32_t bits_of(float x) {
  if constexpr (std::is_same_v<T, tf32>) return to_tf32(x);
  if constexpr (sizeof(T) == 2) {
    const T value = store_as<T>(x);
    uint16_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
  }
  if constexpr (std::is_same_v<T, int8_t> || std::is_same_v<T, uint8_t>) return uint8_t(int(x));
}

template <class T>
constexpr int kBits = std::is_same_v<T, tf32> ? 32 : 8 * sizeof(T);

// Row i, depth d of a operand; unsigned types have no negative numbers.
template <class T>
__device__ float element(int i, int d) {
  const float x = number(i, d);
  return std::is_same_v<T, uint8_t> ? x + 200 : x;
}

template <class T>
__device__ uint32_t word(int i, int w) {
  uint32_t result = 0;
  for (int e = 0; e < 32 / kBits<T>; e++)
    result |= bits_of<T>(element<T>(i, w * (32 / kBits<T>)+e)) << e * kBits<T>;
  return result;
}

template <class A, class B>
__global__ void __launch_bounds__(32) mma_kernel(Outputs out) {
  const int g = lane_index() / 4, t = lane_index() % 4;
  const uint32_t a[4] = {word<A>(g, t), word<A>(g + 8, t), word<A>(g, t + 4),
                         word<A>(g + 8, t + 4)};
  const uint32_t b[2] = {word<B>(g, t), word<B>(g, t + 4)};
  typename MmaType<A>::Sum d[4] = {1, 2, 3, 4};
  mma<A, B>(d, a, b);
  for (int r = 0; r < 4; r++) {
    const int row = g + r / 2 * 8, column = t * 2 + r % 2;
    float expected = float(r + 1);
    for (int k = 0; k < MmaType<A>::kDepth; k++)
      expected += element<A>(row, k) * element<B>(column, k);
    out.set(row * 8 + column, float(d[r]), expected);
  }
}

template <class A, class B = A>
void products(const Arguments& args) {
  launch(args, mma_kernel<A, B>, {.blocks = 1, .threads = 32}, outputs_of(args));
}
SX_KERNEL("primitive.mma.f16", products<half>);
SX_KERNEL("primitive.mma.bf16", products<bfloat16>);
SX_KERNEL("primitive.mma.tf32", products<tf32>);
SX_KERNEL("primitive.mma.i8", products<int8_t>);
SX_KERNEL("primitive.mma.u8", products<uint8_t>);
SX_KERNEL("primitive.mma.i8u8", products<int8_t, uint8_t>);
SX_KERNEL("primitive.mma.u8i8", products<uint8_t, int8_t>);

// Four matrices of 16-bit numbers, each its place.
struct Matrices {
  alignas(16) uint16_t values[4][8][8];
};

// What half h of register i of this lane holds.
__device__ int held(int i, int h, bool transposed) {
  const int along = lane_index() % 4 * 2 + h, across = lane_index() / 4;
  return transposed ? (i * 8 + along) * 8 + across : (i * 8 + across) * 8 + along;
}

template <int N, bool kTransposed>
__device__ void load(Outputs out, int first, const Matrices& shared) {
  uint32_t registers[N];
  const int row = lane_index() % (8 * N);
  load_matrices<kTransposed>(registers, shared.values[row / 8][row % 8]);
  for (int i = 0; i < N; i++)
    for (int h = 0; h < 2; h++)
      out.set(first + (i * 2 + h) * 32 + lane_index(), float(registers[i] >> 16 * h & 0xffff),
              float(held(i, h, kTransposed)));
}

__global__ void __launch_bounds__(32) ldmatrix_kernel(Outputs out) {
  auto& shared = shared_memory<Matrices>();
  for (int i = lane_index(); i < 256; i += 32)
    shared.values[i / 64][i / 8 % 8][i % 8] = uint16_t(i);
  sync_warp();
  load<1, false>(out, 0, shared);
  load<1, true>(out, 256, shared);
  load<2, false>(out, 512, shared);
  load<2, true>(out, 768, shared);
  load<4, false>(out, 1024, shared);
  load<4, true>(out, 1280, shared);
}

template <int N, bool kTransposed>
__device__ void store(Outputs out, int first, Matrices& shared) {
#if SX_SM90
  for (int i = lane_index(); i < 256; i += 32) shared.values[i / 64][i / 8 % 8][i % 8] = 999;
  sync_warp();
  uint32_t registers[N];
  for (int i = 0; i < N; i++)
    registers[i] = uint32_t(held(i, 0, kTransposed) | held(i, 1, kTransposed) << 16);
  const int row = lane_index() % (8 * N);
  store_matrices<kTransposed>(shared.values[row / 8][row % 8], registers);
  sync_warp();
  for (int i = lane_index(); i < 256; i += 32)
    out.set(first + i, shared.values[i / 64][i / 8 % 8][i % 8], float(i < N * 64 ? i : 999));
  sync_warp();
#endif
}

__global__ void __launch_bounds__(32) stmatrix_kernel(Outputs out) {
  auto& shared = shared_memory<Matrices>();
  store<1, false>(out, 0, shared);
  store<1, true>(out, 256, shared);
  store<2, false>(out, 512, shared);
  store<2, true>(out, 768, shared);
  store<4, false>(out, 1024, shared);
  store<4, true>(out, 1280, shared);
}

void loads(const Arguments& args) {
  launch(args, ldmatrix_kernel, {.blocks = 1, .threads = 32, .shared_bytes = sizeof(Matrices)},
         outputs_of(args));
}
void stores(const Arguments& args) {
  launch(args, stmatrix_kernel, {.blocks = 1, .threads = 32, .shared_bytes = sizeof(Matrices)},
         outputs_of(args, 90));
}
SX_KERNEL("primitive.ldmatrix", loads);
SX_KERNEL("primitive.stmatrix", stores);

struct Copied {
  alignas(16) float values[3][64 * 4];
};

// Thread t copies t % (kSize / 4 + 1) whole floats, and what is left of its kSize bytes is zero.
template <int kSize>
__device__ void copy(const float* from, float* to) {
  constexpr int kEach = kSize / 4;
  const int t = int(threadIdx.x);
  copy_async<kSize>(to + t * kEach, from + t * kEach, t % (kEach + 1) * 4);
}

template <int kSize>
__device__ void look(Outputs out, int first, const float* to) {
  constexpr int kEach = kSize / 4;
  for (int i = int(threadIdx.x); i < 64 * kEach; i += 64)
    out.set(first + i, to[i], i % kEach < i / kEach % (kEach + 1) ? number(i, 1) : 0);
}

__global__ void __launch_bounds__(64) cp_async_kernel(Outputs out) {
  auto& shared = shared_memory<Copied>();
  float* const from = out.expected + 3072;  // is cleared in the end
  for (int i = int(threadIdx.x); i < 256; i += 64) from[i] = number(i, 1);
  __syncthreads();
  copy<4>(from, shared.values[0]);
  commit_copies();
  copy<8>(from, shared.values[1]);
  commit_copies();
  copy<16>(from, shared.values[2]);
  wait_copies<1>();
  __syncthreads();
  look<4>(out, 0, shared.values[0]);
  wait_copies<0>();
  __syncthreads();
  look<8>(out, 256, shared.values[1]);
  wait_all_copies();
  __syncthreads();
  look<16>(out, 512, shared.values[2]);
  out.clear(3072);
}

void copies(const Arguments& args) {
  launch(args, cp_async_kernel, {.blocks = 1, .threads = 64, .shared_bytes = sizeof(Copied)},
         outputs_of(args));
}
SX_KERNEL("primitive.cp_async", copies);

}  // namespace
}  // namespace sx::cuda::primitive
