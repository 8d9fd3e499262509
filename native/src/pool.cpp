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
  finished_.store(0, std::memory_order_relaxed);
  deal_out(count, grain, chunks, task);
  wake(chunks);
  const int64_t others = chunks - take_part(0);
  const auto all_finished = [&] { return finished_.load(std::memory_order_acquire) == others; };
  while (!spin_until(all_finished)) sched_yield();
  std::exception_ptr exception;
  if (thrown_.load(std::memory_order_relaxed)) {
    exception = std::exchange(exception_, nullptr);
    thrown_.store(false, std::memory_order_relaxed);
  }
  busy_.store(false, std::memory_order_release);
  if (exception) std::rethrow_exception(exception);
}

void ThreadPool::deal_out(int64_t count, int64_t grain, int64_t chunks, const RangeTask& task) {
  const auto first = [&](int64_t thread) { return uint64_t(thread * chunks / threads()); };
  for (int i = 0; i < threads(); i++) {
    Share& share = shares_[i];
    share.count = count;
    share.grain = grain;
    share.chunks = chunks;
    share.task = &task;
    share.left.store(first(i) << 32 | first(i + 1), std::memory_order_release);
  }
}

// The order against sleep(): either the worker sees its share after it has counted itself as a
// sleeper, or this sees the sleeper after it has dealt out.
void ThreadPool::wake(int64_t chunks) {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  const int sleepers = sleepers_.load();
  if (sleepers == 0) return;
  wakes_++;
  if (chunks - 1 >= sleepers) {
    wakes_.notify_all();
  } else {
    for (int64_t i = 1; i < chunks; i++) wakes_.notify_one();
  }
}

// The first chunk that is left, or the last one; -1 if none is.
int64_t ThreadPool::claim(std::atomic<uint64_t>& shared, bool first_one) {
  uint64_t left = shared.load(std::memory_order_relaxed);
  for (;;) {
    const uint64_t first = left >> 32, last = left & 0xffffffff;
    if (first == last) return -1;
    const uint64_t after = first_one ? (first + 1) << 32 | last : first << 32 | (last - 1);
    if (shared.compare_exchange_weak(left, after, std::memory_order_acquire,
                                     std::memory_order_relaxed))
      return int64_t(first_one ? first : last - 1);
  }
}

// Runs the chunks of the thread's own share, then what is left of the others'; how many those were.
// A loop cannot end before they are counted, so that a share stays what it is meanwhile; and if
// another loop has begun since `left` was looked at, it is a chunk of that one that is claimed.
int64_t ThreadPool::take_part(int worker) {
  int64_t done = 0;
  for (int i = 0; i < threads(); i++) {
    Share& share = shares_[(worker + i) % threads()];
    for (int64_t chunk; (chunk = claim(share.left, i == 0)) >= 0; done++) {
      const int64_t units = share.count / share.grain;
      const int64_t quotient = units / share.chunks, remainder = units % share.chunks;
      const auto cut = [&](int64_t k) {
        return k == share.chunks ? share.count
                                 : (k * quotient + std::min(k, remainder)) * share.grain;
      };
      try {
        (*share.task)(cut(chunk), cut(chunk + 1), worker);
      } catch (...) {
        if (!thrown_.exchange(true, std::memory_order_relaxed))
          exception_ = std::current_exception();
      }
    }
  }
  return done;
}

bool ThreadPool::has_work(int worker) const {
  const uint64_t left = shares_[worker].left.load(std::memory_order_relaxed);
  return left >> 32 != (left & 0xffffffff);
}

bool ThreadPool::spin_for_work(int worker) {
  for (int turn = 0; turn < kTurnsOfProgram; turn++) {
    if (spin_until([&] { return has_work(worker); })) return true;
    if (turn >= kTurns && programs_.load(std::memory_order_relaxed) == 0) break;
  }
  return false;
}

void ThreadPool::sleep(int worker) {
  const uint32_t wakes = wakes_.load();
  sleepers_++;
  std::atomic_thread_fence(std::memory_order_seq_cst);
  if (!has_work(worker) && !stopping_.load()) wakes_.wait(wakes);
  sleepers_--;
}

void ThreadPool::work(int worker) {
  while (!stopping_.load(std::memory_order_relaxed)) {
    if (!spin_for_work(worker)) sleep(worker);
    const int64_t done = take_part(worker);
    if (done > 0) finished_.fetch_add(done, std::memory_order_release);
  }
}

}  // namespace sx
