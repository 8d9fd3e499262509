// gemm.f16, .bf16 on Hopper's tensor cores, by tiles; gemm_sm90.h has the kernel and what is to be said of it.
#include "cuda/gemm_sm90.h"

namespace sx::cuda {
namespace {

using namespace sm90;

constexpr Shape with(Shape shape, Major a, Major b, int cluster = 1) {
  shape.a = a;
  shape.b = b;
  shape.cluster = cluster;
  return shape;
}

constexpr Shape kLarge{.rows = 128, .columns = 256, .stages = 4};
constexpr Shape kMiddle{.rows = 128, .columns = 128, .stages = 5};
constexpr Shape kSmall{.rows = 64, .columns = 128, .stages = 4, .blocks = 2};

template <class T, Shape S, Major kA, int kCluster = 1>
void run_either(const Arguments& args, const GemmProblem<T>& p) {
  p.b_depth == 1 ? run<T, with(S, kA, Major::kK, kCluster)>(args, p) : run<T, with(S, kA, Major::kMn, kCluster)>(args, p);
}

}  // namespace

template <class T>
void gemm_sm90(const Arguments& args, const GemmProblem<T>& p, int rows, int columns) {
  // Where a's rows are adjacent there is one tile.
  if (p.a_depth != 1) return run_either<T, kMiddle, Major::kMn>(args, p);
  if (rows == 64) return run_either<T, kSmall, Major::kK>(args, p);
  if (columns == 128) return run_either<T, kMiddle, Major::kK>(args, p);
  // Two blocks go together if each has a neighbour below, and there is more than one wave of them, so that none is idle.
  const bool pairs = p.row_tiles(rows) % 2 == 0 && p.tiles(rows, columns) > stream_of(args).device.processors;
  pairs ? run_either<T, kLarge, Major::kK, 2>(args, p) : run_either<T, kLarge, Major::kK>(args, p);
}

template void gemm_sm90(const Arguments&, const GemmProblem<half>&, int, int);
template void gemm_sm90(const Arguments&, const GemmProblem<bfloat16>&, int, int);

}  // namespace sx::cuda
