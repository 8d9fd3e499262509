// conv_grad_weight.f32: dw[m, c, t] = sum over n, o of dy[n, m, o] * x[n, c, o * stride - begin + t
// * dilation]. dy is [batch, group * filters, output], x is [batch, group * channels, input], dw is
// [group * filters, channels, kernel]. For each group the transpose of dw is the matrix product of
// columns of x [channels * taps, batch * output], of which a thread lays out a block of positions
// at a time, by dy [batch * output, filters], which becomes panels as gemm.h wants them. Where
// there are many positions they are cut into parts, as many as the shapes say; the parts' sums are
// added up in order, so the result depends on neither threads nor how the work is cut.
// Measured, one thread of a 2-core AMD EPYC with AVX-512, processor time on a busy machine, beside
// peak.fma.f32, batch 8: 3 x 3, 64 channels on 56 x 56 at 67 % of the peak, 256 on 14 x 14 at 64 %;
// 7 x 7 with stride 2 from 3 channels to 64 at 60 %; 1 x 1 from 64 to 256 at 54 %. Chetlur et al.,
// cuDNN, arXiv 1410.0759.
#include "cpu/gemm.h"
#include "cpu/geometry.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
  int64_t parts;

  int64_t positions() const { return batch * geometry.outputs(); }
  int64_t columns() const { return channels * geometry.taps(); }
};

// ConvGradWeightKernel.java knows these too.
constexpr int64_t kDepth = 256;  // positions at a time
constexpr int64_t kMostColumns = 384;
constexpr int64_t kMostFilters = 192;
constexpr int64_t kPanel = 32;  // filters of the widest panel

constexpr int64_t kPitch = kDepth + kLine;  // rows whole pages apart would share lines of the cache

int64_t pieces(int64_t count, int64_t most) { return (count + most - 1) / most; }

class WeightGradient {
 public:
  WeightGradient(const Arguments& args, const Params& p)
      : args_(args),
        p_(p),
        g_(p.geometry),
        sums_(p.group * p.filters * p.columns()),
        part_depth_(std::max(kDepth, round_up(pieces(p.positions(), p.parts), kDepth))),
        parts_(std::max<int64_t>(1, pieces(p.positions(), part_depth_))),
        width_(std::min(kMostFilters, round_up(p.filters, kPanel))),
        height_(std::min(kMostColumns, p.columns())),
        dw_(args.data<float>(2)),
        partials_(reinterpret_cast<float*>(args.scratch)),
        blocks_(partials_ + (p.parts > 1 ? round_up(p.parts * sums_, kLine) : 0)) {}

  void run() const {
    if (sums_ == 0) return;
    const int64_t down = pieces(p_.columns(), height_), across = pieces(p_.filters, width_);
    const int64_t cost =
        height_ * width_ * std::max<int64_t>(1, std::min(part_depth_, p_.positions()));
    args_.parallel(p_.group * parts_ * down * across, std::max<int64_t>(1, (1 << 18) / cost),
                   [&](int64_t begin, int64_t end, int worker) {
                     const Worker own(*this, blocks_ + worker * block_floats());
                     for (int64_t i = begin; i < end; i++) {
                       const int64_t matrix = i / across / down;
                       own.reckon(matrix % p_.group, matrix / p_.group, i / across % down * height_,
                                  i % across * width_);
                     }
                   });
    if (parts_ > 1) add_parts();
  }

 private:
  int64_t block_floats() const { return kRowBlock * kPitch + width_ * (kDepth + height_); }

  // A position: its image and its coordinates.
  struct Position {
    int64_t image, at[3];
  };

  Position position(int64_t i) const {
    Position p;
    for (int axis = 2; axis >= 0; axis--) {
      p.at[axis] = i % g_.output[axis];
      i /= g_.output[axis];
    }
    p.image = i;
    return p;
  }

  // Calls f(image, first position in it, count) for each image's share of so many positions.
  template <class F>
  void each_image(int64_t first, int64_t count, F&& f) const {
    const int64_t outputs = g_.outputs();
    for (const int64_t end = first + count; first < end;) {
      const int64_t o = first % outputs, n = std::min(outputs - o, end - first);
      f(first / outputs, o, n);
      first += n;
    }
  }

  // What a thread works on: up to height_ columns by width_ filters of one part, in memory of its
  // own.
  class Worker {
   public:
    Worker(const WeightGradient& w, float* memory)
        : w_(w),
          columns_(memory),
          panels_(columns_ + kRowBlock * kPitch),
          sums_(panels_ + w.width_ * kDepth) {}

    void reckon(int64_t g, int64_t part, int64_t column, int64_t filter) const {
      const Params& p = w_.p_;
      const int64_t columns = std::min(w_.height_, p.columns() - column);
      const int64_t filters = std::min(w_.width_, p.filters - filter);
      const int64_t first = part * w_.part_depth_;
      const int64_t end = std::min(p.positions(), first + w_.part_depth_);
      int64_t at = first;
      do {  // without positions, sums of nothing
        const int64_t depth = std::min(kDepth, end - at);
        pack_filters(g, filter, filters, at, depth);
        for (int64_t r = 0; r < columns; r += kRowBlock) {
          const int64_t rows = std::min(kRowBlock, columns - r);
          lay_out_columns(g, column + r, rows, at, depth);
          multiply(rows, filters, depth, at > first, sums_ + r * w_.width_);
        }
        at += depth;
      } while (at < end);
      store(g, part, column, columns, filter, filters);
    }

   private:
    void pack_filters(int64_t g, int64_t filter, int64_t filters, int64_t first,
                      int64_t depth) const {
      constexpr int kColumns = Tile<float>::kColumns;
      const Params& p = w_.p_;
      const int64_t outputs = w_.g_.outputs();
      const float* dy = w_.args_.data<const float>(0) + (g * p.filters + filter) * outputs;
      for (int64_t f = 0; f < filters; f += kColumns)
        w_.each_image(
            first, depth,
            [&, to = panels_ + f * kDepth](int64_t image, int64_t o, int64_t count) mutable {
              pack_panel(dy + (image * p.group * p.filters + f) * outputs + o, 1, outputs, count,
                         std::min<int64_t>(kColumns, filters - f), to);
              to += count * kColumns;
            });
    }

    void lay_out_columns(int64_t g, int64_t column, int64_t columns, int64_t first,
                         int64_t depth) const {
      if (depth <= 0) return;
      const Geometry& geometry = w_.g_;
      const Position start = w_.position(first);
      const int64_t channel = start.image * w_.p_.group * w_.p_.channels + g * w_.p_.channels;
      const float* x = w_.args_.data<const float>(1) + channel * geometry.inputs();
      int64_t t[3], rest = column;
      for (int i = 2; i >= 0; i--) {
        t[i] = rest % geometry.kernel[i];
        rest /= geometry.kernel[i];
      }
      x += rest * geometry.inputs();
      for (float* to = columns_; columns > 0; columns--, to += kPitch) {
        lay_out_column(x, t, start, depth, to);
        int i = 2;
        for (; i >= 0 && ++t[i] == geometry.kernel[i]; i--) t[i] = 0;
        if (i < 0) x += geometry.inputs();  // the next channel
      }
    }

    // What one tap of one channel meets at so many positions; x is the channel of the first image.
    void lay_out_column(const float* x, const int64_t (&t)[3], Position p, int64_t depth,
                        float* to) const {
      const Geometry& g = w_.g_;
      const int64_t s = g.stride[2];
      int64_t shift[3];
      for (int i = 0; i < 3; i++) shift[i] = t[i] * g.dilation[i] - g.begin[i];
      // Positions [inside, outside) of a row meet the input.
      const int64_t inside = shift[2] < 0 ? (s - 1 - shift[2]) / s : 0;
      const int64_t outside = g.input[2] > shift[2] ? (g.input[2] - shift[2] + s - 1) / s : 0;
      while (depth > 0) {
        const int64_t o = p.at[2], run = std::min(depth, g.output[2] - o);
        const int64_t at0 = p.at[0] * g.stride[0] + shift[0],
                      at1 = p.at[1] * g.stride[1] + shift[1];
        const int64_t from = std::clamp<int64_t>(inside - o, 0, run),
                      end = std::clamp(outside - o, from, run);
        if (at0 >= 0 && at0 < g.input[0] && at1 >= 0 && at1 < g.input[1] && from < end)
          load_row(Source<float>{x + (at0 * g.input[1] + at1) * g.input[2] + o * s + shift[2]}, s,
                   from, end, run, 0, to);
        else
          std::fill_n(to, run, 0.0f);
        to += run;
        depth -= run;
        p.at[2] = 0;
        if (++p.at[1] < g.output[1]) continue;
        p.at[1] = 0;
        if (++p.at[0] < g.output[0]) continue;
        p.at[0] = 0;
        x += w_.p_.group * w_.p_.channels * g.inputs();
      }
    }

    void multiply(int64_t rows, int64_t filters, int64_t depth, bool add, float* sums) const {
      using T = Tile<float>;
      const Right<float> right{panels_, T::kColumns, kDepth * T::kColumns};
      for (int64_t r = 0; r < rows; r += T::kRows)
        multiply_rows<float>(Left<float>{columns_ + r * kPitch, kPitch, 1}, right,
                             Result<float>{sums + r * w_.width_, w_.width_},
                             static_cast<int>(std::min<int64_t>(T::kRows, rows - r)),
                             round_up(filters, T::kLanes), depth, add, nullptr,
                             [](int64_t, int64_t) {});
    }

    // The transpose of the sums to dw, or to the part's sums.
    void store(int64_t g, int64_t part, int64_t column, int64_t columns, int64_t filter,
               int64_t filters) const {
      constexpr int kSide = Block<float>::kSide;
      const int64_t row = w_.p_.columns();
      float* to = (w_.parts_ > 1 ? w_.partials_ + part * w_.sums_ : w_.dw_) +
                  (g * w_.p_.filters + filter) * row + column;
      const int64_t whole_columns = columns / kSide * kSide,
                    whole_filters = filters / kSide * kSide;
      for (int64_t f = 0; f < whole_filters; f += kSide)
        for (int64_t c = 0; c < whole_columns; c += kSide)
          Block<float>::transpose(sums_ + c * w_.width_ + f, w_.width_, to + f * row + c, row);
      for (int64_t f = 0; f < filters; f++)
        for (int64_t c = f < whole_filters ? whole_columns : 0; c < columns; c++)
          to[f * row + c] = sums_[c * w_.width_ + f];
    }

    const WeightGradient& w_;
    float *columns_, *panels_, *sums_;
  };

  void add_parts() const {
    args_.parallel(sums_, 4096, [&](int64_t begin, int64_t end, int) {
      for (int64_t i = begin; i < end; i += Vec<float>::kLanes) {
        Vec<float> sum(0.0f);
        for (int64_t part = 0; part < parts_; part++)
          sum += Vec<float>::load_first(partials_ + part * sums_ + i, end - i);
        sum.store_first(dw_ + i, end - i);
      }
    });
  }

  const Arguments& args_;
  const Params& p_;
  const Geometry& g_;
  const int64_t sums_, part_depth_, parts_, width_, height_;
  float* const dw_;
  float* const partials_;
  float* const blocks_;
};

void conv_grad_weight_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  WeightGradient(args, p).run();
}

SX_KERNEL("conv_grad_weight.f32", conv_grad_weight_f32);

}  // namespace
}  // namespace sx::SX_ISA
