// What the convolutions of conv_channels_last.* share: y[n, o, m] = f(b[m] + sum over t, c of w[m,
// t, c] x[n, o * stride - begin + t * dilation, c] + z[n, o, m]), or f(...) + z, whose channels lie
// side by side. For each group that is a product [positions, taps * channels] x [taps * channels,
// filters] as gemm.h has it, of which the left matrix is nowhere: its rows are windows, and its
// columns taps, that lie in the input.
#pragma once
#include "cuda/device/divisor.h"
#include "cuda/gemm.h"

namespace sx::cuda {

// The slots of Java's ConvolutionKernel; channels and filters are those of one group.
struct ConvParams {
  int64_t batch, group, channels, filters;
  int64_t input[3], output[3], kernel[3], stride[3], dilation[3], begin[3];
  int64_t add_last;  // 1: y = f(...) + z
  Activation activation;

  int64_t inputs() const { return input[0] * input[1] * input[2]; }
  int64_t positions() const { return batch * output[0] * output[1] * output[2]; }
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }

  // Whether a window is a pixel, and all of them are the input.
  bool is_pointwise() const {
    bool result = true;
    for (int i = 0; i < 3; i++)
      result &= kernel[i] == 1 && stride[i] == 1 && begin[i] == 0 && input[i] == output[i];
    return result;
  }

  GemmParams product() const {
    const int64_t depth = taps() * channels, y_row = group * filters;
    return {.m = positions(),
            .n = filters,
            .k = depth,
            .a_row = group * channels,  // of a pointwise convolution
            .a_depth = 1,
            .b_depth = 1,
            .b_column = depth,
            .stack = {1, 1, 1, group},
            .a_stack = {0, 0, 0, channels},
            .b_stack = {0, 0, 0, filters * depth},
            .z_stack = {0, 0, 0, filters},
            .alpha = 1,
            .beta = 1,
            .c_row = 0,
            .c_column = 1,
            .z_row = y_row,
            .z_column = 1,
            .add_last = add_last,
            .activation = activation};
  }
};

// Where a window begins: its first tap's coordinates, which may be outside, and from where on its
// taps' offsets count.
struct ConvWindow {
  int at[3];
  int64_t image, offset;
};

// A tap, by its coordinates in the window, and a channel of it.
struct ConvTap {
  int at[3];
  int channel;
  int64_t offset;
};

// Tensors x, w, bias, z, y, of which bias and z may be absent. a and a_row are those of a pointwise
// convolution.
template <class T>
struct ConvProblem : GemmProblem<T> {
  int channels, input[3], kernel[3], stride[3], dilation[3], begin[3], reach[3];
  int64_t image, along[3];  // elements of x from one image, or step along an axis, to the next
  Divisor by_output[3], by_kernel[3], by_channels;

  explicit ConvProblem(const Arguments& args) : ConvProblem(args, args.params_as<ConvParams>()) {}

  ConvProblem(const Arguments& args, const ConvParams& p)
      : GemmProblem<T>(p.product(), args.data<const T>(0), args.data<const T>(1),
                       args.has(2) ? args.data<const T>(2) : nullptr,
                       args.has(3) ? args.data<const T>(3) : nullptr, args.data<T>(4)),
        channels(to_int(p.channels)),
        image(p.inputs() * p.group * p.channels),
        by_channels(p.channels > 0 ? p.channels : 1) {
    this->y_row = p.group * p.filters;
    this->y_matrix = this->c_matrix = p.filters;
    int64_t step = p.group * p.channels;
    for (int i = 2; i >= 0; i--) {
      // The last window's last tap has a coordinate, too.
      to_int(p.output[i] * p.stride[i] + p.kernel[i] * p.dilation[i] + p.begin[i]);
      input[i] = to_int(p.input[i]);
      kernel[i] = to_int(p.kernel[i]);
      stride[i] = to_int(p.stride[i]);
      dilation[i] = to_int(p.dilation[i]);
      begin[i] = to_int(p.begin[i]);
      reach[i] = to_int(p.kernel[i] * p.dilation[i]);
      by_output[i] = Divisor(p.output[i] > 0 ? p.output[i] : 1);
      by_kernel[i] = Divisor(p.kernel[i]);
      along[i] = step;
      step *= p.input[i];
    }
  }

  // Counts so many channels for each tap, of which those that are too many are zeros.
  void pad_channels(int padded) {
    this->k = this->split_depth = this->k / channels * padded;
    channels = padded;
    by_channels = Divisor(padded);
  }

  __device__ __forceinline__ ConvWindow window(int64_t position) const {
    ConvWindow window;
    window.offset = 0;
#pragma unroll
    for (int i = 2; i >= 0; i--) {
      int64_t at = position;
      position = by_output[i].divide(at);
      window.at[i] = int(at) * stride[i] - begin[i];
      window.offset += window.at[i] * along[i];
    }
    window.image = position;
    window.offset += position * image;
    return window;
  }

  __device__ __forceinline__ ConvTap tap(int64_t depth) const {
    ConvTap tap;
    int64_t rest = by_channels.divide(depth);
    tap.channel = int(depth);
#pragma unroll
    for (int i = 2; i > 0; i--) {
      int64_t at = rest;
      rest = by_kernel[i].divide(at);
      tap.at[i] = int(at) * dilation[i];
    }
    tap.at[0] = int(rest) * dilation[0];
    find(tap);
    return tap;
  }

  // Goes on by so many channels, of this tap and then of the next.
  __device__ __forceinline__ void advance(ConvTap& tap, int depths) const {
    tap.channel += depths;
    while (tap.channel >= channels) {
      tap.channel -= channels;
      tap.at[2] += dilation[2];
      if (tap.at[2] < reach[2]) continue;
      tap.at[2] = 0;
      tap.at[1] += dilation[1];
      if (tap.at[1] < reach[1]) continue;
      tap.at[1] = 0;
      tap.at[0] += dilation[0];
    }
    find(tap);
  }

  // Whether the tap of the window is in the image, and not in the padding.
  __device__ __forceinline__ bool is_inside(const ConvWindow& window, const ConvTap& tap) const {
    bool inside = true;
#pragma unroll
    for (int i = 0; i < 3; i++) inside &= unsigned(window.at[i] + tap.at[i]) < unsigned(input[i]);
    return inside;
  }

 private:
  __device__ __forceinline__ void find(ConvTap& tap) const {
    tap.offset = tap.at[0] * along[0] + tap.at[1] * along[1] + tap.at[2] * along[2] + tap.channel;
  }
};

// The kernels, each for a problem that conv_choice.h gives it. rows x columns is the tile.
template <class T>
void conv_simt(const Arguments& args, const ConvProblem<T>& problem, int rows);

// Without products of matrices: a channel in each group; two to eight of them, and as many filters;
// up to four in all.
template <class T>
void conv_depthwise(const Arguments& args, const ConvProblem<T>& problem);
template <class T>
void conv_small_groups(const Arguments& args, const ConvProblem<T>& problem);
template <class T>
void conv_stem(const Arguments& args, const ConvProblem<T>& problem);

// On tensor cores of sm_80 and later; float32 is rounded to tf32.
template <class T>
void conv_sm80(const Arguments& args, const ConvProblem<T>& problem, int rows, int columns);

// 16 bits, on Hopper's tensor cores, by tiles of 128 rows; the problem's channels are padded to
// whole stages.
template <class T>
void conv_sm90(const Arguments& args, const ConvProblem<T>& problem, int columns);

// float32 by Hopper's tensor cores, as exact as float32, for one group; simt_rows is for data that
// they cannot take.
void conv_bf16x6(const Arguments& args, const ConvProblem<float>& problem, int simt_rows);

}  // namespace sx::cuda
