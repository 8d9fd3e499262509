// recurrent.pack.f32: a weight [directions, G gates x H units, K] as its transpose in panels, for
// LSTM and GRU. The first `first` gates make one packed matrix [K, columns], the others, if there
// are any, a second one behind it; recurrent.h tells how a matrix lies.
#include "cpu/recurrent.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t directions, gates, hidden, depth, first;
};

float* pack(const float* weight, int64_t gates, int64_t hidden, int64_t depth, float* to) {
  const int64_t units = round_up(hidden, kUnits);
  const int64_t columns = packed_columns(gates, hidden);
  for (int64_t panel = 0; panel < columns; panel += kPanel)
    for (int64_t k = 0; k < depth; k++)
      for (int64_t c = panel; c < panel + kPanel; c++) {
        const int64_t gate = c / units, unit = c % units;
        *to++ = gate < gates && unit < hidden ? weight[(gate * hidden + unit) * depth + k] : 0;
      }
  return to;
}

void pack_f32(const Arguments& args) {
  const auto [directions, gates, hidden, depth, first] = args.params_as<Params>();
  const float* weight = args.data<const float>(0);
  float* to = args.data<float>(1);
  for (int64_t d = 0; d < directions && hidden > 0; d++) {
    to = pack(weight, first, hidden, depth, to);
    if (first < gates) to = pack(weight + first * hidden * depth, gates - first, hidden, depth, to);
    weight += gates * hidden * depth;
  }
}

SX_KERNEL("recurrent.pack.f32", pack_f32);

}  // namespace
}  // namespace sx::SX_ISA
