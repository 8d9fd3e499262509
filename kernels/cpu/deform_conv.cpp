// deform_conv.f32: y[n, m, o] = b[m] + sum over c, t of w[m, c, t] * mask[n, t, o] * x[n, c, o *
// stride - begin + t * dilation + offset[n, t, :, o]], blended from its neighbours. x is [batch,
// group * channels, input], w is [group * filters, channels, kernel], offset is [batch,
// offset_group, taps, axes, output], mask is [batch, offset_group, taps, output], y is [batch,
// group * filters, output]; up to three axes, real ones last. A thread samples x at a few positions
// into columns, where a tap's neighbours serve all channels of their offset group, and multiplies
// the filters by them. Not yet measured. Zhu et al., "Deformable ConvNets v2", arXiv 1811.11168.
#include "deform_conv.h"

#include "cpu/gemm.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t offset_group, axes, batch, group, channels, filters;
  int64_t input[3], output[3], kernel[3], stride[3], dilation[3], begin[3];

  static int64_t product(const int64_t (&n)[3]) { return n[0] * n[1] * n[2]; }
  int64_t all_channels() const { return group * channels; }
};

constexpr int64_t kPositions = 32;  // of a thread at a time; DeformConv.java knows it too
constexpr int kColumns = Tile<float>::kColumns, kRows = Tile<float>::kRows;
static_assert(kPositions % kColumns == 0);

// Where one tap meets x, at kPositions positions. What weighs nothing has an index that can be
// read.
struct Places {
  int neighbours;
  int32_t index[kMostNeighbours][kPositions];
  float weight[kMostNeighbours][kPositions], mask[kPositions];
};

class Deformer {
 public:
  explicit Deformer(const Arguments& args)
      : args_(args),
        p_(args.params_as<Params>()),
        inputs_(Params::product(p_.input)),
        positions_(Params::product(p_.output)),
        taps_(Params::product(p_.kernel)),
        depth_(p_.all_channels() * taps_) {}

  void run() const {
    const int64_t blocks = (positions_ + kPositions - 1) / kPositions;
    args_.parallel(p_.batch * blocks, 1, [&](int64_t begin, int64_t end, int worker) {
      float* columns = reinterpret_cast<float*>(args_.scratch) + worker * depth_ * kPositions;
      for (int64_t i = begin; i < end; i++) {
        const int64_t n = i / blocks, first = i % blocks * kPositions;
        sample(n, first, columns);
        for (int64_t g = 0; g < p_.group; g++) multiply(n, g, first, columns);
      }
    });
  }

 private:
  // Panels of columns as gemm.h wants them, from position `first` on.
  void sample(int64_t n, int64_t first, float* columns) const {
    const int64_t channels = p_.all_channels() / p_.offset_group;  // that share offsets
    Places places;
    for (int64_t g = 0; g < p_.offset_group; g++)
      for (int64_t t = 0; t < taps_; t++) {
        find(n, g, t, first, places);
        for (int64_t c = g * channels; c < (g + 1) * channels; c++)
          gather(places, args_.data<const float>(0) + (n * p_.all_channels() + c) * inputs_,
                 columns + (c * taps_ + t) * kColumns);
      }
  }

  void find(int64_t n, int64_t g, int64_t t, int64_t first, Places& places) const {
    places.neighbours = inputs_ == 0 ? 0 : 1 << p_.axes;
    const int64_t vector = (n * p_.offset_group + g) * taps_ + t;
    const float* offsets = args_.data<const float>(2) + vector * p_.axes * positions_;
    const float* mask = args_.has(4) ? args_.data<const float>(4) + vector * positions_ : nullptr;
    for (int64_t j = 0; j < kPositions; j++) {
      const int64_t position = first + j;
      const bool there = position < positions_;
      Between at[3];
      int64_t o = position, tap = t;
      for (int axis = 2; axis >= 0; axis--) {
        const int64_t real = axis - 3 + p_.axes;
        at[axis] = Between::of(o % p_.output[axis] * p_.stride[axis] - p_.begin[axis] +
                                   tap % p_.kernel[axis] * p_.dilation[axis],
                               there && real >= 0 ? offsets[real * positions_ + position] : 0);
        o /= p_.output[axis];
        tap /= p_.kernel[axis];
      }
      for (int k = 0; k < places.neighbours; k++) {
        const auto [index, weight] = neighbour(at, p_.input, p_.axes, k);
        places.index[k][j] = index;
        places.weight[k][j] = there ? weight : 0;
      }
      places.mask[j] = there && mask ? mask[position] : 1;
    }
  }

  // What weighs nothing does not count, be it NaN or infinite.
  void gather(const Places& places, const float* x, float* column) const {
    float sums[kPositions] = {};
    for (int k = 0; k < places.neighbours; k++)
      for (int64_t j = 0; j < kPositions; j++) {
        const float value = x[places.index[k][j]], weight = places.weight[k][j];
        sums[j] += weight != 0 ? weight * value : 0;
      }
    for (int64_t panel = 0; panel < kPositions; panel += kColumns, column += depth_ * kColumns)
      for (int64_t j = 0; j < kColumns; j++) column[j] = places.mask[panel + j] * sums[panel + j];
  }

  void multiply(int64_t n, int64_t g, int64_t first, const float* columns) const {
    const int64_t count = std::min(kPositions, positions_ - first), depth = p_.channels * taps_;
    const float* w = args_.data<const float>(1) + g * p_.filters * depth;
    float* y = args_.data<float>(5) + (n * p_.group + g) * p_.filters * positions_ + first;
    for (int64_t f = 0; f < p_.filters; f++)
      std::fill_n(y + f * positions_, count,
                  args_.has(3) ? args_.data<const float>(3)[g * p_.filters + f] : 0);
    for (int64_t d = 0; d < depth; d += kDepthBlock)
      for (int64_t f = 0; f < p_.filters; f += kRows)
        multiply_rows<float>({w + f * depth + d, depth, 1},
                             {columns + (g * depth + d) * kColumns, kColumns, depth_ * kColumns},
                             {y + f * positions_, positions_},
                             static_cast<int>(std::min<int64_t>(kRows, p_.filters - f)), count,
                             std::min(kDepthBlock, depth - d), true, nullptr,
                             [](int64_t, int64_t) {});
  }

  const Arguments& args_;
  const Params p_;
  const int64_t inputs_, positions_, taps_, depth_;
};

void deform_conv_f32(const Arguments& args) { Deformer(args).run(); }

SX_KERNEL("deform_conv.f32", deform_conv_f32);

}  // namespace
}  // namespace sx::SX_ISA
