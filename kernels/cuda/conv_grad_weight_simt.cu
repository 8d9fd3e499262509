// conv_grad_weight.f32, by float32's rules. What multiplies is gemm_simt.h's; a thread gathers four
// positions of a row of dy, by one access where no image ends in between, and of a column of x,
// whose coordinates it keeps. Sums are of partial sums of 256 products, so that long ones lose few
// bits. Not yet measured on a GPU. Chetlur et al., cuDNN, arXiv 1410.0759; Higham, "The Accuracy of
// Floating Point Summation", 1993.
#include "cuda/conv_grad_weight.h"
#include "cuda/gemm_simt.h"

namespace sx::cuda {
namespace {

using namespace simt;

constexpr int kBlock = 256;
constexpr int kGroup = 4;

// What both loaders are: kGroup depths of one row or column of a tile for each thread.
template <class T, class S>
struct GradLoader {
  using C = Compute<T>;
  static constexpr int kAcross = S::kDepth / kGroup;
  static_assert(S::kTile * kAcross == S::kThreads, "every thread loads as much");

  static __device__ __forceinline__ int outer() { return int(threadIdx.x) / kAcross; }
  static __device__ __forceinline__ int depth() { return int(threadIdx.x) % kAcross * kGroup; }

  __device__ __forceinline__ void store(C (&to)[S::kDepth][S::kPitch]) const {
#pragma unroll
    for (int i = 0; i < kGroup; i++) to[depth() + i][outer()] = held[i];
  }

  C held[kGroup];
};

template <class T, class S>
class RowLoader : public GradLoader<T, S> {
  using Base = GradLoader<T, S>;

 public:
  __device__ RowLoader(const GradProblem<T>& p, const GemmTile& tile)
      : row_(p, tile.matrix, tile.row + Base::outer() < p.m ? tile.row + Base::outer() : 0,
             tile.depth + Base::depth()),
        has_row_(tile.row + Base::outer() < p.m),
        packed_(p.a_aligned) {}

  __device__ __forceinline__ void load(int64_t left) {
    const int64_t count = has_row_ ? left - Base::depth() : 0;
    if (packed_) {  // an image has whole groups
      Packed<T, kGroup> values{};
      if (count > 0) values = load_packed<kGroup>(row_.get());
#pragma unroll
      for (int i = 0; i < kGroup; i++) this->held[i] = count > 0 ? load_as(values[i]) : 0.f;
      if (left > 0) row_.advance(S::kDepth);
      return;
    }
#pragma unroll
    for (int i = 0; i < kGroup; i++) {
      this->held[i] = i < count ? load_as(*row_.get()) : 0.f;
      if (left > 0) row_.advance(1);
    }
    if (left > 0) row_.advance(S::kDepth - kGroup);
  }

 private:
  GradRow<T> row_;
  const bool has_row_, packed_;
};

template <class T, class S>
class ColumnLoader : public GradLoader<T, S> {
  using Base = GradLoader<T, S>;

 public:
  __device__ ColumnLoader(const GradProblem<T>& p, const GemmTile& tile)
      : p_(p),
        column_(p.column(tile.matrix,
                         tile.column + Base::outer() < p.n ? tile.column + Base::outer() : 0)),
        place_(p.place(tile.depth + Base::depth())),
        has_column_(tile.column + Base::outer() < p.n) {}

  __device__ __forceinline__ void load(int64_t left) {
    const int64_t count = has_column_ ? left - Base::depth() : 0;
#pragma unroll
    for (int i = 0; i < kGroup; i++) {
      const T* const x = i < count ? p_.meets(column_, place_) : nullptr;
      this->held[i] = x ? load_as(*x) : 0.f;
      if (left > 0) p_.advance(place_, 1);
    }
    if (left > 0) p_.advance(place_, S::kDepth - kGroup);
  }

 private:
  const GradProblem<T>& p_;
  const GradColumn<T> column_;
  GradPlace place_;
  const bool has_column_;
};

// Two sets of 8 x 8 sums fill a thread's registers: one block of them for each processor.
template <class S, class T>
__global__ void __launch_bounds__(S::kThreads, S::kEach == 8 ? 1 : 2)
    conv_grad_weight_simt_kernel(const __grid_constant__ GradProblem<T> p) {
  const GemmTile tile = p.tile(blockIdx.x, S::kTile, S::kTile);
  RowLoader<T, S> rows(p, tile);
  ColumnLoader<T, S> columns(p, tile);
  reckon_tile<S, kBlock, T>(p, tile, rows, columns);
}

template <class S, class T>
void run(const Arguments& args, GradProblem<T> p) {
  p.a_aligned =
      p.outputs % kGroup == 0 && reinterpret_cast<uintptr_t>(p.a) % (kGroup * sizeof(T)) == 0;
  launch(args, conv_grad_weight_simt_kernel<S, T>,
         {.blocks = blocks_for(p.tiles(S::kTile, S::kTile), 1),
          .threads = S::kThreads,
          .shared_bytes = sizeof(typename S::Shared)},
         p);
}

}  // namespace

template <class T>
void conv_grad_weight_simt(const Arguments& args, const GradProblem<T>& p, int tile) {
  if (tile == 128) return run<Shape<T, 128, 8, 8>>(args, p);
  if (tile == 64) return run<Shape<T, 64, 4, 16>>(args, p);
  run<Shape<T, 32, 4, 8>>(args, p);
}

template void conv_grad_weight_simt(const Arguments&, const GradProblem<float>&, int);

}  // namespace sx::cuda
