// What the kernels of collectives share: the ranks' tensors and workspaces, how ranks tell each
// other that they are there, and how elements of all ranks become one. Each rank runs one grid of
// the same shape; block b of a rank only ever waits for the blocks b of the others, so that grids
// need not begin together, only run at the same time. A rank that does not come before the deadline
// is noted in the workspace of who waited, and that kernel ends.
//
// The order of memory: the inputs were written by kernels in front of this one. meet() releases at
// system scope what the block did and acquires what the same block of every other rank did. Flags
// count up, so that nothing is ever reset.
#pragma once
#include "cuda/device/clock.h"
#include "cuda/device/half.h"
#include "cuda/device/memory.h"
#include "cuda/device/scoped.h"
#include "cuda/launch.h"

namespace sx::cuda {

constexpr int kMostRanks = 8;
constexpr int kMostBlocks = 64;  // of a rank
constexpr int kCollectiveThreads = 256;

// What a rank lends to all others; zero in the beginning.
struct Workspace {
  int64_t missing;       // 1 + the rank that did not come; 0: all is well. For the host
  int64_t missing_step;  // of which call
  int64_t unused[6];
  uint64_t arrived[kMostBlocks][kMostRanks];  // how often block b met, said by each rank
};

// The order of io.sardonyx.collective.Reduction.
enum class Reduction : int64_t { kSum, kProduct, kMin, kMax, kMean };

// As LocalGroup writes them.
struct CollectiveParams {
  int64_t rank, ranks;
  int64_t step;  // counts the group's calls, from 1
  int64_t reduction;
  int64_t blocks;
  int64_t patience_ns;  // how long a kernel waits for a rank
  int64_t ticket;       // differs between any two calls of any groups
  int64_t root;
};

// Tensors: the inputs of all ranks, then their outputs, then their workspaces.
template <class T>
struct Ranks {
  const T* in[kMostRanks];
  T* out[kMostRanks];
  Workspace* space[kMostRanks];
  int rank, ranks;
  uint64_t step, patience_ns;
  Reduction reduction;
  double divisor;  // of sums: what makes them means, or 1
  int64_t count;   // elements of this rank's input

  Ranks(const Arguments& args, const CollectiveParams& p)
      : rank(int(p.rank)),
        ranks(int(p.ranks)),
        step(uint64_t(p.step)),
        patience_ns(uint64_t(p.patience_ns)),
        reduction(Reduction(p.reduction)),
        divisor(reduction == Reduction::kMean ? double(p.ranks) : 1),
        count(args.size(size_t(p.rank))) {
    for (size_t r = 0; r < size_t(ranks); r++) {
      in[r] = args.data<const T>(r);
      out[r] = args.data<T>(size_t(ranks) + r);
      space[r] = args.data<Workspace>(size_t(2 * ranks) + r);
    }
  }

  // Whether all tensors begin at multiples of `bytes`.
  bool aligned(size_t bytes) const {
    uintptr_t bits = 0;
    for (int r = 0; r < ranks; r++)
      bits |= reinterpret_cast<uintptr_t>(in[r]) | reinterpret_cast<uintptr_t>(out[r]);
    return bits % bytes == 0;
  }

  __device__ Workspace& own() const { return *space[rank]; }
};

inline Grid collective_grid(const CollectiveParams& p) {
  return {.blocks = uint32_t(p.blocks),
          .threads = kCollectiveThreads,
          .cooperative = true,
          .joint = {.ticket = uint64_t(p.ticket),
                    .ranks = uint32_t(p.ranks),
                    .patience_ms = uint32_t(p.patience_ns / 1'000'000)}};
}

inline CollectiveParams collective_params(const Arguments& args) {
  const auto p = args.params_as<CollectiveParams>();
  if (p.ranks < 1 || p.ranks > kMostRanks || p.rank < 0 || p.rank >= p.ranks || p.blocks < 1 ||
      p.blocks > kMostBlocks || args.tensors.size() != size_t(3 * p.ranks))
    throw std::invalid_argument("rank " + std::to_string(p.rank) + " of " +
                                std::to_string(p.ranks) + " with " + std::to_string(p.blocks) +
                                " blocks and " + std::to_string(args.tensors.size()) + " tensors");
  return p;
}

// For loops that poll.
class Deadline {
 public:
  __device__ explicit Deadline(uint64_t patience_ns) : end_(nanoseconds() + patience_ns) {}
  __device__ bool has_passed() const { return nanoseconds() >= end_; }

 private:
  uint64_t end_;
};

// The first rank that was missed stays.
template <class T>
__device__ void miss(const Ranks<T>& all, int rank) {
  const auto mine = uint64_t(rank + 1);
  auto* missing = reinterpret_cast<uint64_t*>(&all.own().missing);
  if (atomic_compare_exchange<Scope::kDevice>(missing, uint64_t{0}, mine) == 0)
    all.own().missing_step = int64_t(all.step);
}

// This block meets the same block of every other rank, for the n-th time in this call (0, 1);
// whether all came. Called by all threads; what any of them did before is seen by all behind it.
template <class T>
__device__ bool meet(const Ranks<T>& all, int n) {
  const uint64_t value = 2 * all.step + uint64_t(n);
  const int peer = int(threadIdx.x), block = int(blockIdx.x);
  bool late = false;
  __syncthreads();
  if (peer < all.ranks && peer != all.rank) {
    store_release<Scope::kSystem>(&all.space[peer]->arrived[block][all.rank], value);
    const Deadline deadline(all.patience_ns);
    const uint64_t* flag = &all.own().arrived[block][peer];
    while (!late && load_acquire<Scope::kSystem>(flag) < value) late = deadline.has_passed();
    if (late) miss(all, peer);
  }
  return !__syncthreads_or(late);
}

// --- elements of all ranks, rank 0 first, so that every rank gets the same bits ---
// All of them are worked out, since a choice costs less than a branch for every rank and element.
template <class A>
__device__ __forceinline__ A combine(Reduction reduction, A a, A b) {
  const A smaller = b < a || b != b ? b : a, larger = b > a || b != b ? b : a;
  const A extreme = reduction == Reduction::kMin ? smaller : larger;
  using W = typename std::conditional_t<std::is_integral_v<A>, std::make_unsigned<A>,
                                        std::type_identity<A>>::type;  // integers wrap
  const A sum = reduction == Reduction::kProduct ? A(W(a) * W(b)) : A(W(a) + W(b));
  return reduction == Reduction::kMin || reduction == Reduction::kMax ? extreme : sum;
}

// The k-th elements of every rank's pack, become one.
template <class T, int N>
__device__ __forceinline__ Packed<T, N> reduce_packs(const Ranks<T>& all,
                                                     const Packed<T, N> (&packs)[kMostRanks]) {
  Packed<T, N> result;
#pragma unroll
  for (int k = 0; k < N; k++) {
    Compute<T> sum = load_as(packs[0][k]);
#pragma unroll
    for (int r = 1; r < kMostRanks; r++)
      if (r < all.ranks) sum = combine(all.reduction, sum, load_as(packs[r][k]));
    if constexpr (std::is_floating_point_v<Compute<T>>)
      if (all.divisor != 1) sum /= Compute<T>(all.divisor);
    result[k] = store_as<T>(sum);
  }
  return result;
}

// Element or pack i of every rank's input: all loads are on their way before the first is used.
template <int N, class T>
__device__ __forceinline__ Packed<T, N> reduce_at(const Ranks<T>& all, int64_t i) {
  Packed<T, N> packs[kMostRanks];
#pragma unroll
  for (int r = 0; r < kMostRanks; r++)
    if (r < all.ranks) packs[r] = load_packed<N>(all.in[r] + i);
  return reduce_packs(all, packs);
}

#define SX_COLLECTIVE_BY_TYPE(key, function)  \
  SX_KERNEL(key ".f32", function<float>);     \
  SX_KERNEL(key ".f16", function<half>);      \
  SX_KERNEL(key ".bf16", function<bfloat16>); \
  SX_KERNEL(key ".f64", function<double>);    \
  SX_KERNEL(key ".i32", function<int32_t>);   \
  SX_KERNEL(key ".i64", function<int64_t>)

}  // namespace sx::cuda
