// The simulated GPU as kernels and the device vocabulary see it: threads, blocks, warps, and what
// they wait for. Each CUDA thread is a fiber; one launch runs at a time, on the thread of the host
// that waits for it, so all of this is plain data.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sim {

constexpr uint32_t kWarpSize = 32;
constexpr uint32_t kSharedWindow = 256 * 1024;  // address space of a block's shared memory
constexpr uint32_t kNamedBarriers = 16;
constexpr uint32_t kMostBlocks = 1024;  // that live at the same time

struct Index3 {
  uint32_t x, y, z;
};

struct Thread;
struct Warp;
struct Block;
struct CheckState;  // of the checked build
struct CopyGroups;  // the copies by cp.async that a thread has not waited for
struct BulkGroups;  // the copies out of shared memory that a thread has issued

// Threads that wait for the same event; the name appears in deadlock reports.
struct WaitQueue {
  const char* name;
  Thread* first = nullptr;
  Thread* last = nullptr;
  std::string (*describe)(const WaitQueue&) = nullptr;  // instead of the name
};

// One arrival of lanes at a collective: complete when every lane of the mask is there.
struct Rendezvous {
  uint32_t mask = 0;
  uint32_t arrived = 0;
  const char* operation = nullptr;  // nullptr: this slot is free
  void* arguments[kWarpSize] = {};
  WaitQueue queue{"a warp collective"};
};

// A simulated CUDA thread.
struct Thread {
  void* stack_pointer = nullptr;
  Index3 index{};     // threadIdx
  uint32_t rank = 0;  // in its block
  uint32_t id = 0;    // among the threads that live at the same time
  uint32_t lane = 0;
  Warp* warp = nullptr;
  Block* block = nullptr;
  const WaitQueue* waits_for = nullptr;  // nullptr while ready, running or finished
  Thread* next = nullptr;                // in that queue
  bool exited = false;
  uint64_t cluster_phase = 0;  // of the cluster's barrier, how many it has waited for
  std::shared_ptr<CopyGroups> copies;
  std::shared_ptr<BulkGroups> bulk;
  CheckState* checked = nullptr;
};

struct Warp {
  Block* block = nullptr;
  uint32_t index = 0;  // in its block
  uint32_t lanes = 0;  // mask of the threads that there are
  uint32_t exited = 0;
  uint32_t registers = 0;  // of a thread, by setmaxnreg; 0: not said
  Thread* threads[kWarpSize] = {};
  Rendezvous slots[4];
};

struct Barrier {
  uint32_t expected = 0, arrived = 0;
  uint64_t phase = 0;
  WaitQueue queue{"bar.sync"};
};

struct Block {
  Index3 index{};       // blockIdx
  uint32_t serial = 0;  // counts blocks since the launch began
  uint32_t part = 0;    // of a joint launch: whose
  uint32_t cluster_rank = 0;
  uint32_t slot = 0;  // among the blocks that live at the same time
  uint32_t live_threads = 0;
  unsigned char* shared = nullptr;
  size_t shared_bytes = 0;
  Barrier barriers[kNamedBarriers];
  int reduction = 0, reduction_result = 0;  // of __syncthreads_or and its kind
  std::vector<Warp> warps;
};

// A block's neighbours in its cluster, and what the cluster waits for.
struct Cluster {
  std::vector<Block*> blocks;
  Index3 dim{1, 1, 1};
  Barrier barrier;
};

// Launches of several devices, or of several streams, whose kernels wait for each other: all of
// them live at the same time.
struct Joint {
  uint64_t ticket = 0;  // the same for all of them, and for no others; 0: a launch of its own
  uint32_t ranks = 1;
  uint32_t patience_ms = 0;  // after which those that have come begin without the others
};

struct LaunchConfig {
  Index3 grid, block;
  uint32_t cluster = 1;  // blocks along x
  size_t shared_bytes = 0;
  bool cooperative = false;  // all blocks live at the same time
  const char* name = "";     // of the kernel, for messages
  int capability = 90;
  int device = 0;
  Joint joint{};
  std::shared_ptr<const void> arguments{};  // the kernel's
  size_t argument_bytes = 0;
};

// What one launch runs, and on what.
struct Part {
  LaunchConfig config;
  std::function<void()> kernel;
  std::shared_ptr<const std::string> name;  // that the configuration points to
};

extern Thread* current;  // the running thread; nullptr on the host
extern Index3 grid_dim, block_dim;
extern Cluster* clusters;        // of the live blocks, by slot / blocks of a cluster
extern LaunchConfig config;      // of the running launch; of a joint one, its first part's
extern std::vector<Part> parts;  // of the running launch

inline Cluster& cluster_of(const Block& block) { return clusters[block.slot / config.cluster]; }

// Ends the launch with this message; the other threads are abandoned. printf's format.
[[noreturn]] void fail(const char* format, ...) __attribute__((format(printf, 1, 2)));

// --- waiting ---
void wait(WaitQueue& queue);  // parks the running thread until it is woken
void wake_all(WaitQueue& queue);
void yield();         // for loops that poll: everybody else goes first
void maybe_switch();  // a point where the schedule may prefer another thread
void changes();       // the same, in front of a write that others may poll for

// --- asynchronous engines: TMA, wgmma, cp.async ---
// `operation` runs at a time that the schedule chooses: now, at random, or when nothing else can go
// on.
void issue(std::function<void()> operation);
// The device's clock: it stands still while anything happens, and goes ever faster when all that
// live only poll, so that deadlines pass.
uint64_t nanoseconds();
// A number from the launch's schedule, below `bound`.
uint32_t choose(uint32_t bound);

// --- scopes and orders of memory, as in PTX ---
enum class Order { kRelaxed, kAcquire, kRelease, kAcquireRelease };
enum class Scope { kBlock, kCluster, kDevice, kSystem };
enum class Access { kLoad, kStore, kReadModifyWrite };

// --- collectives ---
// Every lane of `mask` calls this with the same operation; the last to arrive runs
// `combine(rendezvous)` for all, which finds each lane's arguments in rendezvous.arguments[lane].
void collective(uint32_t mask, const char* operation, void* arguments,
                void (*combine)(Rendezvous&));
// bar.sync and bar.arrive of named barrier `id`; threads = 0: all of the block that have not ended.
void barrier_sync(uint32_t id, uint32_t threads);
void barrier_arrive(uint32_t id, uint32_t threads);
void complete_barrier(Block& block, uint32_t id);
int barrier_reduce(int value, int kind);  // 0: count, 1: and, 2: or
void cluster_arrive();
void cluster_wait();

// --- launching ---
// Runs the kernel to its end. Throws Failure.
struct Failure {
  std::string message;
  bool sticky;  // what would take a real device down: __trap()
};
void launch(std::vector<Part> parts);
// The device of a block, by its serial.
int device_of_block(uint32_t serial);
[[noreturn]] void trap();

// How schedules are chosen: 0 is round robin, every other number a different order; a launch takes
// the next one. The first is SARDONYX_SIM_SEED's.
void set_seed(uint64_t seed, bool fixed);

// --- shared memory ---
// The 32-bit address that PTX uses: the block's slot in the window's bits, the offset below.
uint32_t shared_address(const void* pointer);
void* shared_pointer(uint32_t address);
// The block that an address in shared memory belongs to; fails for any other address.
Block& block_of_shared(const void* pointer);

}  // namespace sim
