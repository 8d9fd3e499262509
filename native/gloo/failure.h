#pragma once
#include <cstdint>
#include <stdexcept>
#include <string>

namespace sx::gloo_engine {

// A code of sx/gloo.h and its message.
class Failure : public std::runtime_error {
 public:
  Failure(int32_t code, const std::string& message) : runtime_error(message), code(code) {}
  const int32_t code;
};

}  // namespace sx::gloo_engine
