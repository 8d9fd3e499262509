// conv_depthwise_blocked.f32: conv_blocked.f32 where each channel has one filter of its own. x is
// [batch, group / 16, input, 16] or plain, y and z are [batch, group / 16, output, 16] or plain; w
// comes from conv_depthwise_blocked.pack.f32: [group / 16, taps, 16]. Idea: a vector is 16
// channels, and a tile eight positions side by side, or below each other at the left and right edge
// of an image, so that all of a tile meet the same taps. Nothing is copied but what is plain: some
// rows of 16 channels at a time, to a block and from one. Zhang et al., arXiv 1809.10170, in
// blocks.
#include "cpu/block_copy.h"
#include "cpu/depthwise_tile.h"
#include "cpu/epilogue.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;  // the last two are 1
  Geometry geometry;
  int64_t part_rows;             // of positions along the first axis that are worked on at a time
  int64_t x_blocked, y_blocked;  // 1: channels are in blocks
  int64_t add_last;              // 1: y = f(...) + z
  Activation activation;
};

struct PackParams {
  int64_t group, taps;
};

void pack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const float* w = args.data<const float>(0);
  float* to = args.data<float>(1);
  for (int64_t b = 0; b < p.group; b += kBlock)
    for (int64_t t = 0; t < p.taps; t++)
      for (int64_t c = b; c < b + kBlock; c++) *to++ = c < p.group ? w[c * p.taps + t] : 0.0f;
}

void unpack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const float* packed = args.data<const float>(0);
  float* to = args.data<float>(1);
  for (int64_t c = 0; c < p.group; c++)
    for (int64_t t = 0; t < p.taps; t++)
      to[c * p.taps + t] = packed[(c / kBlock * p.taps + t) * kBlock + c % kBlock];
}

// A block of channels of an image, whole or only some rows along the first axis.
struct Plane {
  const float *x, *z;  // of rows x_row and y_row on
  float* y;
  int64_t x_row, y_row;
};

// Sums up rows of the output of one block of channels.
class Summer {
 public:
  Summer(const Geometry& g, const Epilogue& epilogue, const float* w, const float* bias, Tap* taps,
         const Plane& plane)
      : g_(g), epilogue_(epilogue), taps_(taps), plane_(plane) {
    sums_.w = w;
    sums_.bias = bias;
    sums_.low = epilogue_.low;
    sums_.high = epilogue_.high;
    sums_.taps = taps;
  }

  // Rows [first, last) of all o0 x o1 rows.
  void run(int64_t first, int64_t last) {
    for (int64_t row = first; row < last;) {
      // Rows that meet the same taps, as those in the middle of an image do, are done together.
      const Taps top(g_.axis(0), row / g_.output[1]), middle(g_.axis(1), row % g_.output[1]);
      int64_t rows = 1;
      while (g_.output[1] == 1 && row + rows < last && rows < kTile &&
             Taps(g_.axis(0), row + rows) == top)
        rows++;
      run_rows(row, rows, top, middle);
      row += rows;
    }
  }

 private:
  void run_rows(int64_t row, int64_t rows, const Taps& top, const Taps& middle) {
    const int64_t columns = g_.output[2];
    for (int64_t q = 0; q < columns;) {
      const Taps side(g_.axis(2), q);
      int64_t count = 1;
      while (q + count < columns && Taps(g_.axis(2), q + count) == side) count++;
      find_taps(top, middle, side);
      if (count >= kTile / 2 || rows == 1) {
        for (int64_t r = 0; r < rows; r++)
          for (int64_t done = 0; done < count;) {
            const int64_t left = count - done, tiles = (left + kTile - 1) / kTile;
            const int64_t n = (left + tiles - 1) / tiles;
            run_tile(row + r, q + done, n, g_.stride[2] * kBlock, kBlock);
            done += n;
          }
      } else {  // below each other
        for (int64_t i = 0; i < count; i++)
          run_tile(row, q + i, rows, g_.stride[0] * g_.input[1] * g_.input[2] * kBlock,
                   columns * kBlock);
      }
      q += count;
    }
  }

  void find_taps(const Taps& top, const Taps& middle, const Taps& side) {
    Tap* to = taps_;
    for (int64_t t0 = top.first; t0 < top.last; t0++)
      for (int64_t t1 = middle.first; t1 < middle.last; t1++)
        for (int64_t t2 = side.first; t2 < side.last; t2++)
          *to++ = {
              int32_t(((t0 * g_.dilation[0] * g_.input[1] + t1 * g_.dilation[1]) * g_.input[2] +
                       t2 * g_.dilation[2]) *
                      kBlock),
              int32_t(((t0 * g_.kernel[1] + t1) * g_.kernel[2] + t2) * kBlock)};
    sums_.tap_count = to - taps_;
  }

  void run_tile(int64_t row, int64_t q, int64_t count, int64_t x_step, int64_t y_step) {
    const int64_t i0 = row / g_.output[1] * g_.stride[0] - g_.begin[0],
                  i1 = row % g_.output[1] * g_.stride[1] - g_.begin[1],
                  i2 = q * g_.stride[2] - g_.begin[2];
    const int64_t at = ((row - plane_.y_row * g_.output[1]) * g_.output[2] + q) * kBlock;
    sums_.x = plane_.x + (((i0 - plane_.x_row) * g_.input[1] + i1) * g_.input[2] + i2) * kBlock;
    sums_.y = plane_.y + at;
    sums_.z = epilogue_.z_first ? plane_.z + at : nullptr;
    sums_.x_step = x_step;
    sums_.y_step = y_step;
    sum_tile(count, sums_);
    if (epilogue_.is_done_in_registers()) return;
    for (int64_t p = 0; p < count; p++)
      epilogue_.finish(plane_.y + at + p * y_step, plane_.z + at + p * y_step, kBlock);
  }

  const Geometry& g_;
  const Epilogue& epilogue_;
  Tap* const taps_;
  const Plane plane_;
  Sums sums_;
};

class Convolver {
 public:
  Convolver(const Params& p, const Arguments& args)
      : p_(p),
        g_(p.geometry),
        args_(args),
        epilogue_(p.activation, args.has(3), p.add_last),
        blocks_((p.group + kBlock - 1) / kBlock) {}

  void run() {
    const int64_t planes = p_.batch * blocks_, rows = g_.output[0];
    if (planes * g_.outputs() == 0) return;
    auto* bias = reinterpret_cast<float*>(args_.scratch);
    bias_ = bias;
    for (int64_t c = 0; c < blocks_ * kBlock; c++)
      bias[c] = args_.has(2) && c < p_.group ? args_.data<const float>(2)[c] : 0.0f;
    // Scratch of a thread: taps, and what is plain as blocks.
    float* const scratch = bias + blocks_ * kBlock;
    const int64_t taps = round_up(2 * g_.taps(), kLine);
    const int64_t each = taps + plain_floats(p_.part_rows);
    // In blocks, threads share the rows as in other layers, and then the blocks; plain channels
    // they share one by one if there are enough.
    const int64_t threads = args_.pool().threads();
    int64_t parts = std::clamp<int64_t>(threads, 1, (rows + kTile - 1) / kTile);
    if (!(p_.x_blocked && p_.y_blocked))
      parts = planes % threads == 0 || planes > 4 * threads ? 1 : parts;
    parts = std::max(parts, (rows + p_.part_rows - 1) / p_.part_rows);
    const int64_t work = g_.outputs() * g_.taps() * kBlock / parts;
    args_.parallel(planes * parts, std::max<int64_t>(1, (1 << 17) / std::max<int64_t>(1, work)),
                   [&](int64_t begin, int64_t end, int worker) {
                     float* const mine = scratch + worker * each;
                     for (int64_t i = begin; i < end; i++) {
                       const int64_t part = i / planes, plane = i % planes;
                       run_part(plane / blocks_, plane % blocks_, part * rows / parts,
                                (part + 1) * rows / parts, reinterpret_cast<Tap*>(mine),
                                mine + taps);
                     }
                   });
  }

 private:
  int64_t x_row() const { return g_.input[1] * g_.input[2]; }  // elements
  int64_t y_row() const { return g_.output[1] * g_.output[2]; }

  // Of blocks that hold what is plain, for so many rows of the output.
  int64_t plain_floats(int64_t rows) const {
    const int64_t x =
        std::min((rows - 1) * g_.stride[0] + g_.axis(0).reach(), g_.input[0]) * x_row();
    const int64_t y = rows * y_row();
    return kBlock * ((p_.x_blocked ? 0 : x) + (p_.y_blocked ? 0 : 2 * y));
  }

  // Rows [first, last) of the output.
  void run_part(int64_t image, int64_t block, int64_t first, int64_t last, Tap* taps,
                float* scratch) const {
    if (first == last) return;
    const int64_t channel = image * p_.group + block * kBlock;
    const int64_t channels = std::min<int64_t>(kBlock, p_.group - block * kBlock);
    const int64_t plane = (image * blocks_ + block) * kBlock;
    const int64_t count = (last - first) * y_row(), y_at = channel * g_.outputs() + first * y_row();
    const float* const z = args_.has(3) ? args_.data<const float>(3) : nullptr;
    float* const y = args_.data<float>(4);
    Plane p{.x = args_.data<const float>(0) + plane * g_.inputs(),
            .z = z ? z + plane * g_.outputs() : nullptr,
            .y = y + plane * g_.outputs(),
            .x_row = 0,
            .y_row = 0};
    if (!p_.x_blocked) {
      p.x_row = std::clamp<int64_t>(first * g_.stride[0] - g_.begin[0], 0, g_.input[0]);
      const int64_t end = std::clamp<int64_t>(
          (last - 1) * g_.stride[0] - g_.begin[0] + g_.axis(0).reach(), p.x_row, g_.input[0]);
      const int64_t elements = (end - p.x_row) * x_row();
      to_block(args_.data<const float>(0) + channel * g_.inputs() + p.x_row * x_row(), g_.inputs(),
               channels, elements, scratch);
      p.x = scratch;
      scratch += elements * kBlock;
    }
    if (!p_.y_blocked) {
      p.y_row = first;
      p.y = scratch;
      if (z) {
        to_block(z + y_at, g_.outputs(), channels, count, scratch + count * kBlock);
        p.z = scratch + count * kBlock;
      }
    }
    fetch_ahead(channel, count);
    Summer(g_, epilogue_, args_.data<const float>(1) + block * g_.taps() * kBlock,
           bias_ + block * kBlock, taps, p)
        .run(first * g_.output[1], last * g_.output[1]);
    if (!p_.y_blocked) from_block(p.y, channels, count, y + y_at, g_.outputs());
  }

  // While a block is worked on, what is plain of the next one comes, and the lines that it will be
  // written to: processors do not foresee 16 channels at a time. Small ones only, which come in the
  // meantime and stay.
  void fetch_ahead(int64_t channel, int64_t count) const {
    constexpr int64_t kMost = 256;  // positions
    const int64_t next = channel + kBlock;
    if (next + kBlock > p_.batch * p_.group || count < g_.outputs()) return;
    if (!p_.x_blocked && g_.inputs() <= kMost)
      for (int64_t i = 0; i < kBlock * g_.inputs(); i += kLine)
        __builtin_prefetch(args_.data<const float>(0) + next * g_.inputs() + i);
    if (!p_.y_blocked && g_.outputs() <= kMost)
      for (int64_t i = 0; i < kBlock * g_.outputs(); i += kLine)
        __builtin_prefetch(args_.data<float>(4) + next * g_.outputs() + i, 1);
  }

  const Params& p_;
  const Geometry& g_;
  const Arguments& args_;
  const Epilogue epilogue_;
  const int64_t blocks_;
  const float* bias_ = nullptr;
};

void conv_depthwise_blocked_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  Convolver(p, args).run();
}

SX_KERNEL("conv_depthwise_blocked.pack.f32", pack);
SX_KERNEL("conv_depthwise_blocked.unpack.f32", unpack);
SX_KERNEL("conv_depthwise_blocked.f32", conv_depthwise_blocked_f32);

}  // namespace
}  // namespace sx::SX_ISA
