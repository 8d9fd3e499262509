// lstm.f32: i, o, f = sigmoid(W x + R h + P c + b), g = tanh(Wc x + Rc h + bc), c' = f c + i g, h'
// = o tanh(c'). x [T, B, I] -> y [T, directions, B, H] and the last h and c [directions, B, H]; or
// with the batch in front. recurrent.h has the idea: packed weights, the products of a block of
// steps with W at once, then one step after the other. Tasks are groups of sequences and
// directions; units are padded to full registers, where they stay zero.
#include "cpu/recurrent.h"

namespace sx::SX_ISA {
namespace {

using V = Vec<float>;

struct Params {
  RecurrentSizes sizes;
  int64_t input_forget;  // one gate for both: f = 1 - i
  double clip;
};

class LstmCell {
 public:
  static constexpr int64_t kGates = 4;  // i, o, f, c

  LstmCell(const Arguments& args, const Params& p)
      : w_(args.data<const float>(1)),
        r_(args.data<const float>(2)),
        b_(args.has(3) ? args.data<const float>(3) : nullptr),
        peepholes_(args.has(7) ? args.data<const float>(7) : nullptr),
        hidden_(p.sizes.hidden),
        inputs_(p.sizes.inputs),
        units_(round_up(hidden_, kUnits)),
        columns_(packed_columns(kGates, hidden_)),
        input_forget_(p.input_forget),
        clip_(float(p.clip)) {}

  static int64_t scratch(int64_t) { return 0; }

  const float* x_weights(int64_t d) const { return w_ + d * inputs_ * columns_; }

  void biases(int64_t d, float* to) const {
    std::fill_n(to, columns_, 0.f);
    for (int64_t g = 0; g < kGates && b_ != nullptr; g++)
      for (int64_t k = 0; k < hidden_; k++) {
        const float* b = b_ + d * 2 * kGates * hidden_ + g * hidden_ + k;
        to[g * units_ + k] = b[0] + b[kGates * hidden_];
      }
  }

  void step(int64_t d, int64_t rows, float* const* sums, float* const* h, float* const* c,
            float*) const {
    add_products(rows, h, hidden_, r_ + d * hidden_ * columns_, columns_, sums);
    const float* p = peepholes_ == nullptr ? nullptr : peepholes_ + d * 3 * hidden_;
    for (int64_t r = 0; r < rows; r++)
      for (int64_t k = 0; k < units_; k += V::kLanes) gates(sums[r] + k, p, k, h[r] + k, c[r] + k);
  }

 private:
  const float *w_, *r_, *b_, *peepholes_;
  const int64_t hidden_, inputs_, units_, columns_;
  const bool input_forget_;
  const V clip_;

  V argument(const float* sums, int gate) const { return V::load(sums + gate * units_); }

  V peephole(const float* p, int gate, int64_t k) const {
    return k < hidden_ ? V::load_first(p + gate * hidden_ + k, hidden_ - k) : V(0.f);
  }

  // Units k to k + kLanes; sums, h and c point at the first of them, the peepholes p (i, o, f) at
  // unit 0.
  void gates(const float* sums, const float* p, int64_t k, float* h, float* c) const {
    const V before = V::load(c);
    V i = argument(sums, 0), o = argument(sums, 1), f = argument(sums, 2);
    if (p != nullptr) {
      i = fma(peephole(p, 0, k), before, i);
      f = fma(peephole(p, 2, k), before, f);
    }
    i = sigmoid(clip(i, clip_));
    f = input_forget_ ? 1.f - i : sigmoid(clip(f, clip_));
    const V after = fma(f, before, i * tanh(clip(argument(sums, 3), clip_)));
    if (p != nullptr) o = fma(peephole(p, 1, k), after, o);
    o = sigmoid(clip(o, clip_));
    after.store(c);
    (o * tanh(clip(after, clip_))).store(h);
  }
};

void lstm_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const LstmCell cell(args, p);
  Walk<LstmCell>(args, p.sizes, cell).run(args);
}

SX_KERNEL("lstm.f32", lstm_f32);

}  // namespace
}  // namespace sx::SX_ISA
