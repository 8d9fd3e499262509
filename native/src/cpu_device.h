#pragma once
#include "device.h"

namespace sx {

// Throws Error if SARDONYX_ISA is none of the instruction sets.
sx_device* open_cpu();

}  // namespace sx
