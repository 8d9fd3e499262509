// conv_integer_direct: y[n, m, o] = sum over c, t of (w - w_zero[m]) * (x - x_zero), in int32;
// padding is a true zero. qlinear_conv_direct: the same plus bias b[m], then y = saturate(round(sum
// * x_scale * w_scale[m] / y_scale) + y_zero). x is [batch, group * channels, input], w is [group *
// filters, channels, kernel], both int8 or uint8. The matrix product of implicit_gemm.h in 32-bit
// integers, exact until they wrap around; without dp4a or tensor cores. Not yet measured on a GPU.
// Jacob et al., arXiv 1712.05877.
#include "cuda/implicit_gemm.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
};

constexpr int32_t kInt8 = 3;  // ONNX's numbers
constexpr int32_t kUint8 = 2;

// A tensor of int8 or uint8; one value may stand for all, none for zeros.
class Bytes {
 public:
  Bytes(const Arguments& args, size_t i) {
    if (!args.has(i)) return;
    if (args.tensors[i].dtype != kInt8 && args.tensors[i].dtype != kUint8)
      throw std::invalid_argument("expects int8 or uint8");
    data_ = args.data<const uint8_t>(i);
    is_signed = args.tensors[i].dtype == kInt8;
    step_ = args.size(i) == 1 ? 0 : 1;
  }

  __device__ __forceinline__ int32_t operator[](int64_t i) const {
    if (data_ == nullptr) return 0;
    return is_signed ? static_cast<int8_t>(data_[i * step_]) : data_[i * step_];
  }

  bool is_signed = false;

 private:
  const uint8_t* data_ = nullptr;
  int64_t step_ = 0;
};

// What a sum becomes: itself, or a byte again.
struct Plain {
  int32_t* y;

  __device__ void store(int64_t to, int64_t, uint32_t sum) const {
    y[to] = static_cast<int32_t>(sum);
  }
};

struct Quantized {
  const float *x_scale, *w_scale, *y_scale;
  Bytes y_zero;
  const uint32_t* bias;
  uint8_t* y;
  bool one_scale, is_signed;

  __device__ void store(int64_t to, int64_t m, uint32_t sum) const {
    const auto factor = static_cast<float>(double{*x_scale} / double{*y_scale} *
                                           double{w_scale[one_scale ? 0 : m]});
    const float value =
        rintf(static_cast<float>(static_cast<int32_t>(sum + (bias ? bias[m] : 0))) * factor) +
        float(y_zero[0]);
    const float low = is_signed ? -128.f : 0.f, high = is_signed ? 127.f : 255.f;
    y[to] = static_cast<uint8_t>(
        static_cast<int32_t>(value > low ? (value < high ? value : high) : low));
  }
};

template <class Store>
struct IntegerConvolution {
  using Sum = uint32_t;  // wraps around

  int64_t group, filters, depth, positions;
  int64_t channels, inputs, outputs;
  Geometry geometry;
  Numbering numbering;
  Bytes x, x_zero, w, w_zero;
  Store store;

  __device__ uint32_t weight(int64_t g, int64_t f, int64_t k) const {
    const int64_t m = g * filters + f;
    return static_cast<uint32_t>(w[m * depth + k] - w_zero[m]);
  }
  __device__ OutputPlace place(int64_t position) const { return numbering.place(position); }
  __device__ uint32_t input(int64_t g, const OutputPlace& place, int64_t k) const {
    const int64_t offset = input_offset(geometry, numbering, place, k);
    return offset < 0 ? 0
                      : static_cast<uint32_t>(
                            x[(place.image * group + g) * channels * inputs + offset] - x_zero[0]);
  }
  __device__ void finish(int64_t g, int64_t f, int64_t position, uint32_t sum) const {
    const auto [image, at] = numbering.place(position);
    const int64_t m = g * filters + f;
    store.store((image * group * filters + m) * outputs +
                    (at[0] * geometry.output[1] + at[1]) * geometry.output[2] + at[2],
                m, sum);
  }
};

template <class Store>
void convolve(const Arguments& args, size_t x, size_t x_zero, size_t w, size_t w_zero,
              const Store& store) {
  const auto p = args.params_as<Params>();
  const Geometry& g = p.geometry;
  implicit_gemm(args, IntegerConvolution<Store>{
                          p.group, p.filters, p.channels * g.taps(), p.batch * g.outputs(),
                          p.channels, g.inputs(), g.outputs(), g, Numbering(g), Bytes(args, x),
                          Bytes(args, x_zero), Bytes(args, w), Bytes(args, w_zero), store});
}

// Tensors: x, w, x_zero, w_zero, y.
void conv_integer(const Arguments& args) {
  convolve(args, 0, 2, 1, 3, Plain{args.data<int32_t>(4)});
}

// Tensors: x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias, y.
void qlinear_conv(const Arguments& args) {
  convolve(
      args, 0, 2, 3, 5,
      Quantized{args.data<const float>(1), args.data<const float>(4), args.data<const float>(6),
                Bytes(args, 7), args.has(8) ? args.data<const uint32_t>(8) : nullptr,
                args.data<uint8_t>(9), args.size(4) == 1, args.tensors[9].dtype == kInt8});
}

SX_KERNEL("conv_integer_direct", conv_integer);
SX_KERNEL("qlinear_conv_direct", qlinear_conv);

}  // namespace
}  // namespace sx::cuda
