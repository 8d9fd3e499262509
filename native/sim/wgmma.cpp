// wgmma: a warpgroup's products, executed in order at times of the schedule's choice, at the latest
// when somebody waits. From its first product until it is waited for, an accumulator lives in a
// tile here, and its registers hold NaN.
#include <algorithm>
#include <cstring>
#include <deque>
#include <limits>
#include <list>
#include <map>

#include "engines.h"
#include "sim/counters.h"

namespace sim {
namespace {

constexpr uint32_t kThreads = 128;  // of a warpgroup
constexpr size_t kKept = 64;  // operations, before those that everybody has waited for are dropped
constexpr uint32_t kRows = 64, kMostColumns = 256, kMostDepth = 16;

// Accumulators on their way: a 64 x n tile.
struct Tile {
  alignas(64) float d[kRows * kMostColumns];
  uint32_t n;
  float* registers[kThreads] =
      {};  // where thread t's part has come from; nullptr: not here, or back already
  uint64_t last[kThreads] = {};  // the thread's last operation on it
  uint32_t in_use = 0;           // by how many threads
};

struct Operation {
  Wgmma shape;
  Tile* tile;
  uint32_t arrived = 0;
  bool done = false;
  uint32_t a[kThreads][4];
  check::Operation checked;
};

// The view that one thread of a warpgroup has of what it issued.
struct Issuer {
  uint64_t issued = 0, waited = 0;  // operations
  std::deque<uint64_t> groups;      // ends of the committed ones that were not waited for
  bool fenced = false;              // wgmma.fence, and no reason to touch registers since
};

struct Warpgroup {
  Block* block;
  std::map<uint64_t, Operation> operations;  // by number; those that somebody may still ask for
  uint64_t created = 0, executed = 0;
  std::list<Tile> tiles;
  Issuer issuers[kThreads];
  WaitQueue queue{"wgmma.wait_group"};
};

std::map<std::pair<const Block*, uint32_t>, Warpgroup> warpgroups;

Warpgroup& warpgroup() {
  const uint32_t end = (current->rank / kThreads + 1) * kThreads;
  if (current->block->warps.size() * kWarpSize < end)
    fail("wgmma: the block's last %u threads are no warpgroup", kThreads);
  Warpgroup& group = warpgroups[{current->block, current->rank / kThreads}];
  group.block = current->block;
  return group;
}

// Row and column of accumulator i of thread t.
uint32_t row_of(uint32_t t, uint32_t i) { return t / 32 * 16 + i / 2 % 2 * 8 + t % 32 / 4; }
uint32_t column_of(uint32_t t, uint32_t i) { return i / 4 * 8 + t % 4 * 2 + i % 2; }

// An operand in shared memory, as its descriptor tells.
class Operand {
 public:
  Operand(uint64_t bits, const Block& block, uint32_t element_bytes, bool transposed)
      : start_(block.shared + ((bits & 0x3fff) << 4)),
        leading_((bits >> 16 & 0x3fff) << 4),
        stride_((bits >> 32 & 0x3fff) << 4),
        per_chunk_(16 / element_bytes),
        transposed_(transposed),
        block_(block) {
    constexpr uint32_t kSpan[] = {16, 128, 64, 32};
    span_ = kSpan[bits >> 62];
    if (bits >> 49 & 7)
      fail("wgmma: a descriptor with base offset %u is not simulated", unsigned(bits >> 49 & 7));
    if (bits & (3ull << 14 | 3ull << 30 | 7ull << 46 | 0x3ffull << 52))
      fail("wgmma: descriptor %016llx has bits outside of its fields",
           static_cast<unsigned long long>(bits));
  }

  // The 16 bytes that begin with element (mn, k): along k, or along mn if the operand is
  // transposed.
  const unsigned char* chunk(uint32_t mn, uint32_t k) const {
    const uint32_t rows = span_ / 16;  // chunks of a row of the swizzle's pattern
    size_t offset;
    if (!transposed_) {
      const uint32_t c = k / per_chunk_;
      offset = mn / 8 * stride_ + mn % 8 * span_ + (rows > 1 ? c * 16 : c * leading_);
    } else {
      const uint32_t c = mn / per_chunk_;
      offset = rows > 1 ? c % rows * 16 + c / rows * leading_ + k % 8 * span_ + k / 8 * stride_
                        : c * stride_ + k % 8 * 16 + k / 8 * leading_;
    }
    const uintptr_t address = reinterpret_cast<uintptr_t>(start_ + offset);
    const auto* at =
        reinterpret_cast<const unsigned char*>(address ^ (address >> 7 & (rows - 1)) << 4);
    if (at + 16 > block_.shared + block_.shared_bytes)
      fail(
          "wgmma: element (%u, %u) is at byte %zu of shared memory, of which the launch asked for "
          "%zu",
          mn, k, size_t(at - block_.shared), block_.shared_bytes);
    return at;
  }

  uint32_t per_chunk() const { return per_chunk_; }
  bool transposed() const { return transposed_; }

 private:
  const unsigned char* start_;
  size_t leading_, stride_;
  uint32_t per_chunk_, span_;
  bool transposed_;
  const Block& block_;
};

uint32_t element_bytes(Wgmma::Type type) { return type == Wgmma::kTfloat32 ? 4 : 2; }

float decode(Wgmma::Type type, const void* at) {
  if (type == Wgmma::kTfloat32) {
    uint32_t bits;
    std::memcpy(&bits, at, 4);
    return __builtin_bit_cast(float, bits & 0xffffe000u);  // what the tensor core looks at
  }
  uint16_t bits;
  std::memcpy(&bits, at, 2);
  return type == Wgmma::kBfloat16 ? __builtin_bit_cast(float, uint32_t(bits) << 16)
                                  : float(__builtin_bit_cast(_Float16, bits));
}

// out[k * count + mn] for k < depth.
void read_operand(const Operand& operand, Wgmma::Type type, uint32_t count, uint32_t depth,
                  float* out, check::Operation checked) {
  const uint32_t each = operand.per_chunk(), bytes = element_bytes(type);
  const uint32_t step_mn = operand.transposed() ? each : 1,
                 step_k = operand.transposed() ? 1 : each;
  for (uint32_t mn = 0; mn < count; mn += step_mn)
    for (uint32_t k = 0; k < depth; k += step_k) {
      const unsigned char* at = operand.chunk(mn, k);
      check::operation_reads(checked, at, 16);
      float* to = out + k * count + mn;
      const size_t step = operand.transposed() ? 1 : count;
      for (uint32_t i = 0; i < each; i++) to[i * step] = decode(type, at + i * bytes);
    }
}

// Thread t's registers of A: pairs (or single tf32 values) of rows r and r + 8, columns c and c +
// depth / 2.
void read_registers(const Operation& operation, uint32_t depth, float* out) {
  const bool wide = operation.shape.type == Wgmma::kTfloat32;
  for (uint32_t t = 0; t < kThreads; t++)
    for (uint32_t r = 0; r < 4; r++) {
      const uint32_t row = t / 32 * 16 + r % 2 * 8 + t % 32 / 4;
      const auto* bytes = reinterpret_cast<const unsigned char*>(&operation.a[t][r]);
      const uint32_t column = r / 2 * (depth / 2) + t % 4 * (wide ? 1 : 2);
      for (uint32_t i = 0; i < (wide ? 1 : 2); i++)
        out[(column + i) * kRows + row] = decode(operation.shape.type, bytes + 2 * i);
    }
}

using Vector = float __attribute__((vector_size(32), aligned(32)));

// d[i, j] += sum over k of a[k, i] b[k, j]: eight rows by a vector of columns at a time.
__attribute__((target_clones("default", "arch=haswell", "arch=skylake-avx512"))) void multiply(
    float* d, const float* a, const float* b, uint32_t n, uint32_t depth) {
  constexpr uint32_t kBlock = 8;
  for (uint32_t i = 0; i < kRows; i += kBlock)
    for (uint32_t j = 0; j < n; j += 8) {
      Vector sum[kBlock];
#pragma GCC unroll 8
      for (uint32_t r = 0; r < kBlock; r++)
        sum[r] = *reinterpret_cast<const Vector*>(d + (i + r) * n + j);
      for (uint32_t k = 0; k < depth; k++) {
        const Vector right = *reinterpret_cast<const Vector*>(b + k * n + j);
#pragma GCC unroll 8
        for (uint32_t r = 0; r < kBlock; r++) sum[r] += a[k * kRows + i + r] * right;
      }
#pragma GCC unroll 8
      for (uint32_t r = 0; r < kBlock; r++)
        *reinterpret_cast<Vector*>(d + (i + r) * n + j) = sum[r];
    }
}

void execute(Warpgroup& group) {
  Operation& operation = group.operations.at(group.executed++);
  const Wgmma& shape = operation.shape;
  alignas(64) static float a[kMostDepth * kRows], b[kMostDepth * kMostColumns];
  const uint32_t bytes = element_bytes(shape.type), depth = 32 / bytes;
  if (shape.a_in_registers)
    read_registers(operation, depth, a);
  else
    read_operand({shape.a, *group.block, bytes, shape.a_transposed}, shape.type, kRows, depth, a,
                 operation.checked);
  read_operand({shape.b, *group.block, bytes, shape.b_transposed}, shape.type, shape.n, depth, b,
               operation.checked);
  float* d = operation.tile->d;
  count(Counter::kWgmma);
  count(Counter::kTensorFlops, uint64_t{2} * kRows * shape.n * depth);
  if (!shape.accumulates) std::fill_n(d, kRows * shape.n, 0.f);
  multiply(d, a, b, shape.n, depth);
  operation.done = true;
  check::operation_ends(operation.checked);
  wake_all(group.queue);
}

// The tile that holds thread t's accumulators at d; nullptr if they are in its registers.
Tile* tile_of(Warpgroup& group, uint32_t t, const float* d) {
  for (Tile& tile : group.tiles)
    if (tile.registers[t] == d) return &tile;
  return nullptr;
}

void take_registers(Tile& tile, uint32_t t, float* d) {
  for (uint32_t i = 0; i < tile.n / 2; i++) {
    tile.d[row_of(t, i) * tile.n + column_of(t, i)] = d[i];
    d[i] = std::numeric_limits<float>::quiet_NaN();
  }
  tile.registers[t] = d;
  tile.in_use++;
  check::registers_taken(d, tile.n / 2 * sizeof *d);
}

void give_back(Tile& tile, uint32_t t) {
  for (uint32_t i = 0; i < tile.n / 2; i++)
    tile.registers[t][i] = tile.d[row_of(t, i) * tile.n + column_of(t, i)];
  check::registers_returned(tile.registers[t]);
  tile.registers[t] = nullptr;
  tile.in_use--;
}

}  // namespace

void forget_warpgroups() { warpgroups.clear(); }

void wgmma(const Wgmma& shape, float* d, const uint32_t* a) {
  require_capability(90, "wgmma");
  Warpgroup& group = warpgroup();
  const uint32_t t = current->rank % kThreads;
  Issuer& self = group.issuers[t];
  const uint64_t number = self.issued++;
  if (number == group.created) {
    Operation& fresh = group.operations[group.created++];
    fresh.shape = shape;
    fresh.tile = tile_of(group, t, d);
    fresh.checked = check::operation_issued("wgmma", check::Proxy::kAsync);
    if (!fresh.tile) {
      fresh.tile = &group.tiles.emplace_back();
      fresh.tile->n = shape.n;
    }
  } else {
    check::operation_joined(group.operations.at(number).checked);
  }
  Operation& operation = group.operations.at(number);
  Tile& tile = *operation.tile;
  if (operation.shape != shape || tile.n != shape.n)
    fail(
        "wgmma: the threads of a warpgroup issue different instructions, or one on an accumulator "
        "of another shape");
  Tile* const mine = tile_of(group, t, d);
  if (mine ? mine != &tile : tile.registers[t] != nullptr)
    fail("wgmma: the threads of a warpgroup use accumulators of different products");
  if ((!mine || a) && !self.fenced)
    fail("wgmma: registers were touched, and there was no wgmma.fence behind that");
  if (!mine) take_registers(tile, t, d);
  tile.last[t] = number;
  if (a) std::memcpy(operation.a[t], a, sizeof operation.a[t]);
  if (++operation.arrived == kThreads) issue([&group] { execute(group); });
}

void wgmma_fence() {
  require_capability(90, "wgmma.fence");
  warpgroup().issuers[current->rank % kThreads].fenced = true;
}

void wgmma_commit() {
  Issuer& self = warpgroup().issuers[current->rank % kThreads];
  self.groups.push_back(self.issued);
  self.fenced = false;
}

void wgmma_wait(uint32_t pending) {
  require_capability(90, "wgmma.wait_group");
  Warpgroup& group = warpgroup();
  const uint32_t t = current->rank % kThreads;
  Issuer& self = group.issuers[t];
  uint64_t end = 0;
  for (; self.groups.size() > pending; self.groups.pop_front()) end = self.groups.front();
  if (end == 0) return;
  while (group.executed < end) wait(group.queue);
  for (; self.waited < end; self.waited++)
    check::operation_waited_for(group.operations.at(self.waited).checked, false);
  for (auto it = group.tiles.begin(); it != group.tiles.end();) {
    Tile& tile = *it++;
    if (!tile.registers[t] || tile.last[t] >= end) continue;
    give_back(tile, t);
    self.fenced = false;
    if (tile.in_use == 0) group.tiles.erase(std::prev(it));
  }
  if (group.operations.size() > kKept) {
    const auto slowest =
        std::min_element(std::begin(group.issuers), std::end(group.issuers),
                         [](const Issuer& x, const Issuer& y) { return x.waited < y.waited; });
    group.operations.erase(group.operations.begin(), group.operations.lower_bound(slowest->waited));
  }
  maybe_switch();
}

}  // namespace sim
