// conv_blocked.f32: y[n, m, o] = f(b[m] + sum over c, t of w[m, c, t] * x[n, c, o * stride - begin
// + t * dilation] + z[n, m, o]), or f(...) + z. x is [batch, group * channels, input], y and z are
// [batch, group * filters, output], each with channels in blocks of 16 or plain; w comes from
// conv_blocked.pack.f32. Idea: vectors are 16 filters, and a tile of 14 positions by 32 filters
// stays in registers while all its products are summed, so that no size of an image wastes lanes;
// where taps would leave the image, a part of it is copied with its padding first. Blocks that
// two groups share are summed once for each, lanes of the other one empty. Measured in whole models
// only: bench/results. Georganas et al., arXiv 1808.05567.
#include "cpu/conv_output.h"
#include "cpu/conv_panels.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
  int64_t tile_rows, tile_columns;  // of positions that a thread works on at most
  int64_t x_blocked, y_blocked;     // 1: channels are in blocks
  int64_t add_last;                 // 1: y = f(...) + z
  Activation activation;
};

// How a part of the input lies in memory: floats from element to element along each axis.
struct Lie {
  int64_t channel;  // a block, or a plain channel
  int64_t axis[3];

  // `size` elements along each axis, in blocks or plain.
  Lie(const int64_t (&size)[3], bool blocked) {
    axis[2] = blocked ? kBlock : 1;
    axis[1] = size[2] * axis[2];
    axis[0] = size[1] * axis[1];
    channel = size[0] * axis[0];
  }
  int64_t at(int64_t i0, int64_t i1, int64_t i2) const {
    return i0 * axis[0] + i1 * axis[1] + i2 * axis[2];
  }
};

// What of the output a thread works on at a time.
struct Part {
  int64_t image, row, rows, column, columns;
};

class Convolver {
 public:
  Convolver(const Params& p, const Arguments& args)
      : p_(p),
        g_(p.geometry),
        args_(args),
        panels_{p.group, p.filters},
        depth_(p.channels * g_.taps()),
        in_place_(g_.reads_inside()),
        most_(part_size(g_, {p.tile_rows, p.tile_columns}, args.pool().threads(), p.batch,
                        p.channels, p.filters, panels_.count(), kPositions)),
        size_{(most_.rows - 1) * g_.stride[0] + g_.axis(0).reach(),
              (g_.output[1] - 1) * g_.stride[1] + g_.axis(1).reach(),
              (most_.columns - 1) * g_.stride[2] + g_.axis(2).reach()},
        lie_(in_place_ ? Lie(g_.input, p.x_blocked) : Lie(size_, p.x_blocked)),
        output_(args, p.group * p.filters, g_.outputs(), p.y_blocked,
                Epilogue(p.activation, args.has(3), p.add_last)) {}

  void run() {
    const TileGrid grid(g_, p_.batch, most_.rows, most_.columns);
    const int64_t filters = p_.group * p_.filters;
    if (grid.count() == 0 || filters == 0) return;
    auto* bias = reinterpret_cast<float*>(args_.scratch);
    bias_ = bias;
    for (int64_t f = 0; f < round_up(filters, kBlock); f++)
      bias[f] = args_.has(2) && f < filters ? args_.data<const float>(2)[f] : 0;

    // Scratch of a thread: which part of the input is copied, the runs, and the copy.
    auto* const scratch = bias + round_up(filters, kLine);
    const int64_t runs = round_up(2 * most_runs(), kLine);
    const int64_t each = kLine + runs + (in_place_ ? 0 : round_up(planes() * lie_.channel, kLine));
    const int64_t threads = args_.pool().threads();
    for (int64_t i = 0; i < threads; i++) *ready(scratch + i * each) = -1;
    // Few parts: cut the filters too. A thread's share is filters of one part after the other.
    const int64_t chunks =
        threads == 1 ? 1
                     : std::clamp<int64_t>(kChunks * threads / grid.count(), 1, panels_.count());
    const int64_t work = most_.rows * g_.output[1] * most_.columns * depth_ * filters / chunks;
    args_.parallel(
        grid.count() * chunks, std::max<int64_t>(1, (1 << 18) / std::max<int64_t>(1, work)),
        [&](int64_t begin, int64_t end, int worker) {
          auto* const mine = scratch + worker * each;
          auto* const list = reinterpret_cast<Run*>(mine + kLine);
          int64_t group = -1, count = 0;
          for (int64_t i = begin; i < end; i++) {
            const int64_t at = i / chunks, chunk = i % chunks;
            const Part part = this->part(grid.at(at));
            const float* x = in_place_ ? place(part) : mine + kLine + runs;
            if (!in_place_ && *ready(mine) != at) copy(part, mine + kLine + runs);
            *ready(mine) = at;
            for (int64_t j = chunk * panels_.count() / chunks;
                 j < (chunk + 1) * panels_.count() / chunks; j++) {
              const Panel panel = panels_.at(j);
              if (panel.end <= panel.from) continue;
              if (panel.group != group) count = find_runs(panel.group, list);
              group = panel.group;
              const bool last = j + 1 == panels_.count();
              run_panel(part, panel, last ? panel : panels_.at(j + 1), x, {list, size_t(count)});
            }
          }
        });
  }

 private:
  static int64_t* ready(float* scratch) { return reinterpret_cast<int64_t*>(scratch); }

  Part part(const TileGrid::Place& at) const {
    return {at.image, at.row, std::min(most_.rows, g_.output[0] - at.row), at.column,
            std::min(most_.columns, g_.output[2] - at.column)};
  }

  // Blocks, or plain channels, of the input.
  int64_t planes() const {
    const int64_t channels = p_.group * p_.channels;
    return p_.x_blocked ? (channels + kBlock - 1) / kBlock : channels;
  }
  int64_t most_runs() const {
    return (p_.x_blocked ? (p_.channels + 2 * kBlock - 2) / kBlock : p_.channels) * g_.taps();
  }

  const float* image(const Part& part) const {
    return args_.data<const float>(0) + part.image * planes() * g_.inputs() * lie_.axis[2];
  }

  const float* place(const Part& part) const {
    return image(part) + lie_.at(part.row * g_.stride[0], 0, part.column * g_.stride[2]);
  }

  int64_t find_runs(int64_t group, Run* to) const {
    const Run* const first = to;
    const auto tap = [&](int64_t t0, int64_t t1, int64_t t2) {
      return lie_.at(t0 * g_.dilation[0], t1 * g_.dilation[1], t2 * g_.dilation[2]);
    };
    const auto each_tap = [&](int64_t offset, int64_t length) {
      const bool row = !p_.x_blocked && g_.dilation[2] == 1;  // taps lie side by side
      for (int64_t t0 = 0; t0 < g_.kernel[0]; t0++)
        for (int64_t t1 = 0; t1 < g_.kernel[1]; t1++)
          for (int64_t t2 = 0; t2 < (row ? 1 : g_.kernel[2]); t2++)
            *to++ = {int32_t(offset + tap(t0, t1, t2)), int32_t(row ? g_.kernel[2] : length)};
    };
    const int64_t start = group * p_.channels;
    if (p_.x_blocked)
      each_block(group, p_.channels, [&](int64_t c, int64_t count) {
        each_tap((start + c) / kBlock * lie_.channel + (start + c) % kBlock, count);
      });
    else
      for (int64_t c = 0; c < p_.channels; c++) each_tap((start + c) * lie_.channel, 1);
    return to - first;
  }

  // Lays out the input of a part, zeros where it reaches beyond the image.
  void copy(const Part& part, float* to) const {
    const int64_t each = p_.x_blocked ? kBlock : 1;
    const int64_t start[3] = {part.row * g_.stride[0] - g_.begin[0], -g_.begin[1],
                              part.column * g_.stride[2] - g_.begin[2]};
    // Elements [from, end) of a row are inside.
    const int64_t from = std::clamp<int64_t>(-start[2], 0, size_[2]);
    const int64_t end = std::clamp<int64_t>(g_.input[2] - start[2], from, size_[2]);
    const float* x = image(part);
    for (int64_t b = 0; b < planes(); b++, x += g_.inputs() * each)
      for (int64_t i0 = 0; i0 < size_[0]; i0++)
        for (int64_t i1 = 0; i1 < size_[1]; i1++, to += size_[2] * each) {
          const int64_t at0 = start[0] + i0, at1 = start[1] + i1;
          if (at0 < 0 || at0 >= g_.input[0] || at1 < 0 || at1 >= g_.input[1] || from == end) {
            std::fill_n(to, size_[2] * each, 0.0f);
            continue;
          }
          const float* row = x + ((at0 * g_.input[1] + at1) * g_.input[2] + start[2]) * each;
          std::fill_n(to, from * each, 0.0f);
          copy_run(row + from * each, (end - from) * each, to + from * each);
          std::fill_n(to + end * each, (size_[2] - end) * each, 0.0f);
        }
  }

  // `next` is the panel whose weights are fetched meanwhile: the same where this is the last.
  void run_panel(const Part& part, const Panel& panel, const Panel& next, const float* x,
                 std::span<const Run> runs) const {
    const float* const weights = args_.data<const float>(1);
    Sums t;
    t.w = weights + panel.weights * depth_;
    t.runs = runs.data();
    t.run_count = runs.size();
    t.step = g_.stride[2] * lie_.axis[2];
    t.row = g_.stride[0] * lie_.axis[0];
    t.bias = bias_ + panel.block;
    t.low = output_.epilogue.low;
    t.high = output_.epilogue.high;
    const int64_t lines = next.weights == panel.weights ? 0 : next.width * depth_ / kLine;
    int64_t fetched = 0;
    const auto run_tile = [&](SumTile sum, int64_t r, int64_t m, int64_t q, int64_t count) {
      t.x = x + lie_.at(r * g_.stride[0], m * g_.stride[1], q * g_.stride[2]);
      t.ahead = fetched < lines ? weights + next.weights * depth_ + fetched * kLine : nullptr;
      fetched += depth_;  // a line for each product
      const int64_t row = (part.row + r) * g_.output[1] + m;
      output_.finish(sum, t, {panel, part.image, row * g_.output[2] + part.column + q, count});
    };
    int64_t first = 0;
    // Short rows: two at a time, so that what is loaded of weights serves twice as many positions.
    if (g_.output[1] == 1 && part.columns == g_.output[2] && 2 * part.columns <= kPositions)
      for (; first + 1 < part.rows; first += 2)
        run_tile(sum_two_rows_for(part.columns, panel.width, t.step), first, 0, 0,
                 2 * part.columns);
    // Tiles of a row as equal as can be.
    const int64_t tiles = (part.columns + kPositions - 1) / kPositions;
    const int64_t most = (part.columns + tiles - 1) / tiles;
    const SumTile whole = sum_tile_for(most, panel.width, t.step);
    for (int64_t r = first; r < part.rows; r++)
      for (int64_t m = 0; m < g_.output[1]; m++)
        for (int64_t q = 0; q < part.columns; q += most) {
          const int64_t count = std::min(most, part.columns - q);
          run_tile(count == most ? whole : sum_tile_for(count, panel.width, t.step), r, m, q,
                   count);
        }
  }

  const Params& p_;
  const Geometry& g_;
  const Arguments& args_;
  const Panels panels_;
  const int64_t depth_;
  const bool in_place_;
  const PartSize most_;
  const int64_t size_[3];  // of a copied part of the input
  const Lie lie_;
  const Output output_;
  const float* bias_ = nullptr;
};

void conv_blocked_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  Convolver(p, args).run();
}

SX_KERNEL("conv_blocked.f32", conv_blocked_f32);

}  // namespace
}  // namespace sx::SX_ISA
