// What lstm.cpp and gru.cpp share. A weight [G gates x H units, K] is packed as its transpose [K,
// columns], the units of each gate padded with zeros to a multiple of 16, the columns to a multiple
// of 64 and cut into panels of 64, so that sums of products run along full registers. Sequences are
// walked in blocks of steps: what comes from x for a whole block at once, so that W is read once a
// block, then step by step what comes from the state.
#pragma once
#include <algorithm>
#include <cmath>
#include <string>

#include "cpu/simd/math.h"
#include "kernel.h"

namespace sx::SX_ISA {

constexpr int64_t kUnits = 16;
constexpr int64_t kPanel = 64;

inline int64_t round_up(int64_t n, int64_t step) { return (n + step - 1) / step * step; }

// The columns of `gates` gates of `units` units each.
inline int64_t packed_columns(int64_t gates, int64_t units) {
  return round_up(gates * round_up(units, kUnits), kPanel);
}

// c[r][0, kPanel) += sum over k of a[r][k] * b[k][0, kPanel), for R rows.
template <int R>
inline void add_products(const float* const* a, int64_t depth, const float* b, float* const* c) {
  using V = Vec<float>;
  constexpr int kVectors = kPanel / V::kLanes;
  constexpr int kPart = R == 1 ? std::min(8, kVectors) : 4;  // accumulators of a row
  for (int part = 0; part < kPanel; part += kPart * V::kLanes) {
    V sums[R][kPart];
    for (int r = 0; r < R; r++)
      for (int i = 0; i < kPart; i++) sums[r][i] = V::load(c[r] + part + i * V::kLanes);
    const float* row = b + part;
    for (int64_t k = 0; k < depth; k++, row += kPanel) {
      V weights[kPart];
      for (int i = 0; i < kPart; i++) weights[i] = V::load(row + i * V::kLanes);
      for (int r = 0; r < R; r++) {
        const V x(a[r][k]);
        for (int i = 0; i < kPart; i++) sums[r][i] = fma(x, weights[i], sums[r][i]);
      }
    }
    for (int r = 0; r < R; r++)
      for (int i = 0; i < kPart; i++) sums[r][i].store(c[r] + part + i * V::kLanes);
  }
}

// c[r][0, columns) += a[r][0, depth) b for any number of rows, b packed.
inline void add_products(int64_t rows, const float* const* a, int64_t depth, const float* b,
                         int64_t columns, float* const* c) {
  constexpr int64_t kRows = Vec<float>::kLanes == 16 ? 4 : 2;
  for (int64_t column = 0; column < columns; column += kPanel, b += depth * kPanel)
    for (int64_t r = 0; r < rows; r += kRows) {
      float* to[kRows];
      const int64_t count = std::min(kRows, rows - r);
      for (int64_t i = 0; i < count; i++) to[i] = c[r + i] + column;
      switch (count) {
        case 1:
          add_products<1>(a + r, depth, b, to);
          break;
        case 2:
          add_products<2>(a + r, depth, b, to);
          break;
        case 3:
          add_products<3>(a + r, depth, b, to);
          break;
        default:
          add_products<kRows>(a + r, depth, b, to);
      }
    }
}

struct RecurrentSizes {
  int64_t steps, batch, inputs, hidden, directions;
  int64_t reverse;      // the first direction reads from the end
  int64_t batch_first;  // x is [batch, steps, inputs], y [batch, steps, directions, hidden]
};

// The walk of one direction over some sequences of the batch. Cell has
//   constexpr kGates                                       of W
//   x_weights(d)                                           W, packed
//   biases(d, to)                                          packed_columns(kGates, hidden) values
//   step(d, rows, x sums, states, sequences)               replaces states by the next ones
template <class Cell>
class Walk {
 public:
  static constexpr int64_t kSequences = 4;   // that a task walks together
  static constexpr int64_t kBlockRows = 32;  // of x for which W is read once

  Walk(const Arguments& args, const RecurrentSizes& sizes, const Cell& cell)
      : s_(sizes),
        cell_(cell),
        units_(round_up(sizes.hidden, kUnits)),
        columns_(packed_columns(Cell::kGates, sizes.hidden)) {
    x_ = args.data<const float>(0);
    if (args.has(4)) lengths_ = args.data<const int32_t>(4);
    if (args.has(5)) initial_h_ = args.data<const float>(5);
    if (args.has(6)) initial_c_ = args.data<const float>(6);
    y_ = args.data<float>(8);
    if (args.has(9)) last_h_ = args.data<float>(9);
    if (args.has(10)) last_c_ = args.data<float>(10);
    for (int64_t b = 0; lengths_ != nullptr && b < s_.batch; b++)
      if (lengths_[b] < 0 || lengths_[b] > s_.steps)
        throw InvalidData("length " + std::to_string(lengths_[b]) + " of sequence " +
                          std::to_string(b) + " is outside [0, " + std::to_string(s_.steps) + "]");
    if (args.scratch_bytes < uint64_t(floats() * args.pool().threads()) * sizeof(float))
      throw std::invalid_argument("too little scratch memory");
    scratch_ = reinterpret_cast<float*>(args.scratch);
  }

  void run(const Arguments& args) {
    const int64_t groups = (s_.batch + kSequences - 1) / kSequences;
    args.parallel(s_.directions * groups, 1, [&](int64_t begin, int64_t end, int worker) {
      for (int64_t i = begin; i < end; i++)
        walk(i / groups, i % groups * kSequences, scratch_ + worker * floats());
    });
  }

 private:
  const RecurrentSizes s_;
  const Cell& cell_;
  const int64_t units_, columns_;
  const float *x_, *initial_h_ = nullptr, *initial_c_ = nullptr;
  const int32_t* lengths_ = nullptr;
  float *y_, *last_h_ = nullptr, *last_c_ = nullptr;
  float* scratch_;

  // Of one thread: biases, sums of a block, states, and what the cell wants.
  int64_t floats() const {
    return (1 + kBlockRows) * columns_ + 2 * kSequences * units_ + Cell::scratch(s_.hidden);
  }

  int64_t length(int64_t b) const { return lengths_ == nullptr ? s_.steps : lengths_[b]; }

  int64_t state_at(int64_t d, int64_t b) const {
    return (s_.batch_first ? b * s_.directions + d : d * s_.batch + b) * s_.hidden;
  }

  const float* x_row(int64_t t, int64_t b) const {
    return x_ + (s_.batch_first ? b * s_.steps + t : t * s_.batch + b) * s_.inputs;
  }

  float* y_row(int64_t d, int64_t t, int64_t b) const {
    return y_ + (s_.batch_first ? (b * s_.steps + t) * s_.directions + d
                                : (t * s_.directions + d) * s_.batch + b) *
                    s_.hidden;
  }

  void walk(int64_t d, int64_t first, float* scratch) const {
    const int64_t count = std::min(kSequences, s_.batch - first);
    const bool reverse = d == 1 || s_.reverse;
    float* biases = scratch;
    float* sums = biases + columns_;
    float* h = sums + kBlockRows * columns_;
    float* c = h + kSequences * units_;
    float* more = c + kSequences * units_;
    cell_.biases(d, biases);
    int64_t longest = 0;
    for (int64_t i = 0; i < count; i++) {
      load_state(initial_h_, state_at(d, first + i), h + i * units_);
      load_state(initial_c_, state_at(d, first + i), c + i * units_);
      longest = std::max(longest, length(first + i));
    }
    const int64_t block = kBlockRows / count;
    for (int64_t from = 0; from < longest; from += block) {
      const int64_t to = std::min(longest, from + block);
      // The rows of x of this block, those of one step together; sequences that have ended are left
      // out.
      const float* x[kBlockRows];
      float* to_sums[kBlockRows];
      int64_t rows = 0;
      for (int64_t step = from; step < to; step++)
        for (int64_t i = 0; i < count; i++)
          if (const int64_t n = length(first + i); step < n) {
            x[rows] = x_row(reverse ? n - 1 - step : step, first + i);
            to_sums[rows] = sums + rows * columns_;
            std::copy_n(biases, columns_, to_sums[rows]);
            rows++;
          }
      add_products(rows, x, s_.inputs, cell_.x_weights(d), columns_, to_sums);
      rows = 0;
      for (int64_t step = from; step < to; step++) {
        float *states[kSequences], *cells[kSequences], *y[kSequences];
        int64_t active = 0;
        for (int64_t i = 0; i < count; i++)
          if (const int64_t n = length(first + i); step < n) {
            states[active] = h + i * units_;
            cells[active] = c + i * units_;
            y[active++] = y_row(d, reverse ? n - 1 - step : step, first + i);
          }
        cell_.step(d, active, to_sums + rows, states, cells, more);
        for (int64_t i = 0; i < active; i++) std::copy_n(states[i], s_.hidden, y[i]);
        rows += active;
      }
    }
    for (int64_t i = 0; i < count; i++) {
      for (int64_t t = length(first + i); t < s_.steps; t++)
        std::fill_n(y_row(d, t, first + i), s_.hidden, 0.f);
      if (last_h_ != nullptr)
        std::copy_n(h + i * units_, s_.hidden, last_h_ + state_at(d, first + i));
      if (last_c_ != nullptr)
        std::copy_n(c + i * units_, s_.hidden, last_c_ + state_at(d, first + i));
    }
  }

  void load_state(const float* from, int64_t at, float* to) const {
    std::fill_n(to, units_, 0.f);
    if (from != nullptr) std::copy_n(from + at, s_.hidden, to);
  }
};

// Bounds an activation's argument; NaN stays.
inline Vec<float> clip(Vec<float> x, Vec<float> bound) { return max(-bound, min(bound, x)); }

}  // namespace sx::SX_ISA
