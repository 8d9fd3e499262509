// Two ranks on two devices that hand each other a value, as the kernels of collectives do. Tensors
// x and y: see broken.h; x begins with the ranks' flags. One mistake each: nothing is released, the
// scope ends at the device, the flag comes first, nobody waits at the end, a slot is used again
// before it was read. Not to be run on a GPU.
// The pattern is that of cuda/collective.h and cuda/one_shot.h.
#include "broken.h"
#include "cuda/device/scoped.h"

namespace sx::cuda::broken {
namespace {

using RankKernel = void (*)(float* x, float* y, int rank);

// One rank on the launch's own stream, one on a stream of the next device; waited for.
template <RankKernel kKernel>
void run_ranks(const Arguments& args) {
#ifdef SX_SIM
  Stream& own = stream_of(args);
  cudaStream_t handle;
  cudaSetDevice(own.ordinal + 1);
  check(cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking));
  cudaSetDevice(own.ordinal);
  Stream other(handle, own.device, nullptr, own.ordinal + 1);
  other.kernel = own.kernel;
  for (int rank = 0; rank < 2; rank++)
    launch({.tensors = args.tensors,
            .params = args.params,
            .scratch = nullptr,
            .scratch_bytes = 0,
            .executor = rank == 0 ? own : other},
           kKernel,
           {.blocks = 1, .threads = 1, .cooperative = true, .joint = {.ticket = 1, .ranks = 2}},
           args.data<float>(0), args.data<float>(1), rank);
  const cudaError_t error = cudaStreamSynchronize(own.handle);
  cudaStreamDestroy(handle);
  check(error);
#endif
}

#define SX_RANK_TWINS(name, kernel)                   \
  SX_KERNEL("broken." name, run_ranks<kernel<true>>); \
  SX_KERNEL("correct." name, run_ranks<kernel<false>>)

__device__ uint32_t* flags_of(float* x) { return reinterpret_cast<uint32_t*>(x); }

template <Scope kScope = Scope::kSystem>
__device__ void wait_for(const uint32_t* flag, uint32_t value) {
  while (load_acquire<kScope>(flag) != value) {
  }
}

template <bool kBroken>
__global__ void __launch_bounds__(1) nothing_released(float* x, float* y, int rank) {
  y[rank] = x[2 + rank];
  if (kBroken)
    store_relaxed<Scope::kSystem>(flags_of(x) + rank, 1u);
  else
    store_release<Scope::kSystem>(flags_of(x) + rank, 1u);
  wait_for(flags_of(x) + 1 - rank, 1u);
  y[2 + rank] = y[1 - rank];
}
SX_RANK_TWINS("nothing_released", nothing_released);

template <bool kBroken>
__global__ void __launch_bounds__(1) scope_of_one_device(float* x, float* y, int rank) {
  constexpr Scope kScope = kBroken ? Scope::kDevice : Scope::kSystem;
  y[rank] = x[2 + rank];
  store_release<kScope>(flags_of(x) + rank, 1u);
  wait_for<kScope>(flags_of(x) + 1 - rank, 1u);
  y[2 + rank] = y[1 - rank];
}
SX_RANK_TWINS("scope_of_one_device", scope_of_one_device);

// The store may be a relaxed one if a fence is in front of it; that one is too narrow here.
template <bool kBroken>
__global__ void __launch_bounds__(1) fence_of_one_device(float* x, float* y, int rank) {
  y[rank] = x[2 + rank];
  fence<kBroken ? Scope::kDevice : Scope::kSystem>();
  store_relaxed<Scope::kSystem>(flags_of(x) + rank, 1u);
  wait_for(flags_of(x) + 1 - rank, 1u);
  y[2 + rank] = y[1 - rank];
}
SX_RANK_TWINS("fence_of_one_device", fence_of_one_device);

template <bool kBroken>
__global__ void __launch_bounds__(1) flag_before_data(float* x, float* y, int rank) {
  if (!kBroken) y[rank] = x[2 + rank];
  store_release<Scope::kSystem>(flags_of(x) + rank, 1u);
  if (kBroken) y[rank] = x[2 + rank];
  wait_for(flags_of(x) + 1 - rank, 1u);
  y[2 + rank] = y[1 - rank];
}
SX_RANK_TWINS("flag_before_data", flag_before_data);

// Each writes into what the other reads afterwards.
template <bool kBroken>
__global__ void __launch_bounds__(1) no_meeting_at_the_end(float* x, float* y, int rank) {
  for (uint32_t n = 1; n <= (kBroken ? 1 : 2); n++) {
    if (n == 1) y[rank] = x[2 + rank];
    if (n == 2) y[2 + 1 - rank] = y[1 - rank];
    store_release<Scope::kSystem>(flags_of(x) + rank, n);
    while (load_acquire<Scope::kSystem>(flags_of(x) + 1 - rank) - n > 1) {  // it may be ahead
    }
  }
  if (kBroken) y[2 + 1 - rank] = y[1 - rank];
  y[4 + rank] = y[2 + rank];
}
SX_RANK_TWINS("no_meeting_at_the_end", no_meeting_at_the_end);

// Three messages, each a value and its number in one word; as many slots as a rank can be ahead are
// two.
template <bool kBroken>
__global__ void __launch_bounds__(1) slot_used_again(float* x, float* y, int rank) {
  constexpr uint64_t kSlots = kBroken ? 1 : 2;
  auto* slots = reinterpret_cast<uint64_t*>(x);
  for (uint64_t n = 1; n <= 3; n++) {
    store_relaxed<Scope::kSystem>(slots + rank * 2 + n % kSlots, n << 32 | n);
    const uint64_t* from = slots + (1 - rank) * 2 + n % kSlots;
    uint64_t word;
    do word = load_relaxed<Scope::kSystem>(from);
    while (word >> 32 != n);
    y[rank * 4 + n] = float(uint32_t(word));
  }
}
SX_RANK_TWINS("slot_used_again", slot_used_again);

}  // namespace
}  // namespace sx::cuda::broken
