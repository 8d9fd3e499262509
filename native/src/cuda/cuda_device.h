// A GPU as a device. The same source is compiled against the CUDA runtime, and against the
// simulated GPU's.
#pragma once
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "cuda/autotune.h"
#include "cuda/launch.h"
#include "device.h"
#include "registry.h"

namespace sx::cuda {

class Staging;

// Throws Error with the device's name and CUDA's reason; `what` was being done.
void require(cudaError_t error, const char* what);

class Device final : public sx_device {
 public:
  // Throws Error where the device cannot be used.
  Device(int ordinal, std::string name);
  ~Device() override;

  const char* describe() noexcept override { return description_.c_str(); }
  uint64_t allocate(uint64_t bytes) noexcept override;
  void free(uint64_t address, uint64_t bytes) noexcept override;
  int64_t largest_block() noexcept override;
  void trim() noexcept override;
  int64_t live_bytes() noexcept override { return live_bytes_; }
  void fail_allocation(int64_t n) noexcept override { failing_ = n; }
  int32_t copy(uint64_t to, uint64_t from, uint64_t bytes) noexcept override;
  int32_t synchronize() noexcept override;
  int32_t info(sx_device_info* info) noexcept override;
  const sx_kernel* find(const char* key) noexcept override;
  int32_t launch(sx_pool* pool, const sx_kernel* kernel, const sx_tensor* tensors,
                 int32_t tensor_count, const int64_t* params, int32_t param_count, uint64_t scratch,
                 uint64_t scratch_bytes) noexcept override;
  sx_program* create_program(const int64_t* words, int64_t count) noexcept override;
  sx_event* create_event() noexcept override;
  const char* counter_names() noexcept override;
  int32_t counters(int64_t* values, int32_t count) noexcept override;
  int32_t kernel_count() noexcept override { return int32_t(kernels_.size()); }
  const char* kernel_key(int32_t i) noexcept override { return kernels_.key(i); }

  // --- for programs and events; what they do with the stream they do under the lock ---
  std::unique_lock<std::mutex> lock();  // throws Error if the device is lost
  Stream& stream() { return stream_; }
  // Waits for the stream; throws Error for what failed on it, InvalidData for what a kernel found
  // in its data. `step` gets the step that the kernel belongs to.
  void finish(int64_t* step);
  // As sx::cuda::require; an error after which CUDA refuses everything makes the device lost.
  void check(cudaError_t error, const char* what);
  // Queues what the kernel launches. Throws what it throws, and Error if that lost the device.
  void queue(const sx_kernel& kernel, const Arguments& arguments);
  // Throws Error if memory at this address is not this device's.
  void require_own(uint64_t address);

 private:
  static cudaStream_t make_stream(int ordinal);
  Properties read_properties(int ordinal);
  cudaPointerAttributes place_of(uint64_t address);
  Staging& staging();
  void reach(int peer);

  const int ordinal_;
  const std::string name_;
  std::string description_;
  std::unique_ptr<Autotune> autotune_;
  Properties properties_;
  Registry kernels_;
  Status* status_ = nullptr;       // on the device
  Status* host_status_ = nullptr;  // pinned
  Stream stream_;
  std::unique_ptr<Staging> staging_;  // once something was copied
  std::set<int> reached_;             // other devices that copies have been between
  std::mutex mutex_;
  std::string lost_;  // why; empty while all is well
  std::atomic<int64_t> live_bytes_{0};
  std::atomic<int64_t> failing_{0};
};

}  // namespace sx::cuda
