#include "group.h"

#include <gloo/allgather.h>
#include <gloo/allreduce.h>
#include <gloo/barrier.h>
#include <gloo/broadcast.h>
#include <gloo/common/error.h>
#include <gloo/transport/context.h>
#include <gloo/transport/tcp/address.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/types.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "sx/gloo.h"

namespace sx::gloo_engine {
namespace {

// Up to here every rank sends to every other: one hop instead of size - 1, and it is known who has
// not come.
constexpr size_t exchange_bytes = 4096;
// Two segments of a ring are under way at a time: one is received while the other is reduced.
constexpr size_t segment_bytes = 1 << 20;
// Prefixes that Gloo's own collectives do not use.
constexpr uint8_t own_slots = 0x20, probe_slots = 0x21, farewell_slots = 0x22;
constexpr Milliseconds shortest(1);  // Gloo takes 0 for no limit
constexpr Milliseconds farewell_limit(1000);
constexpr std::chrono::hours forever(24 * 365 * 10);  // as far as Gloo's clock does not overflow
constexpr int patience = 5;  // Gloo waits for a connection this many times a pair's limit

Milliseconds until(Clock::time_point deadline) {
  return std::max(shortest, std::chrono::ceil<Milliseconds>(deadline - Clock::now()));
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

void Group::all_reduce(void* data, size_t count, Reduction reduction, Milliseconds limit) {
  guard(limit, [&](auto deadline) {
    if (size == 1 || count == 0) return;
    gloo::AllreduceOptions options(shared_from_this());
    // Gloo takes the size of elements from this type alone.
    const auto set = [&](auto element) {
      options.setOutput(static_cast<decltype(element)*>(data), count);
    };
    switch (reduction.element_bytes) {
      case 2:
        set(uint16_t());
        break;
      case 4:
        set(uint32_t());
        break;
      default:
        set(uint64_t());
        break;
    }
    options.setReduceFunction([&](void* c, const void* a, const void* b, size_t n) {
      // Gloo grants the limit to every single wait; this ends a call that crawls.
      if (Clock::now() >= deadline) throw gloo::IoException("too slow");
      reduction.reduce(c, a, b, n);
    });
    options.setAlgorithm(gloo::AllreduceOptions::Algorithm::RING);
    options.setTag(tag_);
    options.setTimeout(limit);
    gloo::allreduce(options);
  });
}

void Group::reduce_scatter(char* all, void* part, size_t count, Reduction reduction,
                           Milliseconds limit) {
  const size_t bytes = count * reduction.element_bytes;
  guard(limit, [&](auto deadline) {
    if (size > 1 && count > 0) ring_reduce(all, bytes, reduction, deadline);
    std::memcpy(part, all + rank * bytes, bytes);
  });
}

// Chunk c begins at rank c - 1 and goes left around the ring; each rank adds its own, and it ends
// complete at rank c.
void Group::ring_reduce(char* all, size_t chunk_bytes, Reduction reduction,
                        Clock::time_point deadline) {
  const int left = (rank + size - 1) % size, right = (rank + 1) % size;
  const size_t half = (chunk_bytes / reduction.element_bytes + 1) / 2 * reduction.element_bytes;
  const size_t segment = std::min(half, segment_bytes);
  const size_t segments = std::max<size_t>(2, (chunk_bytes + segment - 1) / segment);  // of a chunk
  const size_t last = (size - 1) * segments;

  struct Stretch {
    size_t offset, bytes;
  };
  const auto stretch = [&](size_t i, int ahead) -> Stretch {
    const size_t chunk = (rank + ahead + i / segments) % size, begin = i % segments * segment;
    return {chunk * chunk_bytes + begin,
            begin < chunk_bytes ? std::min(segment, chunk_bytes - begin) : 0};
  };
  std::vector<char> received(2 * segment);
  const auto from = createUnboundBuffer(received.data(), received.size());
  const auto own = createUnboundBuffer(all, chunk_bytes * size);
  const uint64_t slot = gloo::Slot::build(own_slots, tag_);

  for (size_t i = 0; i < last + 2; i++) {
    if (i >= 2) {
      if (const auto [offset, bytes] = stretch(i - 2, 2); bytes > 0) {
        from->waitRecv(until(deadline));
        reduction.reduce(all + offset, all + offset, received.data() + i % 2 * segment,
                         bytes / reduction.element_bytes);
      }
      if (stretch(i - 2, 1).bytes > 0) own->waitSend(until(deadline));
    }
    if (i < last) {
      if (const auto [offset, bytes] = stretch(i, 2); bytes > 0)
        from->recv(right, slot, i % 2 * segment, bytes);
      if (const auto [offset, bytes] = stretch(i, 1); bytes > 0)
        own->send(left, slot, offset, bytes);
    }
  }
}

void Group::all_gather(const void* part, char* all, size_t bytes, Milliseconds limit) {
  guard(limit, [&](auto deadline) {
    if (bytes == 0) return;
    if (size == 1 || bytes <= exchange_bytes) return exchange(part, all, bytes, deadline);
    gloo::AllgatherOptions options(shared_from_this());
    options.setInput(static_cast<char*>(const_cast<void*>(part)), bytes);
    options.setOutput(all, bytes * size);
    options.setTag(tag_);
    options.setTimeout(limit);
    gloo::allgather(options);
  });
}

void Group::exchange(const void* part, char* all, size_t bytes, Clock::time_point deadline) {
  std::memcpy(all + rank * bytes, part, bytes);
  const uint64_t slot = gloo::Slot::build(own_slots, tag_);
  const auto own = createUnboundBuffer(all + rank * bytes, bytes);
  std::vector<std::unique_ptr<gloo::transport::UnboundBuffer>> others(size);
  for (int peer = 0; peer < size; peer++) {
    if (peer == rank) continue;
    others[peer] = createUnboundBuffer(all + peer * bytes, bytes);
    others[peer]->recv(peer, slot);
    own->send(peer, slot);
  }
  std::string missing;
  for (int peer = 0; peer < size; peer++) {
    if (peer == rank) continue;
    try {
      others[peer]->waitRecv(until(deadline));
      own->waitSend(until(deadline));
    } catch (const gloo::IoException&) {
      // The first that is late ends all connections; what has come by then is still found.
      if (aborted_ || Clock::now() < deadline) throw;
      missing += (missing.empty() ? "rank " : ", rank ") + std::to_string(peer);
    }
  }
  if (!missing.empty()) throw Failure(SX_GLOO_TIMEOUT, missing + " did not come in time");
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
