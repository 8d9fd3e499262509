// What a .cu file sees of the runtime: its arguments, the stream it runs on, and how to launch.
//
//   __global__ void scale_kernel(const float* x, float* y, int64_t n, float factor) { … }
//
//   void scale(const Arguments& args) {
//     launch(args, scale_kernel, {.blocks = blocks_for(args.size(0), 256), .threads = 256},
//            args.data<const float>(0), args.data<float>(1), args.size(0),
//            args.params_as<Params>().factor);
//   }
//   SX_KERNEL("scale.f32", scale);
#pragma once
#ifdef SX_SIM
#include <array>
#include <cstddef>
#include <memory>
#endif
#include <string>
#include <type_traits>
#include <utility>

#include "cuda/device/half.h"
#include "cuda/device/platform.h"
#include "cuda/device/status.h"
#include "kernel.h"

namespace sx::cuda {

struct Properties {
  int capability;  // 90 for 9.0
  int processors;
  size_t shared_bytes;  // of one block, at most
  size_t l2_bytes;
};

class Tuner;

// The stream that a launch goes to, and what launchers may ask.
class Stream final : public Executor {
 public:
  Stream(cudaStream_t handle, const Properties& device, Status* status, int ordinal)
      : handle(handle), device(device), ordinal(ordinal), status_(status) {}

  // For kernels that may find something wrong with their data. Whoever asks makes the runtime look
  // afterwards. The message begins with `prefix`, a literal.
  Reporter reporter(const char* prefix = nullptr) {
    reports = true;
    return {status_, step, prefix};
  }

  const cudaStream_t handle;
  const Properties& device;
  const int ordinal;
  int32_t step = 0;         // of the program
  const char* kernel = "";  // the key of the kernel that is launched
  bool reports = false;     // whether a launcher asked for a reporter
  int launches = 0;
  bool capturing = false;  // into a graph: nothing can be waited for
  Tuner* tuner = nullptr;  // where the user wants autotuning

 private:
  Status* status_;
};

inline Stream& stream_of(const Arguments& args) { return static_cast<Stream&>(args.executor); }

// Kernels of several devices, or streams, that wait for each other. On GPUs it is nothing; the
// simulated ones run them together.
struct Joint {
  uint64_t ticket = 0;  // the same for all of them, and for no others; 0: waits for nobody
  uint32_t ranks = 1;
  uint32_t patience_ms = 0;  // how long those that have come wait for the others
};

struct Grid {
  dim3 blocks;
  dim3 threads;
  size_t shared_bytes = 0;
  uint32_t cluster = 1;      // blocks of a cluster, along x
  bool cooperative = false;  // all blocks must run at the same time
  bool overlaps =
      false;  // may begin before the kernel in front has ended; waits by itself (griddepcontrol)
  Joint joint{};
};

// Blocks of `each` elements that cover `count`.
inline uint32_t blocks_for(int64_t count, int64_t each) {
  const int64_t blocks = (count + each - 1) / each;
  if (blocks > 0x7fffffff)
    throw std::invalid_argument("a launch of " + std::to_string(blocks) + " blocks is too large");
  return static_cast<uint32_t>(blocks);
}

// Blocks for a kernel that walks [0, count) in strides of its grid: enough to fill the device, and
// no more.
inline uint32_t striding_blocks(const Arguments& args, int64_t count, int64_t each,
                                int per_processor = 8) {
  const int64_t needed = (count + each - 1) / each;
  const int64_t most = int64_t{stream_of(args).device.processors} * per_processor;
  return static_cast<uint32_t>(needed < most ? needed : most);
}

#ifndef SX_SIM
// The part of a launch that no type of parameter enters, so that it is compiled once in each file.
inline cudaError_t queue(const Stream& stream, const void* kernel, const Grid& grid,
                         void** pointers) {
  // More than 48 KB must be asked for, once for each kernel; asking again is cheap.
  if (grid.shared_bytes > 48 * 1024)
    cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                         static_cast<int>(grid.shared_bytes));
  cudaLaunchAttribute attributes[3];
  unsigned count = 0;
  if (grid.cluster > 1) {
    attributes[count].id = cudaLaunchAttributeClusterDimension;
    attributes[count++].val.clusterDim = {grid.cluster, 1, 1};
  }
  if (grid.cooperative) {
    attributes[count].id = cudaLaunchAttributeCooperative;
    attributes[count++].val.cooperative = 1;
  }
  if (grid.overlaps) {
    attributes[count].id = cudaLaunchAttributeProgrammaticStreamSerialization;
    attributes[count++].val.programmaticStreamSerializationAllowed = 1;
  }
  cudaLaunchConfig_t config{};
  config.gridDim = grid.blocks;
  config.blockDim = grid.threads;
  config.dynamicSmemBytes = grid.shared_bytes;
  config.stream = stream.handle;
  config.attrs = attributes;
  config.numAttrs = count;
  return cudaLaunchKernelExC(&config, kernel, pointers);
}
#endif

// Whether there is something to launch: a grid without blocks is nothing to do.
inline bool has_blocks(const Grid& grid) {
  if (grid.blocks.x == 0 || grid.blocks.y == 0 || grid.blocks.z == 0) return false;
  if (grid.blocks.y > 65535 || grid.blocks.z > 65535)
    throw std::invalid_argument("a grid of " + std::to_string(grid.blocks.x) + " x " +
                                std::to_string(grid.blocks.y) + " x " +
                                std::to_string(grid.blocks.z) + " blocks is too large");
  return true;
}

inline void check(cudaError_t error) {
  if (error != cudaSuccess) throw std::runtime_error(cudaGetErrorString(error));
}

#ifdef SX_SIM
// A simulated launch, kept until it runs: the kernel, and its arguments as bytes.
struct alignas(64) Held {
  void (*call)(const Held&);
  void (*kernel)();
  alignas(64) std::byte bytes[4096];
};

// Where each of the parameters lies, and behind them all how many bytes they are.
template <class... Params>
constexpr auto places_of() {
  std::array<size_t, sizeof...(Params) + 1> places{};
  size_t at = 0, i = 0;
  ((at = (at + alignof(Params) - 1) / alignof(Params) * alignof(Params), places[i++] = at,
    at += sizeof(Params)),
   ...);
  places[i] = at;
  return places;
}

template <class... Params, size_t... I>
void call(const Held& held, std::index_sequence<I...>) {
  constexpr auto places = places_of<Params...>();
  reinterpret_cast<void (*)(Params...)>(held.kernel)(
      *reinterpret_cast<const Params*>(held.bytes + places[I])...);
}

template <class... Params>
void call(const Held& held) {
  call<Params...>(held, std::index_sequence_for<Params...>());
}

// The part of a launch that no type of parameter enters, so that it is compiled once in each file.
inline cudaError_t queue(const Stream& stream, const Grid& grid, std::shared_ptr<const Held> held,
                         size_t bytes) {
  const dim3 b = grid.blocks, t = grid.threads;
  const sim::LaunchConfig config{
      .grid = {b.x, b.y, b.z},
      .block = {t.x, t.y, t.z},
      .cluster = grid.cluster,
      .shared_bytes = grid.shared_bytes,
      .cooperative = grid.cooperative,
      .name = stream.kernel,
      .capability = stream.device.capability,
      .device = stream.ordinal,
      .joint = {grid.joint.ticket, grid.joint.ranks, grid.joint.patience_ms},
      .arguments = held,
      .argument_bytes = offsetof(Held, bytes) + bytes};
  return sim::launch_async(config, stream.handle, [held = held.get()] { held->call(*held); });
}
#endif

// Queues the kernel.
template <class... Params>
void launch(const Arguments& args, void (*kernel)(Params...), const Grid& grid,
            std::type_identity_t<Params>... values) {
  if (!has_blocks(grid)) return;
  Stream& stream = stream_of(args);
  stream.launches++;
#ifdef SX_SIM
  static_assert((std::is_trivially_copyable_v<Params> && ...), "parameters are copied as bytes");
  constexpr auto places = places_of<Params...>();
  static_assert(places.back() <= sizeof(Held::bytes), "CUDA passes no more than 4 KB");
  const auto held = std::make_shared_for_overwrite<Held>();
  held->call = call<Params...>;
  held->kernel = reinterpret_cast<void (*)()>(kernel);
  size_t i = 0;
  (std::memcpy(held->bytes + places[i++], &values, sizeof values), ...);
  check(queue(stream, grid, held, places.back()));
#else
  void* pointers[] = {&values..., nullptr};
  check(queue(stream, reinterpret_cast<const void*>(kernel), grid, pointers));
#endif
}

}  // namespace sx::cuda
