// What the checked build wants to know of a launch: who is ordered before whom, and who touches
// what. In the fast build all of it is nothing.
#pragma once
#include <cstddef>
#include <span>

#include "sim/sim.h"

namespace sim::check {

// An operation of an asynchronous engine; 0 in the fast build.
using Operation = uint32_t;
enum class Proxy { kGeneric, kAsync };

#ifdef SX_SIM_CHECKED

void launch_begins();
void launch_ended();
// The blocks that live at the same time; all of these are the simulator's own, which kernels may
// read.
void group_begins(std::span<const Thread> threads, std::span<const Block> blocks,
                  std::span<const Cluster> clusters);
void block_begins(Block& block);
void thread_ended(Thread& thread);

// The lanes of a rendezvous have all come; __syncwarp and the collectives that order memory make
// them see each other.
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

// --- asynchronous engines ---
// An operation of an engine (a TMA copy, a wgmma, a cp.async) is ordered like a thread of its own:
// behind what its issuers have done, in front of whoever waits for its end. It reads and writes
// through the async proxy, except cp.async.
Operation operation_issued(const char* name, Proxy proxy);  // by the running thread
void operation_joined(Operation operation);  // the running thread issues it, too: wgmma
void operation_reads(Operation operation, const void* address, size_t bytes);
void operation_writes(Operation operation, const void* address, size_t bytes);
void operation_ends(Operation operation);
// The running thread has waited for its end; with `reads_only`, only until its sources were read.
void operation_waited_for(Operation operation, bool reads_only);

// Registers of the running thread that an operation has not delivered yet: nobody may look at them.
void registers_taken(const void* first, size_t bytes);
void registers_returned(const void* first);

// mbarriers, by address. A phase collects what came in; who has waited for it sees all of that.
void mbarrier_initialised(const void* barrier);
void mbarrier_invalidated(const void* barrier);
void mbarrier_arrives(const void* barrier, bool cluster_scope);  // the running thread
void mbarrier_receives(const void* barrier,
                       Operation operation);  // complete_tx: an operation, or a part of it
void mbarrier_completes(const void* barrier,
                        uint64_t phase);  // this phase, counted from 0, is over
void mbarrier_leaves(const void* barrier, uint64_t phase,
                     bool cluster_scope);  // the running thread saw that it is

// What the running thread wrote so far is seen by the async proxy of those that it synchronises
// with.
void proxy_fence(bool shared, bool global);

// --- scoped accesses: ld.acquire, st.release, atomics, fences, multimem ---
void scoped_access(const void* address, size_t bytes, Access access, Order order,
                   Scope scope);  // just before it
void scoped_fence(Scope scope);

#else

inline void launch_begins() {}
inline void launch_ended() {}
inline void group_begins(std::span<const Thread>, std::span<const Block>,
                         std::span<const Cluster>) {}
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
inline Operation operation_issued(const char*, Proxy) { return 0; }
inline void operation_joined(Operation) {}
inline void operation_reads(Operation, const void*, size_t) {}
inline void operation_writes(Operation, const void*, size_t) {}
inline void operation_ends(Operation) {}
inline void operation_waited_for(Operation, bool) {}
inline void registers_taken(const void*, size_t) {}
inline void registers_returned(const void*) {}
inline void mbarrier_initialised(const void*) {}
inline void mbarrier_invalidated(const void*) {}
inline void mbarrier_arrives(const void*, bool) {}
inline void mbarrier_receives(const void*, Operation) {}
inline void mbarrier_completes(const void*, uint64_t) {}
inline void mbarrier_leaves(const void*, uint64_t, bool) {}
inline void proxy_fence(bool, bool) {}
inline void scoped_access(const void*, size_t, Access, Order, Scope) {}
inline void scoped_fence(Scope) {}

#endif

}  // namespace sim::check
