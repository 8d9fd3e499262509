// where.bN: y = condition ? a : b for elements of N bytes; the condition is bytes, all but 0 are
// true. condition, a and b broadcast to y, which may be a or b. Rows in which the condition steps
// are selected without branches; others are copied from a or b.
#include "cpu/broadcast.h"

namespace sx::SX_ISA {
namespace {

struct Wide {
  uint64_t low, high;
};

template <class T>
void copy_row(const T* x, bool steps, T* y, int64_t n) {
  if (!steps)
    std::fill_n(y, n, *x);
  else if (x != y)
    std::memcpy(y, x, n * sizeof(T));
}

template <bool kStepsA, bool kStepsB, class T>
void select_row(const uint8_t* condition, const T* a, const T* b, T* y, int64_t n) {
  const T first = *a, second = *b;
#pragma GCC ivdep
  for (int64_t i = 0; i < n; i++) {
    const T left = kStepsA ? a[i] : first;
    const T right = kStepsB ? b[i] : second;
    y[i] = condition[i] != 0 ? left : right;
  }
}

template <class T>
void where(const Arguments& args) {
  const uint8_t* condition = args.data<const uint8_t>(0);
  const T* a = args.data<const T>(1);
  const T* b = args.data<const T>(2);
  T* y = args.data<T>(3);
  const Broadcast<3> loop(args, {0, 1, 2}, 3);
  const bool steps = loop.steps(0), a_steps = loop.steps(1), b_steps = loop.steps(2);
  const auto select = a_steps
                          ? (b_steps ? select_row<true, true, T> : select_row<true, false, T>)
                          : (b_steps ? select_row<false, true, T> : select_row<false, false, T>);
  loop.run(args, kCheapGrain, [&](int64_t i, const int64_t* offset, int64_t n) {
    const uint8_t* c = condition + offset[0];
    const T* left = a + offset[1];
    const T* right = b + offset[2];
    if (steps)
      select(c, left, right, y + i, n);
    else if (*c != 0)
      copy_row(left, a_steps, y + i, n);
    else
      copy_row(right, b_steps, y + i, n);
  });
}

SX_KERNEL("where.b1", where<uint8_t>);
SX_KERNEL("where.b2", where<uint16_t>);
SX_KERNEL("where.b4", where<uint32_t>);
SX_KERNEL("where.b8", where<uint64_t>);
SX_KERNEL("where.b16", where<Wide>);

}  // namespace
}  // namespace sx::SX_ISA
