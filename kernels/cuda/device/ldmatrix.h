// ldmatrix and stmatrix: a warp moves N matrices of 8 rows of 16 bytes between shared memory and
// the layout that mma.h wants. Lane 8 i + r gives the address of row r of matrix i, a multiple
// of 16. Lane 4 r + c gets word c of row r of each; transposed, of 16-bit elements: elements 2 c
// and 2 c + 1 of column r. All lanes of a full warp call it.
#pragma once
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"

namespace sx::cuda {

#ifdef SX_SIM

namespace detail {

struct alignas(16) MatrixRow {
  uint32_t words[4];
};

// The row at this address, a multiple of 16.
MatrixRow& matrix_row(const void* address, const char* operation);
// From rows of N matrices, one a lane, to registers, and back.
void rows_to_registers(const MatrixRow& row, uint32_t* registers, int count, bool transposed);
void registers_to_rows(const uint32_t* registers, MatrixRow& row, int count, bool transposed);

}  // namespace detail

template <bool kTransposed, int N>
void load_matrices(uint32_t (&to)[N], const void* row) {
  static_assert(N == 1 || N == 2 || N == 4);
  detail::MatrixRow mine{};
  if (lane_index() < 8 * N) mine = detail::matrix_row(row, "ldmatrix");
  detail::rows_to_registers(mine, to, N, kTransposed);
}
template <bool kTransposed, int N>
void store_matrices(void* row, const uint32_t (&from)[N]) {
  static_assert(N == 1 || N == 2 || N == 4);
  detail::MatrixRow mine{};
  detail::registers_to_rows(from, mine, N, kTransposed);
  if (lane_index() < 8 * N) detail::matrix_row(row, "stmatrix") = mine;
}

#else

template <bool kTransposed, int N>
__device__ __forceinline__ void load_matrices(uint32_t (&to)[N], const void* row) {
  static_assert(N == 1 || N == 2 || N == 4);
  if constexpr (N == 1 && !kTransposed)
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%0}, [%1];"
                 : "=r"(to[0])
                 : "r"(shared_address(row))
                 : "memory");
  else if constexpr (N == 1)
    asm volatile("ldmatrix.sync.aligned.m8n8.x1.trans.shared.b16 {%0}, [%1];"
                 : "=r"(to[0])
                 : "r"(shared_address(row))
                 : "memory");
  else if constexpr (N == 2 && !kTransposed)
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.shared.b16 {%0, %1}, [%2];"
                 : "=r"(to[0]), "=r"(to[1])
                 : "r"(shared_address(row))
                 : "memory");
  else if constexpr (N == 2)
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
                 : "=r"(to[0]), "=r"(to[1])
                 : "r"(shared_address(row))
                 : "memory");
  else if constexpr (!kTransposed)
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared_address(row))
                 : "memory");
  else
    asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
                 : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
                 : "r"(shared_address(row))
                 : "memory");
}

#if SX_SM90
template <bool kTransposed, int N>
__device__ __forceinline__ void store_matrices(void* row, const uint32_t (&from)[N]) {
  static_assert(N == 1 || N == 2 || N == 4);
  if constexpr (N == 1 && !kTransposed)
    asm volatile("stmatrix.sync.aligned.m8n8.x1.shared.b16 [%0], {%1};" ::"r"(shared_address(row)),
                 "r"(from[0])
                 : "memory");
  else if constexpr (N == 1)
    asm volatile(
        "stmatrix.sync.aligned.m8n8.x1.trans.shared.b16 [%0], {%1};" ::"r"(shared_address(row)),
        "r"(from[0])
        : "memory");
  else if constexpr (N == 2 && !kTransposed)
    asm volatile(
        "stmatrix.sync.aligned.m8n8.x2.shared.b16 [%0], {%1, %2};" ::"r"(shared_address(row)),
        "r"(from[0]), "r"(from[1])
        : "memory");
  else if constexpr (N == 2)
    asm volatile(
        "stmatrix.sync.aligned.m8n8.x2.trans.shared.b16 [%0], {%1, %2};" ::"r"(shared_address(row)),
        "r"(from[0]), "r"(from[1])
        : "memory");
  else if constexpr (!kTransposed)
    asm volatile("stmatrix.sync.aligned.m8n8.x4.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(
                     shared_address(row)),
                 "r"(from[0]), "r"(from[1]), "r"(from[2]), "r"(from[3])
                 : "memory");
  else
    asm volatile("stmatrix.sync.aligned.m8n8.x4.trans.shared.b16 [%0], {%1, %2, %3, %4};" ::"r"(
                     shared_address(row)),
                 "r"(from[0]), "r"(from[1]), "r"(from[2]), "r"(from[3])
                 : "memory");
}
#endif

#endif

}  // namespace sx::cuda
