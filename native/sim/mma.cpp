// The simulated form of kernels/cuda/device/mma.h and ldmatrix.h. Sums are float32, one product after the other; a tensor core
// adds several at a time and cuts what it cannot hold.
#include "cuda/device/mma.h"

#include "cuda/device/ldmatrix.h"
#include "cuda/device/warp.h"
#include "engines.h"

namespace sx::cuda::detail {
namespace {

constexpr int kRowBytes = 16, kRows = 8;

struct Matrices {
  uint32_t* registers;
  unsigned char* row;
  int count;
  bool transposed;
};

struct Mma {
  void* d;
  const uint32_t *a, *b;
  MmaElement a_type, b_type;
};

// The place in rows[matrix] of half h of register `matrix` of a lane.
void find(const Matrices& m, int lane, int h, int& row, int& byte) {
  const int along = lane % 4 * 2 + h, across = lane / 4;
  row = m.transposed ? along : across;
  byte = 2 * (m.transposed ? across : along);
}

template <class Move>
void move(sim::Rendezvous& all, Move move) {
  for (int lane = 0; lane < kWarpSize; lane++) {
    const auto& self = *static_cast<Matrices*>(all.arguments[lane]);
    for (int matrix = 0; matrix < self.count; matrix++)
      for (int h = 0; h < 2; h++) {
        int row, byte;
        find(self, lane, h, row, byte);
        const auto& owner = *static_cast<Matrices*>(all.arguments[matrix * kRows + row]);
        move(reinterpret_cast<unsigned char*>(self.registers + matrix) + 2 * h, owner.row + byte);
      }
  }
}

void require_row(const void* row, int count, const char* operation) {
  if (int(sim::current->lane) >= count * kRows) return;
  sim::require_aligned(row, kRowBytes, operation, "a row");
  sim::require_shared(row, kRowBytes, operation);
}

float to_number(MmaElement type, uint32_t word, int i) {
  switch (type) {
    case MmaElement::kFloat16: return to_float(half{uint16_t(word >> 16 * i)});
    case MmaElement::kBfloat16: return to_float(bfloat16{uint16_t(word >> 16 * i)});
    default: return __builtin_bit_cast(float, word & 0xffffe000u);
  }
}

int32_t to_integer(MmaElement type, uint32_t word, int i) {
  const auto byte = uint8_t(word >> 8 * i);
  return type == MmaElement::kInt8 ? int8_t(byte) : byte;
}

// d += a b, where decode(type, word, i) is element i of a word.
template <class Sum, class Decode>
void multiply(sim::Rendezvous& all, int per_word, Decode decode) {
  const auto& first = *static_cast<Mma*>(all.arguments[0]);
  Sum a[16][32], b[32][8];
  for (int lane = 0; lane < kWarpSize; lane++) {
    const auto& self = *static_cast<Mma*>(all.arguments[lane]);
    const int g = lane / 4, t = lane % 4;
    for (int i = 0; i < per_word; i++) {
      for (int r = 0; r < 4; r++)
        a[g + r % 2 * 8][(t + r / 2 * 4) * per_word + i] = decode(first.a_type, self.a[r], i);
      for (int r = 0; r < 2; r++) b[(t + r * 4) * per_word + i][g] = decode(first.b_type, self.b[r], i);
    }
  }
  for (int lane = 0; lane < kWarpSize; lane++) {
    auto* d = static_cast<Sum*>(static_cast<Mma*>(all.arguments[lane])->d);
    for (int r = 0; r < 4; r++) {
      const int row = lane / 4 + r / 2 * 8, column = lane % 4 * 2 + r % 2;
      for (int k = 0; k < 8 * per_word; k++) d[r] += a[row][k] * b[k][column];
    }
  }
}

}  // namespace

void load_matrices(uint32_t* to, const void* row, int count, bool transposed) {
  require_row(row, count, "ldmatrix");
  Matrices lane{to, static_cast<unsigned char*>(const_cast<void*>(row)), count, transposed};
  if (int(sim::current->lane) < count * kRows) sim::check::thread_reads(row, kRowBytes);
  sim::collective(kFullWarp, "ldmatrix", &lane, [](sim::Rendezvous& all) {
    move(all, [](unsigned char* registers, const unsigned char* shared) { std::memcpy(registers, shared, 2); });
  });
}

void store_matrices(void* row, const uint32_t* from, int count, bool transposed) {
  sim::require_capability(90, "stmatrix");
  require_row(row, count, "stmatrix");
  Matrices lane{const_cast<uint32_t*>(from), static_cast<unsigned char*>(row), count, transposed};
  if (int(sim::current->lane) < count * kRows) sim::check::thread_writes(row, kRowBytes);
  sim::collective(kFullWarp, "stmatrix", &lane, [](sim::Rendezvous& all) {
    move(all, [](const unsigned char* registers, unsigned char* shared) { std::memcpy(shared, registers, 2); });
  });
}

void mma(void* d, const uint32_t* a, const uint32_t* b, MmaElement a_type, MmaElement b_type) {
  sim::require_capability(80, "mma.sync");
  Mma lane{d, a, b, a_type, b_type};
  sim::collective(kFullWarp, "mma.sync", &lane, [](sim::Rendezvous& all) {
    const auto& first = *static_cast<Mma*>(all.arguments[0]);
    switch (first.a_type) {
      case MmaElement::kFloat16:
      case MmaElement::kBfloat16: return multiply<float>(all, 2, to_number);
      case MmaElement::kTf32: return multiply<float>(all, 1, to_number);
      default: return multiply<int32_t>(all, 4, to_integer);
    }
  });
}

}  // namespace sx::cuda::detail
