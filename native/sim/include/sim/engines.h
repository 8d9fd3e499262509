// The asynchronous side of sm_90, as the device vocabulary sees it: mbarriers, the tensor memory
// accelerator, wgmma.
#pragma once
#include <cstddef>
#include <cstdint>

#include "sim/sim.h"

namespace sim {

// Fails on a device of an older architecture.
void require_capability(int capability, const char* operation);

// --- mbarriers: 8 bytes of shared memory that hold a ticket for what the simulator knows of them
// ---
void mbarrier_init(void* barrier, uint32_t arrivals);
void mbarrier_invalidate(void* barrier);
void mbarrier_expect(void* barrier, uint32_t bytes);
// `expected` bytes are announced together with the arrival.
void mbarrier_arrive(void* barrier, uint32_t arrivals, uint32_t expected = 0,
                     bool cluster_scope = false);
// Whether the phase of this parity is over; false now and then though it is.
bool mbarrier_try_wait(const void* barrier, uint32_t parity, bool cluster_scope);
void mbarrier_wait(const void* barrier, uint32_t parity, bool cluster_scope);
// fence.mbarrier_init: what the running thread has initialised may be used by its cluster and by
// the engines.
void mbarrier_init_fence();
// Of an engine: `bytes` have come; `operation` is the checked build's.
void mbarrier_receive(void* barrier, uint32_t bytes, uint32_t operation);

// fence.proxy.async for shared memory, global memory or both.
void proxy_fence(bool shared, bool global);

// --- tensor maps and TMA ---
enum class AddAs : uint8_t { kNothing, kInt32, kFloat32, kFloat16, kBfloat16 };

struct alignas(64) TensorMap {
  static constexpr uint32_t kValid = 0x7e450a1a;
  uint32_t valid = 0;
  uint8_t rank, element_bytes, swizzle_bytes;  // 16: not swizzled
  bool im2col;
  const unsigned char* data;
  uint64_t strides[5];  // in bytes
  uint32_t sizes[5];    // dimension 0 is the innermost
  uint16_t box[5];      // im2col: channels, pixels
  uint8_t steps[5];
  bool fill_nan;
  int16_t lower[3], upper[3];  // im2col: the corners of the box that filters may start in
  AddAs add_as;                // what a reduction takes the elements for
};
static_assert(sizeof(TensorMap) == 128);

// Loads the box at these coordinates; `offsets` are im2col's, nullptr for a tiled map. blocks: a
// mask of the cluster's blocks that get it, 0: the one that `to` belongs to.
void tma_load(void* to, const TensorMap& map, void* barrier, const int32_t* at, int rank,
              const uint16_t* offsets, uint32_t blocks);
void tma_store(const TensorMap& map, const void* from, const int32_t* at, int rank, bool add);
void bulk_load(void* to, const void* from, uint32_t bytes, void* barrier);
void bulk_store(void* to, const void* from, uint32_t bytes);
void bulk_commit();
// Waits until at most `pending` of the thread's groups are under way; `sources`: are still to be
// read.
void bulk_wait(uint32_t pending, bool sources);

// --- wgmma ---
struct Wgmma {
  enum Type : uint8_t { kBfloat16, kFloat16, kTfloat32 };
  uint32_t n;
  Type type;
  bool a_in_registers, a_transposed, b_transposed, accumulates;
  uint64_t a, b;  // descriptors
  bool operator==(const Wgmma&) const = default;
};
// D += A B of the running thread's warpgroup, some time until the thread waits; `d` are the
// thread's n / 2 accumulators, `a` its four registers of A or nullptr.
void wgmma(const Wgmma& shape, float* d, const uint32_t* a);
void wgmma_fence();
void wgmma_commit();
void wgmma_wait(uint32_t pending);

// --- clusters ---
// Where the same place of shared memory is in another block of the cluster.
void* peer_shared(const void* pointer, uint32_t rank, const char* operation);

// setmaxnreg: the warp's threads have so many registers from here on.
void set_registers(uint32_t registers);

}  // namespace sim
