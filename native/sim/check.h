// What the checked build wants to know of a launch: who is ordered before whom, and who touches what. In the fast build
// all of it is nothing.
#pragma once
#include <cstddef>

#include "sim/sim.h"

namespace sim::check {

#ifdef SX_SIM_CHECKED

void launch_begins();
void launch_ended();
void block_begins(Block& block);
void thread_ended(Thread& thread);

// The lanes of a rendezvous have all come; __syncwarp and the collectives that order memory make them see each other.
void warp_meets(Warp& warp, const Rendezvous& rendezvous);
void barrier_arrives(Block& block, uint32_t id);
void barrier_completes(Block& block, uint32_t id);
void barrier_leaves(Block& block, uint32_t id);
void cluster_arrives(Cluster& cluster);
void cluster_completes(Cluster& cluster);
void cluster_leaves(Cluster& cluster);

// Global memory comes and goes; `bytes` from `block` on may be touched in between.
void memory_allocated(const void* block, size_t bytes);
void memory_freed(const void* block, size_t bytes);
// The host wrote these bytes.
void memory_written(const void* address, size_t bytes);

#else

inline void launch_begins() {}
inline void launch_ended() {}
inline void block_begins(Block&) {}
inline void thread_ended(Thread&) {}
inline void warp_meets(Warp&, const Rendezvous&) {}
inline void barrier_arrives(Block&, uint32_t) {}
inline void barrier_completes(Block&, uint32_t) {}
inline void barrier_leaves(Block&, uint32_t) {}
inline void cluster_arrives(Cluster&) {}
inline void cluster_completes(Cluster&) {}
inline void cluster_leaves(Cluster&) {}
inline void memory_allocated(const void*, size_t) {}
inline void memory_freed(const void*, size_t) {}
inline void memory_written(const void*, size_t) {}

#endif

}  // namespace sim::check
