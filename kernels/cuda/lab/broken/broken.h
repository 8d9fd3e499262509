// The tests of the simulator's checks: kernels with one mistake each, and their correct twins.
// broken.NAME has to be found out, correct.NAME has to run in silence. Each has two tensors,
// float32[4096]: x, which the caller has written, and y, which nobody has. Broken ones are in no
// library for real GPUs.
#pragma once
#include "cuda/device/shared.h"
#include "cuda/launch.h"

namespace sx::cuda::broken {

constexpr int kValues = 4096;

template <auto kKernel>
void run(const Arguments& args, const Grid& grid, int capability = 80) {
  const int given = stream_of(args).device.capability;
  if (given < capability)
    throw Unsupported("needs compute capability " + std::to_string(capability) +
                      ", the device has " + std::to_string(given));
  if (args.tensors.size() != 2 || args.size(0) != kValues || args.size(1) != kValues)
    throw std::invalid_argument("expects two tensors of " + std::to_string(kValues) + " values");
  launch(args, kKernel, grid, args.data<float>(0), args.data<float>(1));
}

}  // namespace sx::cuda::broken

// A kernel template<bool kBroken> with its launch, as both twins.
#define SX_TWINS(name, kernel, ...)                                                               \
  SX_KERNEL("broken." name, [](const Arguments& args) { run<kernel<true>>(args, __VA_ARGS__); }); \
  SX_KERNEL("correct." name, [](const Arguments& args) { run<kernel<false>>(args, __VA_ARGS__); })
