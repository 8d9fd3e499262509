// group_normalization.T, instance_normalization.T: y = (x - mean) / sqrt(variance + epsilon) *
// scale + shift, with mean and variance over each group of each sample: `channels` planes of
// `plane` neighbours; a group of an instance normalisation is one plane. x and y are [samples,
// groups, channels, plane] of float32, float16 or bfloat16, y may be x; scale and shift hold one
// value for each channel of each group, or one for each group if `per_group`. A group of up to
// 8192 is read once, into the registers of a block; a larger one is cut into parts, whose moments
// meet in scratch and are combined by each block that writes a part. Not yet measured on a GPU.
// Moments are combined as in Chan, Golub and LeVeque's "Updating formulae and a pairwise algorithm
// for computing variances".
#include "cuda/layer_normalization.h"

namespace sx::cuda {
namespace {

struct Group {
  int64_t samples, groups, channels, plane, per_group;
  double epsilon;

  __host__ __device__ int64_t n() const { return channels * plane; }
  // Which scale and shift element i of group g takes.
  __device__ int64_t channel(int64_t g, int64_t i) const {
    return per_group ? g % groups : g % groups * channels + i / plane;
  }
};

constexpr int kThreads = kRowThreads;
constexpr int64_t kPart = kThreads * kHeldValues;  // elements of a group that a block holds

// What thread t holds of a part of n elements: neighbouring threads have neighbours.
template <class T>
struct Held {
  float v[kHeldValues];

  __device__ Held(const T* x, int n) {
#pragma unroll
    for (int k = 0; k < kHeldValues; k++) {
      const int i = at(k);
      v[k] = i < n ? load_as(x[i]) : 0.f;
    }
  }
  static __device__ int at(int k) { return k * int(blockDim.x) + int(threadIdx.x); }

  __device__ float centre(int n) const {
    float sum = 0;
#pragma unroll
    for (float x : v) sum += x;
    return row_sum(sum) / n;
  }

  __device__ Moments moments(int n, float centre) const {
    Moments mine;
#pragma unroll
    for (int k = 0; k < kHeldValues; k++)
      if (at(k) < n) mine.add(v[k] - centre);
    return row_sums(mine);
  }

  // The part begins at element `first` of group g.
  __device__ void store(T* y, int n, const T* scale, const T* shift, const Group& group, int64_t g,
                        int64_t first, const Statistics& statistics) const {
#pragma unroll
    for (int k = 0; k < kHeldValues; k++) {
      const int i = at(k);
      if (i >= n) break;
      const int64_t c = group.channel(g, first + i);
      y[i] = store_as<T>(statistics(v[k]) * load_as(scale[c]) + load_as(shift[c]));
    }
  }
};

template <class T>
__global__ void __launch_bounds__(kThreads)
    groups_kernel(const T* x, const T* scale, const T* shift, T* y, int64_t count, Group group) {
  const int64_t g = row_index();
  if (g >= count) return;
  const int n = int(group.n());
  const Held<T> held(x + g * n, n);
  const float centre = held.centre(n);
  const Statistics statistics =
      Statistics::of(centre, held.moments(n, centre), n, float(group.epsilon), false);
  held.store(y + g * n, n, scale, shift, group, g, 0, statistics);
}

// The part of a group that block blockIdx.x takes.
struct Part {
  int64_t g, first;
  int n;
  __device__ Part(const Group& group, int64_t parts) {
    g = blockIdx.x / parts;
    first = blockIdx.x % parts * kPart;
    n = int(min(kPart, group.n() - first));
  }
};

// The mean of each part, and the sum of squared distances from it.
template <class T>
__global__ void __launch_bounds__(kThreads)
    part_moments_kernel(const T* x, Moments* to, int64_t parts, Group group) {
  const Part part(group, parts);
  const Held<T> held(x + part.g * group.n() + part.first, part.n);
  const float centre = held.centre(part.n);
  const Moments m = held.moments(part.n, centre);
  const float off = m.first / part.n;
  if (threadIdx.x == 0) to[blockIdx.x] = {centre + off, m.second - m.first * off};
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    normalize_parts_kernel(const T* x, const T* scale, const T* shift, T* y, const Moments* moments,
                           int64_t parts, Group group) {
  const Part part(group, parts);
  const int64_t n = group.n();
  const auto weight = [&](int64_t p) { return float(min(kPart, n - p * kPart)); };
  float sum = 0;
  for (int64_t p = threadIdx.x; p < parts; p += kThreads)
    sum += moments[part.g * parts + p].first * weight(p);
  const float centre = row_sum(sum) / n;
  Moments all;
  for (int64_t p = threadIdx.x; p < parts; p += kThreads) {
    const Moments m = moments[part.g * parts + p];
    const float distance = m.first - centre;
    all.first += distance * weight(p);
    all.second += m.second + distance * distance * weight(p);
  }
  const Statistics statistics =
      Statistics::of(centre, row_sums(all), n, float(group.epsilon), false);
  const int64_t begin = part.g * n + part.first;
  const Held<T> held(x + begin, part.n);
  held.store(y + begin, part.n, scale, shift, group, part.g, part.first, statistics);
}

template <class T>
void normalize_groups(const Arguments& args, const Group& group) {
  const T* x = args.data<const T>(0);
  const T* scale = args.data<const T>(1);
  const T* shift = args.data<const T>(2);
  T* y = args.data<T>(3);
  const int64_t count = group.samples * group.groups;
  if (group.n() == 0 || count == 0) return;
  if (group.n() <= kPart) {
    launch(args, groups_kernel<T>, row_grid(count, group.n()), x, scale, shift, y, count, group);
    return;
  }
  const int64_t parts = (group.n() + kPart - 1) / kPart;
  auto* moments = reinterpret_cast<Moments*>(args.scratch);
  if (args.scratch_bytes < count * parts * sizeof(Moments))
    throw std::invalid_argument("expects " + std::to_string(count * parts * sizeof(Moments)) +
                                " bytes of scratch, got " + std::to_string(args.scratch_bytes));
  const Grid grid{.blocks = blocks_for(count * parts, 1),
                  .threads = kThreads,
                  .shared_bytes = sizeof(BlockScratch<Moments>)};
  launch(args, part_moments_kernel<T>, grid, x, moments, parts, group);
  launch(args, normalize_parts_kernel<T>, grid, x, scale, shift, y, moments, parts, group);
}

template <class T>
void group_normalization(const Arguments& args) {
  normalize_groups<T>(args, args.params_as<Group>());
}

struct Instances {
  int64_t planes, channels, inner;
  double epsilon;
};

template <class T>
void instance_normalization(const Arguments& args) {
  const auto p = args.params_as<Instances>();
  if (p.planes > 0)
    normalize_groups<T>(args, {p.planes / p.channels, p.channels, 1, p.inner, 1, p.epsilon});
}

SX_KERNEL("group_normalization.f32", group_normalization<float>);
SX_KERNEL("group_normalization.f16", group_normalization<half>);
SX_KERNEL("group_normalization.bf16", group_normalization<bfloat16>);
SX_KERNEL("instance_normalization.f32", instance_normalization<float>);
SX_KERNEL("instance_normalization.f16", instance_normalization<half>);
SX_KERNEL("instance_normalization.bf16", instance_normalization<bfloat16>);

}  // namespace
}  // namespace sx::cuda
