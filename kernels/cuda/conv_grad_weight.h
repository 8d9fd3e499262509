// What the kernels of conv_grad_weight.* share: dw[m, c, t] = sum over n, o of dy[n, m, o] * x[n,
// c, o * stride - begin + t * dilation], whose channels lie apart. For each group that is a product
// [filters, batch * output] x [batch * output, channels * taps] as gemm.h has it, whose depth is
// positions: rows of the left matrix lie in dy, a stretch for each image; columns of the right one
// are gathered from x. The depth may be cut into parts, whose sums gemm_reduce adds up in order.
#pragma once
#include "cuda/device/divisor.h"
#include "cuda/gemm.h"

namespace sx::cuda {

// The slots of Java's ConvGradWeightKernel; channels and filters are those of one group.
struct GradParams {
  int64_t batch, group, channels, filters;
  int64_t input[3], output[3], kernel[3], stride[3], dilation[3], begin[3];
  int64_t parts;  // the CPU's; the scratch memory has room for the sums of as many

  int64_t inputs() const { return input[0] * input[1] * input[2]; }
  int64_t outputs() const { return output[0] * output[1] * output[2]; }
  int64_t columns() const { return channels * kernel[0] * kernel[1] * kernel[2]; }

  GemmParams product() const {
    GemmParams product{};  // neither operand lies as a matrix with strides
    product.m = filters;
    product.n = columns();
    product.k = batch * outputs();
    for (int64_t& size : product.stack) size = 1;
    product.stack[kStackAxes - 1] = group;
    product.alpha = 1;
    return product;
  }
};

// A column: how far its tap is from where a window begins, begin included; and where its channel is
// in the first image.
template <class T>
struct GradColumn {
  int shift[3];
  const T* x;
};

// A position, by its coordinates, in the image that begins so far behind the first.
struct GradPlace {
  int at[3];
  int64_t image;
};

// Tensors dy, x and dw.
template <class T>
struct GradProblem : GemmProblem<T> {
  int input[3], output[3], stride[3], dilation[3], begin[3], outputs;
  int64_t channels, inputs, dy_image, x_image;  // elements from one image to the next
  Divisor by_output[3], by_kernel[3], by_outputs;

  GradProblem(const Arguments& args, const GradParams& p)
      : GemmProblem<T>(p.product(), args.data<const T>(0), args.data<const T>(1), nullptr, nullptr,
                       args.data<T>(2)),
        outputs(to_int(p.outputs())),
        channels(p.channels),
        inputs(p.inputs()),
        dy_image(p.group * p.filters * p.outputs()),
        x_image(p.group * p.channels * p.inputs()),
        by_outputs(p.outputs() > 0 ? p.outputs() : 1) {
    to_int(p.inputs());
    for (int i = 0; i < 3; i++) {
      // The last window's last tap has a coordinate, too.
      to_int(p.output[i] * p.stride[i] + p.kernel[i] * p.dilation[i] + p.begin[i]);
      input[i] = static_cast<int>(p.input[i]);
      output[i] = static_cast<int>(p.output[i]);
      stride[i] = static_cast<int>(p.stride[i]);
      dilation[i] = static_cast<int>(p.dilation[i]);
      begin[i] = static_cast<int>(p.begin[i]);
      by_output[i] = Divisor(p.output[i] > 0 ? p.output[i] : 1);
      by_kernel[i] = Divisor(p.kernel[i]);
    }
  }

  __device__ __forceinline__ GradColumn<T> column(int64_t group, int64_t column) const {
    GradColumn<T> result;
#pragma unroll
    for (int i = 2; i >= 0; i--) {
      int64_t tap = column;
      column = by_kernel[i].divide(tap);
      result.shift[i] = int(tap) * dilation[i] - begin[i];
    }
    result.x = this->b + (group * channels + column) * inputs;
    return result;
  }

  __device__ __forceinline__ GradPlace place(int64_t position) const {
    GradPlace place;
#pragma unroll
    for (int i = 2; i >= 0; i--) {
      int64_t at = position;
      position = by_output[i].divide(at);
      place.at[i] = int(at);
    }
    place.image = position * x_image;
    return place;
  }

  // Goes on by so many positions.
  __device__ __forceinline__ void advance(GradPlace& place, int positions) const {
    place.at[2] += positions;
    while (place.at[2] >= output[2]) {
      place.at[2] -= output[2];
      if (++place.at[1] < output[1]) continue;
      place.at[1] = 0;
      if (++place.at[0] < output[0]) continue;
      place.at[0] = 0;
      place.image += x_image;
    }
  }

  // Where the column meets the position, or null in the padding.
  __device__ __forceinline__ const T* meets(const GradColumn<T>& column,
                                            const GradPlace& place) const {
    int offset = 0;
    bool inside = true;
#pragma unroll
    for (int i = 0; i < 3; i++) {
      const int at = place.at[i] * stride[i] + column.shift[i];
      inside &= unsigned(at) < unsigned(input[i]);
      offset = offset * input[i] + at;
    }
    return inside ? column.x + place.image + offset : nullptr;
  }
};

// Walks along a row of dy, filter `row` of the group.
template <class T>
class GradRow {
 public:
  __device__ GradRow(const GradProblem<T>& p, int64_t group, int64_t row, int64_t position)
      : outputs_(p.outputs), image_(p.dy_image) {
    const int64_t image = p.by_outputs.divide(position);
    at_ = int(position);
    row_ = p.a + image * image_ + (group * p.m + row) * outputs_;
  }

  __device__ __forceinline__ const T* get() const { return row_ + at_; }

  __device__ __forceinline__ void advance(int positions) {
    at_ += positions;
    while (at_ >= outputs_) {
      at_ -= outputs_;
      row_ += image_;
    }
  }

 private:
  const int outputs_;
  const int64_t image_;
  int at_;
  const T* row_;
};

// The kernels; they leave parts to gemm_reduce. A tile is square.
template <class T>
void conv_grad_weight_simt(const Arguments& args, const GradProblem<T>& problem, int tile);

// 16 bits, on tensor cores of sm_80 and later, by tiles of 128 or 64 rows and kGradColumns.
constexpr int kGradColumns = 64;
template <class T>
void conv_grad_weight_sm80(const Arguments& args, const GradProblem<T>& problem, int rows);

// For groups of a few filters, as in a depthwise convolution.
template <class T>
void conv_grad_weight_narrow(const Arguments& args, const GradProblem<T>& problem);

}  // namespace sx::cuda
