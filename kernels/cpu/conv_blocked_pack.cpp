// conv_blocked.pack.f32: w [group, filters, channels, taps] to panels [depth, filters of the
// panel], the depth in the order in which conv_blocked.f32 goes through the input: block by block
// of channels and tap by tap, or, of a plain input, channel by channel. conv_blocked.unpack.f32 is
// the way back, for the rare reader of a weight of which only the panels are kept.
#include "cpu/conv_panels.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t group, filters, channels, taps, x_blocked;
};

// Calls visit(packed, plain) for every element of the packed weights; plain is its place in w, or
// -1 for what fills a panel up.
template <class Visit>
void each_weight(const Params& p, Visit&& visit) {
  const Panels panels{p.group, p.filters};
  for (int64_t i = 0; i < panels.count(); i++) {
    const Panel panel = panels.at(i);
    int64_t packed = panel.weights * p.channels * p.taps;
    const auto row = [&](int64_t c, int64_t t) {
      for (int64_t f = panel.block; f < panel.block + panel.width; f++)
        visit(packed++, f >= panel.from && f < panel.end ? (f * p.channels + c) * p.taps + t : -1);
    };
    if (p.x_blocked)
      each_block(panel.group, p.channels, [&](int64_t first, int64_t count) {
        for (int64_t t = 0; t < p.taps; t++)
          for (int64_t c = first; c < first + count; c++) row(c, t);
      });
    else
      for (int64_t c = 0; c < p.channels; c++)
        for (int64_t t = 0; t < p.taps; t++) row(c, t);
  }
}

void conv_blocked_pack_f32(const Arguments& args) {
  const float* w = args.data<const float>(0);
  float* to = args.data<float>(1);
  each_weight(args.params_as<Params>(), [&](int64_t i, int64_t j) { to[i] = j < 0 ? 0.0f : w[j]; });
}

void conv_blocked_unpack_f32(const Arguments& args) {
  const float* packed = args.data<const float>(0);
  float* to = args.data<float>(1);
  each_weight(args.params_as<Params>(), [&](int64_t i, int64_t j) {
    if (j >= 0) to[j] = packed[i];
  });
}

SX_KERNEL("conv_blocked.pack.f32", conv_blocked_pack_f32);
SX_KERNEL("conv_blocked.unpack.f32", conv_blocked_unpack_f32);

}  // namespace
}  // namespace sx::SX_ISA
