// qlinear_conv_blocked: y[n, m, o] = saturate(round((b[m] + sum over c, t of w[m, c, t] * (x[n, c,
// o * stride - begin + t * dilation] - x_zero)) * x_scale * w_scale[m] / y_scale) + y_zero). x is
// [batch, group * channels, input], with channels in blocks of 16 or plain, y is [batch, group *
// filters, output] in blocks, all of bytes; int8 w comes from qlinear_conv_blocked.pack.i8. With
// groups, channels and filters of each are whole blocks. Idea: conv_blocked.cpp's, for products of
// four bytes; zero points are in the sums from the start, and a part with padding is copied, with
// x_zero around it. Measured only in a whole model: a quantised MobileNet V2 at 244 x 244 in 1.8
// to 2.3 ms (Zen 5, VNNI, one thread, a busy machine).
#include "cpu/part_copy.h"
#include "cpu/qlinear_tile.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
  int64_t tile_rows, tile_columns;  // of positions that a thread works on at most
  int64_t x_blocked;                // 1: channels are in blocks
};

struct PackParams {
  int64_t group, filters, channels, taps;
};

// The filters of a group in panels of kPanel, the last of kBlock if that is enough.
struct Panels {
  int64_t filters;

  int64_t padded() const { return round_up(filters, kBlock); }
  int64_t count() const { return (padded() + kPanel - 1) / kPanel; }
  int64_t width(int64_t i) const { return std::min<int64_t>(kPanel, padded() - i * kPanel); }
};

// Channels of block b, rounded up to whole quads.
inline int64_t depth_of_block(int64_t channels, int64_t b) {
  return round_up(std::min<int64_t>(kBlock, channels - b * kBlock), 4);
}

inline int64_t depth_of(int64_t channels, int64_t taps) { return round_up(channels, 4) * taps; }

// Calls visit(packed, filter, plain) for every packed weight, [group, panel, block of channels,
// tap, channels of the block / 4, filters of the panel, 4]: its place there, its filter in [group,
// filters in whole blocks], and its place in [group, filters, channels, taps], or -1 for what fills
// up.
template <class Visit>
void each_weight(const PackParams& p, Visit&& visit) {
  const int64_t padded = Panels{p.filters}.padded();
  int64_t packed = 0;
  const auto quad = [&](int64_t g, int64_t f, int64_t c, int64_t t) {
    for (int64_t i = c; i < c + 4; i++)
      visit(packed++, g * padded + f,
            f < p.filters && i < p.channels ? ((g * p.filters + f) * p.channels + i) * p.taps + t
                                            : -1);
  };
  for (int64_t g = 0; g < p.group; g++)
    for (int64_t first = 0; first < padded; first += kPanel)
      for (int64_t b = 0; b * kBlock < p.channels; b++)
        for (int64_t t = 0; t < p.taps; t++)
          for (int64_t c = b * kBlock, end = c + depth_of_block(p.channels, b); c < end; c += 4)
            for (int64_t f = first; f < std::min<int64_t>(first + kPanel, padded); f++)
              quad(g, f, c, t);
}

// The sums of each filter's weights, then the weights.
void pack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const int64_t filters = p.group * Panels{p.filters}.padded();
  const int8_t* w = args.data<const int8_t>(0);
  int32_t* sums = args.data<int32_t>(1);
  auto* to = reinterpret_cast<int8_t*>(sums + filters);
  std::fill_n(sums, filters, 0);
  each_weight(
      p, [&](int64_t i, int64_t filter, int64_t j) { sums[filter] += to[i] = j < 0 ? 0 : w[j]; });
}

void unpack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const auto* packed = reinterpret_cast<const int8_t*>(args.data<const int32_t>(0) +
                                                       p.group * Panels{p.filters}.padded());
  int8_t* to = args.data<int8_t>(1);
  each_weight(p, [&](int64_t i, int64_t, int64_t j) {
    if (j >= 0) to[j] = packed[i];
  });
}

class Convolver {
 public:
  Convolver(const Params& p, const Arguments& args)
      : p_(p),
        g_(p.geometry),
        args_(args),
        panels_{p.filters},
        blocks_((p.channels + kBlock - 1) / kBlock),
        each_(p.x_blocked ? kBlock : depth_of_block(p.channels, 0)),
        depth_(depth_of(p.channels, g_.taps())),
        in_place_(p.x_blocked && g_.reads_inside()),
        most_(part_size(g_, {p.tile_rows, p.tile_columns}, args.pool().threads(), p.batch * p.group,
                        p.channels, p.filters, panels_.count(), kPositions)),
        whole_(g_, 0, 0, most_.rows, most_.columns),
        row_{in_place_ ? g_.input[2] : whole_.size[2]},
        plane_{in_place_ ? g_.input[1] * row_ : whole_.size[1] * row_},
        block_{in_place_ ? g_.inputs() : whole_.positions()},
        back_(args, 6, 8),
        scaling_(args) {}

  void run() {
    const TileGrid grid(g_, p_.batch * p_.group, most_.rows, most_.columns);
    if (grid.count() == 0 || p_.filters == 0) return;
    // Scratch: the runs, and for each thread the part of the input if that is copied.
    auto* runs = reinterpret_cast<Run*>(args_.scratch);
    runs_ = {runs, size_t(blocks_ * g_.taps())};
    find_runs(runs);
    auto* const copies = reinterpret_cast<uint8_t*>(runs + round_up(runs_.size(), kLine / 2));
    const int64_t copied = in_place_ ? 0 : round_up(blocks_ * block_ * each_, 4 * kLine);

    // Few parts: cut the filters too. A thread's share is filters of one part after the other.
    const int64_t threads = args_.pool().threads();
    const int64_t chunks =
        threads == 1 ? 1
                     : std::clamp<int64_t>(kChunks * threads / grid.count(), 1, panels_.count());
    const int64_t work = most_.rows * g_.output[1] * most_.columns * depth_ * p_.filters / chunks;
    args_.parallel(grid.count() * chunks,
                   std::max<int64_t>(1, (1 << 20) / std::max<int64_t>(1, work)),
                   [&](int64_t begin, int64_t end, int worker) {
                     uint8_t* mine = copies + worker * copied;
                     int64_t ready = -1;
                     for (int64_t i = begin; i < end; i++) {
                       const Part part(grid, grid.at(i / chunks), g_);
                       const uint8_t* x = mine;
                       if (in_place_)
                         x = place(part);
                       else if (i / chunks != ready)
                         copy(part, mine);
                       ready = i / chunks;
                       const int64_t chunk = i % chunks;
                       for (int64_t panel = chunk * panels_.count() / chunks;
                            panel < (chunk + 1) * panels_.count() / chunks; panel++)
                         run_panel(part, panel, x);
                     }
                   });
  }

 private:
  // What of the output a thread works on at a time; an image is one group of it.
  struct Part {
    int64_t image, row, rows, column, columns;

    Part(const TileGrid& grid, const TileGrid::Place& at, const Geometry& g)
        : image(at.image),
          row(at.row),
          rows(std::min(grid.tile_rows, g.output[0] - at.row)),
          column(at.column),
          columns(std::min(grid.tile_columns, g.output[2] - at.column)) {}
  };

  const uint8_t* planes(const Part& part) const {
    return args_.data<const uint8_t>(0) +
           part.image * (p_.x_blocked ? blocks_ * kBlock : p_.channels) * g_.inputs();
  }
  const uint8_t* place(const Part& part) const {
    return planes(part) +
           (part.row * g_.stride[0] * g_.input[1] * g_.input[2] + part.column * g_.stride[2]) *
               kBlock;
  }

  void find_runs(Run* to) const {
    for (int64_t b = 0; b < blocks_; b++)
      for (int64_t t0 = 0; t0 < g_.kernel[0]; t0++)
        for (int64_t t1 = 0; t1 < g_.kernel[1]; t1++)
          for (int64_t t2 = 0; t2 < g_.kernel[2]; t2++)
            *to++ = {int32_t((b * block_ + t0 * g_.dilation[0] * plane_ +
                              t1 * g_.dilation[1] * row_ + t2 * g_.dilation[2]) *
                             each_),
                     int32_t(depth_of_block(p_.channels, b))};
  }

  // Lays out the input of a part as if it were a whole one, so that runs stay where they are.
  void copy(const Part& part, uint8_t* to) const {
    const PartCopy whole(g_, part.row, part.column, most_.rows, most_.columns);
    const auto padding = uint8_t(zero_point(args_, 2, 0));
    const uint8_t* x = planes(part);
    for (int64_t b = 0; b < blocks_; b++, to += block_ * each_)
      if (p_.x_blocked)
        whole.blocked(x + b * g_.inputs() * kBlock, padding, to);
      else
        whole.plain(x + b * g_.inputs() * kBlock,
                    std::min<int64_t>(kBlock, p_.channels - b * kBlock), padding, each_, to);
  }

  void run_panel(const Part& part, int64_t panel, const uint8_t* x) const {
    const int64_t width = panels_.width(panel), group = part.image % p_.group;
    const int64_t first = group * panels_.padded() + panel * kPanel;
    const auto* w =
        reinterpret_cast<const int8_t*>(args_.data<const int32_t>(3) + p_.group * panels_.padded());
    Sums t;
    t.w = w + first * depth_;
    t.runs = runs_.data();
    t.run_count = runs_.size();
    t.step = g_.stride[2] * each_;
    t.flip = Ints(int32_t(flip(args_, 0) * 0x01010101u));
    const int64_t filter = panel * kPanel;
    scaling_.fill(group * p_.filters + filter, std::min<int64_t>(kPanel, p_.filters - filter),
                  first, t.of);
    t.y_block = g_.outputs() * kBlock;
    uint8_t* y =
        args_.data<uint8_t>(8) + (part.image * panels_.padded() + panel * kPanel) * g_.outputs();
    // Tiles of a row as equal as can be.
    const int64_t tiles = (part.columns + kPositions - 1) / kPositions;
    const int64_t most = (part.columns + tiles - 1) / tiles;
    const SumTile whole = sum_tile_for(most, width, t.step);
    for (int64_t r = 0; r < part.rows; r++)
      for (int64_t m = 0; m < g_.output[1]; m++)
        for (int64_t q = 0; q < part.columns; q += most) {
          const int64_t count = std::min(most, part.columns - q);
          t.x =
              x + (r * g_.stride[0] * plane_ + m * g_.stride[1] * row_ + q * g_.stride[2]) * each_;
          t.y = y + (((part.row + r) * g_.output[1] + m) * g_.output[2] + part.column + q) * kBlock;
          (count == most ? whole : sum_tile_for(count, width, t.step))(t, back_);
        }
  }

  const Params& p_;
  const Geometry& g_;
  const Arguments& args_;
  const Panels panels_;
  const int64_t blocks_;  // of a group's channels
  const int64_t each_;    // bytes of a position
  const int64_t depth_;
  const bool in_place_;
  const PartSize most_;                // of a part
  const PartCopy whole_;               // the largest part
  const int64_t row_, plane_, block_;  // positions that the input read takes
  const Requantize back_;
  const FilterScaling scaling_;
  std::span<const Run> runs_;
};

// Tensors: x, x_scale, x_zero, packed w, w_scale, y_scale, y_zero, bias, y.
void qlinear_conv_blocked(const Arguments& args) {
  const auto p = args.params_as<Params>();
  Convolver(p, args).run();
}

SX_KERNEL("qlinear_conv_blocked.pack.i8", pack);
SX_KERNEL("qlinear_conv_blocked.unpack.i8", unpack);
SX_KERNEL("qlinear_conv_blocked", qlinear_conv_blocked);

}  // namespace
}  // namespace sx::SX_ISA
