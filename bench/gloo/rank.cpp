// One process of Gloo's own ring all-reduce over TCP on the loopback interface, for
// bench/allreduce-gloo. Usage: rank RANK RANKS FOLDER, a new one through which they find each
// other. For each line BYTES REPEATS of its input it prints the median of the seconds; for no
// repeats, 0 after checking a sum. The ranks get the same lines.
#include <gloo/rendezvous/context.h>
#include <gloo/rendezvous/file_store.h>
#include <gloo/transport/tcp/device.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <stdexcept>
#include <string>

#include "all_reduce.h"

namespace {

using Clock = std::chrono::steady_clock;

class Ring {
 public:
  Ring(int rank, int ranks, const std::string& folder)
      : store_(folder), context_(std::make_shared<gloo::rendezvous::Context>(rank, ranks)) {
    gloo::transport::tcp::attr attributes("127.0.0.1");
    auto device = gloo::transport::tcp::CreateDevice(attributes);
    context_->connectFullMesh(store_, device);
  }

  double check_sum(size_t floats) {
    std::vector<float> data(floats, float(context_->rank + 1));
    all_reduce(context_, data, tag_++);
    const float expected = context_->size * (context_->size + 1) / 2;
    if (std::any_of(data.begin(), data.end(), [&](float x) { return x != expected; }))
      throw std::runtime_error("a sum is wrong");
    return 0;
  }

  double median_seconds(size_t floats, int repeats) {
    std::vector<float> data(floats);  // zeros, which stay what they are
    std::vector<double> seconds;
    for (int i = 0; i < repeats; i++) {
      const auto start = Clock::now();
      all_reduce(context_, data, tag_++);
      seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
    }
    std::sort(seconds.begin(), seconds.end());
    return seconds.at(seconds.size() / 2);
  }

 private:
  gloo::rendezvous::FileStore store_;
  std::shared_ptr<gloo::rendezvous::Context> context_;
  int tag_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: rank RANK RANKS FOLDER\n", stderr);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  try {
    Ring ring(std::stoi(argv[1]), std::stoi(argv[2]), argv[3]);
    size_t bytes;
    int repeats;
    while (std::cin >> bytes >> repeats) {
      const size_t floats = bytes / sizeof(float);
      std::cout << (repeats == 0 ? ring.check_sum(floats) : ring.median_seconds(floats, repeats))
                << std::endl;
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "rank: %s\n", e.what());
    return 1;
  }
}
