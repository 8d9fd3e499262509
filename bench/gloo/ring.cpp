// Times Gloo's own ring all-reduce between threads of this process, over TCP on the loopback
// interface. Usage: ring RANKS BYTES REPEATS. Prints {"ranks": N, "bytes": B, "seconds": median}
// after checking every sum.
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/hash_store.h>
#include <gloo/transport/tcp/device.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "all_reduce.h"

namespace {

using Clock = std::chrono::steady_clock;

struct Run {
  int ranks;
  size_t floats;
  int repeats;
};

// The seconds of each repeat, from the moment that all ranks are ready to the last one's end.
std::vector<double> time_ring(const Run& run) {
  gloo::rendezvous::HashStore store;
  std::barrier<> together(run.ranks);
  std::atomic<bool> wrong = false;
  std::vector<double> seconds;
  auto rank_main = [&](int rank) {
    gloo::transport::tcp::attr attributes;
    attributes.hostname = "127.0.0.1";
    auto device = gloo::transport::tcp::CreateDevice(attributes);
    auto context = std::make_shared<gloo::rendezvous::Context>(rank, run.ranks);
    context->connectFullMesh(store, device);
    std::vector<float> data(run.floats);
    // Every rank brings its number + 1.
    const float expected = run.ranks * (run.ranks + 1) / 2;
    for (int repeat = -1; repeat < run.repeats; repeat++) {  // the first warms up
      std::fill(data.begin(), data.end(), float(rank + 1));
      together.arrive_and_wait();
      const auto start = Clock::now();
      all_reduce(context, data, repeat + 1);
      together.arrive_and_wait();
      if (rank == 0 && repeat >= 0)
        seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
      if (std::any_of(data.begin(), data.end(), [&](float x) { return x != expected; }))
        wrong = true;
    }
  };
  std::vector<std::jthread> threads;
  for (int rank = 0; rank < run.ranks; rank++) threads.emplace_back(rank_main, rank);
  threads.clear();  // joins
  if (wrong) throw std::runtime_error("a sum is wrong");
  return seconds;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: ring RANKS BYTES REPEATS\n", stderr);
    return 2;
  }
  try {
    const Run run{std::stoi(argv[1]), std::stoul(argv[2]) / sizeof(float), std::stoi(argv[3])};
    std::vector<double> seconds = time_ring(run);
    std::sort(seconds.begin(), seconds.end());
    std::printf("{\"ranks\": %d, \"bytes\": %zu, \"seconds\": %.6f}\n", run.ranks,
                run.floats * sizeof(float), seconds.at(seconds.size() / 2));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "ring: %s\n", e.what());
    return 1;
  }
}
