// How TMA's im2col sees a convolution's input: [images, axes, channels], where an axis of one place
// is left out, since more of them leave fewer bits for what follows. Windows begin from `lower` to
// size - 1 + `upper` along each axis.
#pragma once
#include "cuda/conv.h"

namespace sx::cuda {

inline bool is_single_place(const ConvParams& p, int axis) {
  return p.input[axis] == 1 && p.output[axis] == 1 && p.kernel[axis] == 1 && p.begin[axis] == 0;
}

// The last axis is there in any case; an image's other one is the first.
inline bool is_im2col_axis(const ConvParams& p, int axis) {
  const bool middle = !is_single_place(p, 1);
  return axis == 2 || (axis == 1 ? middle : middle || !is_single_place(p, 0));
}

inline int im2col_axes(const ConvParams& p) {
  return 1 + int{is_im2col_axis(p, 0)} + int{is_im2col_axis(p, 1)};
}

inline int64_t im2col_upper(const ConvParams& p, int axis) {
  return (p.output[axis] - 1) * p.stride[axis] + 1 - p.begin[axis] - p.input[axis];
}

// Whether corners and taps' offsets have as few bits as TMA has for them, and steps are as short as
// it can take.
inline bool fits_im2col(const ConvParams& p) {
  const int axes = im2col_axes(p);
  const int64_t corner = axes == 1 ? 1 << 15 : axes == 2 ? 1 << 7 : 1 << 4;
  bool fits = p.batch < int64_t{1} << 31 && p.group * p.filters < int64_t{1} << 31;
  for (int axis = 0; axis < 3; axis++) {
    if (!is_im2col_axis(p, axis)) continue;
    const int64_t upper = im2col_upper(p, axis);
    fits &= p.input[axis] > 0 && p.stride[axis] <= 8 && p.begin[axis] <= corner &&
            upper >= -corner && upper < corner &&
            (p.kernel[axis] - 1) * p.dilation[axis] < 2 * corner;
  }
  return fits;
}

}  // namespace sx::cuda
