// What two ranks' elements become: the functions that Gloo calls between receiving and sending.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sx::gloo_engine {

// c[i] = a[i] op b[i] for n elements; c may be a.
using Reduce = void (*)(void* c, const void* a, const void* b, size_t n);

struct Reduction {
  Reduce reduce;
  size_t element_bytes;
};

// Of ONNX's element type `dtype`; std::invalid_argument for what is not reduced.
Reduction reduction_of(int32_t dtype, int32_t reduction);

}  // namespace sx::gloo_engine
