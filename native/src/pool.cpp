#include "pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

namespace sx {
namespace {

using Clock = std::chrono::steady_clock;
// Between looks at the clock and at what else there is.
constexpr auto kSpin = std::chrono::microseconds(30);
// Turns of that before a worker sleeps: long enough to bridge the gap between two runs of a model
// that follow each other, short enough that an idle pool costs nothing; and longer while a program
// runs, for one of its nodes may be work for one thread alone.
constexpr int kTurns = 10;
constexpr int kTurnsOfProgram = 30;
// A range per thread would wait for the slowest; a few let the others take over.
constexpr int64_t kChunksPerThread = 4;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Polls `done` for up to kSpin.
template <class Done>
bool spin_until(Done&& done) {
  const auto end = Clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; i++) {
      if (done()) return true;
      pause();
    }
  } while (Clock::now() < end);
  return false;
}

}  // namespace

ThreadPool::ThreadPool(int threads) : shares_(new Share[std::max(threads, 1)]) {
  // Signals from outside are the host program's affair. Those of a crash are let through, so that
  // it can report.
  sigset_t blocked, before;
  sigfillset(&blocked);
  for (int crash : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT}) sigdelset(&blocked, crash);
  pthread_sigmask(SIG_SETMASK, &blocked, &before);
  try {
    for (int worker = 1; worker < threads; worker++) {
      workers_.emplace_back([this, worker] { work(worker); });
      char name[24];
      std::snprintf(name, sizeof name, "sardonyx-%d", worker);
      name[15] = 0;  // the longest that Linux takes
      pthread_setname_np(workers_.back().native_handle(), name);
    }
  } catch (const std::system_error&) {
    // The system allows no more threads; those that there are do the work.
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ThreadPool::~ThreadPool() {
  stopping_ = true;
  wakes_++;
  wakes_.notify_all();
  for (auto& worker : workers_) worker.join();
}

void ThreadPool::run(int64_t count, int64_t grain, RangeTask task) {
  if (count <= 0) return;
  grain = std::max<int64_t>(grain, 1);
  const int64_t chunks = std::min(count / grain, kChunksPerThread * threads());
  if (chunks <= 1 || workers_.empty() || busy_.exchange(true, std::memory_order_acquire)) {
    task(0, count, 0);
    return;
  }
  job_ = {count, grain, chunks, &task};
  finished_.store(0, std::memory_order_relaxed);
  deal_out(chunks);
  publish(chunks);
  while (take_part(0)) {
  }
  const auto all_finished = [&] { return finished_.load(std::memory_order_acquire) == chunks; };
  while (!spin_until(all_finished)) sched_yield();
  std::exception_ptr exception;
  if (thrown_.load(std::memory_order_relaxed)) {
    exception = std::exchange(exception_, nullptr);
    thrown_.store(false, std::memory_order_relaxed);
  }
  busy_.store(false, std::memory_order_release);
  if (exception) std::rethrow_exception(exception);
}

// The order against sleep(): either the worker sees the job after it has counted itself as a
// sleeper, or this sees the sleeper after it has published the job.
void ThreadPool::publish(int64_t chunks) {
  unclaimed_.store(chunks);
  const int sleepers = sleepers_.load();
  if (sleepers == 0) return;
  wakes_++;
  if (chunks - 1 >= sleepers) {
    wakes_.notify_all();
  } else {
    for (int64_t i = 1; i < chunks; i++) wakes_.notify_one();
  }
}

void ThreadPool::deal_out(int64_t chunks) {
  const auto first = [&](int64_t thread) { return uint64_t(thread * chunks / threads()); };
  for (int i = 0; i < threads(); i++)
    shares_[i].left.store(first(i) << 32 | first(i + 1), std::memory_order_relaxed);
}

// Takes the first chunk of the thread's own share, or else the last one of another's. There is one:
// the caller has claimed it.
int64_t ThreadPool::take_chunk(int worker) {
  for (int i = worker;; i = (i + 1) % threads()) {
    auto& share = shares_[i].left;
    uint64_t left = share.load(std::memory_order_relaxed);
    for (;;) {
      const uint64_t first = left >> 32, last = left & 0xffffffff;
      if (first == last) break;
      const bool own = i == worker;
      const uint64_t after = own ? (first + 1) << 32 | last : first << 32 | (last - 1);
      if (share.compare_exchange_weak(left, after, std::memory_order_relaxed))
        return int64_t(own ? first : last - 1);
    }
  }
}

// Claims one chunk and runs it. A claim is only possible while the job is unfinished, so job_ is
// stable after it.
bool ThreadPool::take_part(int worker) {
  int64_t left = unclaimed_.load(std::memory_order_relaxed);
  do {
    if (left == 0) return false;
  } while (!unclaimed_.compare_exchange_weak(left, left - 1, std::memory_order_acquire,
                                             std::memory_order_relaxed));
  const auto [count, grain, chunks, task] = job_;
  const int64_t units = count / grain;
  const int64_t quotient = units / chunks, remainder = units % chunks;
  const int64_t chunk = take_chunk(worker);
  const auto cut = [&](int64_t i) {
    return i == chunks ? count : (i * quotient + std::min(i, remainder)) * grain;
  };
  try {
    (*task)(cut(chunk), cut(chunk + 1), worker);
  } catch (...) {
    if (!thrown_.exchange(true, std::memory_order_relaxed)) exception_ = std::current_exception();
  }
  finished_.fetch_add(1, std::memory_order_release);
  return true;
}

bool ThreadPool::spin_for_work() {
  const auto is_there = [&] { return unclaimed_.load(std::memory_order_relaxed) > 0; };
  for (int turn = 0; turn < kTurnsOfProgram; turn++) {
    if (spin_until(is_there)) return true;
    if (turn >= kTurns && programs_.load(std::memory_order_relaxed) == 0) break;
  }
  return false;
}

void ThreadPool::sleep() {
  const uint32_t wakes = wakes_.load();
  sleepers_++;
  if (unclaimed_.load() == 0 && !stopping_.load()) wakes_.wait(wakes);
  sleepers_--;
}

void ThreadPool::work(int worker) {
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (spin_for_work())
      take_part(worker);
    else
      sleep();
  }
}

}  // namespace sx
