// A program on a GPU: the first run with some addresses launches its kernels one by one, the next
// captures them as a CUDA graph, and from then on a run is one launch. A few graphs are kept, the
// least recently used one goes.
#pragma once
#include <list>
#include <vector>

#include "cuda/cuda_device.h"
#include "program.h"

namespace sx::cuda {

class CudaProgram final : public sx_program {
 public:
  CudaProgram(Device& device, const Registry& kernels, const int64_t* words, int64_t count)
      : device_(device), program_(kernels, words, count) {}
  ~CudaProgram() override;

  int32_t run(sx_pool* pool, const uint64_t* bases, int32_t base_count, int32_t first, int32_t last,
              sx_control* control) noexcept override;

 private:
  struct Graph {
    int32_t first, last;
    std::vector<uint64_t> bases;
    bool reports;
    cudaGraphExec_t exec = nullptr;  // nullptr: seen once, not captured yet
  };

  void launch(const uint64_t* bases, int32_t first, int32_t last, const char*& kernel);
  void capture(Graph& graph, const char*& kernel);

  Device& device_;
  Program program_;
  std::list<Graph> graphs_;  // the most recently used first
};

}  // namespace sx::cuda
