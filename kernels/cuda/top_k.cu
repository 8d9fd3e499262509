// top_k: the k largest (least) of x[o, 0..n, j], best first, and their int64 indices; the lower
// index first among equals, NaN above every number. x is [outer, n, inner], both results [outer, k,
// inner]. Values become unsigned keys of the same order. A block takes a lane: up to 2048 elements
// are sorted in shared memory; in a longer lane the k-th key is found 8 bits at a time, and of what
// is not below it k elements are gathered and sorted, in shared memory or, more than 2048 of them,
// where the indices go. Not yet measured on a GPU; a lane keeps one block busy. Radix selection as
// in Alabi et al., "Fast k-selection algorithms for graphics processing units", 2012; Batcher's
// bitonic sort.
#include "cuda/device/atomic.h"
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t outer, n, inner, k, largest;
};

constexpr int kMostThreads = 1024;
constexpr int kHeld = 2048;  // entries in shared memory
constexpr int kBins = 256;

template <class T>
using KeyOf = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

template <class K>
struct Entry {
  K key;
  uint32_t index;

  // The larger key first, then the lower index.
  __device__ bool before(const Entry& other) const {
    return key != other.key ? key > other.key : index < other.index;
  }
};

// One lane of x and its results.
template <class T>
struct Lane {
  using K = KeyOf<T>;
  const T* x;
  T* values;
  int64_t* indices;
  int64_t inner;
  bool largest;

  __device__ Lane(const T* x, T* values, int64_t* indices, const Params& p)
      : x(x + blockIdx.x / p.inner * p.n * p.inner + blockIdx.x % p.inner),
        values(values + blockIdx.x / p.inner * p.k * p.inner + blockIdx.x % p.inner),
        indices(indices + blockIdx.x / p.inner * p.k * p.inner + blockIdx.x % p.inner),
        inner(p.inner),
        largest(p.largest) {}

  // Equal values have equal keys, and so has every NaN.
  __device__ K key(int64_t i) const {
    constexpr K kSign = K(1) << (8 * sizeof(K) - 1);
    Compute<T> v = load_as(x[i * inner]);
    K key;
    if constexpr (std::is_integral_v<T>) {
      key = K(v) ^ kSign;
    } else {
      if (v == 0) v = 0;  // of either sign
      memcpy(&key, &v, sizeof key);
      key = v != v ? ~K(0) : key & kSign ? ~key : key ^ kSign;
    }
    return largest ? key : ~key;
  }
  __device__ Entry<K> entry(uint32_t i) const { return {key(i), i}; }

  __device__ void put(int64_t at, uint32_t index) const {
    values[at * inner] = x[index * inner];
    indices[at * inner] = index;
  }
};

// Entries in shared memory, and as indices in the result.
template <class T>
struct HeldEntries {
  Entry<KeyOf<T>>* entries;
  __device__ Entry<KeyOf<T>> get(uint32_t i) const { return entries[i]; }
  __device__ void set(uint32_t i, const Entry<KeyOf<T>>& e) const { entries[i] = e; }
};

template <class T>
struct ResultEntries {
  Lane<T> lane;
  __device__ Entry<KeyOf<T>> get(uint32_t i) const {
    return lane.entry(uint32_t(lane.indices[i * lane.inner]));
  }
  __device__ void set(uint32_t i, const Entry<KeyOf<T>>& e) const {
    lane.indices[i * lane.inner] = e.index;
  }
};

template <class Entries>
__device__ void order(const Entries& entries, uint32_t a, uint32_t b, uint32_t count) {
  if (b >= count) return;  // what lies behind the end is last already
  const auto x = entries.get(a), y = entries.get(b);
  if (y.before(x)) {
    entries.set(a, y);
    entries.set(b, x);
  }
}

// Sorts any number of entries by all threads of the block: a bitonic sort whose every step moves
// the better one forward.
template <class Entries>
__device__ void sort(const Entries& entries, uint32_t count) {
  uint32_t padded = 1;
  while (padded < count) padded *= 2;
  for (uint32_t size = 2; size <= padded; size *= 2) {
    for (uint32_t half = size / 2; half > 0; half /= 2) {
      __syncthreads();
      for (uint32_t pair = threadIdx.x; pair < padded / 2; pair += blockDim.x) {
        const uint32_t first = pair / half * 2 * half, at = pair % half;
        order(entries, first + at, half == size / 2 ? first + size - 1 - at : first + at + half,
              count);
      }
    }
  }
  __syncthreads();
}

template <class K>
struct Shared {
  Entry<K> entries[kHeld];
  int bins[kBins];
  int needed, equal, gathered;
  uint64_t threshold;
};

template <class T>
__global__ void __launch_bounds__(kMostThreads)
    short_lanes_kernel(const T* x, T* values, int64_t* indices, Params p) {
  const Lane<T> lane(x, values, indices, p);
  auto& shared = shared_memory<Shared<KeyOf<T>>>();
  for (uint32_t i = threadIdx.x; i < p.n; i += blockDim.x) shared.entries[i] = lane.entry(i);
  sort(HeldEntries<T>{shared.entries}, uint32_t(p.n));
  for (uint32_t i = threadIdx.x; i < p.k; i += blockDim.x) lane.put(i, shared.entries[i].index);
}

// Of the bins from the last on: the one with the needed-th element, which goes into the threshold.
template <class K>
__device__ void choose_bin(Shared<K>& shared, int shift) {
  constexpr int kEach = kBins / kWarpSize;
  const int last = kBins - 1 - kEach * lane_index(), needed = shared.needed;
  int own = 0;
  for (int b = 0; b < kEach; b++) own += shared.bins[last - b];
  int through = own;
  for (int lanes = 1; lanes < kWarpSize; lanes *= 2) {
    const int before = shuffle_up(through, lanes);
    if (lane_index() >= lanes) through += before;
  }
  sync_warp();  // every lane has read `needed`, which one of them now writes; shuffles order
                // nothing
  int before = through - own;
  if (before >= needed || through < needed) return;
  int bin = last;
  while (before + shared.bins[bin] < needed) before += shared.bins[bin--];
  shared.threshold |= uint64_t(bin) << shift;
  shared.needed = needed - before;
  shared.equal = shared.bins[bin];
}

// The needed-th largest of of(i) among the i < n with among(i), which shared.threshold then is;
// shared.needed is how many of its equals belong to the needed ones, shared.equal how many there
// are.
template <int kBits, class K, class Of, class Among>
__device__ void select(Shared<K>& shared, int64_t n, Of of, Among among) {
  if (threadIdx.x == 0) shared.threshold = 0;
  for (int shift = kBits - 8; shift >= 0; shift -= 8) {
    for (int b = int(threadIdx.x); b < kBins; b += int(blockDim.x)) shared.bins[b] = 0;
    __syncthreads();
    const uint64_t above = shared.threshold >> shift >> 8;
    for (int64_t i = threadIdx.x; i < n; i += blockDim.x) {
      const uint64_t v = of(i);
      if (v >> shift >> 8 == above && among(i))
        add_shared(&shared.bins[v >> shift & (kBins - 1)], 1);
    }
    __syncthreads();
    if (warp_index() == 0) choose_bin(shared, shift);
    __syncthreads();
  }
}

template <class T>
__global__ void __launch_bounds__(kMostThreads)
    long_lanes_kernel(const T* x, T* values, int64_t* indices, Params p) {
  using K = KeyOf<T>;
  const Lane<T> lane(x, values, indices, p);
  auto& shared = shared_memory<Shared<K>>();
  if (threadIdx.x == 0) {
    shared.needed = int(p.k);
    shared.gathered = 0;
  }
  select<8 * sizeof(K)>(
      shared, p.n, [&](int64_t i) { return lane.key(i); }, [](int64_t) { return true; });
  const K least = K(shared.threshold);
  uint32_t lowest = 0;  // of ~index among the equals of the k-th
  if (shared.needed < shared.equal) {
    __syncthreads();
    select<32>(
        shared, p.n, [](int64_t i) { return ~uint32_t(i); },
        [&](int64_t i) { return lane.key(i) == least; });
    lowest = uint32_t(shared.threshold);
  }
  const bool held = p.k <= kHeld;
  for (int64_t i = threadIdx.x; i < p.n; i += blockDim.x) {
    const Entry<K> entry = lane.entry(uint32_t(i));
    if (entry.key < least || (entry.key == least && ~entry.index < lowest)) continue;
    const int at = add_shared(&shared.gathered, 1);
    if (held)
      shared.entries[at] = entry;
    else
      lane.indices[at * lane.inner] = i;
  }
  if (held)
    sort(HeldEntries<T>{shared.entries}, uint32_t(p.k));
  else
    sort(ResultEntries<T>{lane}, uint32_t(p.k));
  for (int64_t i = threadIdx.x; i < p.k; i += blockDim.x)
    lane.put(i, held ? shared.entries[i].index : uint32_t(lane.indices[i * lane.inner]));
}

template <class T>
void top_k(const Arguments& args) {
  const auto p = args.params_as<Params>();
  if (p.k == 0) return;
  if (p.n > INT32_MAX)
    throw std::invalid_argument("an axis of " + std::to_string(p.n) +
                                " elements is too long for top_k");
  uint32_t threads = kWarpSize;
  while (threads < kMostThreads && 2 * threads < p.n) threads *= 2;
  launch(args, p.n <= kHeld ? short_lanes_kernel<T> : long_lanes_kernel<T>,
         {.blocks = blocks_for(p.outer * p.inner, 1),
          .threads = threads,
          .shared_bytes = sizeof(Shared<KeyOf<T>>)},
         args.data<const T>(0), args.data<T>(1), args.data<int64_t>(2), p);
}

SX_KERNEL("top_k.f32", top_k<float>);
SX_KERNEL("top_k.f16", top_k<half>);
SX_KERNEL("top_k.bf16", top_k<bfloat16>);
SX_KERNEL("top_k.f64", top_k<double>);
SX_KERNEL("top_k.i32", top_k<int32_t>);
SX_KERNEL("top_k.i64", top_k<int64_t>);

}  // namespace
}  // namespace sx::cuda
