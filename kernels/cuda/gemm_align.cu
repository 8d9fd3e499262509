// Copies operands of a product whose rows begin anywhere so that they begin at multiples of 16
// bytes: [matrices, outers, pitch] in scratch memory, in float16, bfloat16, and float32 for tf32.
// Idea: tensor cores with TMA or cp.async take nothing else, and are so much faster than the
// processors' own multiplications that a product of odd sizes is worth a copy of what it reads.
// Each thread writes 16 bytes. Not yet measured on a GPU; when it pays is worth_aligning's to say.
#include "cuda/gemm_choice.h"
#include "cuda/pitched.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 256;

template <class T>
__global__ void __launch_bounds__(kThreads)
    align_kernel(const __grid_constant__ Pitched p, const T* from, T* to) {
  constexpr int kEach = 16 / sizeof(T);
  const int64_t across = p.pitch / kEach, count = p.matrices * p.outers * across;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < count;
       i += int64_t{gridDim.x} * kThreads) {
    const int64_t row = i / across, inner = (i - row * across) * kEach;
    const T* x = from + p.row_offset(row) + inner * p.inner_stride;
    Packed<T, kEach> word;
#pragma unroll
    for (int j = 0; j < kEach; j++)
      word[j] = inner + j < p.inners ? x[j * p.inner_stride] : store_as<T>(Compute<T>(0));
    store_packed(to + i * kEach, word);
  }
}

// What is left of scratch memory.
class Room {
 public:
  explicit Room(const Arguments& args) : at_(args.scratch), bytes_(int64_t(args.scratch_bytes)) {}

  // nullptr where it is too little.
  std::byte* take(int64_t bytes) {
    const int64_t rounded = (bytes + kAligned - 1) / kAligned * kAligned;
    if (rounded > bytes_) return nullptr;
    bytes_ -= rounded;
    return std::exchange(at_, at_ + rounded);
  }
  void leave(Arguments& args) const {
    args.scratch = at_;
    args.scratch_bytes = uint64_t(bytes_);
  }

 private:
  static constexpr int64_t kAligned = 256;
  std::byte* at_;
  int64_t bytes_;
};

// Copies an operand, if it has to be, and says where it lies now; false where there is no room.
template <class T>
bool align(const Arguments& args, Room& room, bool is_right, const T*& data, int64_t count,
           int64_t depth, int64_t& stride, int64_t& depth_stride,
           const int64_t (&stack)[kStackAxes], int64_t (&strides)[kStackAxes]) {
  if (is_right) return true;
  constexpr int64_t kWord = 16 / sizeof(T);
  const Pitched p(count, depth, stride, depth_stride, stack, strides, kWord);
  T* const to = reinterpret_cast<T*>(room.take(p.elements() * int64_t{sizeof(T)}));
  if (!to) return false;
  launch(args, align_kernel<T>,
         {.blocks = striding_blocks(args, p.elements() / kWord, kThreads), .threads = kThreads}, p,
         data, to);
  data = to;
  stride = p.along_depth ? p.pitch : 1;
  depth_stride = p.along_depth ? 1 : p.pitch;
  p.set_strides(strides, p.matrix_elements());
  return true;
}

}  // namespace

template <class T>
bool align_operands(Arguments& args, GemmProblem<T>& p, const GemmFacts& facts) {
  GemmProblem<T> aligned = p;
  Room room(args);
  if (!align(args, room, has_pieces(facts.a), aligned.a, p.m, p.k, aligned.a_row, aligned.a_depth,
             p.stack, aligned.a_stack) ||
      !align(args, room, has_pieces(facts.b), aligned.b, p.n, p.k, aligned.b_column,
             aligned.b_depth, p.stack, aligned.b_stack))
    return false;
  p = aligned;
  room.leave(args);
  return true;
}

template bool align_operands(Arguments&, GemmProblem<half>&, const GemmFacts&);
template bool align_operands(Arguments&, GemmProblem<bfloat16>&, const GemmFacts&);
template bool align_operands(Arguments&, GemmProblem<float>&, const GemmFacts&);

}  // namespace sx::cuda
