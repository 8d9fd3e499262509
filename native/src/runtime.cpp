// The C interface: finds the device that a call is for and passes it on.
#include <algorithm>
#include <cstring>
#include <string>

#include "backends.h"
#include "cpu_device.h"
#include "device.h"
#include "error.h"

int32_t sx_abi(void) { return SX_ABI; }

const char* sx_device_names(void) { return sx::Backends::all().names(); }
const char* sx_device_problems(void) { return sx::Backends::all().problems(); }

sx_device* sx_device_open(const char* name) {
  sx_device* device = nullptr;
  sx::guarded("sx_device_open", [&] {
    if (!name) throw sx::Error(SX_INVALID, "no name");
    device = std::strcmp(name, "cpu") ? sx::Backends::all().open(name) : sx::open_cpu();
  });
  return device;
}

void sx_device_close(sx_device* device) { delete device; }
const char* sx_device_describe(sx_device* device) { return device->describe(); }
int32_t sx_device_query(sx_device* device, sx_device_info* info) { return device->info(info); }

uint64_t sx_alloc(sx_device* device, uint64_t bytes) { return device->allocate(bytes); }
void sx_free(sx_device* device, uint64_t address, uint64_t bytes) { device->free(address, bytes); }
int64_t sx_largest_block(sx_device* device) { return device->largest_block(); }
void sx_trim(sx_device* device) { device->trim(); }
int64_t sx_live_bytes(sx_device* device) { return device->live_bytes(); }
void sx_fail_allocation(sx_device* device, int64_t n) { device->fail_allocation(n); }

int32_t sx_copy(sx_device* device, uint64_t to, uint64_t from, uint64_t bytes) {
  return device->copy(to, from, bytes);
}

int32_t sx_synchronize(sx_device* device) { return device->synchronize(); }

const sx_kernel* sx_find(sx_device* device, const char* key) { return device->find(key); }
int32_t sx_kernel_count(sx_device* device) { return device->kernel_count(); }
const char* sx_kernel_key(sx_device* device, int32_t i) { return device->kernel_key(i); }

int32_t sx_launch(sx_device* device, sx_pool* pool, const sx_kernel* kernel,
                  const sx_tensor* tensors, int32_t tensor_count, const int64_t* params,
                  int32_t param_count, uint64_t scratch, uint64_t scratch_bytes) {
  return device->launch(pool, kernel, tensors, tensor_count, params, param_count, scratch,
                        scratch_bytes);
}

sx_program* sx_program_create(sx_device* device, const int64_t* words, int64_t word_count) {
  return device->create_program(words, word_count);
}

void sx_program_destroy(sx_program* program) { delete program; }

int32_t sx_run(sx_program* program, sx_pool* pool, const uint64_t* bases, int32_t base_count,
               int32_t first, int32_t last, sx_control* control) {
  return program->run(pool, bases, base_count, first, last, control);
}

sx_event* sx_event_create(sx_device* device) { return device->create_event(); }
void sx_event_destroy(sx_event* event) { delete event; }
int32_t sx_event_record(sx_event* event) { return event->record(); }

int32_t sx_event_elapsed(sx_event* event, sx_event* since, double* microseconds) {
  return event->elapsed(since, microseconds);
}

const char* sx_counter_names(sx_device* device) { return device->counter_names(); }

int32_t sx_counters(sx_device* device, int64_t* values, int32_t count) {
  return device->counters(values, count);
}

void* sx_pointer(uint64_t address) {
  return reinterpret_cast<void*>(static_cast<uintptr_t>(address));
}

uint64_t sx_buffer_address(const void* buffer) { return reinterpret_cast<uintptr_t>(buffer); }
