// A pool of threads for loops that last microseconds: workers spin a moment before they sleep,
// longer while a program runs, the caller takes part, and whoever finds the pool busy does the work
// alone. Each thread begins with the same share of every loop, so that it finds in its cache what
// it wrote there before, and helps the others when that is done.
#pragma once
#include <atomic>
#include <cstdint>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include "kernel.h"

namespace sx {

// Runs everything in the caller.
class SerialPool final : public Pool {
 public:
  int threads() const override { return 1; }
  void run(int64_t count, int64_t, RangeTask task) override {
    if (count > 0) task(0, count, 0);
  }
};

class ThreadPool final : public Pool {
 public:
  // `threads` includes the caller's.
  explicit ThreadPool(int threads);
  // No run may be in flight.
  ~ThreadPool() override;

  int threads() const override { return static_cast<int>(workers_.size()) + 1; }
  // Rethrows one of the exceptions that the task threw.
  void run(int64_t count, int64_t grain, RangeTask task) override;

  // While there is one, the next loop may come at any moment, and workers wait for it awake. To
  // wake one takes longer than most loops last.
  class Awake {
   public:
    explicit Awake(ThreadPool& pool) : pool_(pool) { pool_.programs_.fetch_add(1); }
    ~Awake() { pool_.programs_.fetch_sub(1); }
    Awake(const Awake&) = delete;
    Awake& operator=(const Awake&) = delete;

   private:
    ThreadPool& pool_;
  };

 private:
  // What a thread begins with of a loop, and all that is to be known of that: what is handed over
  // is one line of a cache. Written by the owner of busy_ while nobody has a chunk; only whoever
  // has claimed a chunk here reads more than `left`.
  struct alignas(64) Share {
    std::atomic<uint64_t> left{0};  // chunks that nobody has begun: [first, last), in one word
    int64_t count, grain, chunks;
    const RangeTask* task;
  };

  void deal_out(int64_t count, int64_t grain, int64_t chunks, const RangeTask& task);
  void wake(int64_t chunks);
  static int64_t claim(std::atomic<uint64_t>& left, bool first);
  int64_t take_part(int worker);
  bool has_work(int worker) const;
  bool spin_for_work(int worker);
  void sleep(int worker);
  void work(int worker);

  alignas(64) std::atomic<int64_t> finished_{0};  // chunks that others than the caller have done
  alignas(64) std::atomic<bool> busy_{false};
  alignas(64) std::atomic<int> sleepers_{0};
  std::atomic<int> programs_{0};
  std::atomic<uint32_t> wakes_{0};
  std::atomic<bool> stopping_{false};
  std::atomic<bool> thrown_{false};
  std::exception_ptr exception_;     // written by whoever set thrown_
  std::unique_ptr<Share[]> shares_;  // of each thread
  std::vector<std::thread> workers_;
};

}  // namespace sx
