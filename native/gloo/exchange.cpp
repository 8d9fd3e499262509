#include "exchange.h"

#include <gloo/common/error.h>

#include <cstring>
#include <string>

#include "failure.h"
#include "sx/gloo.h"

namespace sx::gloo_engine {

Exchange::Exchange(Connections& connections, uint64_t slot, const void* part, char* all,
                   size_t bytes)
    : rank_(connections.rank), size_(connections.size), others_(size_) {
  std::memcpy(all + rank_ * bytes, part, bytes);
  own_ = std::make_unique<Buffer>(connections, all + rank_ * bytes, bytes);
  for (int peer = 0; peer < size_; peer++) {
    if (peer == rank_) continue;
    others_[peer] = std::make_unique<Buffer>(connections, all + peer * bytes, bytes);
    others_[peer]->receive(peer, slot, 0, bytes);
    own_->send(peer, slot, 0, bytes);
  }
}

void Exchange::finish(Clock::time_point deadline, const std::atomic<bool>& aborted) {
  std::string missing;
  for (int peer = 0; peer < size_; peer++) {
    if (peer == rank_) continue;
    try {
      others_[peer]->await_receive(deadline);
      own_->await_send(deadline);
    } catch (const gloo::IoException&) {
      // The first that is late ends all connections; what has come by then is still found.
      if (aborted || Clock::now() < deadline) throw;
      missing += (missing.empty() ? "rank " : ", rank ") + std::to_string(peer);
    }
  }
  if (!missing.empty()) throw Failure(SX_GLOO_TIMEOUT, missing + " did not come in time");
}

}  // namespace sx::gloo_engine
