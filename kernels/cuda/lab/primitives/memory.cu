// primitive.memory.*: loads and stores of memory.h with a word about the cache, of every width.
// primitive.scope.*: values handed on behind a flag inside a block, inside a cluster, and by the
// device's and the system's scope, with store_release of 4 and 8 bytes; primitive.atomic.shared: a
// count in shared memory. primitive.grid_dependency: a kernel that begins before the one in front
// has ended, and sees all of its writes behind its wait. Not kernels to measure. Source: PTX ISA,
// "Cache Operators", "Memory Consistency Model", "griddepcontrol".
#include "cuda/device/atomic.h"
#include "cuda/device/cluster.h"
#include "cuda/device/grid_dependency.h"
#include "cuda/device/half.h"
#include "cuda/device/memory.h"
#include "cuda/device/scoped.h"
#include "cuda/device/warp.h"
#include "primitive.h"

namespace sx::cuda::primitive {
namespace {

constexpr int kThreads = 128;

// --- copies from the second output to the first ---
__global__ void __launch_bounds__(256) number_kernel(float* data) {
  for (int i = int(threadIdx.x); i < kValues; i += 256) data[i] = number(i / 64, i % 64) + 0.5f;
}

template <class T>
__global__ void __launch_bounds__(256) stream_kernel(const T* from, T* to, int count) {
  for (int i = int(threadIdx.x); i < count; i += 256)
    store_streaming(to + i, i % 2 ? load_streaming(from + i) : load_constant(from + i));
}

template <class T>
void streaming(const Arguments& args) {
  const Outputs out = outputs_of(args);
  launch(args, number_kernel, {.blocks = 1, .threads = 256}, out.expected);
  launch(args, stream_kernel<T>, {.blocks = 1, .threads = 256},
         reinterpret_cast<const T*>(out.expected), reinterpret_cast<T*>(out.actual),
         int(kValues * sizeof(float) / sizeof(T)));
}
SX_KERNEL("primitive.memory.streaming.8", streaming<int8_t>);
SX_KERNEL("primitive.memory.streaming.16", streaming<bfloat16>);
SX_KERNEL("primitive.memory.streaming.32", streaming<float>);
SX_KERNEL("primitive.memory.streaming.64", streaming<int64_t>);

template <class T, int N>
__global__ void __launch_bounds__(256) packed_kernel(const T* from, T* to, int count) {
  for (int i = int(threadIdx.x) * N; i < count; i += 256 * N)
    store_packed(to + i, load_packed<N>(from + i));
}

template <class T, int N>
void packed(const Arguments& args) {
  const Outputs out = outputs_of(args);
  launch(args, number_kernel, {.blocks = 1, .threads = 256}, out.expected);
  launch(args, packed_kernel<T, N>, {.blocks = 1, .threads = 256},
         reinterpret_cast<const T*>(out.expected), reinterpret_cast<T*>(out.actual),
         int(kValues * sizeof(float) / sizeof(T)));
}
SX_KERNEL("primitive.memory.packed.4", (packed<bfloat16, 2>));
SX_KERNEL("primitive.memory.packed.8", (packed<int8_t, 8>));
SX_KERNEL("primitive.memory.packed.16", (packed<float, 4>));

// --- a chain: warp or block i waits for the flag of the one before and adds one to what it left;
// in memory that the outputs have at their end ---
template <class Flag>
struct Chain {
  Flag flag[4];
  int data[4][32];
};

template <Scope kScope, class Flag>
__device__ void pass_on(Chain<Flag>& chain, int link, int lane) {
  if (link == 0) {
    chain.data[0][lane] = lane;
  } else {
    while (load_acquire<kScope>(&chain.flag[link - 1]) != Flag(link)) {
    }
    chain.data[link][lane] = chain.data[link - 1][31 - lane] + 1;
  }
  sync_warp();
  if (lane == 0) {
    fence<kScope>();  // for what the other lanes have written
    store_release<kScope>(&chain.flag[link], Flag(link + 1));
  }
}

__device__ void stand(const Outputs& out, int at, int lane, int found) {
  out.set(at + lane, float(found), float(31 - lane + 3));
}

template <Scope kScope, class Flag>
__global__ void __launch_bounds__(kThreads) block_chain_kernel(Outputs out, Chain<Flag>* chain) {
  const int lane = int(threadIdx.x) % 32, link = int(threadIdx.x) / 32;
  pass_on<kScope>(*chain, link, lane);
  if (link == 3) stand(out, 0, lane, chain->data[3][lane]);
}

template <Scope kScope, class Flag>
__global__ void __launch_bounds__(32) grid_chain_kernel(Outputs out, Chain<Flag>* chain) {
#if SX_SM90
  const int lane = int(threadIdx.x), link = int(blockIdx.x);
  pass_on<kScope>(*chain, link, lane);
  if (link == 3) stand(out, 0, lane, chain->data[3][lane]);
#endif
}

__global__ void __launch_bounds__(256) clear_kernel(Outputs out) { out.clear(2048); }

template <class Flag>
Chain<Flag>* chain_in(const Outputs& out) {
  return reinterpret_cast<Chain<Flag>*>(out.actual + 2048);
}

template <Scope kScope, class Flag>
void block_chain(const Arguments& args) {
  const Outputs out = outputs_of(args);
  launch(args, block_chain_kernel<kScope, Flag>, {.blocks = 1, .threads = kThreads}, out,
         chain_in<Flag>(out));
  launch(args, clear_kernel, {.blocks = 1, .threads = 256}, out);
}

template <Scope kScope, class Flag>
void grid_chain(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
  launch(args, grid_chain_kernel<kScope, Flag>, {.blocks = 4, .threads = 32, .cluster = 4}, out,
         chain_in<Flag>(out));
  launch(args, clear_kernel, {.blocks = 1, .threads = 256}, out);
}

SX_KERNEL("primitive.scope.block", (block_chain<Scope::kBlock, uint32_t>));
SX_KERNEL("primitive.scope.block.64", (block_chain<Scope::kBlock, uint64_t>));
SX_KERNEL("primitive.scope.cluster", (grid_chain<Scope::kCluster, uint32_t>));
SX_KERNEL("primitive.scope.device", (grid_chain<Scope::kDevice, uint64_t>));
SX_KERNEL("primitive.scope.system", (grid_chain<Scope::kSystem, uint32_t>));

__global__ void __launch_bounds__(kThreads) count_kernel(Outputs out) {
  struct Counts {
    int counts[8], order[kThreads];
  };
  auto& shared = shared_memory<Counts>();
  const int t = int(threadIdx.x);
  if (t < 8) shared.counts[t] = t;
  shared.order[t] = 0;
  __syncthreads();
  const int before = add_shared(&shared.counts[t % 8], 3) - t % 8;
  add_shared(&shared.order[before / 3 * 8 + t % 8], 1);
  __syncthreads();
  out.set(t, float(shared.order[t]), 1);  // each number was given out once
  if (t < 8) out.set(kThreads + t, float(shared.counts[t]), float(t + 3 * kThreads / 8));
}

void count(const Arguments& args) {
  launch(args, count_kernel, {.blocks = 1, .threads = kThreads, .shared_bytes = 8192},
         outputs_of(args));
}
SX_KERNEL("primitive.atomic.shared", count);

// --- each round adds one to what the round in front left elsewhere, late and reversed ---
constexpr int kRounds = 4;

__global__ void __launch_bounds__(256)
    round_kernel(const float* from, float* to, float one, bool first) {
  const int i = int(blockIdx.x * 256 + threadIdx.x);
  let_next_kernel_begin();
  wait_for_previous_kernel();
  float value = first ? float(i) : from[kValues - 1 - i] + one;
  for (int k = 0; k < 2000; k++) value *= one;  // so that the next one does begin meanwhile
  to[i] = value;
}

__global__ void __launch_bounds__(256) sum_kernel(float* expected) {
  const int i = int(blockIdx.x * 256 + threadIdx.x);
  expected[i] = float(i + kRounds);
}

void grid_dependency(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
  const Grid grid{.blocks = kValues / 256, .threads = 256, .overlaps = true};
  float *from = out.expected, *to = out.actual;
  for (int round = 0; round <= kRounds; round++, std::swap(from, to))
    launch(args, round_kernel, grid, from, to, 1.f, round == 0);
  launch(args, sum_kernel, {.blocks = kValues / 256, .threads = 256}, out.expected);
}
SX_KERNEL("primitive.grid_dependency", grid_dependency);

}  // namespace
}  // namespace sx::cuda::primitive
