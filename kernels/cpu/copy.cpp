// copy: y = x, `bytes` bytes, for operators that only give a tensor another shape.
// fill.bN: y[i] = the bits of one N-byte value; ConstantOfShape.
// All threads, each a stretch of memory.
#include "move.h"

namespace sx::SX_ISA {
namespace {

struct CopyParams {
  int64_t bytes;  // packed elements of less than a byte make it differ from the tensor's size
};

void copy(const Arguments& args) {
  copy_all(args, args.data<std::byte>(1), args.data<const std::byte>(0),
           args.params_as<CopyParams>().bytes);
}

SX_KERNEL("copy", copy);

struct FillParams {
  int64_t bits;
};

template <class T>
void fill(const Arguments& args) {
  const T value = T(args.params_as<FillParams>().bits);
  T* y = args.data<T>(0);
  args.parallel(args.size(0), grain_of(sizeof(T)),
                [&](int64_t begin, int64_t end, int) { std::fill(y + begin, y + end, value); });
}

SX_KERNEL_BY_WIDTH("fill", fill);

}  // namespace
}  // namespace sx::SX_ISA
