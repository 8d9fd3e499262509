// A device behind the C interface. The CPU's lives in this library; those of GPUs, real and
// simulated, in libraries of their own (backend.h), which are built from the same parts. Nothing is
// thrown across: every function answers with a code and leaves the reason in sx_last_error.
#pragma once
#include <cstdint>

#include "sx/runtime.h"

struct sx_device {
  virtual ~sx_device() = default;

  virtual const char* describe() noexcept = 0;

  virtual uint64_t allocate(uint64_t bytes) noexcept = 0;
  virtual void free(uint64_t address, uint64_t bytes) noexcept = 0;
  virtual int64_t largest_block() noexcept = 0;
  virtual void trim() noexcept = 0;
  virtual int64_t live_bytes() noexcept = 0;
  virtual void fail_allocation(int64_t n) noexcept = 0;
  // Both addresses are this device's, the host's, or another one's of its kind.
  virtual int32_t copy(uint64_t to, uint64_t from, uint64_t bytes) noexcept = 0;
  // Waits for what was launched.
  virtual int32_t synchronize() noexcept = 0;
  virtual int32_t info(sx_device_info* info) noexcept = 0;

  virtual const sx_kernel* find(const char* key) noexcept = 0;
  virtual int32_t launch(sx_pool* pool, const sx_kernel* kernel, const sx_tensor* tensors,
                         int32_t tensor_count, const int64_t* params, int32_t param_count,
                         uint64_t scratch, uint64_t scratch_bytes) noexcept = 0;
  virtual sx_program* create_program(const int64_t* words, int64_t word_count) noexcept = 0;
  virtual sx_event* create_event() noexcept = 0;

  // What the device counts of its kernels' work.
  virtual const char* counter_names() noexcept { return ""; }
  virtual int32_t counters(int64_t*, int32_t) noexcept { return SX_OK; }

  virtual int32_t kernel_count() noexcept = 0;
  virtual const char* kernel_key(int32_t i) noexcept = 0;
};

struct sx_event {
  virtual ~sx_event() = default;
  virtual int32_t record() noexcept = 0;
  virtual int32_t elapsed(sx_event* since, double* microseconds) noexcept = 0;
};

struct sx_program {
  virtual ~sx_program() = default;
  virtual int32_t run(sx_pool* pool, const uint64_t* bases, int32_t base_count, int32_t first,
                      int32_t last, sx_control* control) noexcept = 0;
};
