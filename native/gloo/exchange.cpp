#include "exchange.h"

#include <gloo/common/error.h>

#include <cstring>
#include <string>

#include "failure.h"
#include "sx/gloo.h"

namespace sx::gloo_engine {

Exchange::Exchange(gloo::Context& context, uint64_t slot, const void* part, char* all, size_t bytes)
    : rank_(context.rank), size_(context.size), others_(size_) {
  std::memcpy(all + rank_ * bytes, part, bytes);
  own_ = context.createUnboundBuffer(all + rank_ * bytes, bytes);
  for (int peer = 0; peer < size_; peer++) {
    if (peer == rank_) continue;
    others_[peer] = context.createUnboundBuffer(all + peer * bytes, bytes);
    others_[peer]->recv(peer, slot);
    own_->send(peer, slot);
  }
}

void Exchange::finish(Clock::time_point deadline, const std::atomic<bool>& aborted) {
  std::string missing;
  for (int peer = 0; peer < size_; peer++) {
    if (peer == rank_) continue;
    try {
      others_[peer]->waitRecv(until(deadline));
      own_->waitSend(until(deadline));
    } catch (const gloo::IoException&) {
      // The first that is late ends all connections; what has come by then is still found.
      if (aborted || Clock::now() < deadline) throw;
      missing += (missing.empty() ? "rank " : ", rank ") + std::to_string(peer);
    }
  }
  if (!missing.empty()) throw Failure(SX_GLOO_TIMEOUT, missing + " did not come in time");
}

}  // namespace sx::gloo_engine
