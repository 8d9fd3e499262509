#include "device.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <thread>

#include "error.h"
#include "isa.h"
#include "pool.h"

struct sx_pool {
  explicit sx_pool(int threads) : threads(threads) {}
  sx::ThreadPool threads;
};

namespace {

std::string cpu_model() {
  std::string model = "CPU";
  std::FILE* info = std::fopen("/proc/cpuinfo", "r");
  if (!info) return model;
  char line[512], text[256];
  while (std::fgets(line, sizeof line, info))
    if (std::sscanf(line, "model name : %255[^\n]", text) == 1) {
      model = text;
      break;
    }
  std::fclose(info);
  return model;
}

std::string describe(size_t kernels, int isa) {
  const double bytes = double(sysconf(_SC_PHYS_PAGES)) * double(sysconf(_SC_PAGESIZE));
  return cpu_model() + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, " +
         sx::isa_name(isa) + ", " + std::to_string(int(bytes / (1 << 30) + 0.5)) + " GiB, " +
         std::to_string(kernels) + " kernels";
}

}  // namespace

sx_device::sx_device()
    : kernels(sx::isa_level()), description(describe(kernels.size(), sx::isa_level())) {}

sx::Pool& sx::pool_of(sx_pool* pool) {
  static SerialPool serial;
  return pool ? static_cast<Pool&>(pool->threads) : serial;
}

void sx::check_shape(int64_t rank, const int64_t* shape) {
  if (rank < 0 || rank > SX_MAX_RANK)
    throw Error(SX_INVALID, "a tensor has rank " + std::to_string(rank));
  int64_t size = 1;
  bool overflow = false, empty = false;
  for (int64_t d = 0; d < rank; d++) {
    if (shape[d] < 0) throw Error(SX_INVALID, "a dimension is " + std::to_string(shape[d]));
    empty |= shape[d] == 0;
    overflow |= __builtin_mul_overflow(size, std::max<int64_t>(shape[d], 1), &size);
  }
  if (overflow && !empty) throw Error(SX_INVALID, "a tensor has more than 2^63 elements");
}

int32_t sx_abi(void) { return SX_ABI; }

sx_device* sx_device_open(const char* name) {
  sx_device* device = nullptr;
  sx::guarded("sx_device_open", [&] {
    if (!name || std::strcmp(name, "cpu"))
      throw sx::Error(SX_INVALID, "there is no device '" + std::string(name ? name : "") + "'");
    device = new sx_device();
  });
  return device;
}

void sx_device_close(sx_device* device) { delete device; }

const char* sx_device_describe(sx_device* device) { return device->description.c_str(); }

uint64_t sx_alloc(sx_device* device, uint64_t bytes) {
  void* block = device->memory.allocate(bytes);
  if (!block) sx::fail(SX_NO_MEMORY, nullptr, "out of memory");
  return reinterpret_cast<uintptr_t>(block);
}

void sx_free(sx_device* device, uint64_t address, uint64_t bytes) {
  if (address) device->memory.free(sx_pointer(address), bytes);
}

void sx_trim(sx_device* device) { device->memory.trim(); }

int64_t sx_live_bytes(sx_device* device) { return device->memory.live_bytes(); }

void sx_fail_allocation(sx_device* device, int64_t n) { device->memory.fail_at(n); }

int32_t sx_copy(sx_device*, uint64_t to, uint64_t from, uint64_t bytes) {
  if (bytes) std::memmove(sx_pointer(to), sx_pointer(from), bytes);
  return SX_OK;
}

sx_pool* sx_pool_create(int32_t threads) {
  sx_pool* pool = nullptr;
  sx::guarded("sx_pool_create", [&] {
    if (threads < 1 || threads > 4096)
      throw sx::Error(SX_INVALID, "expected 1 to 4096 threads, given " + std::to_string(threads));
    pool = new sx_pool(threads);
  });
  return pool;
}

void sx_pool_destroy(sx_pool* pool) { delete pool; }

const sx_kernel* sx_find(sx_device* device, const char* key) {
  const sx_kernel* kernel = device->kernels.find(key);
  if (!kernel) sx::fail(SX_INVALID, key, "there is no such kernel");
  return kernel;
}

int32_t sx_launch(sx_device* device, sx_pool* pool, const sx_kernel* kernel,
                  const sx_tensor* tensors, int32_t tensor_count, const int64_t* params,
                  int32_t param_count, uint64_t scratch, uint64_t scratch_bytes) {
  if (!device->kernels.owns(kernel))
    return sx::fail(SX_INVALID, "sx_launch", "there is no such kernel");
  return sx::guarded(kernel->key.data(), [&] {
    for (int32_t i = 0; i < tensor_count; i++)
      if (tensors[i].rank != -1) sx::check_shape(tensors[i].rank, tensors[i].shape);
    kernel->function({.tensors = {tensors, size_t(tensor_count)},
                      .params = {params, size_t(param_count)},
                      .scratch = static_cast<std::byte*>(sx_pointer(scratch)),
                      .scratch_bytes = scratch_bytes,
                      .pool = sx::pool_of(pool)});
  });
}

void* sx_pointer(uint64_t address) {
  return reinterpret_cast<void*>(static_cast<uintptr_t>(address));
}

uint64_t sx_buffer_address(const void* buffer) { return reinterpret_cast<uintptr_t>(buffer); }
