#pragma once
#include "cuda/cuda_device.h"

namespace sx::cuda {

// A point on the device's stream, with its time.
class Event final : public sx_event {
 public:
  explicit Event(Device& device);
  ~Event() override;
  int32_t record() noexcept override;
  int32_t elapsed(sx_event* since, double* microseconds) noexcept override;

 private:
  Device& device_;
  cudaEvent_t event_;
};

}  // namespace sx::cuda
