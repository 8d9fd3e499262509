// Deadlines, and what of them Gloo is told.
#pragma once
#include <algorithm>
#include <chrono>

namespace sx::gloo_engine {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

constexpr Milliseconds shortest(1);  // Gloo takes 0 for no limit

inline Milliseconds until(Clock::time_point deadline) {
  return std::max(shortest, std::chrono::ceil<Milliseconds>(deadline - Clock::now()));
}

}  // namespace sx::gloo_engine
