// Launches that run together, since their kernels wait for each other: the collectives of several
// devices.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/cuda_runtime.h"

namespace sim {

struct Work {
  std::function<cudaError_t()> run;
  uint64_t ticket = 0;  // of a joint launch
};

struct Stream {
  int device;
  std::deque<Work> queue{};
  std::unique_ptr<Graph> capturing{};
  cudaError_t failed = cudaSuccess;  // the first of its work that did, since somebody waited
  std::string reason{};              // why
};

// All joint launches that have begun to gather. Every function is called under the lock of the
// streams' queues.
class Joints {
 public:
  static Joints& of_all();

  void add(Stream* stream) { streams_.insert(stream); }
  void remove(Stream* stream) { streams_.erase(stream); }

  // A part of a joint launch is the next of what the stream in `streams` has to do. Returns when
  // the launch is over, or will be run by who is fetching its parts; throws its Failure, with the
  // streams of all parts in `streams`. The work of other streams in front of their parts is done by
  // `work_off`; a part that was not queued yet is waited for, with `queues` open.
  void arrive(const Part& part, std::vector<Stream*>& streams, std::mutex& queues,
              void (*work_off)(Stream*));
  void somebody_came() { came_.notify_all(); }

 private:
  struct Party {
    std::vector<Part> parts;
    std::vector<Stream*> streams;  // of the parts
    bool begun = false;
    std::optional<Failure> failure;
  };

  void fetch(uint64_t ticket, void (*work_off)(Stream*));
  static void run(Party& party);

  std::set<Stream*> streams_;
  std::map<uint64_t, std::shared_ptr<Party>> gathering_;
  std::condition_variable came_;
  uint64_t fetching_ = 0;  // the ticket whose parts are fetched
};

}  // namespace sim
