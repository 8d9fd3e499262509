// GatherND and ScatterND: a row of indices names a slice of the data, after axes that both have in
// common.
#pragma once
#include "cuda/move.h"

namespace sx::cuda {

class Slices {
 public:
  Slices(const Arguments& args, int64_t batch_axes) : indices_(args, 1) {
    const sx_tensor &data = args.tensors[0], &rows = args.tensors[1];
    depth_ = static_cast<int>(rows.shape[rows.rank - 1]);
    if (batch_axes + depth_ > data.rank) throw std::invalid_argument("indices with too many axes");
    for (int d = 0; d < depth_; d++) sizes_[d] = data.shape[batch_axes + d];
    block = product(data, batch_axes + depth_, data.rank);
    count = product(rows, 0, rows.rank - 1);
    const int64_t batches = product(data, 0, batch_axes);
    per_batch_ = Divisor(batches > 0 && count > batches ? count / batches : 1);
    batched_ = batch_axes > 0;
  }

  // The number of the slice that row i names; -1 and a report if it is outside.
  __device__ int64_t at(int64_t i, const Reporter& reporter) const {
    int64_t within_batch = i;
    int64_t position = batched_ ? per_batch_.divide(within_batch) : 0;
#pragma unroll
    for (int d = 0; d < SX_MAX_RANK; d++) {
      if (d == depth_) break;
      const int64_t index = indices_.within(i * depth_ + d, sizes_[d], reporter);
      if (index < 0) return -1;
      position = position * sizes_[d] + index;
    }
    return position;
  }

 private:
  Indices indices_;
  int64_t sizes_[SX_MAX_RANK];
  Divisor per_batch_;
  int depth_;
  bool batched_;

 public:
  int64_t block;  // elements of a slice
  int64_t count;  // rows of indices
};

}  // namespace sx::cuda
