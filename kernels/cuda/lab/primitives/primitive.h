// The conformance tests of device/: each is a kernel primitive.NAME with two tensors,
// float32[4096], and no parameters. It leaves what a primitive gave in the first and what plain
// code says in the second; the caller compares them. The same code runs on GPUs and on the
// simulated one, and so each is the other's test.
#pragma once
#include "cuda/device/shared.h"
#include "cuda/launch.h"

namespace sx::cuda::primitive {

constexpr int kValues = 4096;

struct Outputs {
  float* actual;
  float* expected;

  __device__ void set(int i, float given, float wanted) const {
    actual[i] = given;
    expected[i] = wanted;
  }

  // Nothing more from `first` on, for kernels that have read the memory; all threads of a block
  // call it.
  __device__ void clear(int first) const {
    for (int i = first + int(threadIdx.x); i < kValues; i += int(blockDim.x)) set(i, 0, 0);
  }
};

// Both tensors, zero; they are also what kernels that read global memory read from.
inline Outputs outputs_of(const Arguments& args, int capability = 80) {
  const Stream& stream = stream_of(args);
  if (stream.device.capability < capability)
    throw Unsupported("needs compute capability " + std::to_string(capability / 10) + "." +
                      std::to_string(capability % 10) + ", the device has " +
                      std::to_string(stream.device.capability / 10) + "." +
                      std::to_string(stream.device.capability % 10));
  if (args.tensors.size() != 2 || args.size(0) != kValues || args.size(1) != kValues)
    throw std::invalid_argument("expects two tensors of " + std::to_string(kValues) + " values");
  const Outputs outputs{args.data<float>(0), args.data<float>(1)};
  for (float* values : {outputs.actual, outputs.expected})
    if (cudaMemsetAsync(values, 0, kValues * sizeof(float), stream.handle) != cudaSuccess)
      throw std::runtime_error("cannot set memory to zero");
  return outputs;
}

// Small whole numbers, whose products and sums are exact in every type.
__device__ inline float number(int row, int column) {
  return float((row * 7 + column * 3 + row * column) % 11 - 5);
}

}  // namespace sx::cuda::primitive
