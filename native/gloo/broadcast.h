// One rank's bytes for all. Few go to each rank at once; many go from rank to rank to the left, in
// segments, each received while the one before it is passed on.
#pragma once
#include "connections.h"

namespace sx::gloo_engine {

void broadcast(Connections& connections, uint64_t slot, void* data, size_t bytes, int root,
               Clock::time_point deadline);

}  // namespace sx::gloo_engine
