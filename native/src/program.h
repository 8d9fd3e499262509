// The words of sx_program_create, checked once and kept as plain structs, so that a run only adds
// addresses.
#pragma once
#include <memory>
#include <span>
#include <vector>

#include "registry.h"

namespace sx {

// Throws Error unless rank and sizes are those of a tensor whose element count an int64_t holds.
void check_shape(int64_t rank, const int64_t* shape);

// Throws Error if the run was cancelled or its deadline has passed.
void check(const sx_control& control);

class Program {
 public:
  Program(const Registry& kernels, const int64_t* words, int64_t word_count);

  int32_t size() const { return int32_t(steps_.size()); }
  int32_t base_count() const { return base_count_; }
  const sx_kernel& kernel(int32_t step) const { return *steps_[step].kernel; }

  // Throws Error unless [first, last) are steps and there are bases enough.
  void require(int32_t base_count, int32_t first, int32_t last) const;

  // Room for the tensors of one step; runs share the program, so each has its own.
  class Tensors {
   public:
    explicit Tensors(const Program& program);
    sx_tensor* data() { return many_ ? many_.get() : few_; }

   private:
    sx_tensor few_[16];
    std::unique_ptr<sx_tensor[]> many_;
  };

  // The arguments of a step; they point into `tensors`.
  Arguments arguments(int32_t step, const uint64_t* bases, Tensors& tensors,
                      Executor& executor) const;

 private:
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
  class Words;

  Place place(int64_t base, int64_t offset);
  void add_tensor(Words& words);

  std::vector<Step> steps_;
  std::vector<sx_tensor> tensors_;  // `data` is the offset
  std::vector<int32_t> bases_;      // of each tensor
  std::vector<int64_t> params_;
  size_t most_tensors_ = 0;  // of a step
  int32_t base_count_ = 0;
};

}  // namespace sx
