// conv_grad_weight.f16, .bf16, on the tensor cores of sm_80 and later: the kernel of gemm_sm80.h,
// with copiers that gather both matrices. Rows of dy come by cp.async where images are multiples of
// 16 bytes; all else goes through registers, eight positions of a few rows or columns at a time,
// since taps and images shift them by any number of elements. Copies of a stage are under way while
// another is multiplied, but a thread waits for those of its registers. Not yet measured on a GPU.
// CUTLASS, implicit GEMM convolution (wgrad).
#include "cuda/conv_grad_weight.h"
#include "cuda/gemm_sm80.h"

namespace sx::cuda {
namespace {

using namespace sm80;

// A thread copies kCopies chunks of each stage: the same depths of rows, or columns, kStep apart.
template <class T, int kTile>
struct Chunks {
  using L = Layout<T, kTile, true>;
  static constexpr int kCopies = L::kChunks / kThreads;
  static constexpr int kStep = kThreads / L::kAcross;

  static __device__ __forceinline__ int outer() { return int(threadIdx.x) / L::kAcross; }
  static __device__ __forceinline__ int depth() { return int(threadIdx.x) % L::kAcross * L::kEach; }

  static __device__ __forceinline__ unsigned char* place(unsigned char* stage, int copy) {
    return stage + L::place(outer(), int(threadIdx.x) % L::kAcross) + copy * kThreads * kChunkBytes;
  }

  // Stores what get(i) gives for each copy i, at one depth after the other; next() goes on to the
  // next one.
  template <class Get, class Next>
  static __device__ __forceinline__ void gather(unsigned char* stage, int64_t depths, Get get,
                                                Next next) {
    Packed<T, L::kEach> values[kCopies] = {};
#pragma unroll
    for (int e = 0; e < L::kEach; e++) {
      if (depth() + e >= depths) break;
#pragma unroll
      for (int i = 0; i < kCopies; i++) {
        const T* const from = get(i);
        if (from) values[i][e] = *from;
      }
      next();
    }
#pragma unroll
    for (int i = 0; i < kCopies; i++)
      store_packed(reinterpret_cast<T*>(place(stage, i)), values[i]);
  }
};

template <class T, int kTile>
class RowCopier : Chunks<T, kTile> {
  using Base = Chunks<T, kTile>;
  using L = typename Base::L;

 public:
  __device__ RowCopier(const GradProblem<T>& p, const GemmTile& tile)
      : p_(p),
        row_(p, tile.matrix, tile.row + Base::outer(), tile.depth + Base::depth()),
        rows_(p.m - tile.row - Base::outer()) {}

  __device__ __forceinline__ void copy(unsigned char* stage, int64_t depths) {
    if (p_.a_aligned) {
#pragma unroll
      for (int i = 0; i < Base::kCopies; i++) {
        const bool inside = i * Base::kStep < rows_ && Base::depth() < depths;
        copy_async<kChunkBytes>(Base::place(stage, i), inside ? at(row_, i) : p_.a,
                                inside ? kChunkBytes : 0);
      }
    } else {
      GradRow<T> row = row_;
      Base::gather(
          stage, depths, [&](int i) { return i * Base::kStep < rows_ ? at(row, i) : nullptr; },
          [&] { row.advance(1); });
    }
    row_.advance(L::kDepth);
  }

 private:
  __device__ __forceinline__ const T* at(const GradRow<T>& row, int copy) const {
    return row.get() + int64_t{copy} * Base::kStep * p_.outputs;
  }

  const GradProblem<T>& p_;
  GradRow<T> row_;
  const int64_t rows_;
};

template <class T, int kTile>
class ColumnCopier : Chunks<T, kTile> {
  using Base = Chunks<T, kTile>;
  using L = typename Base::L;

 public:
  __device__ ColumnCopier(const GradProblem<T>& p, const GemmTile& tile)
      : p_(p),
        place_(p.place(tile.depth + Base::depth())),
        columns_(p.n - tile.column - Base::outer()) {
#pragma unroll
    for (int i = 0; i < Base::kCopies; i++)
      column_[i] =
          p.column(tile.matrix,
                   i * Base::kStep < columns_ ? tile.column + Base::outer() + i * Base::kStep : 0);
  }

  __device__ __forceinline__ void copy(unsigned char* stage, int64_t depths) {
    GradPlace place = place_;
    Base::gather(
        stage, depths,
        [&](int i) { return i * Base::kStep < columns_ ? p_.meets(column_[i], place) : nullptr; },
        [&] { p_.advance(place, 1); });
    p_.advance(place_, L::kDepth);
  }

 private:
  const GradProblem<T>& p_;
  GradPlace place_;
  const int64_t columns_;
  GradColumn<T> column_[Base::kCopies];
};

template <class T, int kRows>
__global__ void __launch_bounds__(kThreads, 2)
    conv_grad_weight_sm80_kernel(const __grid_constant__ GradProblem<T> p) {
  const GemmTile tile = p.tile(blockIdx.x, kRows, kGradColumns);
  RowCopier<T, kRows> rows(p, tile);
  ColumnCopier<T, kGradColumns> columns(p, tile);
  reckon_tile<T, kRows, kGradColumns, true, true, T>(p, tile, rows, columns);
}

template <int kRows, class T>
void run(const Arguments& args, GradProblem<T> p) {
  constexpr int kEach = kChunkBytes / sizeof(T);
  p.a_aligned = p.outputs % kEach == 0 && reinterpret_cast<uintptr_t>(p.a) % kChunkBytes == 0;
  launch(args, conv_grad_weight_sm80_kernel<T, kRows>,
         {.blocks = blocks_for(p.tiles(kRows, kGradColumns), 1),
          .threads = kThreads,
          .shared_bytes = sizeof(sm80::Shared<kRows, kGradColumns>)},
         p);
}

}  // namespace

template <class T>
void conv_grad_weight_sm80(const Arguments& args, const GradProblem<T>& p, int rows) {
  if (rows == 128) return run<128>(args, p);
  run<64>(args, p);
}

template void conv_grad_weight_sm80(const Arguments&, const GradProblem<half>&, int);
template void conv_grad_weight_sm80(const Arguments&, const GradProblem<bfloat16>&, int);

}  // namespace sx::cuda
