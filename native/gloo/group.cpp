#include "group.h"

#include <gloo/common/error.h>
#include <gloo/types.h>

#include <algorithm>
#include <cstring>

#include "broadcast.h"
#include "exchange.h"
#include "failure.h"
#include "ring.h"
#include "sx/gloo.h"

namespace sx::gloo_engine {
namespace {

// Up to here every rank sends to every other: one hop instead of size - 1, and it is known who has
// not come.
constexpr size_t exchange_bytes = 4096;
constexpr uint8_t exchange_slots = 0x20, farewell_slots = 0x22, ring_slots = 0x23,
                  broadcast_slots = 0x24;
constexpr Milliseconds farewell_limit(1000);
constexpr std::chrono::hours forever(24 * 365 * 10);  // as far as Gloo's clock does not overflow

// Of a ring whose ranks have brought the same header; others do not meet there.
uint64_t ring_slot(uint32_t tag, std::string_view header) {
  uint64_t hash = 0xcbf29ce484222325 ^ tag;  // FNV-1a
  for (const char c : header) hash = (hash ^ uint8_t(c)) * 0x100000001b3;
  return uint64_t{ring_slots} << 56 | hash >> 8;
}

}  // namespace

Group::Group(int rank, int size, const std::string& host, Milliseconds limit)
    : rank_(rank), size_(size), connect_limit_(limit), connections_(rank, size, host, limit) {}

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
  for (int peer = 0; peer < size_; peer++)
    if (has_left(peer))
      throw Failure(SX_GLOO_CLOSED, "rank " + std::to_string(peer) + " has closed the group");
  throw Failure(SX_GLOO_PEER_LOST, message);
}

bool Group::has_left(int peer) const {
  return std::atomic_ref(const_cast<char&>(farewells_[peer])).load() != 0;
}

std::string Group::lost_ranks() {
  std::lock_guard lock(lost_mutex_);
  if (lost_) return *lost_;
  lost_.emplace();
  for (int peer = 0; peer < size_; peer++)
    if (peer != rank_ && !has_left(peer) && connections_.has_ended(peer))
      *lost_ += (lost_->empty() ? "lost rank " : ", rank ") + std::to_string(peer);
  return *lost_;
}

void Group::watch() {
  farewells_.resize(size_);
  watched_ = connections_.createUnboundBuffer(farewells_.data(), size_);
  for (int peer = 0; peer < size_; peer++)
    if (peer != rank_) watched_->recv(peer, gloo::Slot::build(farewell_slots, 0), peer, 1);
  watcher_ = std::thread([this] {
    try {
      for (int left = 1; left < size_; left++) watched_->waitRecv(forever);
    } catch (const gloo::Exception&) {
      lost_ranks();
      connections_.end();
    }
  });
}

void Group::leave() {
  if (failed_ || aborted_ || !watched_) return;
  char farewell = 1;
  Buffer buffer(connections_, &farewell, 1);
  const auto deadline = Clock::now() + farewell_limit;
  for (int peer = 0; peer < size_; peer++) {
    if (peer == rank_) continue;
    try {
      buffer.send(peer, gloo::Slot::build(farewell_slots, 0), 0, 1);
      buffer.await_send(deadline);
    } catch (const gloo::Exception&) {
      // That one has gone before.
    }
  }
}

Group::~Group() {
  connections_.end();
  if (watcher_.joinable()) watcher_.join();
}

void Group::connect(std::span<const char> all) {
  if (all.size() != address().size() * size_)
    throw Failure(SX_GLOO_INVALID, "expected " + std::to_string(address().size() * size_) +
                                       " bytes of addresses, given " + std::to_string(all.size()));
  guard(connect_limit_, [&](auto) {
    connections_.connect(all);
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
    Exchange headers(connections_, gloo::Slot::build(exchange_slots, tag_), agreement.mine.data(),
                     agreement.all, header_bytes);
    Ring ring(connections_, Ring::Rounds::kReduceAndSpread, in, out, count, reduction, room_);
    ring.begin(ring_slot(tag_, agreement.mine));
    headers.finish(deadline, aborted_);
    const auto same = [&](int peer) { return header_of(peer) == agreement.mine; };
    agreed = true;
    for (int peer = 0; peer < size_; peer++) agreed = agreed && same(peer);
    if (agreed) return ring.finish(deadline);
    try {
      ring.give_up(same((rank_ + size_ - 1) % size_), same((rank_ + 1) % size_), deadline);
    } catch (const gloo::IoException&) {
      // It ends here in any case.
    }
  });
  return agreed;
}

void Group::reduce_scatter(char* all, char* part, size_t count, Reduction reduction,
                           Milliseconds limit) {
  guard(limit, [&](auto deadline) {
    Ring ring(connections_, Ring::Rounds::kReduce, all, all, count * size_, reduction, room_);
    ring.begin(ring_slot(tag_, {}));
    ring.finish(deadline);
    const size_t bytes = count * reduction.element_bytes;
    std::copy_n(all + rank_ * bytes, bytes, part);
  });
}

void Group::all_gather(const void* part, char* all, size_t bytes, Milliseconds limit) {
  guard(limit, [&](auto deadline) {
    if (bytes == 0) return;
    if (bytes <= exchange_bytes) {
      Exchange exchange(connections_, gloo::Slot::build(exchange_slots, tag_), part, all, bytes);
      return exchange.finish(deadline, aborted_);
    }
    std::memcpy(all + rank_ * bytes, part, bytes);
    Ring ring(connections_, Ring::Rounds::kSpread, all, all, bytes * size_, {nullptr, 1}, room_);
    ring.begin(ring_slot(tag_, {}));
    ring.finish(deadline);
  });
}

void Group::broadcast(void* data, size_t bytes, int root, Milliseconds limit) {
  guard(limit, [&](auto deadline) {
    const auto slot = gloo::Slot::build(broadcast_slots, tag_);
    gloo_engine::broadcast(connections_, slot, data, bytes, root, deadline);
  });
}

void Group::barrier(Milliseconds limit) {
  std::vector<char> presence(size_);
  const char here = 1;
  all_gather(&here, presence.data(), 1, limit);
}

void Group::abort() {
  aborted_ = true;
  connections_.end();
}

}  // namespace sx::gloo_engine
