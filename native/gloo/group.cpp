#include "group.h"

#include <gloo/allgather.h>
#include <gloo/barrier.h>
#include <gloo/broadcast.h>
#include <gloo/common/error.h>
#include <gloo/transport/context.h>
#include <gloo/transport/tcp/address.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/types.h>

#include <algorithm>

#include "exchange.h"
#include "failure.h"
#include "ring.h"
#include "sx/gloo.h"

namespace sx::gloo_engine {
namespace {

// Up to here every rank sends to every other: one hop instead of size - 1, and it is known who has
// not come.
constexpr size_t exchange_bytes = 4096;
// Prefixes that Gloo's own collectives do not use.
constexpr uint8_t exchange_slots = 0x20, probe_slots = 0x21, farewell_slots = 0x22,
                  ring_slots = 0x23;
constexpr Milliseconds farewell_limit(1000);
constexpr std::chrono::hours forever(24 * 365 * 10);  // as far as Gloo's clock does not overflow
constexpr int patience = 5;  // Gloo waits for a connection this many times a pair's limit

// Of a ring whose ranks have brought the same header; others do not meet there.
uint64_t ring_slot(uint32_t tag, std::string_view header) {
  uint64_t hash = 0xcbf29ce484222325 ^ tag;  // FNV-1a
  for (const char c : header) hash = (hash ^ uint8_t(c)) * 0x100000001b3;
  return uint64_t{ring_slots} << 56 | hash >> 8;
}

}  // namespace

Group::Group(int rank, int size, const std::string& host, Milliseconds limit)
    : gloo::Context(rank, size), connect_limit_(limit) {
  gloo::transport::tcp::attr attributes(host.c_str());
  device_ = gloo::transport::tcp::CreateDevice(attributes);
  transportContext_ = device_->createContext(rank, size);
  transportContext_->setTimeout(std::max(shortest, limit / patience));
  const auto none = gloo::transport::tcp::Address().bytes();
  for (int peer = 0; peer < size; peer++) {
    const auto bytes = peer == rank ? none : transportContext_->createPair(peer)->address().bytes();
    address_.insert(address_.end(), bytes.begin(), bytes.end());
  }
}

// Runs one call; what Gloo throws becomes a Failure that says whose fault it was.
template <class Body>
void Group::guard(Milliseconds limit, Body&& body) {
  const auto deadline = Clock::now() + limit;
  tag_++;
  try {
    if (aborted_) throw Failure(SX_GLOO_ABORTED, "aborted");
    body(deadline);
  } catch (const gloo::Exception& e) {
    failed_ = true;
    if (aborted_) throw Failure(SX_GLOO_ABORTED, "aborted");
    if (Clock::now() >= deadline)
      throw Failure(SX_GLOO_TIMEOUT, "not done after " + std::to_string(limit.count()) + " ms");
    if (dynamic_cast<const gloo::IoException*>(&e)) fail_lost(e.what());
    throw Failure(SX_GLOO_FAILED, e.what());
  } catch (...) {
    failed_ = true;
    throw;
  }
}

void Group::fail_lost(const std::string& message) {
  if (!watched_) throw Failure(SX_GLOO_PEER_LOST, message);  // still connecting: nobody to ask
  const std::string lost = lost_ranks();
  if (!lost.empty()) throw Failure(SX_GLOO_PEER_LOST, lost + ": " + message);
  for (int peer = 0; peer < size; peer++)
    if (has_left(peer))
      throw Failure(SX_GLOO_CLOSED, "rank " + std::to_string(peer) + " has closed the group");
  throw Failure(SX_GLOO_PEER_LOST, message);
}

bool Group::has_left(int peer) const {
  return std::atomic_ref(const_cast<char&>(farewells_[peer])).load() != 0;
}

// A connection that has ended refuses the next receive.
std::string Group::lost_ranks() {
  std::lock_guard lock(lost_mutex_);
  if (lost_) return *lost_;
  lost_.emplace();
  char nothing;
  for (int peer = 0; peer < size; peer++) {
    if (peer == rank || has_left(peer)) continue;
    try {
      createUnboundBuffer(&nothing, 1)->recv(peer, gloo::Slot::build(probe_slots, 0));
    } catch (const gloo::Exception&) {
      *lost_ += (lost_->empty() ? "lost rank " : ", rank ") + std::to_string(peer);
    }
  }
  return *lost_;
}

void Group::watch() {
  farewells_.resize(size);
  watched_ = createUnboundBuffer(farewells_.data(), size);
  for (int peer = 0; peer < size; peer++)
    if (peer != rank) watched_->recv(peer, gloo::Slot::build(farewell_slots, 0), peer, 1);
  watcher_ = std::thread([this] {
    try {
      for (int left = 1; left < size; left++) watched_->waitRecv(forever);
    } catch (const gloo::Exception&) {
      lost_ranks();
      end_connections();
    }
  });
}

void Group::leave() {
  if (failed_ || aborted_ || !watched_) return;
  char farewell = 1;
  const auto buffer = createUnboundBuffer(&farewell, 1);
  const auto deadline = Clock::now() + farewell_limit;
  for (int peer = 0; peer < size; peer++) {
    if (peer == rank) continue;
    try {
      buffer->send(peer, gloo::Slot::build(farewell_slots, 0));
      buffer->waitSend(until(deadline));
    } catch (const gloo::Exception&) {
      // That one has gone before.
    }
  }
}

Group::~Group() {
  end_connections();
  if (watcher_.joinable()) watcher_.join();
}

void Group::connect(std::span<const char> all) {
  if (all.size() != address_.size() * size)
    throw Failure(SX_GLOO_INVALID, "expected " + std::to_string(address_.size() * size) +
                                       " bytes of addresses, given " + std::to_string(all.size()));
  guard(connect_limit_, [&](auto) {
    const size_t one = address_.size() / size;
    for (int peer = 0; peer < size; peer++) {
      if (peer == rank) continue;
      const auto address = all.subspan(peer * address_.size() + rank * one, one);
      transportContext_->getPair(peer)->connect({address.begin(), address.end()});
    }
    watch();
  });
}

// The ring has begun by the time that the headers are there, but nothing of it was written yet.
bool Group::all_reduce(const Agreement& agreement, const void* in, void* out, size_t count,
                       Reduction reduction, Milliseconds limit) {
  bool agreed = false;
  guard(limit, [&](auto deadline) {
    const size_t header_bytes = agreement.mine.size();
    const auto header_of = [&](int peer) {
      return std::string_view(agreement.all + peer * header_bytes, header_bytes);
    };
    Exchange headers(*this, gloo::Slot::build(exchange_slots, tag_), agreement.mine.data(),
                     agreement.all, header_bytes);
    Ring ring(*this, Ring::Rounds::kReduceAndSpread, in, out, count, reduction, room_);
    ring.begin(ring_slot(tag_, agreement.mine));
    headers.finish(deadline, aborted_);
    const auto same = [&](int peer) { return header_of(peer) == agreement.mine; };
    agreed = true;
    for (int peer = 0; peer < size; peer++) agreed = agreed && same(peer);
    if (agreed) return ring.finish(deadline);
    try {
      ring.give_up(same((rank + size - 1) % size), same((rank + 1) % size), deadline);
    } catch (const gloo::IoException&) {
      // It ends here in any case.
    }
  });
  return agreed;
}

void Group::reduce_scatter(char* all, char* part, size_t count, Reduction reduction,
                           Milliseconds limit) {
  guard(limit, [&](auto deadline) {
    Ring ring(*this, Ring::Rounds::kReduce, all, all, count * size, reduction, room_);
    ring.begin(ring_slot(tag_, {}));
    ring.finish(deadline);
    const size_t bytes = count * reduction.element_bytes;
    std::copy_n(all + rank * bytes, bytes, part);
  });
}

void Group::all_gather(const void* part, char* all, size_t bytes, Milliseconds limit) {
  guard(limit, [&](auto deadline) {
    if (bytes == 0) return;
    if (size == 1 || bytes <= exchange_bytes) {
      Exchange exchange(*this, gloo::Slot::build(exchange_slots, tag_), part, all, bytes);
      return exchange.finish(deadline, aborted_);
    }
    gloo::AllgatherOptions options(shared_from_this());
    options.setInput(static_cast<char*>(const_cast<void*>(part)), bytes);
    options.setOutput(all, bytes * size);
    options.setTag(tag_);
    options.setTimeout(limit);
    gloo::allgather(options);
  });
}

void Group::broadcast(void* data, size_t bytes, int root, Milliseconds limit) {
  guard(limit, [&](auto) {
    if (size == 1 || bytes == 0) return;
    gloo::BroadcastOptions options(shared_from_this());
    options.setOutput(static_cast<char*>(data), bytes);
    options.setRoot(root);
    options.setTag(tag_);
    options.setTimeout(limit);
    gloo::broadcast(options);
  });
}

void Group::barrier(Milliseconds limit) {
  guard(limit, [&](auto) {
    if (size == 1) return;
    gloo::BarrierOptions options(shared_from_this());
    options.setTag(tag_);
    options.setTimeout(limit);
    gloo::barrier(options);
  });
}

void Group::abort() {
  aborted_ = true;
  end_connections();
}

// Gloo has no call for this, but a wait that runs out of time closes every connection and wakes
// whoever waits for them.
void Group::end_connections() {
  char nothing;
  try {
    createUnboundBuffer(&nothing, 1)->waitRecv(shortest);
  } catch (const gloo::Exception&) {
  }
  closeConnections();  // those that are being made
}

}  // namespace sx::gloo_engine
