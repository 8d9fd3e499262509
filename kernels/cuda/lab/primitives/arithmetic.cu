// primitive.dot4: sums of four products of signed bytes, and bytes picked and transposed;
// primitive.half.*: every pattern of 16 bits to float and back, and roundings half way, to infinity
// and to nothing; primitive.divide: divisions by a product and a shift, next to every multiple.
// Plain code of other operations says what is right. Not kernels to measure. Source: PTX ISA,
// "dp4a", "prmt", "cvt"; IEEE 754-2019, 4.3.1.
#include "cuda/device/block.h"
#include "cuda/device/division.h"
#include "cuda/device/divisor.h"
#include "cuda/device/dot4.h"
#include "cuda/device/half.h"
#include "cuda/device/math.h"
#include "primitive.h"

namespace sx::cuda::primitive {
namespace {

constexpr int kThreads = 256;

__device__ uint32_t scrambled(uint32_t i) {
  i = (i ^ i >> 16) * 0x45d9f3bu;
  i = (i ^ i >> 16) * 0x45d9f3bu;
  return i ^ i >> 16;
}

__device__ int byte_of(uint32_t word, int i) { return int(word >> 8 * i & 0xff); }

__global__ void __launch_bounds__(kThreads) dot4_kernel(Outputs out) {
  const int t = int(threadIdx.x);
  // The first thread's bytes are the lowest there are, the second's one of each end.
  const uint32_t a = t == 0   ? 0x80808080u
                     : t == 1 ? 0x7f807f80u
                              : scrambled(2 * t),
                 b = t == 0   ? 0x80808080u
                     : t == 1 ? 0x80807f7fu
                              : scrambled(2 * t + 1);
  int sum = t - 100;
  for (int i = 0; i < 4; i++) sum += ((byte_of(a, i) ^ 128) - 128) * ((byte_of(b, i) ^ 128) - 128);
  out.set(t, float(dot4(a, b, t - 100)), float(sum));
  out.set(kThreads + t, float(dot4(0x01010101u, 0x01010101u, 0x7fffffff) == int(0x80000003u)), 1);

  uint32_t picked = 0;
  const uint32_t selector = scrambled(t) & 0x7777u;
  for (int i = 0; i < 4; i++) {
    const int from = int(selector >> 4 * i & 7);
    picked |= uint32_t(byte_of(from < 4 ? a : b, from % 4)) << 8 * i;
  }
  out.set(2 * kThreads + t, float(select_bytes(a, b, selector) == picked), 1);

  uint32_t words[4] = {a, b, a + b, a * b}, columns[4] = {};
  for (int i = 0; i < 4; i++)
    for (int j = 0; j < 4; j++) columns[j] |= uint32_t(byte_of(words[i], j)) << 8 * i;
  transpose_bytes(words);
  for (int i = 0; i < 4; i++) out.set((3 + i) * kThreads + t, float(words[i] == columns[i]), 1);
}

void dot4s(const Arguments& args) {
  launch(args, dot4_kernel, {.blocks = 1, .threads = kThreads}, outputs_of(args));
}
SX_KERNEL("primitive.dot4", dot4s);

// --- formats of 16 bits: fraction bits, and the exponent that ordinary numbers begin with ---
template <class T>
constexpr int kFraction = std::is_same_v<T, half> ? 10 : 7;
template <class T>
constexpr int kLowest = std::is_same_v<T, half> ? -14 : -126;

// How far the number of these bits, without a sign, is from the next one.
template <class T>
__device__ float step_at(uint32_t bits) {
  const int exponent = int(bits >> kFraction<T>);
  float step = 1;
  for (int e = kLowest<T> - kFraction<T>; e < 0; e++) step /= 2;
  for (int e = 1; e < exponent; e++) step *= 2;
  return step;
}

template <class T>
__device__ float magnitude(uint32_t bits) {
  const uint32_t one = 1u << kFraction<T>;
  return float(bits % one + (bits < one ? 0 : one)) * step_at<T>(bits);
}

template <class T>
__device__ T stored(float x) {
  return store_as<T>(x);
}

// A thread's share of the magnitudes below infinity, a block's thread every kThreads-th.
template <class T>
__global__ void __launch_bounds__(kThreads) half_kernel(Outputs out) {
  auto& scratch = shared_memory<BlockScratch<int>>();
  constexpr uint32_t kInfinite = 0x7fffu >> kFraction<T> << kFraction<T>;
  const auto plus = [](int a, int b) { return a + b; };
  int exact = 0, back = 0, even = 0, above = 0, below = 0, numbers = 0;
  for (uint32_t bits = blockIdx.x * kThreads + threadIdx.x; bits < kInfinite;
       bits += gridDim.x * kThreads) {
    const float value = magnitude<T>(bits), middle = value + step_at<T>(bits) / 2;
    numbers++;
    exact += to_float(T{uint16_t(bits)}) == value && to_float(T{uint16_t(bits | 0x8000)}) == -value;
    back += stored<T>(value).bits == bits && stored<T>(-value).bits == (bits | 0x8000);
    even += stored<T>(middle).bits == bits + bits % 2;
    const uint32_t pattern = __builtin_bit_cast(uint32_t, middle);
    above += stored<T>(__builtin_bit_cast(float, pattern + 1)).bits == bits + 1;
    below += stored<T>(__builtin_bit_cast(float, pattern - 1)).bits == bits;
  }
  const int counts[] = {exact, back, even, above, below};
  const int all = block_reduce(numbers, plus, scratch);
  for (int i = 0; i < 5; i++) {
    const int count = block_reduce(counts[i], plus, scratch);
    if (threadIdx.x == 0) out.set(int(blockIdx.x) * 8 + i, float(count), float(all));
  }
}

template <class T>
__global__ void __launch_bounds__(32) half_edges_kernel(Outputs out, float zero) {
  constexpr uint32_t kInfinite = 0x7fffu >> kFraction<T> << kFraction<T>;
  if (threadIdx.x > 0) return;
  const float infinity = 1 / zero, nan = infinity - infinity;
  const auto says = [&](int i, bool right) { out.set(2048 + i, float(right), 1); };
  says(0, stored<T>(infinity).bits == kInfinite);
  says(1, stored<T>(-infinity).bits == (kInfinite | 0x8000));
  says(2, to_float(T{uint16_t(kInfinite)}) == infinity);
  says(3, (stored<T>(nan).bits & 0x7fff) > kInfinite);
  const float back = to_float(T{0x7fff});
  says(4, back != back);
  says(5, stored<T>(__builtin_bit_cast(float, 0x7f7fffffu)).bits == kInfinite);
  says(6, stored<T>(-zero).bits == 0x8000);
  says(7, stored<T>(__builtin_bit_cast(float, 1u)).bits == 0);  // the least float
  says(8, max_or_nan(nan, zero) != max_or_nan(nan, zero));
  says(9, max_or_nan(zero, nan) != max_or_nan(zero, nan));
  says(10, min_or_nan(nan, zero) != min_or_nan(nan, zero));
  says(11, min_or_nan(zero, nan) != min_or_nan(zero, nan));
  says(12, max_or_nan(zero, infinity) == infinity && min_or_nan(zero, -infinity) == -infinity);
}

template <class T>
void halves(const Arguments& args) {
  const Outputs out = outputs_of(args);
  launch(args, half_kernel<T>,
         {.blocks = 4, .threads = kThreads, .shared_bytes = sizeof(BlockScratch<int>)}, out);
  launch(args, half_edges_kernel<T>, {.blocks = 1, .threads = 32}, out, 0.f);
}
SX_KERNEL("primitive.half.float16", halves<half>);
SX_KERNEL("primitive.half.bfloat16", halves<bfloat16>);

// --- quotients around multiples of a divisor, which every thread has another of ---
struct Divisors {
  Division wide[16];
  Divisor narrow[16];
  int64_t by[16];
};

__global__ void __launch_bounds__(kThreads)
    divide_kernel(Outputs out, const __grid_constant__ Divisors divisors) {
  const int t = int(threadIdx.x), which = t % 16;
  const int64_t by = divisors.by[which];
  int right = 0;
  for (int i = 0; i < 16; i++) {
    const int64_t multiple = (int64_t{1} << 62) / by >> (t / 16 * 4 + i) % 62;
    for (int64_t n = multiple * by - 1; n <= multiple * by + 1; n++) {
      if (n < 0) {
        right++;
        continue;
      }
      int64_t rest = n;
      const int64_t quotient = divisors.narrow[which].divide(rest);
      right += quotient == n / by && rest == n % by && divisors.wide[which].quotient(n) == n / by;
    }
  }
  out.set(t, float(right), 48);
}

void divide(const Arguments& args) {
  constexpr int64_t kBy[16] = {1,       2,         3,          7,
                               10,      64,        641,        65535,
                               65537,   1000003,   0x7fffffff, 0x80000000ll,
                               1 << 20, 123456789, 1ll << 40,  (1ll << 61) - 1};
  Divisors divisors;
  for (int i = 0; i < 16; i++) {
    divisors.wide[i] = Division(kBy[i]);
    divisors.narrow[i] = Divisor(kBy[i]);
    divisors.by[i] = kBy[i];
  }
  launch(args, divide_kernel, {.blocks = 1, .threads = kThreads}, outputs_of(args), divisors);
}
SX_KERNEL("primitive.divide", divide);

}  // namespace
}  // namespace sx::cuda::primitive
