// pad.bN: y = x with elements added before and behind each axis: a constant, the mirrored tensor
// (without its outermost elements), its outermost elements, or the tensor over again. Negative pads
// take elements away first. Neighbouring axes without pads become one. A row of y is a constant, or
// a row of x between a few elements that are looked up one by one.
#include "move.h"

namespace sx::SX_ISA {
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
  int64_t first() const { return std::max<int64_t>(-begin, 0); }
  int64_t left() const { return std::max<int64_t>(begin, 0); }
  int64_t kept() const { return size + std::min<int64_t>(begin, 0) + std::min<int64_t>(end, 0); }

  // x's coordinate for y's, or -1 for the constant.
  int64_t source(int64_t mode, int64_t coordinate) const {
    const int64_t n = kept();
    int64_t i = coordinate - left();
    if (i < 0 || i >= n) {
      if (mode == kConstant) return -1;
      const int64_t period = mode == kWrap ? n : std::max<int64_t>(1, 2 * (n - 1));
      const int64_t phase = (i % period + period) % period;
      i = mode == kEdge   ? (i < 0 ? 0 : n - 1)
          : mode == kWrap ? phase
                          : std::min(phase, period - phase);
    }
    return first() + i;
  }
};

// The axes, those that can be joined joined; returns how many.
int64_t join(const sx_tensor& x, const Params& p, Axis* axes) {
  int64_t rank = 0;
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
  if (rank == 0) axes[rank++] = {1, 0, 0};
  return rank;
}

template <class T>
void pad(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const T value = args.has(2) ? *args.data<const T>(2) : T(p.bits);
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(1);
  Axis axes[SX_MAX_RANK];
  const int64_t last = join(args.tensors[0], p, axes) - 1;
  const Axis row = axes[last];
  const int64_t n = row.output_size(), kept = row.kept(), left = row.left();
  const int64_t total = args.size(1);
  if (total == 0) return;

  args.parallel(total / n, grain_of(n * sizeof(T)), [&](int64_t begin, int64_t end, int) {
    for (int64_t r = begin; r < end; r++) {
      T* to = y + r * n;
      int64_t offset = 0, step = row.size, rest = r;
      for (int64_t d = last - 1; d >= 0 && offset >= 0; d--) {
        const int64_t source = axes[d].source(p.mode, rest % axes[d].output_size());
        offset = source < 0 ? -1 : offset + source * step;
        rest /= axes[d].output_size();
        step *= axes[d].size;
      }
      if (offset < 0) {
        std::fill_n(to, n, value);
        continue;
      }
      const T* from = x + offset;
      const auto outside = [&](int64_t i) {
        const int64_t source = row.source(p.mode, i);
        to[i] = source < 0 ? value : from[source];
      };
      for (int64_t i = 0; i < left; i++) outside(i);
      copy_run(to + left, from + row.first(), kept);
      for (int64_t i = left + kept; i < n; i++) outside(i);
    }
  });
}

SX_KERNEL_BY_WIDTH("pad", pad);

}  // namespace
}  // namespace sx::SX_ISA
