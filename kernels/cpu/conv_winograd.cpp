// conv_winograd.f32: conv_blocked.f32 for 3 x 3 kernels without strides, dilations and groups; x, y
// and z in blocks, w from conv_winograd.pack.f32. Winograd's F(4 x 4, 3 x 3): 36 products for 16
// outputs in place of 144. Tiles of 6 x 6 inputs are transformed, 36 matrix products [tiles,
// channels] x [channels, filters] follow, and their results are transformed to tiles of 4 x 4. For
// small images F(2 x 2, 3 x 3), with 16 products for 4 outputs.
// Idea: the points 0, +-3/4, +-3/2 and infinity, which are exact and of one magnitude. In a model
// of the arithmetic (float32, 32 and 256 channels) the largest error was 1.8 times that of direct
// sums for normal data, where the usual +-1, +-2 made 5.8, and smaller than theirs for data of one
// sign; WinogradErrorTest holds it to 4. Measured in whole models only: bench/results. Lavin and
// Gray, arXiv 1509.09308; Barabasz et al., arXiv 1803.10986.
#include "cpu/conv_tile.h"
#include "cpu/epilogue.h"
#include "cpu/winograd.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
  int64_t out;    // of a tile along each axis: 4 or 2
  int64_t tiles;  // that are worked on at a time
  int64_t add_last;
  Activation activation;
};

struct PackParams {
  int64_t out, filters, channels;
};

int64_t panels(int64_t filters) { return (round_up(filters, kBlock) + kPanel - 1) / kPanel; }
int64_t width(int64_t filters, int64_t panel) {
  return std::min<int64_t>(kPanel, round_up(filters, kBlock) - panel * kPanel);
}

// w [filters, channels, 3, 3] to [places, panel, channels, filters of the panel].
template <int kOut>
void pack(const Arguments& args, const PackParams& p) {
  constexpr int kIn = Winograd<kOut>::kIn;
  const float* w = args.data<const float>(0);
  float* to = args.data<float>(1);
  const int64_t padded = round_up(p.filters, kBlock);
  // A block of filters at a time, so that what is written lies side by side.
  args.parallel(padded / kBlock, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t f = begin * kBlock; f < end * kBlock; f += kBlock) {
      const int64_t panel = f / kPanel, wide = width(p.filters, panel);
      float* const first = to + panel * kPanel * p.channels + f % kPanel;
      for (int64_t c = 0; c < p.channels; c++) {
        float places[kIn * kIn][kBlock] = {};
        for (int64_t lane = 0; lane < std::min<int64_t>(kBlock, p.filters - f); lane++) {
          double g[3][3], rows[3][kIn], columns[kIn];
          for (int i = 0; i < 9; i++) g[i % 3][i / 3] = w[((f + lane) * p.channels + c) * 9 + i];
          for (int j = 0; j < 3; j++) Winograd<kOut>::transform_filter(g[j], rows[j]);
          for (int i = 0; i < kIn; i++) {
            const double column[3] = {rows[0][i], rows[1][i], rows[2][i]};
            Winograd<kOut>::transform_filter(column, columns);
            for (int j = 0; j < kIn; j++)
              places[i * kIn + j][lane] = static_cast<float>(columns[j]);
          }
        }
        for (int place = 0; place < kIn * kIn; place++)
          std::copy_n(places[place], kBlock, first + place * padded * p.channels + c * wide);
      }
    }
  });
}

void pack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  p.out == 4 ? pack<4>(args, p) : pack<2>(args, p);
}

template <int kOut>
class Convolver {
  using W = Winograd<kOut>;
  static constexpr int kIn = W::kIn, kPlaces = kIn * kIn;

 public:
  Convolver(const Params& p, const Arguments& args)
      : p_(p),
        g_(p.geometry),
        args_(args),
        epilogue_(p.activation, args.has(3), p.add_last),
        in_blocks_((p.channels + kBlock - 1) / kBlock),
        out_blocks_((p.filters + kBlock - 1) / kBlock),
        across_((g_.output[2] + kOut - 1) / kOut),
        each_((g_.output[0] + kOut - 1) / kOut * across_),
        bias_(reinterpret_cast<float*>(args.scratch)),
        zeros_(bias_ + out_blocks_ * kBlock),
        v_(zeros_ + kLargestPanel),
        m_(v_ + kPlaces * in_blocks_ * p.tiles * kBlock) {}

  void run() {
    std::fill_n(zeros_, kLargestPanel, 0.0f);
    for (int64_t f = 0; f < out_blocks_ * kBlock; f++)
      bias_[f] = args_.has(2) && f < p_.filters ? args_.data<const float>(2)[f] : 0.0f;
    share_tiles() ? each_thread_some() : together();
  }

 private:
  // Tiles that are worked on at a time, and what they are transformed to: [places, blocks, tiles,
  // 16].
  struct Round {
    int64_t first, count;
    float *v, *m;
  };

  // Whether it costs less that each thread reads all weights than that threads read what others
  // have transformed; with at least half a tile of sums for each.
  bool share_tiles() const {
    const int64_t threads = args_.pool().threads();
    return threads > 1 && 2 * p_.tiles >= threads * kPositions &&
           p_.channels * p_.filters < p_.batch * each_ * (p_.channels + p_.filters);
  }

  void each_thread_some() const {
    const int64_t threads = args_.pool().threads(), all = p_.batch * each_;
    const int64_t most = p_.tiles / threads;
    const int64_t rounds = round_up((all + most - 1) / most, threads);
    args_.parallel(rounds, 1, [&](int64_t begin, int64_t end, int worker) {
      for (int64_t i = begin; i < end; i++) {
        const int64_t first = i * all / rounds;
        const Round r{first, (i + 1) * all / rounds - first,
                      v_ + worker * kPlaces * in_blocks_ * most * kBlock,
                      m_ + worker * kPlaces * out_blocks_ * most * kBlock};
        load(r, 0, in_blocks_ * r.count);
        multiply(r, 0, kPlaces * panels(p_.filters));
        store(r, 0, out_blocks_ * r.count);
      }
    });
  }

  void together() const {
    const int64_t all = p_.batch * each_, rounds = (all + p_.tiles - 1) / p_.tiles;
    for (int64_t i = 0; i < rounds; i++) {
      const int64_t first = i * all / rounds;
      const Round r{first, (i + 1) * all / rounds - first, v_, m_};
      args_.parallel(in_blocks_ * r.count, 8,
                     [&](int64_t begin, int64_t end, int) { load(r, begin, end); });
      args_.parallel(kPlaces * panels(p_.filters), 1,
                     [&](int64_t begin, int64_t end, int) { multiply(r, begin, end); });
      args_.parallel(out_blocks_ * r.count, 8,
                     [&](int64_t begin, int64_t end, int) { store(r, begin, end); });
    }
  }

  // Blocks of channels of tiles, products at places for panels, and blocks of filters of tiles,
  // each numbered through.
  void load(const Round& r, int64_t begin, int64_t end) const {
    for (int64_t i = begin; i < end; i++) load_tile(r, i / r.count, i % r.count);
  }
  void multiply(const Round& r, int64_t begin, int64_t end) const {
    for (int64_t i = begin; i < end; i++)
      multiply_panel(r, i / panels(p_.filters), i % panels(p_.filters));
  }
  void store(const Round& r, int64_t begin, int64_t end) const {
    for (int64_t i = begin; i < end; i++) store_tile(r, i / r.count, i % r.count);
  }

  struct Place {
    int64_t image, row, column;  // of the tile's first output
  };
  Place place(int64_t tile) const {
    return {tile / each_, tile % each_ / across_ * kOut, tile % across_ * kOut};
  }

  // Transforms a block of channels of a tile.
  void load_tile(const Round& r, int64_t block, int64_t tile) const {
    const Place at = place(r.first + tile);
    const float* x =
        args_.data<const float>(0) + (at.image * in_blocks_ + block) * g_.inputs() * kBlock;
    const int64_t row = at.row - g_.begin[0], column = at.column - g_.begin[2];
    float* const to = r.v + (block * r.count + tile) * kBlock;
    const int64_t step = in_blocks_ * r.count * kBlock;
    const bool inside =
        row >= 0 && column >= 0 && row + kIn <= g_.input[0] && column + kIn <= g_.input[2];
    for (int lane = 0; lane < kBlock; lane += kLanes) {
      Vector t[kIn][kIn];  // rows are transformed first
#pragma GCC unroll 6
      for (int j = 0; j < kIn; j++) {
        Vector d[kIn], u[kIn];
        const float* from = x + (row * g_.input[2] + column + j) * kBlock + lane;
#pragma GCC unroll 6
        for (int i = 0; i < kIn; i++, from += g_.input[2] * kBlock) {
          const bool there = inside || (uint64_t(row + i) < uint64_t(g_.input[0]) &&
                                        uint64_t(column + j) < uint64_t(g_.input[2]));
          d[i] = there ? Vector::load(from) : Vector(0.0f);
        }
        W::transform_input(d, u);
#pragma GCC unroll 6
        for (int i = 0; i < kIn; i++) t[i][j] = u[i];
      }
#pragma GCC unroll 6
      for (int i = 0; i < kIn; i++) {
        Vector u[kIn];
        W::transform_input(t[i], u);
#pragma GCC unroll 6
        for (int j = 0; j < kIn; j++) u[j].store(to + (i * kIn + j) * step + lane);
      }
    }
  }

  // The product at one of the places, for a panel of filters.
  void multiply_panel(const Round& r, int64_t at, int64_t panel) const {
    const int64_t wide = width(p_.filters, panel);
    Run runs[kRuns];
    Sums t;
    t.w = args_.data<const float>(1) + (at * out_blocks_ * kBlock + panel * kPanel) * p_.channels;
    t.runs = runs;
    t.step = kBlock;
    t.bias = zeros_;
    t.low = -INFINITY;
    t.high = INFINITY;
    t.y_block = t.z_block = r.count * kBlock;
    const int64_t tiles = (r.count + kPositions - 1) / kPositions,
                  most = (r.count + tiles - 1) / tiles;
    // Blocks of channels in groups, so that their list is short; sums go on from the last group's.
    for (int64_t first = 0; first < in_blocks_; first += kRuns) {
      const int64_t last = std::min<int64_t>(first + kRuns, in_blocks_);
      for (int64_t b = first; b < last; b++)
        runs[b - first] = {int32_t((b - first) * r.count * kBlock),
                           int32_t(std::min<int64_t>(kBlock, p_.channels - b * kBlock))};
      t.run_count = last - first;
      const int64_t products = std::min(last * kBlock, p_.channels) - first * kBlock;
      int64_t fetched = 0;
      for (int64_t q = 0; q < r.count; q += most) {
        const int64_t n = std::min(most, r.count - q);
        // What follows these weights is needed next: a line for each product.
        const bool is_end = at == kPlaces - 1 && panel == panels(p_.filters) - 1;
        t.ahead = fetched < wide * products / kLine && !is_end
                      ? t.w + wide * products + fetched * kLine
                      : nullptr;
        fetched += products;
        t.x = r.v + ((at * in_blocks_ + first) * r.count + q) * kBlock;
        t.y = r.m + ((at * out_blocks_ + panel * kPanel / kBlock) * r.count + q) * kBlock;
        t.z = first == 0 ? nullptr : t.y;
        sum_tile_for(n, wide, kBlock)(t);
      }
      t.w += (last - first) * kBlock * wide;
    }
  }

  // Transforms a block of filters of a tile back.
  void store_tile(const Round& r, int64_t block, int64_t tile) const {
    const Place at = place(r.first + tile);
    const float* from = r.m + (block * r.count + tile) * kBlock;
    const int64_t step = out_blocks_ * r.count * kBlock;
    const int64_t rows = std::min<int64_t>(kOut, g_.output[0] - at.row),
                  columns = std::min<int64_t>(kOut, g_.output[2] - at.column);
    const int64_t to =
        (((at.image * out_blocks_ + block) * g_.output[0] + at.row) * g_.output[2] + at.column) *
        kBlock;
    float* const y = args_.data<float>(4) + to;
    const float* const z = args_.has(3) ? args_.data<const float>(3) + to : nullptr;
    const Vector low(epilogue_.low), high(epilogue_.high);
    for (int lane = 0; lane < kBlock; lane += kLanes) {
      Vector t[kOut][kIn];
#pragma GCC unroll 6
      for (int j = 0; j < kIn; j++) {
        Vector m[kIn], u[kOut];
#pragma GCC unroll 6
        for (int i = 0; i < kIn; i++) m[i] = Vector::load(from + (i * kIn + j) * step + lane);
        W::transform_output(m, u);
#pragma GCC unroll 4
        for (int i = 0; i < kOut; i++) t[i][j] = u[i];
      }
      const Vector bias = Vector::load(bias_ + block * kBlock + lane);
#pragma GCC unroll 4
      for (int i = 0; i < kOut; i++) {
        if (i >= rows) break;
        Vector u[kOut];
        W::transform_output(t[i], u);
#pragma GCC unroll 4
        for (int j = 0; j < kOut; j++) {
          if (j >= columns) break;
          const int64_t place = (i * g_.output[2] + j) * kBlock + lane;
          Vector sum = u[j] + bias;
          if (epilogue_.z_first) sum += Vector::load(z + place);
          min(high, max(low, sum)).store(y + place);
        }
      }
    }
    if (epilogue_.is_done_in_registers()) return;
    for (int64_t i = 0; i < rows; i++)
      epilogue_.finish(y + i * g_.output[2] * kBlock, z + i * g_.output[2] * kBlock,
                       columns * kBlock);
  }

  static constexpr int kRuns = 32;

  const Params& p_;
  const Geometry& g_;
  const Arguments& args_;
  const Epilogue epilogue_;
  const int64_t in_blocks_, out_blocks_;
  const int64_t across_, each_;  // tiles of a row, of an image
  float *const bias_, *const zeros_;
  float *const v_, *const m_;
};

void conv_winograd_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  if (p.batch * p.filters * p.geometry.outputs() == 0) return;
  p.out == 4 ? Convolver<4>(p, args).run() : Convolver<2>(p, args).run();
}

SX_KERNEL("conv_winograd.pack.f32", pack);
SX_KERNEL("conv_winograd.f32", conv_winograd_f32);

}  // namespace
}  // namespace sx::SX_ISA
