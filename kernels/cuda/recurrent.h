// What lstm.cu, gru.cu and rnn.cu share: x [T, B, I] -> y [T, directions, B, H], or with the batch
// in front. The products of W with x come first, a warp for the gates of a unit and up to 4 rows,
// for as many steps as scratch memory has room for. Then the steps, one after the other: a cluster
// of up to 8 blocks (one block before sm_90) walks up to 4 sequences of one direction; each block
// has a share of the units, each warp reads the rows of R of a unit and hands the unit's new state
// to all blocks' shared memory. Any size; R is read again for each step, from the caches if it fits
// there.
#pragma once
#include "cuda/device/shared.h"
#include "cuda/recurrent_walk.h"

namespace sx::cuda {

constexpr int kProjectThreads = 256;

// The products of W with x, and the biases, for the steps of a chunk. A row is a step of a
// sequence.
template <class Cell, class T, int S>
__global__ void __launch_bounds__(kProjectThreads)
    project_kernel(const __grid_constant__ Recurrent<Cell, T> g) {
  constexpr int G = Cell::kGates;
  const int64_t rows = g.count * g.batch, groups = (rows + S - 1) / S;
  const int64_t item = int64_t{blockIdx.x} * (kProjectThreads / kWarpSize) + warp_index();
  if (item >= g.directions * groups * g.hidden) return;
  const int64_t unit = item % g.hidden, group = item / g.hidden % groups,
                d = item / g.hidden / groups;
  const T* x[S];
#pragma unroll
  for (int s = 0; s < S; s++) {
    const int64_t row = group * S + s < rows ? group * S + s : rows - 1;
    const int64_t sequence = row % g.batch;
    x[s] = g.x_row(g.time(d, g.from + row / g.batch, g.length(sequence)), sequence);
  }
  float sums[G];
  warp_products<G, S>(
      g.w + (d * G * g.hidden + unit) * g.inputs, g.hidden * g.inputs, int(g.inputs),
      [&](int s, int i) { return load_as(load_constant(x[s] + i)); }, sums);
  const int64_t row = group * S + lane_index();
  if (lane_index() >= S || row >= rows) return;
  float* to = g.sums + ((d * g.chunk * g.batch + row) * g.hidden + unit) * G;
#pragma unroll
  for (int gate = 0; gate < G; gate++)
    to[gate] = sums[gate] + g.bias(d, gate, unit) +
               (Cell::adds_recurrent_bias(gate, g.variant) ? g.bias(d, G + gate, unit) : 0.f);
}

constexpr int kWalkThreads = 512;

template <class Cell, class T, int S>
__global__ void __launch_bounds__(kWalkThreads, 1)
    walk_kernel(const __grid_constant__ Recurrent<Cell, T> g) {
  Walk<Cell, T, S>(g, &shared_memory<float>()).run();
}

// Shared memory for S sequences.
template <class Cell, class T>
size_t walk_bytes(const Recurrent<Cell, T>& g, int sequences) {
  const int64_t share = (g.hidden + g.blocks - 1) / g.blocks;
  return sizeof(float) * size_t(sequences) *
         size_t(Cell::kBuffers * g.hidden + (Cell::kHasC ? share : 0));
}

template <int S, class Cell, class T>
void project(const Arguments& args, const Recurrent<Cell, T>& g) {
  const int64_t groups = (g.count * g.batch + S - 1) / S;
  launch(args, project_kernel<Cell, T, S>,
         {.blocks = blocks_for(g.directions * groups * g.hidden, kProjectThreads / kWarpSize),
          .threads = kProjectThreads},
         g);
}

template <int S, class Cell, class T>
void walk(const Arguments& args, const Recurrent<Cell, T>& g) {
  const int64_t share = (g.hidden + g.blocks - 1) / g.blocks;
  const int64_t threads = share * kWarpSize;
  launch(args, walk_kernel<Cell, T, S>,
         {.blocks = blocks_for(g.directions * ((g.batch + S - 1) / S) * g.blocks, 1),
          .threads = uint32_t(threads < kWalkThreads ? threads : kWalkThreads),
          .shared_bytes = walk_bytes(g, S),
          .cluster = uint32_t(g.blocks)},
         g);
}

template <class Cell, class T>
void recurrent(const Arguments& args) {
  constexpr int64_t kUnits = kWalkThreads / kWarpSize;  // that a block of a cluster has at least
  constexpr int kSequences = 4;
  Recurrent<Cell, T> g(args);
  if (g.batch == 0 || g.hidden == 0) return;
  const Properties& device = stream_of(args).device;
  while (device.capability == 90 && g.blocks < 8 && g.hidden >= 2 * g.blocks * kUnits)
    g.blocks *= 2;
  const bool alone = g.batch == 1 || walk_bytes(g, kSequences) > device.shared_bytes;
  do {
    g.count = g.steps - g.from < g.chunk ? g.steps - g.from : g.chunk;
    if (g.count * g.batch > 1)
      project<kSequences>(args, g);
    else if (g.count > 0)
      project<1>(args, g);
    if (alone)
      walk<1>(args, g);
    else
      walk<kSequences>(args, g);
    g.from += g.count;
  } while (g.from < g.steps);
}

}  // namespace sx::cuda
