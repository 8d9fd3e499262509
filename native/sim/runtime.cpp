// The runtime's host interface. A stream really is a queue: its work is done when somebody waits
// for it, so that a forgotten wait shows. Where a kernel waits for those of other streams, see
// joint.cpp.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "check.h"
#include "joint.h"
#include "memory.h"
#include "sim/cuda_runtime.h"

namespace sim {

using Clock = std::chrono::steady_clock;

struct Graph {
  std::vector<Work> nodes;
};

struct Event {
  Clock::time_point when;
  Stream* stream = nullptr;
};

namespace {

thread_local int device_of_thread = 0;
thread_local std::string last_failure = "unspecified launch failure";
thread_local cudaError_t last_error = cudaSuccess;
cudaError_t sticky[kDevices] = {};  // what each device answers from now on, once it has one
std::mutex queues;                  // of all streams, held while their work is done

// As cudaGetLastError says it.
cudaError_t told(cudaError_t error) {
  if (error) last_error = error;
  return error;
}

cudaError_t enqueue(Stream* stream, std::function<cudaError_t()> run, uint64_t ticket = 0) {
  std::lock_guard lock(queues);
  if (sticky[stream->device]) return told(sticky[stream->device]);
  Work work{std::move(run), ticket};
  if (stream->capturing)
    stream->capturing->nodes.push_back(std::move(work));
  else
    stream->queue.push_back(std::move(work));
  if (ticket) Joints::of_all().somebody_came();
  return cudaSuccess;
}

void note_failure(Stream* stream, cudaError_t error, const std::string& reason) {
  if (!stream->failed) stream->reason = reason;
  if (!stream->failed) stream->failed = error;
}

// The next of what the stream has to do.
void work_off(Stream* stream) {
  const Work work = std::move(stream->queue.front());
  stream->queue.pop_front();
  const cudaError_t lost = sticky[stream->device];
  const cudaError_t error = lost ? lost : work.run();
  if (error) note_failure(stream, error, last_failure);
}

cudaError_t drain(Stream* stream) {
  std::unique_lock lock(queues);
  while (!stream->queue.empty()) work_off(stream);
  const cudaError_t failed = std::exchange(stream->failed, cudaSuccess);
  if (failed) last_failure = stream->reason;
  return told(failed ? failed : sticky[stream->device]);
}

// Pinned memory, and where it ends.
std::map<const void*, const void*> pinned;
std::mutex pinned_mutex;

bool is_pinned(const void* address) {
  std::lock_guard lock(pinned_mutex);
  auto behind = pinned.upper_bound(address);
  return behind != pinned.begin() && std::less<>()(address, std::prev(behind)->second);
}

// Whether a copy on this stream may touch the address without being told whose it is.
bool is_near(const Stream* stream, const void* address) {
  const int device = device_of(address);
  return device < 0 || device == stream->device;
}

cudaError_t copy(void* to, const void* from, size_t bytes, Stream* stream) {
  return enqueue(stream, [=] {
    std::memmove(to, from, bytes);
    check::memory_written(to, bytes);
    return cudaSuccess;
  });
}

int number(const char* name, int otherwise) {
  const char* text = std::getenv(name);
  return text ? std::atoi(text) : otherwise;
}

}  // namespace

cudaError_t launch_async(const LaunchConfig& config, cudaStream_t stream,
                         std::function<void()> kernel) {
  if (config.joint.ticket && stream->capturing) return told(cudaErrorStreamCaptureUnsupported);
  const auto name = std::make_shared<const std::string>(config.name);
  const auto run = [config, name, stream, kernel = std::move(kernel)] {
    LaunchConfig named = config;
    named.name = name->c_str();
    std::vector<Stream*> streams{stream};
    try {
      const Part part{named, kernel, name};
      if (config.joint.ticket)
        Joints::of_all().arrive(part, streams, queues, work_off);
      else
        launch({part});
      return cudaSuccess;
    } catch (const Failure& failure) {
      last_failure = failure.message;
      const cudaError_t error = failure.sticky ? cudaErrorLaunchFailure : cudaErrorUnknown;
      for (Stream* each : streams) {
        if (failure.sticky) sticky[each->device] = error;
        note_failure(each, error, failure.message);
      }
      return error;
    }
  };
  return enqueue(stream, run, config.joint.ticket);
}

}  // namespace sim

using sim::number;

const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorInvalidDevice:
      return "invalid device ordinal";
    default:
      return sim::last_failure.c_str();
  }
}

cudaError_t cudaGetLastError() { return std::exchange(sim::last_error, cudaSuccess); }

cudaError_t cudaDriverGetVersion(int* version) {
  *version = 13000;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = std::min(std::max(number("SARDONYX_SIM_DEVICES", 1), 1), sim::kDevices);
  return cudaSuccess;
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* p, int device) {
  const int capability = number("SARDONYX_SIM_CAPABILITY", 90);
  *p = {};
  std::snprintf(p->name, sizeof p->name, "simulated GPU %d, schedules from %d on", device,
                number("SARDONYX_SIM_SEED", 0));
  p->totalGlobalMem = sim::kDeviceBytes;
  p->sharedMemPerBlockOptin = capability >= 90   ? 227 * 1024
                              : capability == 89 ? 99 * 1024
                                                 : 163 * 1024;
  p->major = capability / 10;
  p->minor = capability % 10;
  p->multiProcessorCount = number("SARDONYX_SIM_PROCESSORS", 4);
  p->l2CacheSize = 1 << 20;
  return cudaSuccess;
}

cudaError_t cudaSetDevice(int device) {
  if (device < 0 || device >= sim::kDevices) return cudaErrorInvalidDevice;
  sim::device_of_thread = device;
  return cudaSuccess;
}

cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  *free = sim::memory_of(sim::device_of_thread).free_bytes();
  *total = sim::kDeviceBytes;
  return cudaSuccess;
}

cudaError_t cudaDeviceCanAccessPeer(int* can, int device, int peer) {
  *can = device != peer && number("SARDONYX_SIM_PEERS", 1) != 0;
  return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
  const int device = sim::device_of(pointer);
  *attributes = {device >= 0               ? cudaMemoryTypeDevice
                 : sim::is_pinned(pointer) ? cudaMemoryTypeHost
                                           : cudaMemoryTypeUnregistered,
                 device};
  return cudaSuccess;
}

// Nothing is kept back: a freed block is free.
cudaError_t cudaDeviceGetDefaultMemPool(cudaMemPool_t* pool, int) {
  *pool = nullptr;
  return cudaSuccess;
}

cudaError_t cudaMemPoolSetAttribute(cudaMemPool_t, cudaMemPoolAttr, void*) { return cudaSuccess; }
cudaError_t cudaMemPoolTrimTo(cudaMemPool_t, size_t) { return cudaSuccess; }

// Whoever can come may: the access of copies between devices only makes them faster.
cudaError_t cudaMemPoolSetAccess(cudaMemPool_t, const cudaMemAccessDesc*, size_t) {
  return number("SARDONYX_SIM_PEERS", 1) ? cudaSuccess : cudaErrorPeerAccessUnsupported;
}

cudaError_t cudaMallocAsync(void** block, size_t bytes, cudaStream_t) {
  if (const cudaError_t lost = sim::sticky[sim::device_of_thread]) return sim::told(lost);
  *block = sim::memory_of(sim::device_of_thread).allocate(bytes);
  return *block ? cudaSuccess : cudaErrorMemoryAllocation;
}

cudaError_t cudaFreeAsync(void* block, cudaStream_t stream) {
  return sim::enqueue(stream, [block] {
    const int device = sim::device_of(block);
    return device >= 0 && sim::memory_of(device).free(block) ? cudaSuccess : cudaErrorInvalidValue;
  });
}

cudaError_t cudaHostAlloc(void** block, size_t bytes, unsigned) {
  *block = ::operator new(bytes, std::align_val_t(64), std::nothrow);
  if (!*block) return cudaErrorMemoryAllocation;
  std::lock_guard lock(sim::pinned_mutex);
  sim::pinned[*block] = static_cast<char*>(*block) + bytes;
  return cudaSuccess;
}

cudaError_t cudaFreeHost(void* block) {
  {
    std::lock_guard lock(sim::pinned_mutex);
    sim::pinned.erase(block);
  }
  ::operator delete(block, std::align_val_t(64));
  return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind,
                            cudaStream_t stream) {
  if (!sim::is_near(stream, to) || !sim::is_near(stream, from)) return cudaErrorInvalidValue;
  return sim::copy(to, from, bytes, stream);
}

cudaError_t cudaMemcpyPeerAsync(void* to, int to_device, const void* from, int from_device,
                                size_t bytes, cudaStream_t stream) {
  if (sim::device_of(to) != to_device || sim::device_of(from) != from_device)
    return cudaErrorInvalidValue;
  return sim::copy(to, from, bytes, stream);
}

cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t stream) {
  return sim::enqueue(stream, [=] {
    std::memset(to, value, bytes);
    sim::check::memory_written(to, bytes);
    return cudaSuccess;
  });
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  *stream = std::make_unique<sim::Stream>(sim::Stream{.device = sim::device_of_thread}).release();
  std::lock_guard lock(sim::queues);
  sim::Joints::of_all().add(*stream);
  return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  const cudaError_t error = sim::drain(stream);
  std::lock_guard lock(sim::queues);
  sim::Joints::of_all().remove(stream);
  delete stream;
  return error;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) { return sim::drain(stream); }

cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode) {
  stream->capturing = std::make_unique<sim::Graph>();
  return cudaSuccess;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  *graph = stream->capturing.release();
  return cudaSuccess;
}

cudaError_t cudaGraphInstantiate(cudaGraphExec_t* exec, cudaGraph_t graph, unsigned long long) {
  *exec = std::make_unique<sim::Graph>(*graph).release();
  return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t stream) {
  return sim::enqueue(stream, [exec] {
    for (const sim::Work& node : exec->nodes)
      if (const cudaError_t error = node.run()) return error;
    return cudaSuccess;
  });
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return cudaSuccess;
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec) { return cudaGraphDestroy(exec); }

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  *event = std::make_unique<sim::Event>().release();
  return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  event->stream = stream;
  return sim::enqueue(stream, [event] {
    event->when = sim::Clock::now();
    return cudaSuccess;
  });
}

cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return event->stream ? sim::drain(event->stream) : cudaSuccess;
}

cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t from, cudaEvent_t to) {
  *milliseconds = std::chrono::duration<float, std::milli>(to->when - from->when).count();
  return cudaSuccess;
}

cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return cudaSuccess;
}
