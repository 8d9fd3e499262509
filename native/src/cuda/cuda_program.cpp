#include "cuda/cuda_program.h"

#include <algorithm>

#include "error.h"

namespace sx::cuda {
namespace {

constexpr size_t kMostGraphs = 8;

// Tells launchers that nothing can be waited for.
class Capturing {
 public:
  explicit Capturing(Stream& stream) : stream_(stream) { stream_.capturing = true; }
  ~Capturing() { stream_.capturing = false; }
  Capturing(const Capturing&) = delete;
  Capturing& operator=(const Capturing&) = delete;

 private:
  Stream& stream_;
};

}  // namespace

CudaProgram::~CudaProgram() {
  guarded("sx_program_destroy", [&] {
    const auto held = device_.lock();
    for (Graph& graph : graphs_)
      if (graph.exec) cudaGraphExecDestroy(graph.exec);
  });
}

void CudaProgram::launch(const uint64_t* bases, int32_t first, int32_t last, const char*& kernel) {
  Program::Tensors tensors(program_);
  Stream& stream = device_.stream();
  for (int32_t i = first; i < last; i++) {
    kernel = program_.kernel(i).key.data();
    stream.kernel = kernel;
    stream.step = i;
    device_.queue(program_.kernel(i), program_.arguments(i, bases, tensors, stream));
  }
}

void CudaProgram::capture(Graph& graph, const char*& kernel) {
  const cudaStream_t stream = device_.stream().handle;
  const Capturing capturing(device_.stream());
  device_.check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeThreadLocal),
                "cudaStreamBeginCapture");
  cudaGraph_t captured = nullptr;
  try {
    launch(graph.bases.data(), graph.first, graph.last, kernel);
  } catch (...) {
    cudaStreamEndCapture(stream, &captured);
    if (captured) cudaGraphDestroy(captured);
    throw;
  }
  device_.check(cudaStreamEndCapture(stream, &captured), "cudaStreamEndCapture");
  graph.reports = device_.stream().reports;
  const cudaError_t error = cudaGraphInstantiate(&graph.exec, captured, 0);
  cudaGraphDestroy(captured);
  device_.check(error, "cudaGraphInstantiate");
}

int32_t CudaProgram::run(sx_pool*, const uint64_t* bases, int32_t base_count, int32_t first,
                         int32_t last, sx_control* control) noexcept {
  sx_control none{};
  if (!control) control = &none;
  const char* kernel = "sx_run";
  return guarded(kernel, [&] {
    program_.require(base_count, first, last);
    const auto held = device_.lock();
    control->step = first;
    sx::check(*control);
    const std::vector<uint64_t> here(bases, bases + program_.base_count());
    auto found = std::find_if(graphs_.begin(), graphs_.end(), [&](const Graph& g) {
      return g.first == first && g.last == last && g.bases == here;
    });
    if (found == graphs_.end()) {
      for (const uint64_t base : here)
        if (base) device_.require_own(base);
      if (graphs_.size() == kMostGraphs) {
        if (graphs_.back().exec) cudaGraphExecDestroy(graphs_.back().exec);
        graphs_.pop_back();
      }
      graphs_.push_front({.first = first, .last = last, .bases = here, .reports = false});
      launch(bases, first, last, kernel);
    } else {
      graphs_.splice(graphs_.begin(), graphs_, found);
      Graph& graph = graphs_.front();
      if (!graph.exec) capture(graph, kernel);
      device_.stream().reports |= graph.reports;
      device_.check(cudaGraphLaunch(graph.exec, device_.stream().handle), "cudaGraphLaunch");
    }
    device_.finish(&control->step);
    sx::check(*control);
  });
}

}  // namespace sx::cuda
