// What a kernel's launcher sees of autotuning: instead of the rule that picks a tile by reasons, a
// table that remembers which candidate took the least time on this GPU. It is off unless the user
// asks for it; see native/src/cuda/autotune.h.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "cuda/launch.h"

namespace sx::cuda {

// What is asked: by name, the same in every process, so that answers can be kept.
struct TunedProblem {
  std::string name;
  size_t result_bytes;  // a candidate writes no more than this
};

class Tuner {
 public:
  virtual ~Tuner() = default;

  // Which of the candidates, each given by name, takes the least time; `run` launches one of them
  // with its result at the address given, which is not where the problem's own result goes. -1
  // where no answer is known and none can be found out now, as within a graph's capture.
  virtual int pick(Stream& stream, const TunedProblem& problem,
                   std::span<const std::string> candidates,
                   const std::function<void(int candidate, void* result)>& run) = 0;
};

// The fastest of `candidates()`, of which the first is what the rule says, for `problem()`; the
// rule's where nothing is tuned. `run` is the Tuner's.
template <class Choice, class Problem, class Candidates, class Run>
Choice tuned(const Arguments& args, const Choice& rule, Problem&& problem, Candidates&& candidates,
             Run&& run) {
  Stream& stream = stream_of(args);
  if (!stream.tuner) return rule;
  const std::vector<Choice> choices = candidates();
  if (choices.size() < 2) return rule;
  std::vector<std::string> names;
  for (const Choice& choice : choices) names.push_back(choice.name());
  const int picked = stream.tuner->pick(
      stream, problem(), names, [&](int i, void* result) { run(choices[size_t(i)], result); });
  return picked < 0 ? rule : choices[size_t(picked)];
}

}  // namespace sx::cuda
