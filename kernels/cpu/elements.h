// GatherElements and ScatterElements: an index's element in the data has the index's own
// coordinates, but for one axis.
#pragma once
#include "move.h"

namespace sx::SX_ISA {

class ElementWalk {
 public:
  ElementWalk(const sx_tensor& data, const sx_tensor& indices, int64_t axis)
      : rank_(indices.rank), size(data.shape[axis]) {
    int64_t data_step = 1, index_step = 1;
    for (int64_t d = rank_ - 1; d >= 0; d--) {
      if (d != axis && indices.shape[d] > data.shape[d])
        throw std::invalid_argument("indices reach outside the data");
      sizes_[d] = indices.shape[d];
      index_strides_[d] = index_step;
      data_strides_[d] = d == axis ? 0 : data_step;
      if (d == axis) stride = data_step;
      data_step *= data.shape[d];
      index_step *= indices.shape[d];
    }
    step_ = data_strides_[rank_ - 1];
  }

  // Calls f(data offset, i) for indices i in [begin, end), in order.
  template <class I, class F>
  void run(const I* indices, int64_t begin, int64_t end, F&& f) const {
    walk(rank_, sizes_, data_strides_, index_strides_, begin, end,
         [&](int64_t at, int64_t first, int64_t n) {
           for (int64_t j = 0; j < n; j++)
             f(at + j * step_ + wrapped(indices[first + j], size) * stride, first + j);
         });
  }

 private:
  int64_t rank_;
  int64_t sizes_[SX_MAX_RANK] = {}, index_strides_[SX_MAX_RANK] = {},
          data_strides_[SX_MAX_RANK] = {};
  int64_t step_;  // in the data, along the last axis

 public:
  int64_t size;        // of the axis
  int64_t stride = 1;  // of the axis
};

}  // namespace sx::SX_ISA
