// GatherND and ScatterND: a row of indices names a slice of the data, after axes that both have in
// common.
#pragma once
#include "move.h"

namespace sx::SX_ISA {

template <class I>
class Slices {
 public:
  // Throws if an index is outside.
  Slices(const Arguments& args, const char* operation, const I* indices, int64_t batch_axes)
      : data_(args.tensors[0]), indices_(indices), batch_axes_(batch_axes) {
    const sx_tensor& rows = args.tensors[1];
    depth_ = rows.shape[rows.rank - 1];
    if (batch_axes + depth_ > data_.rank) throw std::invalid_argument("indices with too many axes");
    block = product(data_, batch_axes + depth_, data_.rank);
    count = product(rows, 0, rows.rank - 1);
    per_batch_ = count / std::max<int64_t>(1, product(data_, 0, batch_axes));
    for (int64_t d = 0; d < depth_; d++)
      require_indices(args, operation, indices + d, count, depth_, data_.shape[batch_axes + d]);
  }

  // Where the slice that row i names begins in the data.
  int64_t at(int64_t i) const {
    int64_t position = batch_axes_ == 0 ? 0 : i / per_batch_;
    for (int64_t d = 0; d < depth_; d++) {
      const int64_t size = data_.shape[batch_axes_ + d];
      position = position * size + wrapped(indices_[i * depth_ + d], size);
    }
    return position * block;
  }

 private:
  const sx_tensor& data_;
  const I* indices_;
  int64_t batch_axes_, depth_, per_batch_;

 public:
  int64_t block;  // elements of a slice
  int64_t count;  // rows of indices
};

}  // namespace sx::SX_ISA
