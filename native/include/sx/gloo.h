/* Collectives between processes over Gloo's TCP transport: libsardonyx_gloo.so, which needs the
 * system's libgloo. All processes make the same calls in the same order, one call at a time; only
 * sx_gloo_abort may come from another thread meanwhile. Every function that can fail returns a code
 * (or NULL); sx_gloo_last_error() then holds the reason of this thread. */
#pragma once
#include <stdint.h>
#pragma GCC visibility push(default)
#ifdef __cplusplus
extern "C" {
#endif

#define SX_GLOO_ABI 2

enum {
  SX_GLOO_OK = 0,
  SX_GLOO_INVALID = 1,   /* an argument */
  SX_GLOO_TIMEOUT = 2,   /* not done within timeout_ms */
  SX_GLOO_PEER_LOST = 3, /* a connection ended */
  SX_GLOO_ABORTED = 4,   /* sx_gloo_abort was called */
  SX_GLOO_CLOSED = 5,    /* another rank has closed its end */
  SX_GLOO_FAILED = 6,    /* anything else; the message says what */
  SX_GLOO_MISMATCH = 7   /* the ranks' headers differ */
};

/* In the order of Java's Reduction. */
enum { SX_GLOO_SUM = 0, SX_GLOO_PRODUCT = 1, SX_GLOO_MIN = 2, SX_GLOO_MAX = 3 };

typedef struct sx_gloo sx_gloo;

int32_t sx_gloo_abi(void);
const char* sx_gloo_last_error(void);

/* One process' end, which listens at `host`, an address of this machine. `timeout_ms` is for
 * connecting. */
sx_gloo* sx_gloo_create(int32_t rank, int32_t size, const char* host, int64_t timeout_ms);
void sx_gloo_close(sx_gloo* group);

/* Where the others reach this process, to be exchanged; all have equally many bytes. */
int64_t sx_gloo_address_bytes(sx_gloo* group);
int32_t sx_gloo_address(sx_gloo* group, void* to);
/* `all` holds the addresses of all processes, by rank. */
int32_t sx_gloo_connect(sx_gloo* group, const void* all, int64_t bytes);

/* `out` becomes the reduction of all ranks' `in`, and may be `in`. `dtype` is ONNX's number; the
 * bits are the same on all ranks. Meanwhile `headers` gets the header of every rank, by rank, each
 * of `header_bytes`, at most 4096; where they differ, `out` is untouched. */
int32_t sx_gloo_all_reduce(sx_gloo* group, uint64_t header, uint64_t headers, int64_t header_bytes,
                           uint64_t in, uint64_t out, int64_t count, int32_t dtype,
                           int32_t reduction, int64_t timeout_ms);
/* `all`, of `count` elements for each rank, is destroyed; `part` gets those from rank * count on.
 */
int32_t sx_gloo_reduce_scatter(sx_gloo* group, uint64_t all, uint64_t part, int64_t count,
                               int32_t dtype, int32_t reduction, int64_t timeout_ms);
int32_t sx_gloo_all_gather(sx_gloo* group, uint64_t part, uint64_t all, int64_t bytes,
                           int64_t timeout_ms);
int32_t sx_gloo_broadcast(sx_gloo* group, uint64_t data, int64_t bytes, int32_t root,
                          int64_t timeout_ms);
int32_t sx_gloo_barrier(sx_gloo* group, int64_t timeout_ms);

/* Closes all connections: a call that waits fails at once, and so do all later ones, here and on
 * the other ranks. */
void sx_gloo_abort(sx_gloo* group);

#ifdef __cplusplus
}
#endif
#pragma GCC visibility pop
