// A launch: its blocks one cluster after the other (or all at once), each thread a fiber, until the
// last has ended. The parts of a joint launch, all of one shape, are all there at once.
#include <sys/mman.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <numeric>
#include <span>

#include "engines.h"
#include "fiber.h"
#include "schedule.h"
#include "sim/counters.h"
#include "sim/sim.h"

namespace sim {

Thread* current = nullptr;
Index3 grid_dim, block_dim;
Cluster* clusters = nullptr;
LaunchConfig config;
std::vector<Part> parts;

namespace {

constexpr size_t kMessage = 2048;

std::mutex one_launch;
Schedule schedule;
uint64_t first_seed() {
  const char* given = std::getenv("SARDONYX_SIM_SEED");
  return given ? std::strtoull(given, nullptr, 10) : 0;
}

uint64_t next_seed = first_seed(), seed_of_launch = 0;
bool seed_is_fixed = false;

uint32_t blocks_of_part;
void* host_stack;
uint32_t live_threads;
std::vector<Thread> threads;
std::vector<Block> blocks;
std::vector<Cluster> live_clusters;
unsigned char* shared_windows;
char message[kMessage];
bool failed, failure_is_sticky;
bool on_fiber;  // a fiber runs, not the host

void leave() {
  void* never;
  switch_fiber(&never, host_stack);
  __builtin_unreachable();
}

std::string name_of(const WaitQueue& queue) {
  return queue.describe ? queue.describe(queue) : queue.name;
}

void run_next() {
  Thread* thread = schedule.next();
  if (!thread) {
    std::map<std::string, int> waiting;
    for (const Thread& t : threads)
      if (!t.exited) waiting[t.waits_for ? name_of(*t.waits_for) : "a value that never comes"]++;
    std::string where;
    for (const auto& [name, count] : waiting)
      where += ", " + std::to_string(count) + (count == 1 ? " waits for " : " wait for ") + name;
    fail("deadlock: %u of %zu threads have ended%s", unsigned(threads.size() - live_threads),
         threads.size(), where.c_str());
  }
  if (thread == current) return;
  Thread* from = current;
  current = thread;
  switch_fiber(&from->stack_pointer, thread->stack_pointer);
}

// Opens a barrier whose last threads have ended instead of arriving.
void release_if_complete(Block& block) {
  Barrier& barrier = block.barriers[0];
  if (barrier.arrived > 0 && barrier.expected == 0 && barrier.arrived == block.live_threads)
    complete_barrier(block, 0);
}

void thread_main() {
  parts[current->block->part].kernel();
  Thread& self = *current;
  self.exited = true;
  self.warp->exited |= 1u << self.lane;
  self.block->live_threads--;
  live_threads--;
  check::thread_ended(self);
  release_if_complete(*self.block);
  if (live_threads == 0) leave();
  run_next();
  __builtin_unreachable();  // an ended thread is never resumed
}

Index3 unflatten(uint32_t i, const Index3& dim) {
  return {i % dim.x, i / dim.x % dim.y, i / dim.x / dim.y};
}

void start_block(Block& block, uint32_t slot, uint32_t flat, uint32_t count) {
  block = Block();
  block.part = flat / blocks_of_part;
  block.index = unflatten(flat % blocks_of_part, config.grid);
  block.serial = flat;
  block.slot = slot;
  block.cluster_rank = slot % config.cluster;
  block.live_threads = count;
  block.shared = shared_windows + size_t(slot) * kSharedWindow;
  block.shared_bytes = config.shared_bytes;
  // What a kernel has not written is NaN in every floating-point type and large in every other.
  std::memset(block.shared, 0xff, config.shared_bytes);
  block.warps.resize((count + kWarpSize - 1) / kWarpSize);
  for (uint32_t rank = 0; rank < count; rank++) {
    Thread& thread = threads[size_t(slot) * count + rank];
    thread = Thread();
    thread.index = unflatten(rank, config.block);
    thread.rank = rank;
    thread.id = slot * count + rank;
    thread.lane = rank % kWarpSize;
    thread.block = &block;
    Warp& warp = block.warps[rank / kWarpSize];
    warp.block = &block;
    warp.index = rank / kWarpSize;
    warp.lanes |= 1u << thread.lane;
    warp.threads[thread.lane] = &thread;
    thread.warp = &warp;
    thread.stack_pointer = new_fiber(thread.id, thread_main);
  }
  check::block_begins(block);
}

// Of a joint launch one part may come late, at the latest when all others only wait for it.
void make_ready() {
  const bool late = parts.size() > 1 && seed_of_launch != 0;
  const uint32_t last = late ? schedule.random(uint32_t(parts.size()) + 1) : ~0u;
  std::vector<Thread*> waiting;
  for (Thread& thread : std::span(threads).first(live_threads))
    if (thread.block->part == last)
      waiting.push_back(&thread);
    else
      schedule.make_ready(&thread);
  if (!waiting.empty())
    schedule.add([waiting] {
      for (Thread* thread : waiting) schedule.make_ready(thread);
    });
}

// Runs blocks [first, first + count), which live at the same time.
void run_blocks(const std::vector<uint32_t>& order, uint32_t first, uint32_t count) {
  const uint32_t per_block = config.block.x * config.block.y * config.block.z;
  threads.resize(size_t(count) * per_block);
  live_clusters.assign(count / config.cluster, Cluster());
  clusters = live_clusters.data();
  live_threads = count * per_block;
  check::group_begins(threads, {blocks.data(), count}, live_clusters);
  forget_mbarriers();
  forget_warpgroups();
  for (uint32_t i = 0; i < count; i++) {
    start_block(blocks[i], i, order[first + i], per_block);
    live_clusters[i / config.cluster].blocks.push_back(&blocks[i]);
    live_clusters[i / config.cluster].dim = {config.cluster, 1, 1};
  }
  make_ready();
  current = schedule.next();
  on_fiber = true;
  switch_fiber(&host_stack, current->stack_pointer);
  on_fiber = false;
  current = nullptr;
  while (!failed && schedule.finish_operations()) {
  }
}

void require(bool right, const char* what, uint64_t given, uint64_t limit) {
  if (!right)
    throw Failure{std::string(config.name) + ": " + what + " " + std::to_string(given) +
                      " exceeds " + std::to_string(limit),
                  false};
}

// The parts of a joint launch differ in nothing but their devices and their arguments.
void require_one_shape() {
  for (const Part& part : parts) {
    const LaunchConfig& c = part.config;
    const bool same = !std::memcmp(&c.grid, &config.grid, sizeof c.grid) &&
                      !std::memcmp(&c.block, &config.block, sizeof c.block) &&
                      c.cluster == config.cluster && c.shared_bytes == config.shared_bytes &&
                      c.capability == config.capability;
    if (!same || (parts.size() > 1 && !c.cooperative))
      throw Failure{std::string(c.name) + ": a joint launch wants cooperative grids of one shape",
                    false};
  }
}

void require_limits() {
  const Index3 g = config.grid, b = config.block;
  const uint64_t count = uint64_t(b.x) * b.y * b.z;
  require(count > 0 && count <= 1024, "a block of threads", count, 1024);
  require(g.x <= 0x7fffffffu, "grid.x", g.x, 0x7fffffffu);
  require(g.y <= 65535, "grid.y", g.y, 65535);
  require(g.z <= 65535, "grid.z", g.z, 65535);
  require(b.z <= 64, "block.z", b.z, 64);
  const size_t most = config.capability >= 90   ? 227 * 1024
                      : config.capability == 89 ? 99 * 1024
                                                : 163 * 1024;
  require(config.shared_bytes <= most, "shared memory", config.shared_bytes, most);
  require(config.cluster == 1 || config.capability >= 90, "a cluster of blocks", config.cluster, 1);
  require(config.cluster <= 8, "a cluster of blocks", config.cluster, 8);
  require(g.x % config.cluster == 0, "the remainder of grid.x by the cluster", g.x % config.cluster,
          0);
}

}  // namespace

void fail(const char* format, ...) {
  if (!failed) {
    va_list list;
    va_start(list, format);
    std::vsnprintf(message, sizeof message, format, list);
    va_end(list);
  }
  failed = true;
  if (current) {
    const Thread& t = *current;
    const size_t used = std::strlen(message);
    std::snprintf(message + used, sizeof message - used,
                  " (thread [%u, %u, %u] of block [%u, %u, %u], schedule %llu)", t.index.x,
                  t.index.y, t.index.z, t.block->index.x, t.block->index.y, t.block->index.z,
                  static_cast<unsigned long long>(seed_of_launch));
  }
  if (on_fiber) leave();
  throw Failure{message, false};
}

void trap() {
  failure_is_sticky = true;
  fail("the kernel trapped");
}

int device_of_block(uint32_t serial) { return parts[serial / blocks_of_part].config.device; }

uint64_t nanoseconds() { return schedule.nanoseconds(); }

void launch(std::vector<Part> given) {
  std::lock_guard lock(one_launch);
  parts = std::move(given);
  config = parts.front().config;
  require_one_shape();
  require_limits();
  grid_dim = config.grid;
  block_dim = config.block;
  failed = failure_is_sticky = false;
  seed_of_launch = seed_is_fixed ? next_seed : next_seed++;
  schedule.begin(seed_of_launch);

  blocks_of_part = config.grid.x * config.grid.y * config.grid.z;
  const uint32_t total = blocks_of_part * uint32_t(parts.size());
  const uint32_t at_once = config.cooperative ? total : config.cluster;
  require(at_once <= kMostBlocks, "a number of blocks that live at the same time", at_once,
          kMostBlocks);
  reserve_stacks(at_once * config.block.x * config.block.y * config.block.z);
  if (!shared_windows) {
    void* space = mmap(nullptr, (size_t(kMostBlocks) + 1) * kSharedWindow, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (space == MAP_FAILED) throw std::bad_alloc();
    const uintptr_t aligned =
        (reinterpret_cast<uintptr_t>(space) + kSharedWindow - 1) / kSharedWindow * kSharedWindow;
    shared_windows = reinterpret_cast<unsigned char*>(aligned);
  }
  if (blocks.size() < at_once) blocks.resize(at_once);

  // Clusters come in any order; only what a kernel synchronises itself may depend on it.
  std::vector<uint32_t> order(total);
  std::iota(order.begin(), order.end(), 0);
  if (seed_of_launch != 0)
    for (uint32_t left = total / config.cluster; left > 1; left--) {
      const uint32_t other = schedule.random(left);
      for (uint32_t i = 0; i < config.cluster; i++)
        std::swap(order[(left - 1) * config.cluster + i], order[other * config.cluster + i]);
    }
  for (const Part& part : parts) {
    count_on(part.config.device, Counter::kKernels, 1);
    count_on(part.config.device, Counter::kBlocks, blocks_of_part);
  }
  check::launch_begins();
  try {
    for (uint32_t first = 0; first < total && !failed; first += at_once)
      run_blocks(order, first, at_once);
  } catch (const Failure&) {  // of an engine, after the last thread; the message is below
  }
  current = nullptr;
  check::launch_ended();
  if (failed) throw Failure{std::string(config.name) + ": " + message, failure_is_sticky};
}

void wait(WaitQueue& queue) {
  Thread* self = current;
  self->waits_for = &queue;
  self->next = nullptr;
  (queue.first ? queue.last->next : queue.first) = self;
  queue.last = self;
  run_next();
}

void wake_all(WaitQueue& queue) {
  for (Thread *thread = queue.first, *next; thread; thread = next) {
    next = thread->next;
    thread->waits_for = nullptr;
    schedule.make_ready(thread);
  }
  queue.first = queue.last = nullptr;
}

void yield() {
  schedule.make_polling(current);
  run_next();
}

void maybe_switch() {
  if (!schedule.interrupts()) return;
  schedule.make_ready(current);
  run_next();
}

void changes() {
  schedule.progress();
  maybe_switch();
}

// Messages name the thread that an operation is from.
void issue(std::function<void()> operation) {
  schedule.add([issuer = current, operation = std::move(operation)] {
    Thread* const interrupted = current;
    current = issuer;
    operation();
    current = interrupted;
  });
}

uint32_t choose(uint32_t bound) { return schedule.random(bound); }

void set_seed(uint64_t seed, bool fixed) {
  next_seed = seed;
  seed_is_fixed = fixed;
}

uint32_t shared_address(const void* pointer) {
  const Block& block = block_of_shared(pointer);
  return block.slot * kSharedWindow +
         uint32_t(static_cast<const unsigned char*>(pointer) - block.shared);
}

void* shared_pointer(uint32_t address) { return shared_windows + address; }

Block& block_of_shared(const void* pointer) {
  const size_t offset = size_t(static_cast<const unsigned char*>(pointer) - shared_windows);
  const size_t slot = offset / kSharedWindow;
  if (!shared_windows || slot >= live_clusters.size() * config.cluster)
    fail("%p is not an address in shared memory", pointer);
  return blocks[slot];
}

}  // namespace sim
