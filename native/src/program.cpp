// Programs: the words of sx_program_create, checked once and kept as plain structs, so that a run
// only adds addresses.
#include <time.h>

#include <memory>
#include <vector>

#include "device.h"
#include "error.h"

namespace {

struct Place {
  int32_t base;  // -1: nowhere
  int64_t offset;
};

struct Step {
  const sx_kernel* kernel;
  Place scratch;
  int64_t scratch_bytes;
  size_t first_tensor, tensor_count;
  size_t first_param, param_count;
};

// Takes words one after the other and never past the end.
class Words {
 public:
  Words(const int64_t* words, int64_t count) : next_(words), end_(words + count) {}
  bool done() const { return next_ == end_; }
  const int64_t* take(int64_t count) {
    if (count < 0 || count > end_ - next_)
      throw sx::Error(SX_INVALID, "the words end inside a step");
    const int64_t* taken = next_;
    next_ += count;
    return taken;
  }
  int64_t take() { return *take(1); }

 private:
  const int64_t* next_;
  const int64_t* end_;
};

int64_t now() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

void check(const sx_control& control) {
  if (__atomic_load_n(&control.cancelled, __ATOMIC_RELAXED))
    throw sx::Error(SX_CANCELLED, "cancelled");
  const int64_t deadline = __atomic_load_n(&control.deadline_ns, __ATOMIC_RELAXED);
  if (deadline && now() - deadline > 0) throw sx::Error(SX_TIMEOUT, "past the deadline");
}

}  // namespace

struct sx_program {
  sx_program(const sx_device& device, Words words);
  void run_step(const Step& step, sx::Pool& pool, const uint64_t* bases, sx_tensor* tensors) const;

  std::vector<Step> steps;
  std::vector<sx_tensor> tensors;  // `data` is the offset
  std::vector<int32_t> bases;      // of each tensor
  std::vector<int64_t> params;
  size_t most_tensors = 0;  // of a step
  int32_t base_count = 0;

 private:
  Place place(int64_t base, int64_t offset);
  void add_tensor(Words& words);
};

Place sx_program::place(int64_t base, int64_t offset) {
  if (base < -1 || base > INT32_MAX - 1 || offset < 0)
    throw sx::Error(SX_INVALID, "no place: base " + std::to_string(base) + ", offset " +
                                    std::to_string(offset));
  base_count = std::max(base_count, int32_t(base) + 1);
  return {int32_t(base), offset};
}

void sx_program::add_tensor(Words& words) {
  const int64_t* head = words.take(4);
  const Place where = place(head[0], head[1]);
  const int64_t rank = head[3];
  sx_tensor tensor{
      .data = uint64_t(where.offset), .dtype = int32_t(head[2]), .rank = -1, .shape = {}};
  if (where.base >= 0 || rank > 0) {
    const int64_t* shape = words.take(rank);
    sx::check_shape(rank, shape);
    std::copy(shape, shape + rank, tensor.shape);
  }
  if (where.base >= 0) tensor.rank = int32_t(rank);
  tensors.push_back(tensor);
  bases.push_back(where.base);
}

sx_program::sx_program(const sx_device& device, Words words) {
  while (!words.done()) {
    const int64_t* head = words.take(6);
    Step step{.kernel = static_cast<const sx_kernel*>(sx_pointer(head[0])),
              .scratch = place(head[1], head[2]),
              .scratch_bytes = head[3],
              .first_tensor = tensors.size(),
              .tensor_count = size_t(head[4]),
              .first_param = params.size(),
              .param_count = size_t(head[5])};
    if (!device.kernels.owns(step.kernel)) throw sx::Error(SX_INVALID, "there is no such kernel");
    if (step.scratch_bytes < 0 || head[4] < 0 || head[5] < 0)
      throw sx::Error(SX_INVALID, "a count is negative");
    for (int64_t i = 0; i < head[4]; i++) add_tensor(words);
    const int64_t* values = words.take(head[5]);
    params.insert(params.end(), values, values + head[5]);
    most_tensors = std::max(most_tensors, step.tensor_count);
    steps.push_back(step);
  }
}

void sx_program::run_step(const Step& step, sx::Pool& pool, const uint64_t* addresses,
                          sx_tensor* resolved) const {
  for (size_t i = 0; i < step.tensor_count; i++) {
    const int32_t base = bases[step.first_tensor + i];
    resolved[i] = tensors[step.first_tensor + i];
    resolved[i].data = base < 0 ? 0 : resolved[i].data + addresses[base];
  }
  const uint64_t scratch =
      step.scratch.base < 0 ? 0 : addresses[step.scratch.base] + step.scratch.offset;
  step.kernel->function({.tensors = {resolved, step.tensor_count},
                         .params = {params.data() + step.first_param, step.param_count},
                         .scratch = static_cast<std::byte*>(sx_pointer(scratch)),
                         .scratch_bytes = scratch ? uint64_t(step.scratch_bytes) : 0,
                         .pool = pool});
}

sx_program* sx_program_create(sx_device* device, const int64_t* words, int64_t word_count) {
  sx_program* program = nullptr;
  sx::guarded("sx_program_create", [&] {
    if (word_count < 0) throw sx::Error(SX_INVALID, "a count is negative");
    program = new sx_program(*device, Words(words, word_count));
  });
  return program;
}

void sx_program_destroy(sx_program* program) { delete program; }

int32_t sx_run(sx_program* program, sx_pool* pool, const uint64_t* bases, int32_t base_count,
               int32_t first, int32_t last, sx_control* control) {
  if (first < 0 || first > last || size_t(last) > program->steps.size() ||
      base_count < program->base_count)
    return sx::fail(SX_INVALID, "sx_run", "steps or bases outside the program");
  sx_control none{};
  if (!control) control = &none;
  // Runs share the program, so each resolves its tensors in memory of its own.
  constexpr size_t kOnStack = 16;
  sx_tensor few[kOnStack];
  std::unique_ptr<sx_tensor[]> many;
  sx::Pool& threads = sx::pool_of(pool);
  const char* kernel = "sx_run";
  return sx::guarded(kernel, [&] {
    if (program->most_tensors > kOnStack)
      many = std::make_unique<sx_tensor[]>(program->most_tensors);
    for (int32_t i = first; i < last; i++) {
      check(*control);
      control->step = i;
      kernel = program->steps[i].kernel->key.data();
      program->run_step(program->steps[i], threads, bases, many ? many.get() : few);
    }
  });
}
