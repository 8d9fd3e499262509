#include "program.h"

#include <time.h>

#include <algorithm>

#include "error.h"

namespace sx {
namespace {

int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

void check(const sx_control& control) {
  if (__atomic_load_n(&control.cancelled, __ATOMIC_RELAXED)) throw Error(SX_CANCELLED, "cancelled");
  const int64_t deadline = __atomic_load_n(&control.deadline_ns, __ATOMIC_RELAXED);
  if (deadline && now() - deadline > 0) throw Error(SX_TIMEOUT, "past the deadline");
}

void check_shape(int64_t rank, const int64_t* shape) {
  if (rank < 0 || rank > SX_MAX_RANK)
    throw Error(SX_INVALID, "a tensor has rank " + std::to_string(rank));
  int64_t size = 1;
  bool overflow = false, empty = false;
  for (int64_t d = 0; d < rank; d++) {
    if (shape[d] < 0) throw Error(SX_INVALID, "a dimension is " + std::to_string(shape[d]));
    empty |= shape[d] == 0;
    overflow |= __builtin_mul_overflow(size, std::max<int64_t>(shape[d], 1), &size);
  }
  if (overflow && !empty) throw Error(SX_INVALID, "a tensor has more than 2^63 elements");
}

// Takes words one after the other and never past the end.
class Program::Words {
 public:
  Words(const int64_t* words, int64_t count) : next_(words), end_(words + count) {}
  bool done() const { return next_ == end_; }
  const int64_t* take(int64_t count) {
    if (count < 0 || count > end_ - next_) throw Error(SX_INVALID, "the words end inside a step");
    const int64_t* taken = next_;
    next_ += count;
    return taken;
  }

 private:
  const int64_t* next_;
  const int64_t* end_;
};

Program::Place Program::place(int64_t base, int64_t offset) {
  if (base < -1 || base > INT32_MAX - 1 || offset < 0)
    throw Error(SX_INVALID,
                "no place: base " + std::to_string(base) + ", offset " + std::to_string(offset));
  base_count_ = std::max(base_count_, int32_t(base) + 1);
  return {int32_t(base), offset};
}

void Program::add_tensor(Words& words) {
  const int64_t* head = words.take(4);
  const Place where = place(head[0], head[1]);
  const int64_t rank = head[3];
  sx_tensor tensor{
      .data = uint64_t(where.offset), .dtype = int32_t(head[2]), .rank = -1, .shape = {}};
  if (where.base >= 0 || rank > 0) {
    const int64_t* shape = words.take(rank);
    check_shape(rank, shape);
    std::copy(shape, shape + rank, tensor.shape);
  }
  if (where.base >= 0) tensor.rank = int32_t(rank);
  tensors_.push_back(tensor);
  bases_.push_back(where.base);
}

Program::Program(const Registry& kernels, const int64_t* first_word, int64_t word_count) {
  if (word_count < 0) throw Error(SX_INVALID, "a count is negative");
  Words words(first_word, word_count);
  while (!words.done()) {
    const int64_t* head = words.take(6);
    Step step{.kernel = static_cast<const sx_kernel*>(sx_pointer(head[0])),
              .scratch = place(head[1], head[2]),
              .scratch_bytes = head[3],
              .first_tensor = tensors_.size(),
              .tensor_count = size_t(head[4]),
              .first_param = params_.size(),
              .param_count = size_t(head[5])};
    if (!kernels.owns(step.kernel)) throw Error(SX_INVALID, "there is no such kernel");
    if (step.scratch_bytes < 0 || head[4] < 0 || head[5] < 0)
      throw Error(SX_INVALID, "a count is negative");
    for (int64_t i = 0; i < head[4]; i++) add_tensor(words);
    const int64_t* values = words.take(head[5]);
    params_.insert(params_.end(), values, values + head[5]);
    most_tensors_ = std::max(most_tensors_, step.tensor_count);
    steps_.push_back(step);
  }
}

void Program::require(int32_t base_count, int32_t first, int32_t last) const {
  if (first < 0 || first > last || last > size() || base_count < base_count_)
    throw Error(SX_INVALID, "steps or bases outside the program");
}

Program::Tensors::Tensors(const Program& program) {
  if (program.most_tensors_ > std::size(few_))
    many_ = std::make_unique<sx_tensor[]>(program.most_tensors_);
}

Arguments Program::arguments(int32_t index, const uint64_t* addresses, Tensors& tensors,
                             Executor& executor) const {
  const Step& step = steps_[index];
  sx_tensor* resolved = tensors.data();
  for (size_t i = 0; i < step.tensor_count; i++) {
    const int32_t base = bases_[step.first_tensor + i];
    resolved[i] = tensors_[step.first_tensor + i];
    resolved[i].data = base < 0 ? 0 : resolved[i].data + addresses[base];
  }
  const uint64_t scratch =
      step.scratch.base < 0 ? 0 : addresses[step.scratch.base] + step.scratch.offset;
  return {.tensors = {resolved, step.tensor_count},
          .params = {params_.data() + step.first_param, step.param_count},
          .scratch = static_cast<std::byte*>(sx_pointer(scratch)),
          .scratch_bytes = scratch ? uint64_t(step.scratch_bytes) : 0,
          .executor = executor};
}

}  // namespace sx
