// gru.f32: z, r = sigmoid(W x + R h + b), n = tanh(Wh x + Rh (r h) + bh), h' = (1 - z) n + z h;
// with linear_before_reset n = tanh(Wh x + bwh + r (Rh h + brh)). x [T, B, I] -> y [T, directions,
// B, H] and the last h [directions, B, H]; or with the batch in front. As lstm.cpp; R is packed as
// two matrices, z and r, and h, since Rh waits for r unless linear_before_reset.
#include "cpu/recurrent.h"

namespace sx::SX_ISA {
namespace {

using V = Vec<float>;

struct Params {
  RecurrentSizes sizes;
  int64_t linear_before_reset;
  double clip;
};

class GruCell {
 public:
  static constexpr int64_t kGates = 3;  // z, r, h

  GruCell(const Arguments& args, const Params& p)
      : w_(args.data<const float>(1)),
        r_(args.data<const float>(2)),
        b_(args.has(3) ? args.data<const float>(3) : nullptr),
        hidden_(p.sizes.hidden),
        inputs_(p.sizes.inputs),
        units_(round_up(hidden_, kUnits)),
        columns_(packed_columns(kGates, hidden_)),
        zr_columns_(packed_columns(2, hidden_)),
        h_columns_(packed_columns(1, hidden_)),
        linear_(p.linear_before_reset),
        clip_(float(p.clip)) {}

  // r h and the sums of Rh's products, for each sequence.
  static int64_t scratch(int64_t hidden) {
    return 4 * (round_up(hidden, kUnits) + packed_columns(1, hidden));
  }

  const float* x_weights(int64_t d) const { return w_ + d * inputs_ * columns_; }

  void biases(int64_t d, float* to) const {
    std::fill_n(to, columns_, 0.f);
    for (int64_t g = 0; g < kGates && b_ != nullptr; g++)
      for (int64_t k = 0; k < hidden_; k++) {
        const bool both = g < 2 || !linear_;
        to[g * units_ + k] = bias(d, g, k) + (both ? bias(d, kGates + g, k) : 0);
      }
  }

  void step(int64_t d, int64_t rows, float* const* sums, float* const* h, float* const*,
            float* scratch) const {
    const float* zr_weights = r_ + d * hidden_ * (zr_columns_ + h_columns_);
    float *reset[4], *products[4];
    for (int64_t r = 0; r < rows; r++) {
      reset[r] = scratch + r * (units_ + h_columns_);
      products[r] = reset[r] + units_;
      std::fill_n(products[r], h_columns_, 0.f);
      for (int64_t k = 0; k < hidden_ && linear_ && b_ != nullptr; k++)
        products[r][k] = bias(d, 2 * kGates - 1, k);
    }
    add_products(rows, h, hidden_, zr_weights, zr_columns_, sums);
    for (int64_t r = 0; r < rows; r++)
      for (int64_t k = 0; k < units_; k += V::kLanes) {
        float* at = sums[r] + k;
        sigmoid(clip(V::load(at), clip_)).store(at);
        const V gate = sigmoid(clip(V::load(at + units_), clip_));
        gate.store(at + units_);
        (gate * V::load(h[r] + k)).store(reset[r] + k);
      }
    add_products(rows, linear_ ? h : reset, hidden_, zr_weights + hidden_ * zr_columns_, h_columns_,
                 products);
    for (int64_t r = 0; r < rows; r++)
      for (int64_t k = 0; k < units_; k += V::kLanes) {
        const float* at = sums[r] + k;
        V recurrent = V::load(products[r] + k);
        if (linear_) recurrent *= V::load(at + units_);
        const V next = tanh(clip(V::load(at + 2 * units_) + recurrent, clip_));
        const V z = V::load(at);
        fma(z, V::load(h[r] + k), (1.f - z) * next).store(h[r] + k);
      }
  }

 private:
  const float *w_, *r_, *b_;
  const int64_t hidden_, inputs_, units_, columns_, zr_columns_, h_columns_;
  const bool linear_;
  const V clip_;

  float bias(int64_t d, int64_t row, int64_t k) const {
    return b_[(d * 2 * kGates + row) * hidden_ + k];
  }
};

void gru_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const GruCell cell(args, p);
  Walk<GruCell>(args, p.sizes, cell).run(args);
}

SX_KERNEL("gru.f32", gru_f32);

}  // namespace
}  // namespace sx::SX_ISA
