// What libsardonyx_cuda.so and libsardonyx_sim.so register: how many GPUs there are, or why none.
#include "backend.h"

#include <memory>

#include "cuda/cuda_device.h"
#include "error.h"

namespace sx::cuda {
namespace {

#ifdef SX_SIM
constexpr const char* kKind = "sim";
#else
constexpr const char* kKind = "cuda";
#endif
constexpr int kNeededDriver = 13000;  // CUDA 13, driver 580

int32_t count() {
  int devices = 0;
  guarded("no GPU", [&] {
    int driver = 0;
    cudaDriverGetVersion(&driver);  // 0 where there is none
    if (driver == 0)
      throw Error(SX_UNSUPPORTED, "there is no NVIDIA driver; 580 or newer is needed");
    if (driver < kNeededDriver)
      throw Error(SX_UNSUPPORTED, "the driver is for CUDA " + std::to_string(driver / 1000) + "." +
                                      std::to_string(driver % 1000 / 10) +
                                      "; 13.0 (driver 580) or newer is needed");
    require(cudaGetDeviceCount(&devices), "cudaGetDeviceCount");
  });
  return devices;
}

sx_device* open(int32_t ordinal) {
  std::unique_ptr<sx_device> device;
  const std::string name = std::string(kKind) + ":" + std::to_string(ordinal);
  guarded(nullptr, [&] { device = std::make_unique<Device>(ordinal, name); });
  return device.release();
}

constexpr Backend kBackend{.kind = kKind, .count = count, .open = open};

[[gnu::constructor]] void register_backend() { sx_register_backend(&kBackend, SX_ABI); }

}  // namespace
}  // namespace sx::cuda
