#include "cuda/cuda_event.h"

#include "error.h"

namespace sx::cuda {

Event::Event(Device& device) : device_(device) {
  const auto held = device.lock();
  device.check(cudaEventCreateWithFlags(&event_, cudaEventDefault), "cudaEventCreate");
}

Event::~Event() { cudaEventDestroy(event_); }

int32_t Event::record() noexcept {
  return guarded("sx_event_record", [&] {
    const auto held = device_.lock();
    device_.check(cudaEventRecord(event_, device_.stream().handle), "cudaEventRecord");
  });
}

int32_t Event::elapsed(sx_event* since, double* microseconds) noexcept {
  return guarded("sx_event_elapsed", [&] {
    const auto held = device_.lock();
    device_.check(cudaEventSynchronize(event_), "cudaEventSynchronize");
    float milliseconds = 0;
    device_.check(cudaEventElapsedTime(&milliseconds, static_cast<Event*>(since)->event_, event_),
                  "cudaEventElapsedTime");
    *microseconds = 1000.0 * milliseconds;
  });
}

sx_event* Device::create_event() noexcept {
  std::unique_ptr<sx_event> event;
  guarded("sx_event_create", [&] { event = std::make_unique<Event>(*this); });
  return event.release();
}

}  // namespace sx::cuda
