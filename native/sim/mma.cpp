// The simulated form of kernels/cuda/device/mma.h and ldmatrix.h. Sums are float32, one product
// after the other; a tensor core adds several at a time and cuts what it cannot hold.
#include "cuda/device/mma.h"

#include "cuda/device/ldmatrix.h"
#include "cuda/device/warp.h"
#include "engines.h"
#include "sim/counters.h"

namespace sx::cuda::detail {
namespace {

// A lane's row of a matrix, and its registers of all.
struct Matrices {
  MatrixRow* row;
  uint32_t* registers;
  int count;
  bool transposed;
};

struct Mma {
  void* d;
  const uint32_t *a, *b;
  MmaElement a_type, b_type;
};

// Calls move(half of a register, the same in a row) for all halves of all registers.
template <class Move>
void for_each_half(sim::Rendezvous& all, Move move) {
  for (int lane = 0; lane < kWarpSize; lane++) {
    const auto& self = *static_cast<Matrices*>(all.arguments[lane]);
    for (int matrix = 0; matrix < self.count; matrix++)
      for (int h = 0; h < 2; h++) {
        const int along = lane % 4 * 2 + h, across = lane / 4;
        const int row = self.transposed ? along : across, column = self.transposed ? across : along;
        const auto& owner = *static_cast<Matrices*>(all.arguments[matrix * 8 + row]);
        move(reinterpret_cast<char*>(self.registers + matrix) + 2 * h,
             reinterpret_cast<char*>(owner.row) + 2 * column);
      }
  }
}

float to_number(MmaElement type, uint32_t word, int i) {
  switch (type) {
    case MmaElement::kFloat16:
      return to_float(half{uint16_t(word >> 16 * i)});
    case MmaElement::kBfloat16:
      return to_float(bfloat16{uint16_t(word >> 16 * i)});
    default:
      return __builtin_bit_cast(float, word & 0xffffe000u);
  }
}

int32_t to_integer(MmaElement type, uint32_t word, int i) {
  const auto byte = uint8_t(word >> 8 * i);
  return type == MmaElement::kInt8 ? int8_t(byte) : byte;
}

void count_product(sim::Counter instruction, sim::Counter operations, int depth) {
  sim::count(instruction);
  sim::count(operations, uint64_t(2 * 16 * 8 * depth));
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
      for (int r = 0; r < 2; r++)
        b[(t + r * 4) * per_word + i][g] = decode(first.b_type, self.b[r], i);
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

MatrixRow& matrix_row(const void* address, const char* operation) {
  sim::require_aligned(address, sizeof(MatrixRow), operation, "a row");
  sim::require_shared(address, sizeof(MatrixRow), operation);
  return *static_cast<MatrixRow*>(const_cast<void*>(address));
}

void rows_to_registers(const MatrixRow& row, uint32_t* registers, int count, bool transposed) {
  sim::require_capability(80, "ldmatrix");
  Matrices lane{const_cast<MatrixRow*>(&row), registers, count, transposed};
  sim::collective(kFullWarp, "ldmatrix", &lane, [](sim::Rendezvous& all) {
    sim::count(sim::Counter::kLdmatrix);
    for_each_half(
        all, [](void* in_register, const void* in_row) { std::memcpy(in_register, in_row, 2); });
  });
}

void registers_to_rows(const uint32_t* registers, MatrixRow& row, int count, bool transposed) {
  sim::require_capability(90, "stmatrix");
  Matrices lane{&row, const_cast<uint32_t*>(registers), count, transposed};
  sim::collective(kFullWarp, "stmatrix", &lane, [](sim::Rendezvous& all) {
    sim::count(sim::Counter::kStmatrix);
    for_each_half(
        all, [](const void* in_register, void* in_row) { std::memcpy(in_row, in_register, 2); });
  });
}

void mma(void* d, const uint32_t* a, const uint32_t* b, MmaElement a_type, MmaElement b_type) {
  sim::require_capability(80, "mma.sync");
  Mma lane{d, a, b, a_type, b_type};
  sim::collective(kFullWarp, "mma.sync", &lane, [](sim::Rendezvous& all) {
    const auto& first = *static_cast<Mma*>(all.arguments[0]);
    switch (first.a_type) {
      case MmaElement::kFloat16:
      case MmaElement::kBfloat16:
        count_product(sim::Counter::kMmaK16, sim::Counter::kTensorFlops, 16);
        return multiply<float>(all, 2, to_number);
      case MmaElement::kTf32:
        count_product(sim::Counter::kMmaK8, sim::Counter::kTensorFlops, 8);
        return multiply<float>(all, 1, to_number);
      default:
        count_product(sim::Counter::kMmaK32, sim::Counter::kTensorIntegerOperations, 32);
        return multiply<int32_t>(all, 4, to_integer);
    }
  });
}

}  // namespace sx::cuda::detail
