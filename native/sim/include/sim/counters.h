// What kernels have done on a simulated device, in exact numbers since the process began. Ordinary
// loads and stores are seen by the checked build alone.
#pragma once
#include <cstdint>

namespace sim {

enum class Counter : uint32_t {
  kKernels,
  kBlocks,
  kMmaK8,   // mma.sync.m16n8k8, of warps: tf32
  kMmaK16,  // mma.sync.m16n8k16: float16, bfloat16
  kMmaK32,  // mma.sync.m16n8k32: bytes
  kWgmma,   // of warpgroups
  kTensorFlops,
  kTensorIntegerOperations,
  kLdmatrix,  // of warps, whatever their number of matrices
  kStmatrix,
  kAsyncCopies,      // cp.async, of threads
  kAsyncCopyBytes,   // that they read of global memory: what is filled up with zeros is none
  kBulkLoads,        // cp.async.bulk, with a tensor map or without
  kBulkLoadBytes,    // read of global memory, once for all blocks that get them
  kBulkStores,       // reductions, too
  kBulkStoreBytes,   // written to global memory
  kBarriers,         // __syncthreads and bar.sync, once for all threads that meet
  kClusterBarriers,  // the same
  kMbarrierPhases,
  kShuffles,       // of warps; the vocabulary moves up to 8 bytes at a time, a GPU 4
  kVotes,          // of warps
  kScopedAtomics,  // of threads; device/scoped.h's, multimem's not
  // --- the checked build's; accesses of threads, as many as g++ has left; ldmatrix counts as its
  // rows ---
  kGlobalLoadBytes,
  kGlobalStoreBytes,
  kSharedLoadBytes,
  kSharedStoreBytes,
  kCount
};

// By the running thread, on its block's device.
void count(Counter counter, uint64_t more = 1);
void count_on(int device, Counter counter, uint64_t more);

// Those of this build, and their names, one a line.
uint32_t counter_count();
const char* counter_names();
uint64_t counted(int device, Counter counter);

}  // namespace sim
