// One process' end of a group: its calls, and who is to blame if one fails.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "connections.h"
#include "reduction.h"

namespace sx::gloo_engine {

// What this rank is about to do, and room for what every rank is, by rank: the same, if they agree.
struct Agreement {
  std::string_view mine;
  char* all;
};

// A connection that ends without a farewell is a rank that was lost. Then all connections are
// closed, so that the others hear of it, too, who wait for ranks that wait for that one. Those who
// have said farewell are missed only by calls that need them.
class Group {
 public:
  // The limit is for connecting.
  Group(int rank, int size, const std::string& host, Milliseconds limit);

  const std::vector<char>& address() const { return connections_.address(); }
  void connect(std::span<const char> all);

  // Whether all ranks had the same header; `out`, which may be `in`, is untouched if not.
  bool all_reduce(const Agreement& agreement, const void* in, void* out, size_t count,
                  Reduction reduction, Milliseconds limit);
  void reduce_scatter(char* all, char* part, size_t count, Reduction reduction, Milliseconds limit);
  void all_gather(const void* part, char* all, size_t bytes, Milliseconds limit);
  void broadcast(void* data, size_t bytes, int root, Milliseconds limit);
  void barrier(Milliseconds limit);

  // From any thread.
  void abort();

  // Says farewell, unless a call has failed.
  void leave();
  ~Group();

 private:
  template <class Body>
  void guard(Milliseconds limit, Body&& body);
  [[noreturn]] void fail_lost(const std::string& message);
  void watch();
  bool has_left(int peer) const;
  std::string lost_ranks();

  const int rank_, size_;
  const Milliseconds connect_limit_;
  Connections connections_;
  std::atomic<bool> aborted_{false};
  bool failed_ = false;
  uint32_t tag_ = 0;        // of the next call
  std::vector<char> room_;  // of rings

  std::vector<char> farewells_;  // by rank; Gloo receives into it
  std::unique_ptr<gloo::transport::UnboundBuffer> watched_;
  std::thread watcher_;
  std::mutex lost_mutex_;
  std::optional<std::string> lost_;  // found before all connections are closed
};

}  // namespace sx::gloo_engine
