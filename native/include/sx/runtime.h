/* The whole C interface of the native runtime. It knows devices, memory, thread pools, kernels and programs; it knows no
 * operator, and so it stays the same however many kernels there are. Device addresses are uint64_t, never typed pointers.
 * Every function that can fail returns a code (or 0 / NULL); sx_last_error() then holds the reason of this thread. */
#pragma once
#include <stdint.h>
#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

#define SX_ABI 3
#define SX_MAX_RANK 8

enum {
  SX_OK = 0,
  SX_INVALID = 1,   /* an argument, or data that a kernel refuses (an index out of range) */
  SX_NO_MEMORY = 2, /* the device has not enough memory */
  SX_CANCELLED = 3, /* sx_control.cancelled was set */
  SX_TIMEOUT = 4,   /* sx_control.deadline_ns has passed */
  SX_INTERNAL = 5,  /* anything else; the message says what */
  SX_LOST = 6,      /* the device is lost for this process; the message is the first cause */
  SX_UNSUPPORTED = 7 /* the device cannot do this */
};

/* A dense row-major tensor. `dtype` is ONNX's number. data = 0 and rank = -1 stand for an absent optional input. */
typedef struct sx_tensor {
  uint64_t data;
  int32_t dtype;
  int32_t rank;
  int64_t shape[SX_MAX_RANK];
} sx_tensor;

/* Watched between the nodes of a running program; may be written by another thread. */
typedef struct sx_control {
  int64_t cancelled;   /* not 0: stop */
  int64_t deadline_ns; /* CLOCK_MONOTONIC; 0: none */
  int64_t step;        /* out: the step that failed or that was reached */
} sx_control;

typedef struct sx_device_info {
  int32_t host_memory;   /* 1: addresses are the host's, too */
  int32_t capability;    /* of a GPU: 90 for 9.0; else 0 */
  int32_t processors;    /* streaming multiprocessors; else 0 */
  int32_t driver;        /* the driver's CUDA version, 13000; else 0 */
  int64_t total_bytes;   /* -1 where it is not known, as in all below */
  int64_t free_bytes;
  int64_t l2_bytes;
} sx_device_info;

typedef struct sx_device sx_device;
typedef struct sx_kernel sx_kernel;
typedef struct sx_pool sx_pool;
typedef struct sx_program sx_program;
typedef struct sx_event sx_event;

int32_t sx_abi(void);
const char* sx_last_error(void);
int32_t sx_last_code(void); /* that came with it */
/* For the libraries of devices: keeps this thread's message; returns `code`. */
int32_t sx_set_error(int32_t code, const char* context, const char* message);

/* --- devices --- */
const char* sx_device_names(void);    /* one a line: "cpu", "cuda:0", "sim:0" */
const char* sx_device_problems(void); /* why devices are missing, one reason a line */
sx_device* sx_device_open(const char* name); /* NULL if there is none, with the reason */
void sx_device_close(sx_device* device);
const char* sx_device_describe(sx_device* device); /* one line: model, instruction sets, memory */
int32_t sx_device_query(sx_device* device, sx_device_info* info);

/* --- memory: 64-byte aligned, pooled, counted --- */
uint64_t sx_alloc(sx_device* device, uint64_t bytes); /* 0: none left; alloc of 0 bytes gives a valid address */
void sx_free(sx_device* device, uint64_t address, uint64_t bytes);
int64_t sx_largest_block(sx_device* device); /* that could be allocated now, found by trying; -1: not known */
void sx_trim(sx_device* device);         /* gives pooled blocks back to the system */
int64_t sx_live_bytes(sx_device* device); /* handed out and not freed; pooled blocks do not count */
/* Between this device, the host, and others of its kind, waited for; `from` may change then, and later calls see `to`. */
int32_t sx_copy(sx_device* device, uint64_t to, uint64_t from, uint64_t bytes);
/* Waits for what was launched; its failure, if it had one. */
int32_t sx_synchronize(sx_device* device);

/* --- thread pools: the caller's thread is one of the `threads` --- */
sx_pool* sx_pool_create(int32_t threads);
void sx_pool_destroy(sx_pool* pool);

/* --- kernels: found once by key such as "softmax.f32", launched often --- */
const sx_kernel* sx_find(sx_device* device, const char* key);
int32_t sx_kernel_count(sx_device* device);
const char* sx_kernel_key(sx_device* device, int32_t i); /* sorted; NULL outside of [0, count) */
/* On a GPU this only queues the kernel: its failure is the next sx_synchronize's, sx_copy's or sx_run's. */
int32_t sx_launch(sx_device* device, sx_pool* pool, const sx_kernel* kernel, const sx_tensor* tensors,
                  int32_t tensor_count, const int64_t* params, int32_t param_count, uint64_t scratch,
                  uint64_t scratch_bytes);

/* --- programs: a list of launches with addresses relative to base addresses ---
 * `words` holds for each step: kernel, scratch base, scratch offset, scratch bytes, tensor count, param count, then per
 * tensor: base index (-1: absent), byte offset, dtype, rank, shape[rank], and then the params. The kernel word is the
 * pointer that sx_find gave. Scratch base -1: none. */
sx_program* sx_program_create(sx_device* device, const int64_t* words, int64_t word_count);
void sx_program_destroy(sx_program* program);
/* Runs steps [first, last) in order. An address is bases[base index] + byte offset. */
int32_t sx_run(sx_program* program, sx_pool* pool, const uint64_t* bases, int32_t base_count, int32_t first,
               int32_t last, sx_control* control);

/* --- time on the device: points between launches --- */
sx_event* sx_event_create(sx_device* device);
void sx_event_destroy(sx_event* event);
int32_t sx_event_record(sx_event* event);
/* Waits for `event`; the time since the other one. */
int32_t sx_event_elapsed(sx_event* event, sx_event* since, double* microseconds);

/* --- counts: what a device says of the work of its kernels; simulated GPUs alone do --- */
const char* sx_counter_names(sx_device* device); /* one a line; "": it counts nothing */
/* Waits for what was launched; `values` gets the first `count` of them, since the process began. */
int32_t sx_counters(sx_device* device, int64_t* values, int32_t count);

/* --- meeting Java --- */
void* sx_pointer(uint64_t address);              /* for NewDirectByteBuffer */
uint64_t sx_buffer_address(const void* buffer);  /* of a direct buffer */

/* --- for tests: the n-th allocation from now fails, once; 0: none does --- */
void sx_fail_allocation(sx_device* device, int64_t n);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
