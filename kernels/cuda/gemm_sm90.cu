// gemm.f16, .bf16 on Hopper's tensor cores, by tiles; gemm_sm90.h has the kernel and what is to be
// said of it.
#include "cuda/gemm_sm90.h"

namespace sx::cuda {
namespace {

using namespace sm90;

struct Large : Shape<128, 256, 4> {};
struct LargePairs : Large {
  static constexpr int kCluster = 2;
};
struct Middle : Shape<128, 128, 5> {};
struct MiddleTransposed : Middle {
  static constexpr Major kA = Major::kMn;
};
struct Small : Shape<64, 128, 4> {
  static constexpr int kBlocks = 2;
};

template <class S>
struct ColumnsAdjacent : S {
  static constexpr Major kB = Major::kMn;
};

template <class S, class T>
void run_either(const Arguments& args, const GemmProblem<T>& p) {
  p.b_depth == 1 ? run<S>(args, p) : run<ColumnsAdjacent<S>>(args, p);
}

}  // namespace

template <class T>
void gemm_sm90(const Arguments& args, const GemmProblem<T>& p, int rows, int columns) {
  // Where a's rows are adjacent there is one tile.
  if (p.a_depth != 1) return run_either<MiddleTransposed>(args, p);
  if (rows == 64) return run_either<Small>(args, p);
  if (columns == 128) return run_either<Middle>(args, p);
  // Two blocks go together if each has a neighbour below, and there is more than one wave of them,
  // so that none is idle.
  const bool pairs =
      p.row_tiles(rows) % 2 == 0 && p.tiles(rows, columns) > stream_of(args).device.processors;
  pairs ? run_either<LargePairs>(args, p) : run_either<Large>(args, p);
}

template void gemm_sm90(const Arguments&, const GemmProblem<half>&, int, int);
template void gemm_sm90(const Arguments&, const GemmProblem<bfloat16>&, int, int);

}  // namespace sx::cuda
