// The simulated engines' complaints: each kernel makes one mistake, which must be found under every
// order of threads.
//   cmake -S native -B build -DSX_TESTS=ON && cmake --build build -t test_engines &&
//   build/test_engines
#include <cstdio>
#include <functional>
#include <string>

#include "cuda/device/cluster.h"
#include "cuda/device/mbarrier.h"
#include "cuda/device/named_barrier.h"
#include "cuda/device/register_budget.h"
#include "cuda/device/shared.h"
#include "cuda/device/tma.h"
#include "cuda/device/wgmma.h"
#include "memory.h"

using namespace sx::cuda;

namespace {

struct Shared {
  alignas(1024) unsigned char tile[16 * 1024];
  Barrier barrier;
};

constexpr int kSeeds = 12;
int failures = 0;

// `expected` is part of the message; empty: nothing is wrong with the kernel.
void expect(const char* expected, uint32_t threads, const std::function<void()>& kernel,
            uint32_t cluster = 1) {
  for (int seed = 0; seed < kSeeds; seed++) {
    sim::set_seed(seed, true);
    std::string message;
    try {
      sim::launch({{{.grid = {cluster, 1, 1},
                     .block = {threads, 1, 1},
                     .cluster = cluster,
                     .shared_bytes = sizeof(Shared),
                     .name = "kernel",
                     .arguments = nullptr},
                    kernel,
                    nullptr}});
    } catch (const sim::Failure& failure) {
      message = failure.message;
    }
    if (*expected ? message.find(expected) != std::string::npos : message.empty()) continue;
    std::printf("expected '%s', got '%s'\n", expected, message.c_str());
    failures++;
  }
}

Shared& shared() { return shared_memory<Shared>(); }
bool first() { return threadIdx.x == 0; }

void begin(uint32_t arrivals) {
  if (first()) {
    shared().barrier.init(arrivals);
    fence_barrier_init();
  }
  __syncthreads();
}

void mbarriers() {
  expect("was never initialised", 1, [] { shared().barrier.arrive(); });
  expect("was overwritten", 1, [] {
    begin(1);
    shared().barrier.state = 0;
    shared().barrier.wait(0);
  });
  expect("is initialised already", 1, [] {
    begin(1);
    begin(1);
  });
  expect("2 arrivals", 1, [] {
    begin(1);
    shared().barrier.arrive(2);
  });
  expect("lacks 1 of 3 arrivals", 2, [] {
    begin(3);
    shared().barrier.arrive();
    shared().barrier.wait(0);
  });
  expect("lacks 1 of 1 arrivals and 1048575 bytes", 1, [] {
    begin(1);
    shared().barrier.expect_bytes((1 << 20) - 1);
    shared().barrier.wait(0);
  });
  expect("counts up to", 1, [] {
    begin(1);
    shared().barrier.expect_bytes(1 << 20);
  });
  expect(
      "no fence.mbarrier_init", 1,
      [] {
        if (cluster_rank() == 0) shared().barrier.init(1);
        cluster_sync();
        if (cluster_rank() == 1) shared().barrier.arrive_at(0);
        cluster_sync();
      },
      2);
  expect(
      "has ended", 1,
      [] {
        begin(1);
        cluster_sync();
        if (cluster_rank() == 0) return;
        for (int i = 0; i < 1000; i++) sim::yield();
        shared().barrier.arrive_at(0);
      },
      2);
}

void copies(float* data) {
  const auto map_of = [data](int rows, Swizzle swizzle) {
    return make_tensor_map(BoxMap{{.type = TensorType::kFloat32,
                                   .data = data,
                                   .rank = 2,
                                   .sizes = {32, rows},
                                   .strides = {1, 32},
                                   .swizzle = swizzle},
                                  {32, 8}});
  };
  const TensorMap map = map_of(32, Swizzle::k128), large = map_of(33, Swizzle::k128);
  const auto load = [](const TensorMap& from, int at, uint32_t bytes) {
    return [=] {
      begin(1);
      shared().barrier.arrive_expecting(bytes);
      tma_load(shared().tile + at, from, shared().barrier, {0, 0});
      shared().barrier.wait(0);
    };
  };
  expect("", 1, load(map, 0, 1024));
  expect("lacks", 1, load(map, 0, 1040));
  expect("not a multiple of 128", 1, load(map, 64, 1024));
  expect("of shared memory, of which the launch asked for", 1,
         load(map, sizeof(Shared) - 128, 1024));
  expect("of a block of memory that has", 1, load(large, 0, 1024));
  expect("not a tensor map", 1, load(TensorMap{}, 0, 1024));
  expect("whose initialisation has no fence", 1, [=] {
    shared().barrier.init(1);
    shared().barrier.arrive_expecting(1024);
    tma_load(shared().tile, map, shared().barrier, {0, 0});
    shared().barrier.wait(0);
  });
  expect("1 coordinates for a tensor map of rank 2", 1,
         [=] { tma_load(shared().tile, map, shared().barrier, {0}); });
  expect("not a multiple of 16", 1, [=] { bulk_store(data, shared().tile, 24); });
}

void products() {
  const auto multiply = [](bool fenced, bool waited) {
    return [=] {
      float d[4] = {};
      const Descriptor tile = k_major(shared().tile, Swizzle::k128);
      if (fenced) wgmma_fence();
      wgmma<8, bfloat16>(d, tile, tile);
      wgmma_commit();
      if (waited) wgmma_wait<0>();
      if (waited && d[0] != d[0]) sim::fail("not a number");
      if (!waited && d[0] == d[0]) sim::fail("read too early");
    };
  };
  const auto zeroed = [=](const std::function<void()>& then) {
    return [=] {
      for (uint32_t i = threadIdx.x; i < sizeof shared().tile; i += 128) shared().tile[i] = 0;
      __syncthreads();
      then();
    };
  };
  expect("", 128, zeroed(multiply(true, true)));
  expect("", 128, zeroed(multiply(true, false)));
  expect("no wgmma.fence", 128, zeroed(multiply(false, true)));
  expect("no warpgroup", 96, [=] { multiply(true, true)(); });
  expect("wgmma.wait_group", 128, [=] {
    if (threadIdx.x != 77) multiply(true, true)();
  });
  const auto described = [](uint64_t bits) {
    return [=] {
      float d[4] = {};
      const Descriptor tile = k_major(shared().tile, Swizzle::k128);
      wgmma_fence();
      wgmma<8, bfloat16>(d, Descriptor{tile.bits | bits}, tile);
      wgmma_commit();
      wgmma_wait<0>();
    };
  };
  expect("", 128, zeroed(described(0)));
  expect("base offset 3 is not simulated", 128, zeroed(described(uint64_t{3} << 49)));
  expect("bits outside of its fields", 128, zeroed(described(uint64_t{1} << 46)));
  expect("different instructions", 128, [] {
    float d[4] = {};
    wgmma_fence();
    wgmma<8, bfloat16>(d, k_major(shared().tile + (threadIdx.x < 64 ? 0 : 1024), Swizzle::k128),
                       k_major(shared().tile, Swizzle::k128));
  });
  expect("of which the launch asked for", 128, [] {
    float d[4] = {};
    wgmma_fence();
    wgmma<8, bfloat16>(d, k_major(shared().tile + sizeof(Shared) / 1024 * 1024, Swizzle::k128),
                       k_major(shared().tile, Swizzle::k128));
    wgmma_commit();
    wgmma_wait<0>();
  });
}

void blocks() {
  expect("setmaxnreg: the block's warps now have", 384, [] { take_registers<240>(); });
  expect("are not whole warps", 64, [] { named_barrier_sync(1, 33); });
  expect("there is no barrier 16", 64, [] { named_barrier_sync(16, 64); });
  expect(
      "block 2 of a cluster of 2", 1, [] { map_shared(&shared().barrier, 2); }, 2);
}

}  // namespace

int main() {
  auto* data = static_cast<float*>(sim::memory_of(0).allocate(32 * 32 * sizeof(float)));
  mbarriers();
  copies(data);
  products();
  blocks();
  std::printf(failures ? "%d failures\n" : "all mistakes found\n", failures);
  return failures != 0;
}
