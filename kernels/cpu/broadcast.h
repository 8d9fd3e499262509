// The loops of elementwise kernels over operands that broadcast by NumPy's rule.
#pragma once
#include <algorithm>

#include "kernel.h"

namespace sx::SX_ISA {
namespace {

// A thread gets no less than this of an operation that takes about as long as its loads and stores.
constexpr int64_t kCheapGrain = 32768;

// A non-owning reference to what is done with a row: one walk serves all kernels of a file.
class RowTask {
 public:
  template <class F>
  explicit RowTask(F& f)
      : object_(&f), call_([](void* o, int64_t i, const int64_t* offset, int64_t n) {
          (*static_cast<F*>(o))(i, offset, n);
        }) {}
  void operator()(int64_t i, const int64_t* offset, int64_t n) const {
    call_(object_, i, offset, n);
  }

 private:
  void* object_;
  void (*call_)(void*, int64_t, const int64_t*, int64_t);
};

// How N operands run along the elements of a dense row-major result. Neighbouring axes that all
// operands walk evenly are one, axes of size 1 are none; so the innermost stride is 0 or 1, and
// operands of the result's shape leave a single axis.
template <int N>
class Broadcast {
 public:
  // The operands are tensors [0, N), the result is tensor `result`; `trailing` axes of size 1 are
  // appended to the last operand.
  [[gnu::noinline]] Broadcast(const Arguments& args, const int (&operands)[N], int result,
                              int trailing = 0) {
    const sx_tensor& y = args.tensors[result];
    int64_t run[N];
    std::fill_n(run, N, 1);
    for (int axis = y.rank - 1; axis >= 0; axis--) {
      int64_t step[N];
      for (int k = 0; k < N; k++) {
        const sx_tensor& x = args.tensors[operands[k]];
        const int own = axis - y.rank + x.rank + (k == N - 1 ? trailing : 0);
        const int64_t extent = own >= 0 && own < x.rank ? x.shape[own] : 1;
        if (extent != 1 && extent != y.shape[axis])
          throw std::invalid_argument("operands do not broadcast to the result");
        step[k] = extent == 1 ? 0 : run[k];
        run[k] *= extent;
      }
      count_ *= y.shape[axis];
      if (y.shape[axis] != 1) add(y.shape[axis], step);
    }
    if (rank_ == 0) {
      int64_t step[N];
      std::fill_n(step, N, 1);
      add(1, step);
    }
  }

  int64_t count() const { return count_; }

  // Whether operand k moves along a row, or is one element for all of it.
  bool steps(int k) const { return stride_[0][k] != 0; }

  // Calls row(i, offsets, n) in parallel for runs of n elements of the result from i on, operand
  // k's starting at offsets[k].
  template <class Row>
  void run(const Arguments& args, int64_t grain, Row&& row) const {
    walk(args, grain, RowTask(row));
  }

  // The same for the elements [begin, end), in order, by this thread.
  template <class Row>
  void run(int64_t begin, int64_t end, Row&& row) const {
    int64_t index[SX_MAX_RANK], offset[N];
    seek(begin, index, offset);
    for (int64_t i = begin; i < end;) {
      const int64_t n = std::min(size_[0] - index[0], end - i);
      row(i, offset, n);
      i += n;
      if (i < end) next_row(index, offset);
    }
  }

  // The longest run.
  int64_t row_size() const { return size_[0]; }

  // Whether operand k has the result's elements in the result's order.
  bool follows(int k) const {
    int64_t run = 1;
    for (int axis = 0; axis < rank_; run *= size_[axis++])
      if (stride_[axis][k] != run) return false;
    return true;
  }

  // Whether operand k is one element for all of the result.
  bool is_single(int k) const {
    return std::all_of(stride_, stride_ + rank_,
                       [k](const auto& stride) { return stride[k] == 0; });
  }

 private:
  [[gnu::noinline]] void walk(const Arguments& args, int64_t grain, RowTask row) const {
    args.parallel(count_, grain, [&](int64_t begin, int64_t end, int) { run(begin, end, row); });
  }

  // Appends an axis outside of those that there are.
  void add(int64_t size, const int64_t (&step)[N]) {
    bool even = rank_ > 0;
    for (int k = 0; k < N && even; k++) even = step[k] == stride_[rank_ - 1][k] * size_[rank_ - 1];
    if (even) {
      size_[rank_ - 1] *= size;
      return;
    }
    size_[rank_] = size;
    std::copy_n(step, N, stride_[rank_++]);
  }

  void seek(int64_t i, int64_t* index, int64_t* offset) const {
    std::fill_n(offset, N, 0);
    for (int axis = 0; axis < rank_; axis++) {
      index[axis] = i % size_[axis];
      i /= size_[axis];
      for (int k = 0; k < N; k++) offset[k] += index[axis] * stride_[axis][k];
    }
  }

  void next_row(int64_t* index, int64_t* offset) const {
    for (int k = 0; k < N; k++) offset[k] -= index[0] * stride_[0][k];
    index[0] = 0;
    for (int axis = 1; axis < rank_; axis++) {
      index[axis]++;
      for (int k = 0; k < N; k++) offset[k] += stride_[axis][k];
      if (index[axis] < size_[axis]) return;
      for (int k = 0; k < N; k++) offset[k] -= size_[axis] * stride_[axis][k];
      index[axis] = 0;
    }
  }

  int64_t count_ = 1;
  int rank_ = 0;
  int64_t size_[SX_MAX_RANK];       // innermost first
  int64_t stride_[SX_MAX_RANK][N];  // in elements
};

}  // namespace
}  // namespace sx::SX_ISA
