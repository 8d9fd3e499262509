// Tensor maps: how TMA sees a tensor in global memory, and the boxes that it moves. Made on the
// host, passed to the kernel as `const __grid_constant__ TensorMap`. Dimension 0 is the one whose
// elements are neighbours.
//
//   const TensorMap map = make_tensor_map(BoxMap{{.type = TensorType::kBfloat16,
//                                                 .data = a,
//                                                 .rank = 2,
//                                                 .sizes = {k, m},
//                                                 .strides = {1, k},
//                                                 .swizzle = Swizzle::k128},
//                                                {64, 128}});
#pragma once
#include <stdexcept>
#include <string>

#include "cuda/device/platform.h"
#ifdef SX_SIM
#include "sim/engines.h"
#else
#include <cuda.h>
#endif

namespace sx::cuda {

enum class TensorType { kUint8, kInt32, kFloat16, kBfloat16, kFloat32 };

// How the 16-byte pieces of a box's rows are permuted in shared memory, so that columns do not meet
// in one bank: bits 4 to 4, 5 or 6 of an address are xored with the bits from 7 on. Rows are then
// as long as the name says.
enum class Swizzle : uint8_t { kNone = 16, k32 = 32, k64 = 64, k128 = 128 };

struct MappedTensor {
  TensorType type;
  const void* data;  // a multiple of 16
  int rank;
  int64_t sizes[5] = {},
          strides[5] = {};  // in elements; strides[0] is 1, the others multiples of 16 bytes
  Swizzle swizzle = Swizzle::kNone;
  int steps[5] = {1, 1, 1, 1, 1};  // every how manyth element is taken
  bool outside_is_nan = false;     // otherwise 0
};

struct BoxMap : MappedTensor {
  int box[5] = {};  // each up to 256
};

// For convolutions over [channels, w, (h, (d,)) n]: a column of pixels by some channels. Filters
// start at the pixels from `lower` to size - 1 + `upper` of each spatial dimension, `steps` apart.
struct Im2colMap : MappedTensor {
  int lower[3], upper[3];
  int channels, pixels;
};

constexpr int size_of(TensorType type) {
  return type == TensorType::kUint8                                   ? 1
         : type == TensorType::kInt32 || type == TensorType::kFloat32 ? 4
                                                                      : 2;
}

namespace detail {

inline void require_map(bool right, const char* what, int64_t value) {
  if (!right)
    throw std::invalid_argument(std::string("a tensor map's ") + what + " cannot be " +
                                std::to_string(value));
}

// The driver's rules, and one of ours: a swizzled row is as long as its pattern.
inline void require_tensor(const MappedTensor& t, int lowest_rank, int inner) {
  const int bytes = size_of(t.type);
  require_map(t.rank >= lowest_rank && t.rank <= 5, "rank", t.rank);
  require_map(reinterpret_cast<uintptr_t>(t.data) % 16 == 0, "address",
              int64_t(reinterpret_cast<uintptr_t>(t.data)));
  require_map(t.strides[0] == 1 && t.steps[0] == 1, "innermost stride", t.strides[0] * t.steps[0]);
  require_map(inner * bytes % 16 == 0, "box row in bytes", inner * bytes);
  require_map(t.swizzle == Swizzle::kNone || inner * bytes == int(t.swizzle),
              "swizzled box row in bytes", inner * bytes);
  require_map(!t.outside_is_nan || (t.type != TensorType::kUint8 && t.type != TensorType::kInt32),
              "integer fill", -1);
  for (int d = 0; d < t.rank; d++) {
    require_map(t.sizes[d] > 0 && t.sizes[d] <= 0xffffffffll, "size", t.sizes[d]);
    require_map(t.steps[d] >= 1 && t.steps[d] <= 8, "step", t.steps[d]);
    if (d > 0)
      require_map(t.strides[d] > 0 && t.strides[d] * bytes % 16 == 0 &&
                      t.strides[d] * bytes < int64_t{1} << 40,
                  "stride in bytes", t.strides[d] * bytes);
  }
}

inline void require_boxes(const BoxMap& t) {
  require_tensor(t, 1, t.box[0]);
  for (int d = 0; d < t.rank; d++) require_map(t.box[d] >= 1 && t.box[d] <= 256, "box", t.box[d]);
}

inline void require_im2col(const Im2colMap& t) {
  require_tensor(t, 3, t.channels);
  require_map(t.channels >= 1 && t.channels <= 256, "channels per pixel", t.channels);
  require_map(t.pixels >= 1 && t.pixels <= 1024, "pixels per column", t.pixels);
  const int most = t.rank == 3 ? 1 << 15 : t.rank == 4 ? 1 << 7 : 1 << 4;
  for (int d = 0; d < t.rank - 2; d++) {
    require_map(t.lower[d] >= -most && t.lower[d] < most, "lower corner", t.lower[d]);
    require_map(t.upper[d] >= -most && t.upper[d] < most, "upper corner", t.upper[d]);
  }
}

}  // namespace detail

#ifdef SX_SIM

using TensorMap = sim::TensorMap;

namespace detail {

inline TensorMap simulated_map(const MappedTensor& t) {
  using sim::AddAs;
  constexpr AddAs kAdds[] = {AddAs::kNothing, AddAs::kInt32, AddAs::kFloat16, AddAs::kBfloat16,
                             AddAs::kFloat32};
  TensorMap map{};
  map.valid = TensorMap::kValid;
  map.rank = uint8_t(t.rank);
  map.element_bytes = uint8_t(size_of(t.type));
  map.swizzle_bytes = uint8_t(t.swizzle);
  map.data = static_cast<const unsigned char*>(t.data);
  map.fill_nan = t.outside_is_nan;
  map.add_as = kAdds[int(t.type)];
  for (int d = 0; d < t.rank; d++) {
    map.strides[d] = uint64_t(t.strides[d] * size_of(t.type));
    map.sizes[d] = uint32_t(t.sizes[d]);
    map.steps[d] = uint8_t(t.steps[d]);
  }
  return map;
}

}  // namespace detail

inline TensorMap make_tensor_map(const BoxMap& t) {
  detail::require_boxes(t);
  TensorMap map = detail::simulated_map(t);
  std::copy_n(t.box, t.rank, map.box);
  return map;
}

inline TensorMap make_tensor_map(const Im2colMap& t) {
  detail::require_im2col(t);
  TensorMap map = detail::simulated_map(t);
  map.im2col = true;
  map.box[0] = uint16_t(t.channels);
  map.box[1] = uint16_t(t.pixels);
  std::copy_n(t.lower, t.rank - 2, map.lower);
  std::copy_n(t.upper, t.rank - 2, map.upper);
  return map;
}

#else

using TensorMap = CUtensorMap;

namespace detail {

// The driver's arguments; its strides leave out dimension 0, and are in bytes.
struct DriverTensor {
  CUtensorMapDataType type;
  cuuint64_t sizes[5], strides[5];
  cuuint32_t steps[5];
  CUtensorMapSwizzle swizzle;
  CUtensorMapFloatOOBfill fill;

  explicit DriverTensor(const MappedTensor& t) {
    constexpr CUtensorMapDataType kTypes[] = {
        CU_TENSOR_MAP_DATA_TYPE_UINT8, CU_TENSOR_MAP_DATA_TYPE_INT32,
        CU_TENSOR_MAP_DATA_TYPE_FLOAT16, CU_TENSOR_MAP_DATA_TYPE_BFLOAT16,
        CU_TENSOR_MAP_DATA_TYPE_FLOAT32};
    type = kTypes[int(t.type)];
    for (int d = 0; d < t.rank; d++) {
      sizes[d] = cuuint64_t(t.sizes[d]);
      steps[d] = cuuint32_t(t.steps[d]);
      if (d > 0) strides[d - 1] = cuuint64_t(t.strides[d] * size_of(t.type));
    }
    swizzle = t.swizzle == Swizzle::kNone ? CU_TENSOR_MAP_SWIZZLE_NONE
              : t.swizzle == Swizzle::k32 ? CU_TENSOR_MAP_SWIZZLE_32B
              : t.swizzle == Swizzle::k64 ? CU_TENSOR_MAP_SWIZZLE_64B
                                          : CU_TENSOR_MAP_SWIZZLE_128B;
    fill = t.outside_is_nan ? CU_TENSOR_MAP_FLOAT_OOB_FILL_NAN_REQUEST_ZERO_FMA
                            : CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE;
  }
};

// A function of the driver, which the library is not linked to.
template <class Function>
Function* driver_function(const char* name) {
  void* function = nullptr;
  cudaDriverEntryPointQueryResult found;
  const cudaError_t error =
      cudaGetDriverEntryPointByVersion(name, &function, 12000, cudaEnableDefault, &found);
  if (error != cudaSuccess || found != cudaDriverEntryPointSuccess)
    throw std::runtime_error(std::string("the driver has no ") + name);
  return reinterpret_cast<Function*>(function);
}

inline void require_encoded(CUresult result) {
  if (result != CUDA_SUCCESS)
    throw std::runtime_error("the driver refuses a tensor map with error " +
                             std::to_string(int(result)));
}

}  // namespace detail

inline TensorMap make_tensor_map(const BoxMap& t) {
  detail::require_boxes(t);
  static auto* const encode =
      detail::driver_function<decltype(cuTensorMapEncodeTiled)>("cuTensorMapEncodeTiled");
  const detail::DriverTensor d(t);
  cuuint32_t box[5];
  for (int i = 0; i < t.rank; i++) box[i] = cuuint32_t(t.box[i]);
  TensorMap map;
  detail::require_encoded(encode(&map, d.type, cuuint32_t(t.rank), const_cast<void*>(t.data),
                                 d.sizes, d.strides, box, d.steps, CU_TENSOR_MAP_INTERLEAVE_NONE,
                                 d.swizzle, CU_TENSOR_MAP_L2_PROMOTION_L2_128B, d.fill));
  return map;
}

inline TensorMap make_tensor_map(const Im2colMap& t) {
  detail::require_im2col(t);
  static auto* const encode =
      detail::driver_function<decltype(cuTensorMapEncodeIm2col)>("cuTensorMapEncodeIm2col");
  const detail::DriverTensor d(t);
  TensorMap map;
  detail::require_encoded(encode(&map, d.type, cuuint32_t(t.rank), const_cast<void*>(t.data),
                                 d.sizes, d.strides, t.lower, t.upper, cuuint32_t(t.channels),
                                 cuuint32_t(t.pixels), d.steps, CU_TENSOR_MAP_INTERLEAVE_NONE,
                                 d.swizzle, CU_TENSOR_MAP_L2_PROMOTION_L2_128B, d.fill));
  return map;
}

#endif

}  // namespace sx::cuda
