// conv_channels_last.* without tensor cores: float32 by float32's rules, and in 16 bits whatever
// they cannot take, as channels that are no multiple of 16 bytes. What multiplies is
// gemm_simt.h's; a thread gathers four depths of one window, by one access where they are four
// channels of a tap. Sums are of partial sums of 256 products, so that long ones lose few bits. Not
// yet measured on a GPU. Chetlur et al., cuDNN, arXiv 1410.0759; Higham, "The Accuracy of
// Floating Point Summation", 1993.
#include "cuda/conv.h"
#include "cuda/gemm_simt.h"

namespace sx::cuda {
namespace {

using namespace simt;

constexpr int kBlock = 256;

// As Loader, of a tile of windows.
template <class T, class S>
class WindowLoader {
 public:
  using C = Compute<T>;

  __device__ WindowLoader(const ConvProblem<T>& p, const GemmTile& tile)
      : p_(p),
        x_(p.a + tile.matrix * p.a_stack[kStackAxes - 1]),
        window_(p.window(tile.row + row() < p.m ? tile.row + row() : 0)),
        tap_(p.tap(tile.depth + depth())),
        has_row_(tile.row + row() < p.m) {}

  __device__ __forceinline__ void load(int64_t left) {
    const int64_t count = has_row_ ? left - depth() : 0;
    if (p_.a_aligned) {
      const bool inside = count > 0 && p_.is_inside(window_, tap_);
      Packed<T, kGroup> values{};
      if (inside) values = load_packed<kGroup>(x_ + window_.offset + tap_.offset);
#pragma unroll
      for (int i = 0; i < kGroup; i++) held_[i] = inside ? load_as(values[i]) : C(0);
      if (left > S::kDepth) p_.advance(tap_, S::kDepth);
      return;
    }
#pragma unroll
    for (int i = 0; i < kGroup; i++) {
      const bool inside = i < count && p_.is_inside(window_, tap_);
      held_[i] = inside ? load_as(x_[window_.offset + tap_.offset]) : C(0);
      if (left > 0) p_.advance(tap_, 1);
    }
    if (left > S::kDepth) p_.advance(tap_, S::kDepth - kGroup);
  }

  __device__ __forceinline__ void store(C (&to)[S::kDepth][S::kPitch]) const {
#pragma unroll
    for (int i = 0; i < kGroup; i++) to[depth() + i][row()] = held_[i];
  }

 private:
  static constexpr int kGroup = 4, kAcross = S::kDepth / kGroup;
  static_assert(S::kTile * kAcross == S::kThreads, "every thread loads as much");

  static __device__ __forceinline__ int row() { return int(threadIdx.x) / kAcross; }
  static __device__ __forceinline__ int depth() { return int(threadIdx.x) % kAcross * kGroup; }

  const ConvProblem<T>& p_;
  const T* const x_;
  const ConvWindow window_;
  ConvTap tap_;
  const bool has_row_;
  C held_[kGroup];
};

// Two sets of 8 x 8 sums fill a thread's registers: one block of them for each processor.
template <class S, class T>
__global__ void __launch_bounds__(S::kThreads, S::kEach == 8 ? 1 : 2)
    conv_simt_kernel(const __grid_constant__ ConvProblem<T> p) {
  if (p.is_unwanted()) return;
  const GemmTile tile = p.tile(blockIdx.x, S::kTile, S::kTile);
  WindowLoader<T, S> windows(p, tile);
  Loader<T, S::kTile, S::kDepth, S::kThreads> filters(
      p.b + (tile.matrix * p.n + tile.column) * p.k + tile.depth, p.k, 1, p.n - tile.column,
      p.b_aligned);
  reckon_tile<S, kBlock, T>(p, tile, windows, filters);
}

template <class S, class T>
void run(const Arguments& args, const ConvProblem<T>& p) {
  launch(args, conv_simt_kernel<S, T>,
         {.blocks = blocks_for(p.tiles(S::kTile, S::kTile), 1),
          .threads = S::kThreads,
          .shared_bytes = sizeof(typename S::Shared)},
         p);
}

}  // namespace

template <class T>
void conv_simt(const Arguments& args, const ConvProblem<T>& p, int rows) {
  if constexpr (std::is_same_v<T, float>) {
    if (rows == 128) return run<Shape<T, 128, 8, 8>>(args, p);
  }
  run<Shape<T, 64, 4, 16>>(args, p);
}

template void conv_simt(const Arguments&, const ConvProblem<float>&, int);
template void conv_simt(const Arguments&, const ConvProblem<half>&, int);
template void conv_simt(const Arguments&, const ConvProblem<bfloat16>&, int);

}  // namespace sx::cuda
