// reverse_sequence.bN: y[t, b, :] = x[t < n ? n - 1 - t : t, b, :] with n = lengths[b], or [b, t,
// :]; ReverseSequence. One short copy for each step of each batch.
#include "move.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t time_axis;  // 0 or 1; the batch axis is the other
};

template <class T>
void reverse_sequence(const Arguments& args) {
  const int64_t time_axis = args.params_as<Params>().time_axis;
  const sx_tensor& data = args.tensors[0];
  const int64_t steps = data.shape[time_axis], batches = data.shape[1 - time_axis];
  const int64_t block = product(data, 2, data.rank);
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(2);
  with_indices(args, 1, [&](const auto* lengths) {
    for (int64_t b = 0; b < batches; b++)
      if (lengths[b] < 0 || lengths[b] > steps)
        throw InvalidData("ReverseSequence: length " + std::to_string(lengths[b]) +
                          " is outside [0, " + std::to_string(steps) + "]");
    args.parallel(
        steps * batches, grain_of(block * sizeof(T)), [&](int64_t begin, int64_t end, int) {
          for (int64_t at = begin; at < end; at++) {
            const int64_t t = time_axis == 0 ? at / batches : at % steps;
            const int64_t b = time_axis == 0 ? at % batches : at / steps;
            const int64_t source = t < lengths[b] ? lengths[b] - 1 - t : t;
            const int64_t from = time_axis == 0 ? source * batches + b : b * steps + source;
            copy_run(y + at * block, x + from * block, block);
          }
        });
  });
}

SX_KERNEL_BY_WIDTH("reverse_sequence", reverse_sequence);

}  // namespace
}  // namespace sx::SX_ISA
