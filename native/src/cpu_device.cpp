// The CPU as a device: its kernels, its memory, launches in the caller's thread and its pool.
#include "cpu_device.h"

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "error.h"
#include "isa.h"
#include "memory.h"
#include "pool.h"
#include "program.h"
#include "registry.h"

struct sx_pool {
  explicit sx_pool(int threads) : threads(threads) {}
  sx::ThreadPool threads;
};

namespace sx {
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

uint64_t system_bytes() {
  return uint64_t(sysconf(_SC_PHYS_PAGES)) * uint64_t(sysconf(_SC_PAGESIZE));
}

std::string describe_cpu(size_t kernels, int isa) {
  return cpu_model() + ", " + std::to_string(std::thread::hardware_concurrency()) + " cores, " +
         isa_name(isa) + ", " + std::to_string(int(double(system_bytes()) / (1 << 30) + 0.5)) +
         " GiB, " + std::to_string(kernels) + " kernels";
}

Pool& pool_of(sx_pool* pool) {
  static SerialPool serial;
  return pool ? static_cast<Pool&>(pool->threads) : serial;
}

class CpuProgram final : public sx_program {
 public:
  CpuProgram(const Registry& kernels, const int64_t* words, int64_t count)
      : program_(kernels, words, count) {}

  int32_t run(sx_pool* pool, const uint64_t* bases, int32_t base_count, int32_t first, int32_t last,
              sx_control* control) noexcept override {
    sx_control none{};
    if (!control) control = &none;
    const char* kernel = "sx_run";
    return guarded(kernel, [&] {
      program_.require(base_count, first, last);
      Program::Tensors tensors(program_);
      Pool& threads = pool_of(pool);
      std::optional<ThreadPool::Awake> awake;
      if (pool) awake.emplace(pool->threads);
      for (int32_t i = first; i < last; i++) {
        check(*control);
        control->step = i;
        kernel = program_.kernel(i).key.data();
        program_.kernel(i).function(program_.arguments(i, bases, tensors, threads));
      }
    });
  }

 private:
  Program program_;
};

// The CPU's launches are over when they return, so a point between them is a time of the clock.
class CpuEvent final : public sx_event {
 public:
  int32_t record() noexcept override {
    when_ = std::chrono::steady_clock::now();
    return SX_OK;
  }
  int32_t elapsed(sx_event* since, double* microseconds) noexcept override {
    *microseconds =
        std::chrono::duration<double, std::micro>(when_ - static_cast<CpuEvent*>(since)->when_)
            .count();
    return SX_OK;
  }

 private:
  std::chrono::steady_clock::time_point when_ = std::chrono::steady_clock::now();
};

class CpuDevice final : public sx_device {
 public:
  CpuDevice() : kernels_(isa_level()), description_(describe_cpu(kernels_.size(), isa_level())) {}

  const char* describe() noexcept override { return description_.c_str(); }

  uint64_t allocate(uint64_t bytes) noexcept override {
    void* block = memory_.allocate(bytes);
    if (!block) fail(SX_NO_MEMORY, nullptr, "out of memory");
    return reinterpret_cast<uintptr_t>(block);
  }

  void free(uint64_t address, uint64_t bytes) noexcept override {
    if (address) memory_.free(sx_pointer(address), bytes);
  }

  int64_t largest_block() noexcept override { return -1; }
  void trim() noexcept override { memory_.trim(); }
  int64_t live_bytes() noexcept override { return memory_.live_bytes(); }
  void fail_allocation(int64_t n) noexcept override { memory_.fail_at(n); }

  int32_t copy(uint64_t to, uint64_t from, uint64_t bytes) noexcept override {
    if (bytes) std::memmove(sx_pointer(to), sx_pointer(from), bytes);
    return SX_OK;
  }

  int32_t synchronize() noexcept override { return SX_OK; }

  int32_t info(sx_device_info* info) noexcept override {
    *info = {.host_memory = 1,
             .capability = 0,
             .processors = 0,
             .driver = 0,
             .total_bytes = int64_t(system_bytes()),
             .free_bytes = -1,
             .l2_bytes = -1};
    return SX_OK;
  }

  const sx_kernel* find(const char* key) noexcept override {
    const sx_kernel* kernel = kernels_.find(key);
    if (!kernel) fail(SX_INVALID, key, "there is no such kernel");
    return kernel;
  }

  int32_t kernel_count() noexcept override { return int32_t(kernels_.size()); }
  const char* kernel_key(int32_t i) noexcept override { return kernels_.key(i); }

  int32_t launch(sx_pool* pool, const sx_kernel* kernel, const sx_tensor* tensors,
                 int32_t tensor_count, const int64_t* params, int32_t param_count, uint64_t scratch,
                 uint64_t scratch_bytes) noexcept override {
    if (!kernels_.owns(kernel)) return fail(SX_INVALID, "sx_launch", "there is no such kernel");
    return guarded(kernel->key.data(), [&] {
      for (int32_t i = 0; i < tensor_count; i++)
        if (tensors[i].rank != -1) check_shape(tensors[i].rank, tensors[i].shape);
      kernel->function({.tensors = {tensors, size_t(tensor_count)},
                        .params = {params, size_t(param_count)},
                        .scratch = static_cast<std::byte*>(sx_pointer(scratch)),
                        .scratch_bytes = scratch_bytes,
                        .executor = pool_of(pool)});
    });
  }

  sx_program* create_program(const int64_t* words, int64_t count) noexcept override {
    std::unique_ptr<sx_program> program;
    guarded("sx_program_create",
            [&] { program = std::make_unique<CpuProgram>(kernels_, words, count); });
    return program.release();
  }

  sx_event* create_event() noexcept override { return std::make_unique<CpuEvent>().release(); }

 private:
  Registry kernels_;
  Allocator memory_;
  std::string description_;
};

}  // namespace

sx_device* open_cpu() { return std::make_unique<CpuDevice>().release(); }

}  // namespace sx

sx_pool* sx_pool_create(int32_t threads) {
  std::unique_ptr<sx_pool> pool;
  sx::guarded("sx_pool_create", [&] {
    if (threads < 1 || threads > 4096)
      throw sx::Error(SX_INVALID, "expected 1 to 4096 threads, given " + std::to_string(threads));
    pool = std::make_unique<sx_pool>(threads);
  });
  return pool.release();
}

void sx_pool_destroy(sx_pool* pool) { delete pool; }
