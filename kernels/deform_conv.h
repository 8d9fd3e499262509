// What the kernels of DeformConv share: where a tap that an offset has moved lands. Whole elements
// and parts of them are kept apart, so that float32 loses nothing far from the origin.
#pragma once
#include <cmath>

#include "both.h"
#include "kernel.h"

namespace sx {
namespace {

constexpr int kMostDeformAxes = 3, kMostNeighbours = 1 << kMostDeformAxes;

// A place on an axis: between elements low and low + 1.
struct Between {
  int64_t low;
  float part;  // of the way to low + 1

  // What is no number, or too far away for one, lies outside.
  static SX_BOTH Between of(int64_t start, float offset) {
    const float whole = floorf(offset);
    if (!(fabsf(whole) < 0x1p60f)) return {-2, 0};
    return {start + static_cast<int64_t>(whole), offset - whole};
  }
};

struct Neighbour {
  int32_t index;  // in a plane; 0 where it weighs nothing
  float weight;
};

// Neighbour number `which` of a place, whose bits say for the last `axes` axes, from the first of
// them on, whether it is the higher one; weighs nothing where it lies outside.
SX_BOTH Neighbour neighbour(const Between (&at)[kMostDeformAxes],
                            const int64_t (&size)[kMostDeformAxes], int64_t axes, int which) {
  int64_t index = 0;
  float weight = 1;
  for (int axis = 0; axis < kMostDeformAxes; axis++) {
    const int64_t bit = kMostDeformAxes - 1 - axis;
    const int64_t up = bit < axes ? which >> bit & 1 : 0;
    const int64_t element = at[axis].low + up;
    if (element < 0 || element >= size[axis]) return {0, 0};
    index = index * size[axis] + element;
    weight *= up ? at[axis].part : 1 - at[axis].part;
  }
  return {static_cast<int32_t>(index), weight};
}

}  // namespace
}  // namespace sx
