// matmul_nbits.f32: y = a · w + bias with weights of 4 bits, w = (code - zero) * scale.
// a [m, k]; codes [n, blocks, block / 2], two to a byte, the low half first; scales [n, blocks]; y
// [m, n]; optional zeros [n, (blocks + 1) / 2], packed alike, else 8; optional bias [n].
// A byte is the pair (even, odd), so a's rows are copied with the even numbers of each pair of
// vectors before the odd ones, and no code moves to another lane. Few rows of a: a few columns at a
// time, decoded in registers, so that the time is that of reading the codes. More: columns are
// decoded once into the panels of gemm.h. The two differ in rounding. Where a lane can look up one
// of 16 numbers, (code - zero) * scale is looked up.
// One core of an EPYC (Zen 5, AVX-512), k = n = 4096, blocks of 32, zero points: one row 0.64 ms
// (ONNX Runtime 1.29, accuracy_level 0: 0.83 ms), 16 rows 8.5 ms (5.0 ms), 128 rows 30 ms (24 ms).
#include "cpu/gemm.h"
#include "cpu/simd/bytes.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

using F = Vec<float>;
using I = Vec<int32_t>;

constexpr int kLanes = F::kLanes;
constexpr int kPair = 2 * kLanes;
constexpr int kTogether = kVectorBytes == 64 ? 4 : 2;  // columns whose sums fit into registers
constexpr int64_t kFewRows = 8;
constexpr int64_t kTaskCost = 65536;  // products that a task must at least have

struct Params {
  int64_t m, n, k, block;
};

// What the codes of a block stand for.
class Codes {
 public:
  Codes(int zero, float scale) : zero_(zero), scale_(scale) {
    alignas(64) static constexpr float kCodes[16] = {0, 1, 2,  3,  4,  5,  6,  7,
                                                     8, 9, 10, 11, 12, 13, 14, 15};
    if constexpr (kLanes == 16) all_ = (F::load(kCodes) - float(zero)) * scale_;
  }

  // Of the low four bits of each lane.
  F operator[](I codes) const {
    if constexpr (kLanes == 16) return __builtin_shuffle(all_.raw, codes.raw);
    return F(__builtin_convertvector((codes.raw & 15) - zero_.raw, F::Raw)) * scale_;
  }

 private:
  F all_;
  I zero_;
  F scale_;
};

// Of kBytes bytes a pair of vectors is made; they are fewer than lanes where a block is so short.
template <int kBytes>
class Product {
 public:
  explicit Product(const Arguments& args)
      : args_(args),
        p_(args.params_as<Params>()),
        codes_(args.data<const uint8_t>(1)),
        scales_(args.data<const float>(2)),
        y_(args.data<float>(3)),
        zeros_(args.has(4) ? args.data<const uint8_t>(4) : nullptr),
        bias_(args.has(5) ? args.data<const float>(5) : nullptr),
        a_(reinterpret_cast<float*>(args.scratch)),
        blocks_((p_.k + p_.block - 1) / p_.block),
        pairs_(p_.block / (2 * kBytes)),
        depth_(blocks_ * pairs_ * kPair) {}

  void run() {
    const float* a = args_.data<const float>(0);
    args_.parallel(p_.m, std::max<int64_t>(1, kTaskCost / depth_),
                   [&](int64_t row, int64_t end, int) {
                     for (; row < end; row++) split(a + row * p_.k, a_ + row * a_row());
                   });
    if (p_.m <= kFewRows)
      run_rows();
    else
      run_panels();
  }

 private:
  // Rows that lie whole pages apart would push each other out of the cache.
  int64_t a_row() const { return depth_ + 16; }

  // A row of a with its even and odd numbers apart, and 0 where it ends.
  void split(const float* from, float* to) const {
    for (int64_t i = 0; i < blocks_ * p_.block; i += 2 * kBytes, to += kPair)
      for (int lane = 0; lane < kLanes; lane++)
        for (int odd = 0; odd < 2; odd++) {
          const int64_t at = i + 2 * lane + odd;
          to[odd * kLanes + lane] = lane < kBytes && at < p_.k ? from[at] : 0;
        }
  }

  Codes codes_of(int64_t column, int64_t block) const {
    const int64_t i = column * ((blocks_ + 1) / 2) + block / 2;
    return {zeros_ ? zeros_[i] >> block % 2 * 4 & 15 : 8, scales_[column * blocks_ + block]};
  }

  // Lanes whose low four bits are the even codes, the next four the odd ones.
  I pair_of(int64_t column, int64_t pair) const {
    return widen_bytes<kBytes>(codes_ + (column * blocks_ * pairs_ + pair) * kBytes);
  }

  void run_rows() {
    const int64_t grain = kTogether * std::max<int64_t>(1, kTaskCost / (kTogether * depth_));
    args_.parallel(p_.n, grain, [&](int64_t column, int64_t end, int) {
      for (; column + kTogether <= end; column += kTogether) multiply_columns<kTogether>(column);
      for (; column < end; column++) multiply_columns<1>(column);
    });
  }

  template <int kColumns>
  void multiply_columns(int64_t column) {
    for (int64_t row = 0; row < p_.m; row++) {
      const float* a = a_ + row * a_row();
      F even[kColumns], odd[kColumns];
      for (int c = 0; c < kColumns; c++) even[c] = odd[c] = F(0);
      for (int64_t block = 0; block < blocks_; block++) {
        const auto all = [&]<int... C>(std::integer_sequence<int, C...>) {
          return std::array{codes_of(column + C, block)...};
        }
        (std::make_integer_sequence<int, kColumns>());
        for (int64_t pair = block * pairs_; pair < (block + 1) * pairs_; pair++, a += kPair) {
          const F left = F::load(a), right = F::load(a + kLanes);
          for (int c = 0; c < kColumns; c++) {
            const I codes = pair_of(column + c, pair);
            even[c] = fma(left, all[c][codes], even[c]);
            odd[c] = fma(right, all[c][codes.raw >> 4], odd[c]);
          }
        }
      }
      for (int c = 0; c < kColumns; c++)
        y_[row * p_.n + column + c] = sum(even[c] + odd[c]) + (bias_ ? bias_[column + c] : 0);
    }
  }

  void run_panels() {
    constexpr int64_t kColumns = Tile<float>::kColumns;
    constexpr int64_t kSize = kColumns * kDepthBlock;
    args_.parallel(
        (p_.n + kColumns - 1) / kColumns, 1, [&](int64_t panel, int64_t end, int worker) {
          float* const room = a_ + p_.m * a_row() + worker * 2 * kSize;
          for (; panel < end; panel++) {
            const int64_t column = panel * kColumns;
            multiply_panel(column, std::min(kColumns, p_.n - column), room, room + kSize);
          }
        });
  }

  void multiply_panel(int64_t column, int64_t columns, float* decoded, float* panel) {
    for (int64_t d = 0; d < depth_; d += kDepthBlock) {
      const int64_t depth = std::min(kDepthBlock, depth_ - d);
      for (int64_t c = 0; c < columns; c++)
        decode(column + c, d / kPair, (d + depth) / kPair, decoded + c * depth);
      pack_panel(decoded, 1, depth, depth, columns, panel);
      const float* const bias = bias_ && d + depth == depth_ ? bias_ + column : nullptr;
      for (int64_t row = 0; row < p_.m; row += Tile<float>::kRows) {
        const int rows = int(std::min<int64_t>(Tile<float>::kRows, p_.m - row));
        float* const y = y_ + row * p_.n + column;
        multiply_rows<float>({a_ + row * a_row() + d, a_row(), 1},
                             {panel, Tile<float>::kColumns, 0}, {y, p_.n}, rows, columns, depth,
                             d > 0, bias, [](int64_t, int64_t) {});
      }
    }
  }

  void decode(int64_t column, int64_t pair, int64_t end, float* to) const {
    while (pair < end) {
      const int64_t block = pair / pairs_;
      const Codes all = codes_of(column, block);
      for (; pair < std::min(end, (block + 1) * pairs_); pair++, to += kPair) {
        const I codes = pair_of(column, pair);
        all[codes].store(to);
        all[codes.raw >> 4].store(to + kLanes);
      }
    }
  }

  const Arguments& args_;
  const Params p_;
  const uint8_t* codes_;
  const float* scales_;
  float* y_;
  const uint8_t* zeros_;
  const float* bias_;
  float* a_;
  int64_t blocks_, pairs_, depth_;  // depth: the numbers of a row of a, as it is copied
};

void matmul_nbits(const Arguments& args) {
  constexpr int kShortest = std::min(8, kLanes);
  if (args.params_as<Params>().block < kPair)
    Product<kShortest>(args).run();
  else
    Product<kLanes>(args).run();
}

SX_KERNEL("matmul_nbits.f32", matmul_nbits);

}  // namespace
}  // namespace sx::SX_ISA
