// One process' end of a full mesh of Gloo's TCP connections, and what travels on them.
#pragma once
#include <gloo/context.h>
#include <gloo/transport/unbound_buffer.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "clock.h"

namespace sx::gloo_engine {

class Buffer;

class Connections : public gloo::Context {
 public:
  // The limit is for connecting.
  Connections(int rank, int size, const std::string& host, Milliseconds limit);

  // Of this process' listening sockets, one for each peer, by rank; of the same size everywhere.
  const std::vector<char>& address() const { return address_; }
  void connect(std::span<const char> all);

  // Whether the one to `peer` has ended.
  bool has_ended(int peer);
  // Ends all of them and wakes who waits. From any thread.
  void end();

 private:
  friend class Buffer;

  std::vector<char> address_;
  std::mutex mutex_;
  bool ended_ = false;
  std::unordered_set<Buffer*> buffers_;
};

// Memory that is sent from and received into. When a connection ends, Gloo wakes only those whose
// transfers have not begun; one that was in the middle of its bytes would wait for its deadline.
// So buffers are known to their connections, which wake them all.
class Buffer {
 public:
  Buffer(Connections& connections, void* data, size_t bytes);
  ~Buffer();
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;

  void send(int peer, uint64_t slot, size_t offset, size_t bytes);
  void receive(int peer, uint64_t slot, size_t offset, size_t bytes);
  // For one more of them; gloo::IoException when a connection or the time has ended before.
  void await_send(Clock::time_point deadline);
  void await_receive(Clock::time_point deadline);

 private:
  friend class Connections;
  template <class Wait>
  void await(Wait&& wait, Clock::time_point deadline);

  Connections& connections_;
  const std::unique_ptr<gloo::transport::UnboundBuffer> buffer_;
};

}  // namespace sx::gloo_engine
