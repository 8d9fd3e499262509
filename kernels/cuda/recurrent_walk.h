// The steps of LSTM, GRU and RNN, one after the other, on a cluster of blocks (recurrent.h).
#pragma once
#include "cuda/cell_function.h"
#include "cuda/device/cluster.h"
#include "cuda/device/memory.h"
#include "cuda/device/warp.h"
#include "cuda/launch.h"

namespace sx::cuda {

template <int kFunctions>
struct RecurrentParams {
  int64_t steps, batch, inputs, hidden, directions;
  int64_t reverse;      // the first direction reads from the end
  int64_t batch_first;  // x is [batch, steps, inputs], y [batch, steps, directions, hidden]
  int64_t chunk;        // steps whose products with W are kept at a time
  int64_t variant;      // the cell's own attribute
  double clip;
  CellFunction functions[2][kFunctions];  // of each direction
};

// A launch, or the part of it that is about steps [from, from + count). A Cell has
//   kName, kGates, kFunctions
//   kHasC                            whether there is a second state, which no other unit sees
//   kBuffers                         [sequences, hidden] that all blocks of a cluster hold
//   adds_recurrent_bias(gate, g)     whether Rb goes with Wb
//   step(walk)                       one step
template <class Cell, class T>
struct Recurrent : RecurrentParams<Cell::kFunctions> {
  const T *x, *w, *r, *b;
  const int32_t* lengths;
  const T *initial_h, *initial_c, *peepholes;
  T *y, *last_h, *last_c;
  float* sums;    // [directions, chunk, batch, hidden, gates]
  float* states;  // [2, directions, batch, hidden] between chunks
  Reporter reporter;
  int64_t from = 0, count = 0;
  int blocks = 1;  // of a cluster

  explicit Recurrent(const Arguments& args)
      : RecurrentParams<Cell::kFunctions>(args.params_as<RecurrentParams<Cell::kFunctions>>()),
        x(tensor<const T>(args, 0)),
        w(tensor<const T>(args, 1)),
        r(tensor<const T>(args, 2)),
        b(tensor<const T>(args, 3)),
        lengths(tensor<const int32_t>(args, 4)),
        initial_h(tensor<const T>(args, 5)),
        initial_c(tensor<const T>(args, 6)),
        peepholes(tensor<const T>(args, 7)),
        y(tensor<T>(args, 8)),
        last_h(tensor<T>(args, 9)),
        last_c(tensor<T>(args, 10)),
        sums(reinterpret_cast<float*>(args.scratch)),
        states(sums + sequences() * this->chunk * this->hidden * Cell::kGates),
        reporter(stream_of(args).reporter(Cell::kName)) {
    const int64_t floats = sequences() * this->hidden * (this->chunk * Cell::kGates + 2);
    if (args.scratch_bytes < uint64_t(floats) * sizeof(float))
      throw std::invalid_argument("too little scratch memory");
    if (this->chunk < 1 && this->steps > 0) throw std::invalid_argument("a chunk without steps");
  }

  template <class U>
  static U* tensor(const Arguments& args, size_t i) {
    return args.has(i) ? args.data<U>(i) : nullptr;
  }

  __host__ __device__ int64_t sequences() const { return this->directions * this->batch; }

  // 0 if what is given is outside of the steps.
  __device__ int64_t length(int64_t sequence) const {
    const int64_t n = lengths ? lengths[sequence] : this->steps;
    return n < 0 || n > this->steps ? 0 : n;
  }

  // Where step i of a sequence is in time.
  __device__ int64_t time(int64_t d, int64_t i, int64_t length) const {
    return i < length && (d == 1 || this->reverse) ? length - 1 - i : i;
  }

  __device__ const T* x_row(int64_t t, int64_t sequence) const {
    return x + (this->batch_first ? sequence * this->steps + t : t * this->batch + sequence) *
                   this->inputs;
  }
  __device__ T* y_row(int64_t d, int64_t t, int64_t sequence) const {
    return y + (this->batch_first ? (sequence * this->steps + t) * this->directions + d
                                  : (t * this->directions + d) * this->batch + sequence) *
                   this->hidden;
  }
  __device__ int64_t state_at(int64_t d, int64_t sequence) const {
    return (this->batch_first ? sequence * this->directions + d : d * this->batch + sequence) *
           this->hidden;
  }

  __device__ float bias(int64_t d, int gate, int64_t unit) const {
    return b ? load_as(b[(d * 2 * Cell::kGates + gate) * this->hidden + unit]) : 0.f;
  }
};

// The products of N rows of weights, `apart` from each other, with S vectors, of which at(s, i) is
// an element. Lane l gets those of vector l % S.
template <int N, int S, class T, class At>
__device__ __forceinline__ void warp_products(const T* rows, int64_t apart, int depth, At at,
                                              float (&own)[N]) {
  float sums[N][S] = {};
#pragma unroll(S == 1 ? 4 : 2)
  for (int i = lane_index(); i < depth; i += kWarpSize) {
    float values[S];
#pragma unroll
    for (int s = 0; s < S; s++) values[s] = at(s, i);
#pragma unroll
    for (int n = 0; n < N; n++) {
      const float weight = load_as(load_constant(rows + n * apart + i));
#pragma unroll
      for (int s = 0; s < S; s++) sums[n][s] += weight * values[s];
    }
  }
#pragma unroll
  for (int n = 0; n < N; n++) {
    own[n] = 0;
#pragma unroll
    for (int s = 0; s < S; s++) {
      const float sum = warp_sum(sums[n][s]);
      if (s == lane_index() % S) own[n] = sum;
    }
  }
}

// What a thread sees of the steps of S sequences. Its own sequence is number lane % S; lanes of
// equal number compute the same, and each hands it to another block of the cluster.
template <class Cell, class T, int S>
class Walk {
 public:
  static constexpr int G = Cell::kGates;
  const Recurrent<Cell, T>& g;
  const int64_t d;
  float *h, *next;  // states of all units [S, hidden], before and after the step
  float* more;      // a third such buffer, for a cell that wants it

  __device__ Walk(const Recurrent<Cell, T>& g, float* shared)
      : g(g),
        d(blockIdx.x / g.blocks / groups()),
        h(shared),
        next(h + S * g.hidden),
        more(next + S * g.hidden),
        group_(blockIdx.x / g.blocks % groups()),
        sequence_(group_ * S + lane_index() % S),
        length_(sequence_ < g.batch ? g.length(sequence_) : 0),
        c_(h + Cell::kBuffers * S * g.hidden),
        share_(int(g.hidden + g.blocks - 1) / g.blocks),
        first_(int(blockIdx.x) % g.blocks * share_),
        end_(first_ + share_ < int(g.hidden) ? first_ + share_ : int(g.hidden)) {}

  __device__ void run() {
    begin();
    int64_t longest = 0;
    for (int s = 0; s < S; s++)
      if (group_ * S + s < g.batch) longest = max(longest, g.length(group_ * S + s));
    for (step_ = g.from; step_ < g.from + g.count; step_++) {
      if (step_ < longest)
        Cell::step(*this);
      else
        each_unit([&](int unit) { put_y(unit, 0); });
    }
    finish();
  }

  // Calls f with each unit of this warp.
  template <class F>
  __device__ __forceinline__ void each_unit(F f) const {
    for (int unit = first_ + warp_index(); unit < end_; unit += int(blockDim.x) / kWarpSize)
      f(unit);
  }

  // What comes from x for the gates of a unit.
  __device__ __forceinline__ void from_x(int unit, float (&sums)[G]) const {
    const bool there = sequence_ < g.batch;
    const float* from =
        g.sums + (((d * g.chunk + step_ - g.from) * g.batch + sequence_) * g.hidden + unit) * G;
#pragma unroll
    for (int gate = 0; gate < G; gate++) sums[gate] = there ? from[gate] : 0.f;
  }

  // Rows of R for a unit and N gates times one of the buffers.
  template <int N>
  __device__ __forceinline__ void from_state(int gate, int unit, const float* state,
                                             float (&sums)[N]) const {
    const int hidden = int(g.hidden);
    warp_products<N, S>(
        g.r + (d * G + gate) * g.hidden * g.hidden + int64_t{unit} * hidden, g.hidden * g.hidden,
        hidden, [=](int s, int i) { return state[s * hidden + i]; }, sums);
  }

  __device__ __forceinline__ float activate(int function, float x) const {
    return g.functions[d][function](x, float(g.clip));
  }

  __device__ __forceinline__ float state(int unit) const { return h[own(unit)]; }

  // Puts a value of this unit and sequence into all blocks' buffer.
  __device__ __forceinline__ void put(float* buffer, int unit, float value) const {
    const int to = lane_index() / S;
    if (to < g.blocks) (g.blocks == 1 ? buffer : map_shared(buffer, to))[own(unit)] = value;
  }

  // The unit's next state; a sequence that has ended keeps what it has.
  __device__ __forceinline__ void put_state(int unit, float value) const {
    const bool active = step_ < length_;
    put(next, unit, active ? value : state(unit));
    put_y(unit, active ? value : 0);
  }

  __device__ __forceinline__ float c(int unit) const { return c_[own_c(unit)]; }
  __device__ __forceinline__ void put_c(int unit, float value) const {
    sync_warp();  // all lanes have the old one
    if (lane_index() < S && step_ < length_) c_[own_c(unit)] = value;
  }

  // All that the blocks of the cluster have put is there.
  __device__ __forceinline__ void sync() const {
    if (g.blocks == 1)
      __syncthreads();
    else
      cluster_sync();
  }

  __device__ __forceinline__ void advance() {
    sync();
    float* const before = h;
    h = next;
    next = before;
  }

 private:
  const int64_t group_, sequence_, length_;
  float* const c_;  // [S, units of this block]
  const int share_, first_, end_;
  int64_t step_ = 0;

  __device__ int64_t groups() const { return (g.batch + S - 1) / S; }
  __device__ int own(int unit) const { return lane_index() % S * int(g.hidden) + unit; }
  __device__ int own_c(int unit) const { return lane_index() % S * share_ + unit - first_; }

  __device__ void put_y(int unit, float value) const {
    if (lane_index() < S && sequence_ < g.batch)
      g.y_row(d, g.time(d, step_, length_), sequence_)[unit] = store_as<T>(value);
  }

  // A state before the chunk: what the launch is given, or what the last chunk left.
  __device__ float before(const T* initial, int which, int64_t sequence, int unit) const {
    if (sequence >= g.batch) return 0;
    const int64_t at = g.state_at(d, sequence) + unit;
    if (g.from > 0) return g.states[which * g.sequences() * g.hidden + at];
    return initial ? load_as(initial[at]) : 0.f;
  }

  __device__ void begin() {
    for (int s = 0; s < S; s++) {
      const int64_t sequence = group_ * S + s;
      for (int unit = int(threadIdx.x); unit < int(g.hidden); unit += int(blockDim.x))
        h[s * int(g.hidden) + unit] = before(g.initial_h, 0, sequence, unit);
      for (int unit = first_ + int(threadIdx.x); Cell::kHasC && unit < end_;
           unit += int(blockDim.x))
        c_[s * share_ + unit - first_] = before(g.initial_c, 1, sequence, unit);
      if (g.lengths && sequence < g.batch && first_ + int(threadIdx.x) == 0)
        if (const int64_t n = g.lengths[sequence]; n < 0 || n > g.steps)
          g.reporter.report(Finding::kLengthOutside, n, sequence, g.steps);
    }
    sync();
  }

  __device__ void after(T* last, int which, int64_t sequence, int unit, float value) const {
    const int64_t at = g.state_at(d, sequence) + unit;
    if (g.from + g.count < g.steps)
      g.states[which * g.sequences() * g.hidden + at] = value;
    else if (last)
      last[at] = store_as<T>(value);
  }

  __device__ void finish() const {
    for (int s = 0; s < S && group_ * S + s < g.batch; s++)
      for (int unit = first_ + int(threadIdx.x); unit < end_; unit += int(blockDim.x)) {
        after(g.last_h, 0, group_ * S + s, unit, h[s * int(g.hidden) + unit]);
        if (Cell::kHasC) after(g.last_c, 1, group_ * S + s, unit, c_[s * share_ + unit - first_]);
      }
  }
};

}  // namespace sx::cuda
