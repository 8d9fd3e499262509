// A library of devices beside libsardonyx.so: libsardonyx_cuda.so, libsardonyx_sim.so. It links to
// libsardonyx.so, and registers itself when it is loaded.
#pragma once
#include "device.h"

namespace sx {

struct Backend {
  const char* kind;  // "cuda", as in cuda:0
  // How many devices there are; 0 with the reason in sx_last_error.
  int32_t (*count)();
  // nullptr with the reason in sx_last_error.
  sx_device* (*open)(int32_t ordinal);
};

}  // namespace sx

// SX_UNSUPPORTED, and nothing done, if the library was built for another interface.
extern "C" __attribute__((visibility("default"))) int32_t sx_register_backend(
    const sx::Backend* backend, int32_t abi);
