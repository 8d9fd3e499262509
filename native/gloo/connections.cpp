#include "connections.h"

#include <gloo/common/error.h>
#include <gloo/transport/context.h>
#include <gloo/transport/tcp/address.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/types.h>

#include <utility>

namespace sx::gloo_engine {
namespace {

constexpr int patience = 5;            // Gloo waits for a connection this many times a pair's limit
constexpr uint8_t probe_slots = 0x21;  // a prefix that nothing is sent with

}  // namespace

Connections::Connections(int rank, int size, const std::string& host, Milliseconds limit)
    : gloo::Context(rank, size) {
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

void Connections::connect(std::span<const char> all) {
  const size_t one = address_.size() / size;
  for (int peer = 0; peer < size; peer++) {
    if (peer == rank) continue;
    const auto address = all.subspan(peer * address_.size() + rank * one, one);
    transportContext_->getPair(peer)->connect({address.begin(), address.end()});
  }
}

// It refuses the next receive then.
bool Connections::has_ended(int peer) {
  char nothing;
  try {
    createUnboundBuffer(&nothing, 1)->recv(peer, gloo::Slot::build(probe_slots, 0));
    return false;
  } catch (const gloo::Exception&) {
    return true;
  }
}

// Gloo has no call for this, but a wait that runs out of time closes every connection.
void Connections::end() {
  char nothing;
  try {
    createUnboundBuffer(&nothing, 1)->waitRecv(shortest);
  } catch (const gloo::Exception&) {
  }
  closeConnections();  // those that are being made
  const std::lock_guard lock(mutex_);
  if (std::exchange(ended_, true)) return;
  for (const Buffer* buffer : buffers_) {
    buffer->buffer_->abortWaitRecv();
    buffer->buffer_->abortWaitSend();
  }
}

Buffer::Buffer(Connections& connections, void* data, size_t bytes)
    : connections_(connections), buffer_(connections.createUnboundBuffer(data, bytes)) {
  const std::lock_guard lock(connections_.mutex_);
  connections_.buffers_.insert(this);
}

Buffer::~Buffer() {
  const std::lock_guard lock(connections_.mutex_);
  connections_.buffers_.erase(this);
}

void Buffer::send(int peer, uint64_t slot, size_t offset, size_t bytes) {
  buffer_->send(peer, slot, offset, bytes);
}

void Buffer::receive(int peer, uint64_t slot, size_t offset, size_t bytes) {
  buffer_->recv(peer, slot, offset, bytes);
}

// Who is woken looks once more: what has come by the end is still found.
template <class Wait>
void Buffer::await(Wait&& wait, Clock::time_point deadline) {
  if (wait(until(deadline))) return;
  try {
    if (wait(shortest)) return;
  } catch (const gloo::IoException&) {
  }
  throw gloo::IoException("a connection ended in the middle of a transfer");
}

void Buffer::await_send(Clock::time_point deadline) {
  await([this](Milliseconds limit) { return buffer_->waitSend(limit); }, deadline);
}

void Buffer::await_receive(Clock::time_point deadline) {
  await([this](Milliseconds limit) { return buffer_->waitRecv(limit); }, deadline);
}

}  // namespace sx::gloo_engine
