// GatherElements and ScatterElements: an index's element in the data has the index's own
// coordinates, but for one axis.
#pragma once
#include "cuda/move.h"

namespace sx::cuda {

// The axes of the indices but for `axis`, with the data's strides and the indices'. What is along
// the axis comes beside it.
struct ElementAxes {
  Axes others;
  int64_t size, step, index_step;  // of the data's axis; along the axis in the data, in the indices

  ElementAxes(const sx_tensor& data, const sx_tensor& indices, int64_t axis) {
    int64_t data_step = 1, along = 1;
    for (int64_t d = indices.rank - 1; d >= 0; d--) {
      if (d == axis) {
        size = data.shape[d];
        step = data_step;
        index_step = along;
      } else {
        if (indices.shape[d] > data.shape[d])
          throw std::invalid_argument("indices reach outside the data");
        if (indices.shape[d] > 0) others.add(indices.shape[d], data_step, along);
      }
      data_step *= data.shape[d];
      along *= indices.shape[d];
    }
  }
};

}  // namespace sx::cuda
