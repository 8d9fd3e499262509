// conv_channels_last.f16, .bf16, and float32 as tf32, on the tensor cores of sm_80 and later: the
// kernel of gemm_sm80.h, with a copier that gathers the left matrix. Each thread copies the same 16
// bytes of depth, which are channels of one tap, of a few windows, whose coordinates it keeps; what
// is in the padding cp.async fills with zeros. Rows of pixels and of filters must begin at
// multiples of 16 bytes, a group's channels be a multiple of that. Not yet measured on a GPU.
// CUTLASS, implicit GEMM convolution.
#pragma once
#include "cuda/conv.h"
#include "cuda/gemm_sm80.h"

namespace sx::cuda::sm80 {

// As Copier, of a tile of windows.
template <class T, int kTile>
class WindowCopier {
  using L = Layout<T, kTile, true>;
  static constexpr int kCopies = L::kChunks / kThreads;
  static constexpr int kRowStep = kThreads / L::kAcross;

 public:
  __device__ WindowCopier(const ConvProblem<T>& p, const GemmTile& tile)
      : p_(p),
        x_(p.a + tile.matrix * p.a_stack[kStackAxes - 1]),
        element_(int(threadIdx.x) % L::kAcross * L::kEach),
        place_(L::place(int(threadIdx.x) / L::kAcross, int(threadIdx.x) % L::kAcross)),
        tap_(p.tap(tile.depth + element_)) {
#pragma unroll
    for (int i = 0; i < kCopies; i++) {
      const int64_t row = tile.row + int(threadIdx.x) / L::kAcross + i * kRowStep;
      windows_[i] = p.window(row < p.m ? row : 0);
      if (row >= p.m) windows_[i].at[0] = kNowhere;
    }
  }

  __device__ __forceinline__ void copy(unsigned char* stage, int64_t depths) {
    const bool deep = element_ < depths;
#pragma unroll
    for (int i = 0; i < kCopies; i++) {
      const bool inside = deep && p_.is_inside(windows_[i], tap_);
      copy_async<kChunkBytes>(stage + place_ + i * kThreads * kChunkBytes,
                              inside ? x_ + windows_[i].offset + tap_.offset : x_,
                              inside ? kChunkBytes : 0);
    }
    p_.advance(tap_, L::kDepth);
  }

 private:
  static constexpr int kNowhere = -0x40000000;  // with any tap it is in the padding

  const ConvProblem<T>& p_;
  const T* const x_;
  const int element_, place_;
  ConvTap tap_;
  ConvWindow windows_[kCopies];
};

template <class T, class M, int kRows, int kColumns>
__global__ void __launch_bounds__(kThreads, 2)
    conv_sm80_kernel(const __grid_constant__ ConvProblem<T> p) {
  const GemmTile tile = p.tile(blockIdx.x, kRows, kColumns);
  WindowCopier<T, kRows> windows(p, tile);
  Copier<T, kColumns, true> filters(p.b + (tile.matrix * p.n + tile.column) * p.k, p.k, 1,
                                    p.n - tile.column, tile.depth);
  reckon_tile<M, kRows, kColumns, true, true, T>(p, tile, windows, filters);
}

template <class M, int kRows, int kColumns, class T>
void run(const Arguments& args, const ConvProblem<T>& p) {
  launch(args, conv_sm80_kernel<T, M, kRows, kColumns>,
         {.blocks = blocks_for(p.tiles(kRows, kColumns), 1),
          .threads = kThreads,
          .shared_bytes = sizeof(Shared<kRows, kColumns>)},
         p);
}

}  // namespace sx::cuda::sm80
