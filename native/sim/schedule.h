// Which thread goes next, and when the asynchronous engines do their work. A seed fixes all of it.
#pragma once
#include <deque>
#include <functional>
#include <vector>

#include "sim/sim.h"

namespace sim {

class Schedule {
 public:
  // Orders differ in kind: round robin, random, the last that became ready first, one warp ahead of
  // the others.
  void begin(uint64_t seed);

  void make_ready(Thread* thread) {
    ready_.push_back(thread);
    progress();
  }
  // Something happened that others may have waited for.
  void progress() {
    passed_ = nanoseconds();
    polls_ = 0;
  }
  uint64_t nanoseconds() const;
  void make_polling(Thread* thread) { polling_.push_back(thread); }
  void add(std::function<void()> operation);

  // The thread to run next, after asynchronous work that is due; nullptr if nothing can go on.
  Thread* next();

  // Runs all that is left of the engines' work; whether there was any.
  bool finish_operations();

  uint32_t random(uint32_t bound);
  // Whether a running thread should let another one go first at a point where it may.
  bool interrupts() { return kind_ != kRoundRobin && random(4) == 0; }

 private:
  enum Kind { kRoundRobin, kRandom, kLastFirst, kFavourite };

  Thread* take(size_t position);
  void run_operation(size_t position);

  std::deque<Thread*> ready_;
  std::vector<Thread*> polling_;
  std::vector<std::function<void()>> operations_;
  Kind kind_ = kRoundRobin;
  uint64_t state_ = 0;
  const Warp* favourite_ = nullptr;
  uint64_t polls_ = 0;   // rounds since then
  uint64_t passed_ = 0;  // nanoseconds until then
};

}  // namespace sim
