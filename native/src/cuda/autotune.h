// Autotuning: where the environment's SARDONYX_AUTOTUNE names a folder, matrix products and
// convolutions take the tile that was the fastest on this GPU, instead of the one that
// gemm_choice.h and conv_choice.h reason out. A problem is measured when it is first met, and the
// answer kept in a file of the folder that is named by the device, the driver and the library's
// build, so that no answer outlives what it was measured on. Sums are added up in another order by
// another tile: results agree from run to run once the file is there.
#pragma once
#include <map>
#include <memory>
#include <string>

#include "cuda/tuner.h"

namespace sx::cuda {

class Autotune final : public Tuner {
 public:
  // nullptr where the user did not ask for it. Throws Error for a folder that cannot be made, and a
  // file with a line that says nothing.
  static std::unique_ptr<Autotune> by_environment(const std::string& device, int driver);

  explicit Autotune(std::string file);

  int pick(Stream& stream, const TunedProblem& problem, std::span<const std::string> candidates,
           const std::function<void(int, void*)>& run) override;

  // "12 tiles by FILE".
  std::string describe() const;

 private:
  void remember(const std::string& problem, const std::string& candidate, double microseconds);

  const std::string file_;
  std::map<std::string, std::string> fastest_;  // problem to candidate
};

}  // namespace sx::cuda
