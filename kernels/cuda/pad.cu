// pad.bN: y = x with elements added before and behind each axis: a constant, the mirrored tensor
// (without its outermost elements), its outermost elements, or the tensor over again. Negative pads
// take elements away first. Neighbouring axes without pads become one. A thread an element of N
// bytes: it looks up where its element comes from, axis by axis. Not yet measured on a GPU. No
// source but the definition.
#include "cuda/move.h"

namespace sx::cuda {
namespace {

enum Mode : int64_t { kConstant, kReflect, kEdge, kWrap };

struct Params {
  int64_t mode;
  int64_t bits;  // of the constant, unless tensor 2 gives it
  int64_t begins[SX_MAX_RANK], ends[SX_MAX_RANK];
};

struct Axis {
  int64_t size, begin, end;

  int64_t output_size() const { return size + begin + end; }
  int64_t first() const { return begin < 0 ? -begin : 0; }
  int64_t left() const { return begin > 0 ? begin : 0; }
  int64_t kept() const { return size + (begin < 0 ? begin : 0) + (end < 0 ? end : 0); }
};

// The axes, the last one first.
struct Layout {
  int rank = 0;
  Mode mode;
  Divisor output[SX_MAX_RANK];
  int64_t left[SX_MAX_RANK], kept[SX_MAX_RANK];
  int64_t step[SX_MAX_RANK];
  int64_t first = 0;  // x's element that stays first

  // Where y's element comes from; -1: it is the constant.
  __device__ int64_t source(int64_t element) const {
    int64_t from = first;
#pragma unroll
    for (int d = 0; d < SX_MAX_RANK; d++) {
      if (d == rank) break;
      int64_t i = element;
      element = output[d].divide(i);
      i -= left[d];
      const int64_t n = kept[d];
      if (i < 0 || i >= n) {
        if (mode == kConstant) return -1;
        i = mode == kEdge ? (i < 0 ? 0 : n - 1) : folded(i, n);
      }
      from += i * step[d];
    }
    return from;
  }

 private:
  __device__ int64_t folded(int64_t i, int64_t n) const {
    const int64_t mirrored = n > 1 ? 2 * (n - 1) : 1;
    const int64_t period = mode == kWrap ? n : mirrored;
    const int64_t phase = (i % period + period) % period;
    return mode == kWrap || phase < period - phase ? phase : period - phase;
  }
};

// The axes, those that can be joined joined.
Layout layout_of(const sx_tensor& x, const Params& p) {
  Axis axes[SX_MAX_RANK];
  int rank = 0;
  for (int64_t d = 0; d < x.rank; d++) {
    const Axis axis{x.shape[d], p.begins[d], p.ends[d]};
    if (axis.kept() < 0 || (axis.kept() == 0 && axis.output_size() > 0 && p.mode != kConstant))
      throw std::invalid_argument("there is nothing to pad with");
    const bool whole = axis.begin == 0 && axis.end == 0;
    Axis* outer = rank > 0 ? axes + rank - 1 : nullptr;
    // What is constant may be moved by whole rows, padded or not.
    if (outer && whole && (p.mode == kConstant || (outer->begin == 0 && outer->end == 0)))
      *outer = {outer->size * axis.size, outer->begin * axis.size, outer->end * axis.size};
    else
      axes[rank++] = axis;
  }
  Layout layout;
  layout.mode = static_cast<Mode>(p.mode);
  int64_t step = 1;
  for (int d = rank - 1; d >= 0; d--) {
    const int at = layout.rank++;
    layout.output[at] = Divisor(axes[d].output_size());
    layout.left[at] = axes[d].left();
    layout.kept[at] = axes[d].kept();
    layout.step[at] = step;
    layout.first += axes[d].first() * step;
    step *= axes[d].size;
  }
  return layout;
}

template <class T>
__global__ void __launch_bounds__(kMoveThreads, 2)
    pad_kernel(const T* x, T* y, const T* given, T bits, Layout layout, int64_t count) {
  const T value = given ? *given : bits;
  each_move(
      count,
      [&](int64_t i) {
        const int64_t from = layout.source(i);
        return from < 0 ? value : x[from];
      },
      [&](int64_t i, T element) { y[i] = element; });
}

template <class T>
void pad(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const int64_t count = args.size(1);
  if (count == 0) return;
  launch(args, pad_kernel<T>, moving_grid(args, count), args.data<const T>(0), args.data<T>(1),
         args.has(2) ? args.data<const T>(2) : nullptr, static_cast<T>(p.bits),
         layout_of(args.tensors[0], p), count);
}

SX_KERNEL_BY_WIDTH("pad", pad);

}  // namespace
}  // namespace sx::cuda
