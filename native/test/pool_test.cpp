// Many short loops on one thread pool, from several threads at once; each element must be visited
// once, by a worker that exists, and ranges must be cut at multiples of the grain. Meant for
// -DSX_SANITIZE=thread.
#include "pool.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "failed: %s\n", what);
  std::abort();
}

void visit_all(sx::ThreadPool& pool, unsigned seed, int rounds) {
  std::mt19937 random(seed);
  std::vector<int> visits;
  for (int round = 0; round < rounds; round++) {
    const int64_t count = random() % 2000, grain = random() % 200;
    visits.assign(count, 0);
    auto visit = [&](int64_t begin, int64_t end, int worker) {
      require(worker >= 0 && worker < pool.threads(), "a worker of the pool");
      require(begin < end && end <= count, "a range inside");
      require(begin % std::max<int64_t>(grain, 1) == 0, "cut at a multiple of the grain");
      for (int64_t i = begin; i < end; i++) visits[i]++;
    };
    pool.run(count, grain, visit);
    for (int v : visits) require(v == 1, "each element once");
  }
}

void throw_from_tasks(sx::ThreadPool& pool) {
  for (int64_t bad = 0; bad < 64; bad++) {
    auto task = [&](int64_t begin, int64_t end, int) {
      if (begin <= bad && bad < end) throw std::runtime_error("bad");
    };
    bool thrown = false;
    try {
      pool.run(64, 1, task);
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    require(thrown, "an exception of a task reaches the caller");
  }
}

}  // namespace

int main() {
  for (int threads : {1, 2, 3, 7}) {
    sx::ThreadPool pool(threads);
    visit_all(pool, threads, 2000);
    throw_from_tasks(pool);
    std::vector<std::thread> callers;
    for (unsigned seed = 1; seed <= 4; seed++)
      callers.emplace_back([&, seed] { visit_all(pool, seed, 500); });
    for (auto& caller : callers) caller.join();
  }
  for (int i = 0; i < 200; i++) sx::ThreadPool(4);  // stopped while the workers still start
}
