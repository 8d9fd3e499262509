#include "cuda/cuda_device.h"

#include <cstring>

#include "cuda/cuda_program.h"
#include "cuda/hopper.h"
#include "cuda/staging.h"
#include "error.h"
#include "program.h"

namespace sx::cuda {
namespace {

// After these CUDA refuses everything until the process ends.
bool is_sticky(cudaError_t error) {
  switch (error) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchTimeout:
    case cudaErrorAssert:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorLaunchFailure:
    case cudaErrorTensorMemoryLeak:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorContained:
      return true;
    default:
      return false;
  }
}

Status* allocate_status(cudaStream_t stream) {
  void* block = nullptr;
  require(cudaMallocAsync(&block, sizeof(Status), stream), "the status");
  require(cudaMemsetAsync(block, 0, sizeof(Status), stream), "the status");
  return static_cast<Status*>(block);
}

std::string text_of(const Status& status) {
  const auto number = [&](int i) { return std::to_string(status.values[i]); };
  const std::string prefix = status.prefix ? status.prefix : "";
  switch (status.finding) {
    case Finding::kIndexOutside:
      return prefix + "index " + number(0) + " is outside [" + number(1) + ", " + number(2) + ")";
    case Finding::kDivisionByZero:
      return prefix + "division of an integer by zero";
    case Finding::kOutsideRange:
      return prefix + number(0) + " is outside [" + number(1) + ", " + number(2) + "]";
    case Finding::kWriteOutside:
      return prefix + "write index " + number(0) + " for " + number(1) +
             " entries is outside a cache of " + number(2);
    case Finding::kLengthOutside:
      return prefix + "length " + number(0) + " of sequence " + number(1) + " is outside [0, " +
             number(2) + "]";
    case Finding::kNothing:
      break;
  }
  return "nothing";
}

// "what: reason"; a simulated GPU's reason begins with the kernel that failed.
std::string reason_of(cudaError_t error, const char* what) {
  const std::string reason = cudaGetErrorString(error);
  return names(reason, what) ? reason : what + (": " + reason);
}

}  // namespace

void require(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  throw Error(error == cudaErrorMemoryAllocation ? SX_NO_MEMORY : SX_INTERNAL,
              reason_of(error, what));
}

cudaStream_t Device::make_stream(int ordinal) {
  require(cudaSetDevice(ordinal), "cudaSetDevice");
  cudaMemPool_t pool;
  require(cudaDeviceGetDefaultMemPool(&pool, ordinal), "cudaDeviceGetDefaultMemPool");
  // Freed blocks stay in the pool; trim() gives them back.
  uint64_t keep_all = UINT64_MAX;
  require(cudaMemPoolSetAttribute(pool, cudaMemPoolAttrReleaseThreshold, &keep_all),
          "cudaMemPoolSetAttribute");
  cudaStream_t stream;
  require(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
  return stream;
}

Properties Device::read_properties(int ordinal) {
  cudaDeviceProp p;
  require(cudaGetDeviceProperties(&p, ordinal), "cudaGetDeviceProperties");
  const int capability = 10 * p.major + p.minor;
  if (capability < 80)
    throw Error(SX_UNSUPPORTED, std::string(p.name) + " has compute capability " +
                                    std::to_string(p.major) + "." + std::to_string(p.minor) +
                                    "; 8.0 and newer are supported");
  int driver = 0;
  require(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  description_ = std::string(p.name) + ", compute capability " + std::to_string(p.major) + "." +
                 std::to_string(p.minor) + ", " + std::to_string(p.multiProcessorCount) +
                 " processors, " + std::to_string(p.totalGlobalMem >> 30) +
                 " GiB, driver for CUDA " + std::to_string(driver / 1000) + "." +
                 std::to_string(driver % 1000 / 10);
  autotune_ = Autotune::by_environment(p.name, driver);
  return {.capability = capability,
          .processors = p.multiProcessorCount,
          .shared_bytes = p.sharedMemPerBlockOptin,
          .l2_bytes = size_t(p.l2CacheSize)};
}

Device::Device(int ordinal, std::string name)
    : ordinal_(ordinal),
      name_(std::move(name)),
      properties_(read_properties(ordinal)),
      kernels_(kernel_level(properties_)),
      stream_([&] {
        cudaStream_t stream = make_stream(ordinal);
        status_ = allocate_status(stream);
        return Stream(stream, properties_, status_, ordinal);
      }()) {
  description_ += ", " + std::to_string(kernels_.size()) + " kernels";
  if (autotune_) description_ += ", " + autotune_->describe();
  stream_.tuner = autotune_.get();
  void* host = nullptr;
  require(cudaHostAlloc(&host, sizeof(Status), cudaHostAllocDefault), "cudaHostAlloc");
  host_status_ = new (host) Status{};
}

Device::~Device() {
  cudaSetDevice(ordinal_);
  cudaFreeAsync(status_, stream_.handle);
  cudaStreamSynchronize(stream_.handle);
  staging_.reset();
  cudaStreamDestroy(stream_.handle);
  cudaFreeHost(host_status_);
}

std::unique_lock<std::mutex> Device::lock() {
  std::unique_lock held(mutex_);
  if (!lost_.empty()) throw Error(SX_LOST, name_ + " is lost since: " + lost_);
  cudaSetDevice(ordinal_);
  return held;
}

void Device::check(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  if (is_sticky(error)) {
    lost_ = reason_of(error, what);
    throw Error(SX_LOST, name_ + " is lost: " + lost_);
  }
  require(error, what);
}

void Device::queue(const sx_kernel& kernel, const Arguments& arguments) {
  cudaGetLastError();  // forgets what this thread met elsewhere
  try {
    kernel.function(arguments);
  } catch (...) {
    const cudaError_t error = cudaGetLastError();
    if (is_sticky(error)) check(error, kernel.key.data());
    throw;
  }
}

void Device::finish(int64_t* step) {
  if (stream_.reports)
    check(cudaMemcpyAsync(host_status_, status_, sizeof(Status), cudaMemcpyDefault, stream_.handle),
          "the status");
  check(cudaStreamSynchronize(stream_.handle), stream_.kernel);
  if (!stream_.reports) return;
  stream_.reports = false;
  if (host_status_->finding == Finding::kNothing) return;
  const Status found = *host_status_;
  check(cudaMemsetAsync(status_, 0, sizeof(Status), stream_.handle), "the status");
  check(cudaStreamSynchronize(stream_.handle), "the status");
  if (step) *step = found.step;
  throw InvalidData(text_of(found));
}

uint64_t Device::allocate(uint64_t bytes) noexcept {
  void* block = nullptr;
  const int32_t code = guarded(name_.c_str(), [&] {
    const auto held = lock();
    if (failing_ > 0 && --failing_ == 0) throw Error(SX_NO_MEMORY, "out of memory");
    const size_t size = bytes ? bytes : 1;
    cudaError_t error = cudaMallocAsync(&block, size, stream_.handle);
    if (error == cudaErrorMemoryAllocation) {  // what was freed may still be on its way
      cudaGetLastError();
      check(cudaStreamSynchronize(stream_.handle), "cudaStreamSynchronize");
      error = cudaMallocAsync(&block, size, stream_.handle);
      if (error) cudaGetLastError();
    }
    check(error, "cudaMallocAsync");
    live_bytes_ += int64_t(bytes);
  });
  return code == SX_OK ? reinterpret_cast<uintptr_t>(block) : 0;
}

void Device::free(uint64_t address, uint64_t bytes) noexcept {
  if (!address) return;
  live_bytes_ -= int64_t(bytes);
  guarded(name_.c_str(), [&] {
    const auto held = lock();
    check(cudaFreeAsync(sx_pointer(address), stream_.handle), "cudaFreeAsync");
  });
}

// Smaller by an eighth with every try, so that the answer is at most that much too small.
int64_t Device::largest_block() noexcept {
  int64_t largest = -1;
  guarded("sx_largest_block", [&] {
    const auto held = lock();
    check(cudaStreamSynchronize(stream_.handle), "cudaStreamSynchronize");
    size_t free = 0, total = 0;
    check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
    for (size_t bytes = free; bytes > 0; bytes -= (bytes + 7) / 8) {
      void* block = nullptr;
      const cudaError_t error = cudaMallocAsync(&block, bytes, stream_.handle);
      if (error == cudaErrorMemoryAllocation) {
        cudaGetLastError();
        continue;
      }
      check(error, "cudaMallocAsync");
      check(cudaFreeAsync(block, stream_.handle), "cudaFreeAsync");
      largest = int64_t(bytes);
      return;
    }
    largest = 0;
  });
  return largest;
}

void Device::trim() noexcept {
  guarded(name_.c_str(), [&] {
    const auto held = lock();
    check(cudaStreamSynchronize(stream_.handle), "cudaStreamSynchronize");
    cudaMemPool_t pool;
    check(cudaDeviceGetDefaultMemPool(&pool, ordinal_), "cudaDeviceGetDefaultMemPool");
    check(cudaMemPoolTrimTo(pool, 0), "cudaMemPoolTrimTo");
  });
}

int32_t Device::synchronize() noexcept {
  return guarded("sx_synchronize", [&] {
    const auto held = lock();
    finish(nullptr);
  });
}

int32_t Device::info(sx_device_info* info) noexcept {
  return guarded("sx_device_query", [&] {
    const auto held = lock();
    size_t free = 0, total = 0;
    int driver = 0;
    check(cudaMemGetInfo(&free, &total), "cudaMemGetInfo");
    check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
    *info = {.host_memory = 0,
             .capability = properties_.capability,
             .processors = properties_.processors,
             .driver = driver,
             .total_bytes = int64_t(total),
             .free_bytes = int64_t(free),
             .l2_bytes = int64_t(properties_.l2_bytes)};
  });
}

const sx_kernel* Device::find(const char* key) noexcept {
  const sx_kernel* kernel = kernels_.find(key);
  if (!kernel) fail(SX_INVALID, key, "there is no such kernel");
  return kernel;
}

int32_t Device::launch(sx_pool*, const sx_kernel* kernel, const sx_tensor* tensors,
                       int32_t tensor_count, const int64_t* params, int32_t param_count,
                       uint64_t scratch, uint64_t scratch_bytes) noexcept {
  if (!kernels_.owns(kernel)) return fail(SX_INVALID, "sx_launch", "there is no such kernel");
  return guarded(kernel->key.data(), [&] {
    for (int32_t i = 0; i < tensor_count; i++)
      if (tensors[i].rank != -1) check_shape(tensors[i].rank, tensors[i].shape);
    const auto held = lock();
    stream_.kernel = kernel->key.data();
    stream_.step = 0;
    queue(*kernel, {.tensors = {tensors, size_t(tensor_count)},
                    .params = {params, size_t(param_count)},
                    .scratch = static_cast<std::byte*>(sx_pointer(scratch)),
                    .scratch_bytes = scratch_bytes,
                    .executor = stream_});
    if (stream_.reports) finish(nullptr);
  });
}

sx_program* Device::create_program(const int64_t* words, int64_t count) noexcept {
  std::unique_ptr<sx_program> program;
  guarded("sx_program_create",
          [&] { program = std::make_unique<CudaProgram>(*this, kernels_, words, count); });
  return program.release();
}

}  // namespace sx::cuda
