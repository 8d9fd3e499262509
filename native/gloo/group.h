// One process' end of a full mesh of Gloo's TCP connections.
#pragma once
#include <gloo/context.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "reduction.h"

namespace sx::gloo_engine {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

// A code of sx/gloo.h and its message.
class Failure : public std::runtime_error {
 public:
  Failure(int32_t code, const std::string& message) : runtime_error(message), code(code) {}
  const int32_t code;
};

class Group : public gloo::Context, public std::enable_shared_from_this<Group> {
 public:
  // The limit is for connecting.
  Group(int rank, int size, const std::string& host, Milliseconds limit);

  // Of this process' listening sockets, one for each peer, by rank; of the same size everywhere.
  const std::vector<char>& address() const { return address_; }
  void connect(std::span<const char> all);

  void all_reduce(void* data, size_t count, Reduction reduction, Milliseconds limit);
  void reduce_scatter(char* all, void* part, size_t count, Reduction reduction, Milliseconds limit);
  void all_gather(const void* part, char* all, size_t bytes, Milliseconds limit);
  void broadcast(void* data, size_t bytes, int root, Milliseconds limit);
  void barrier(Milliseconds limit);

  // From any thread.
  void abort();

 private:
  template <class Body>
  void guard(Milliseconds limit, Body&& body);
  void ring_reduce(char* all, size_t chunk_bytes, Reduction reduction, Clock::time_point deadline);
  void exchange(const void* part, char* all, size_t bytes, Clock::time_point deadline);
  std::string ended_connections();

  const Milliseconds connect_limit_;
  std::vector<char> address_;
  std::atomic<bool> aborted_{false};
  uint32_t tag_ = 0;  // of the next call
};

}  // namespace sx::gloo_engine
