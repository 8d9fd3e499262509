// primitive.tma.*: boxes of a 2-D tensor with every swizzle, in and out of bounds, boxes of 1 to 5
// dimensions, steps, multicast to a cluster, runs of bytes, stores and sums. The tensor is the
// second output, filled by a kernel before. What arrives in shared memory is read where the
// swizzle's definition says and compared with the tensor's formula. Coordinates reach over every
// edge, so that zeros or NaNs are seen, and so are the bytes that they count for. Not a kernel to
// measure. Source: PTX ISA, "Tensors"; CUDA driver API, cuTensorMapEncodeTiled.
#include "cuda/device/cluster.h"
#include "cuda/device/proxy_fence.h"
#include "cuda/device/tma.h"
#include "tma_tile.h"

namespace sx::cuda::primitive {
namespace {

template <class T>
constexpr TensorType kTypeOf = std::is_same_v<T, half>       ? TensorType::kFloat16
                               : std::is_same_v<T, bfloat16> ? TensorType::kBfloat16
                               : std::is_same_v<T, int32_t>  ? TensorType::kInt32
                               : std::is_same_v<T, uint8_t>  ? TensorType::kUint8
                                                             : TensorType::kFloat32;

// The 2-D tensor, which fills an output; its rows are 8 elements apart.
constexpr int kWidth = 120, kStride = kWidth + 8;
template <class T>
constexpr int kHeight = kValues* int(sizeof(float)) / int(sizeof(T)) / kStride - 2;

template <class T>
BoxMap plane(const T* data, int box_width, int box_height, Swizzle swizzle) {
  return {{.type = kTypeOf<T>,
           .data = data,
           .rank = 2,
           .sizes = {kWidth, kHeight<T>},
           .strides = {1, kStride},
           .swizzle = swizzle},
          {box_width, box_height}};
}

// --- one box of a plane ---
template <class T>
__global__ void __launch_bounds__(kThreads)
    load_kernel(Outputs out, const __grid_constant__ TensorMap map, int x, int y, int width,
                int height, int span, bool outside_is_nan) {
#if SX_SM90
  Shared& shared = shared_with_barrier();
  if (threadIdx.x == 0) {
    prefetch_tensor_map(map);
    shared.barrier.arrive_expecting(width * height * sizeof(T));
    tma_load(shared.tile, map, shared.barrier, {x, y});
  }
  shared.barrier.wait(0);
  for (int i = threadIdx.x; i < width * height; i += kThreads) {
    const int column = x + i % width, row = y + i / width;
    const bool inside = column >= 0 && column < kWidth && row >= 0 && row < kHeight<T>;
    const T value = *reinterpret_cast<const T*>(shared.tile + swizzled(i * int(sizeof(T)), span));
    const float given = float(load_as(value));
    if (outside_is_nan && !inside)
      out.set(i, float(given != given), 1);
    else
      out.set(i, given, inside ? element(row * kStride + column) : 0);
  }
  out.clear(width * height);
#endif
}

template <class T, Swizzle kSwizzle, int kX, int kY, bool kNan = false>
void load(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
  auto* data = reinterpret_cast<T*>(out.expected);
  fill(args, data);
  const int width = kSwizzle == Swizzle::kNone ? 48 : int(kSwizzle) / int(sizeof(T)), height = 24;
  BoxMap map = plane(data, width, height, kSwizzle);
  map.outside_is_nan = kNan;
  launch(args, load_kernel<T>, {.blocks = 1, .threads = kThreads, .shared_bytes = sizeof(Shared)},
         out, make_tensor_map(map), kX, kY, width, height, int(kSwizzle), kNan);
}

SX_KERNEL("primitive.tma.load.not_swizzled", load<float, Swizzle::kNone, 80, 13>);
SX_KERNEL("primitive.tma.load.swizzle32", load<half, Swizzle::k32, -8, -3>);
SX_KERNEL("primitive.tma.load.swizzle64", load<bfloat16, Swizzle::k64, 104, 5>);
SX_KERNEL("primitive.tma.load.swizzle128", load<half, Swizzle::k128, 77, 31>);
SX_KERNEL("primitive.tma.load.bytes", load<uint8_t, Swizzle::k128, 16, 101>);
SX_KERNEL("primitive.tma.load.nan_outside.float32", (load<float, Swizzle::k128, 100, 8, true>));
SX_KERNEL("primitive.tma.load.nan_outside.float16", (load<half, Swizzle::k128, -5, 50, true>));
SX_KERNEL("primitive.tma.load.nan_outside.bfloat16", (load<bfloat16, Swizzle::k64, 100, 50, true>));
SX_KERNEL("primitive.tma.load.swizzle128.inside", load<bfloat16, Swizzle::k128, 3, 1>);

// --- boxes of every rank, with steps; the tensor has size 8 in each dimension but the first ---
template <int N>
__global__ void __launch_bounds__(kThreads)
    rank_kernel(Outputs out, const __grid_constant__ TensorMap map, int step) {
#if SX_SM90
  constexpr int kCount[] = {8, 3, 3, 2, 2};
  Shared& shared = shared_with_barrier();
  int count = 1;
  for (int d = 0; d < N; d++) count *= kCount[d];
  if (threadIdx.x == 0) {
    shared.barrier.arrive_expecting(count * sizeof(float));
    if constexpr (N == 1) tma_load(shared.tile, map, shared.barrier, {-2});
    if constexpr (N == 3) tma_load(shared.tile, map, shared.barrier, {-2, -1, 2});
    if constexpr (N == 4) tma_load(shared.tile, map, shared.barrier, {-2, 1, 2, 1});
    if constexpr (N == 5) tma_load(shared.tile, map, shared.barrier, {-2, 1, 2, -1, 1});
  }
  shared.barrier.wait(0);
  constexpr int kFrom[6][5] = {{}, {-2}, {}, {-2, -1, 2}, {-2, 1, 2, 1}, {-2, 1, 2, -1, 1}};
  for (int i = threadIdx.x; i < count; i += kThreads) {
    int64_t at = 0, stride = 1;
    bool inside = true;
    for (int d = 0, rest = i; d < N; rest /= kCount[d++]) {
      const int position = kFrom[N][d] + rest % kCount[d] * (d == 0 ? 1 : step),
                size = d == 0 ? 16 : 4;
      inside = inside && position >= 0 && position < size;
      at += position * stride;
      stride *= size;
    }
    out.set(i, reinterpret_cast<const float*>(shared.tile)[i], inside ? element(at) : 0);
  }
  out.clear(count);
#endif
}

template <int N, int kStep>
void load_rank(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
  fill(args, out.expected);
  constexpr int kCount[] = {8, 3, 3, 2, 2};
  BoxMap map{{.type = TensorType::kFloat32, .data = out.expected, .rank = N}, {}};
  for (int d = 0; d < N; d++) {
    map.sizes[d] = d == 0 ? 16 : 4;
    map.strides[d] = d == 0 ? 1 : map.strides[d - 1] * map.sizes[d - 1];
    map.steps[d] = d == 0 ? 1 : kStep;
    map.box[d] = d == 0 ? kCount[d] : (kCount[d] - 1) * kStep + 1;
  }
  launch(args, rank_kernel<N>, {.blocks = 1, .threads = kThreads, .shared_bytes = sizeof(Shared)},
         out, make_tensor_map(map), kStep);
}

SX_KERNEL("primitive.tma.load.1d", load_rank<1, 1>);
SX_KERNEL("primitive.tma.load.3d", load_rank<3, 1>);
SX_KERNEL("primitive.tma.load.4d.steps", load_rank<4, 2>);
SX_KERNEL("primitive.tma.load.5d", load_rank<5, 1>);

// --- multicast: each of two blocks loads half a tile for both ---
__global__ void __launch_bounds__(kThreads)
    multicast_kernel(Outputs out, const __grid_constant__ TensorMap map) {
#if SX_SM90
  constexpr int kTile = 32 * 32;
  Shared& shared = shared_with_barrier();
  const int rank = int(cluster_rank());
  if (threadIdx.x == 0) shared.barrier.arrive_expecting(kTile * sizeof(float));
  cluster_sync();  // both barriers know what comes
  if (threadIdx.x == 0)
    tma_multicast(shared.tile + rank * kTile / 2 * sizeof(float), map, shared.barrier,
                  {20, 16 * rank}, 3);
  shared.barrier.wait(0);
  for (int i = threadIdx.x; i < kTile; i += kThreads)
    out.actual[rank * kTile + i] =
        *reinterpret_cast<const float*>(shared.tile + swizzled(i * int(sizeof(float)), 128));
  cluster_sync();  // the tensor, which is `expected`, has been read by both
  for (int i = threadIdx.x; i < kTile; i += kThreads)
    out.expected[rank * kTile + i] =
        i / 32 < kHeight<float> ? element(i / 32 * kStride + 20 + i % 32) : 0;
  for (int i = threadIdx.x; i < kTile; i += kThreads) out.expected[(2 + rank) * kTile + i] = 0;
#endif
}

void multicast(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
  fill(args, out.expected);
  launch(args, multicast_kernel,
         {.blocks = 2, .threads = kThreads, .shared_bytes = sizeof(Shared), .cluster = 2}, out,
         make_tensor_map(plane(out.expected, 32, 16, Swizzle::k128)));
}
SX_KERNEL("primitive.tma.multicast", multicast);

// --- stores: a box over the edge, then the same box added to what is there ---
template <class T>
__global__ void __launch_bounds__(kThreads)
    store_kernel(const __grid_constant__ TensorMap map, int x, int y) {
#if SX_SM90
  auto& shared = shared_memory<Shared>();
  constexpr int kSide = 32, kSpan = kSide * int(sizeof(T));
  for (int i = threadIdx.x; i < kSide * kSide; i += kThreads)
    *reinterpret_cast<T*>(shared.tile + swizzled(i * int(sizeof(T)), kSpan)) =
        store_as<T>(Compute<T>(i % 100 + 1));
  fence_async_shared();
  __syncthreads();
  if (threadIdx.x == 0) {
    tma_store(map, {x, y}, shared.tile);
    commit_bulk();
    wait_bulk<0>();
    tma_add(map, {x, y}, shared.tile);
    commit_bulk();
    wait_bulk_read<0>();
    wait_bulk<0>();
  }
#endif
}

// Reads what begins at `data`, as many elements as the outputs have; it may be the outputs.
template <class T>
__global__ void __launch_bounds__(1024) compare_kernel(Outputs out, const T* data, int x, int y) {
  float values[4];
  for (int k = 0; k < 4; k++) values[k] = float(load_as(data[threadIdx.x + k * 1024]));
  __syncthreads();
  for (int k = 0; k < 4; k++) {
    const int i = int(threadIdx.x) + k * 1024, column = i % kStride - x, row = i / kStride - y;
    const bool stored = i % kStride < kWidth && i / kStride < kHeight<T> && column >= 0 &&
                        column < 32 && row >= 0 && row < 32;
    out.set(i, values[k], stored ? 2 * float((row * 32 + column) % 100 + 1) : 0);
  }
}

template <class T>
void store(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
  auto* data = reinterpret_cast<T*>(out.actual);
  const BoxMap map = plane(data, 32, 32, sizeof(T) == 4 ? Swizzle::k128 : Swizzle::k64);
  launch(args, store_kernel<T>, {.blocks = 1, .threads = kThreads, .shared_bytes = sizeof(Shared)},
         make_tensor_map(map), 100, 7);
  launch(args, compare_kernel<T>, {.blocks = 1, .threads = 1024}, out, static_cast<const T*>(data),
         100, 7);
}
SX_KERNEL("primitive.tma.store.f32", store<float>);
SX_KERNEL("primitive.tma.store.f16", store<half>);
SX_KERNEL("primitive.tma.store.bf16", store<bfloat16>);
SX_KERNEL("primitive.tma.store.i32", store<int32_t>);

// --- runs of bytes, there and back, in two groups ---
__global__ void __launch_bounds__(kThreads) bulk_kernel(Outputs out) {
#if SX_SM90
  constexpr int kHalf = 1024;
  Shared& shared = shared_with_barrier();
  if (threadIdx.x == 0) {
    shared.barrier.arrive_expecting(2 * kHalf * sizeof(float));
    bulk_load(shared.tile, out.expected, 2 * kHalf * sizeof(float), shared.barrier);
    shared.barrier.wait(0);
    bulk_store(out.actual, shared.tile + kHalf * sizeof(float), kHalf * sizeof(float));
    commit_bulk();
    bulk_store(out.actual + kHalf, shared.tile, kHalf * sizeof(float));
    commit_bulk();
    wait_bulk<0>();
  }
  __syncthreads();
  for (int i = threadIdx.x; i < kValues; i += kThreads)
    out.expected[i] = i < kHalf ? element(kHalf + i) : i < 2 * kHalf ? element(i - kHalf) : 0;
#endif
}

void bulk(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
  fill(args, out.expected);
  launch(args, bulk_kernel, {.blocks = 1, .threads = kThreads, .shared_bytes = sizeof(Shared)},
         out);
}
SX_KERNEL("primitive.tma.bulk", bulk);

}  // namespace
}  // namespace sx::cuda::primitive
