// where.bN: y = condition ? a : b for elements of N bytes; the condition is bytes, all but 0 are
// true. condition, a and b broadcast to y, which may be a or b. The loops of elementwise.h over
// three operands: both a and b are read, which costs less than branches that part the threads of a
// warp. Not yet measured on a GPU.
#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

struct Wide {
  uint64_t low, high;
};

struct Select {
  template <class T>
  __device__ T operator()(uint8_t condition, T a, T b) const {
    return condition != 0 ? a : b;
  }
};

template <class T>
void where(const Arguments& args) {
  elementwise(args, Select{}, broadcast(args, {0, 1, 2}, 3), args.data<T>(3),
              args.data<const uint8_t>(0), args.data<const T>(1), args.data<const T>(2));
}

SX_KERNEL("where.b1", where<uint8_t>);
SX_KERNEL("where.b2", where<uint16_t>);
SX_KERNEL("where.b4", where<uint32_t>);
SX_KERNEL("where.b8", where<uint64_t>);
SX_KERNEL("where.b16", where<Wide>);

}  // namespace
}  // namespace sx::cuda
