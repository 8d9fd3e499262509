// y = a program of up to 8 elementwise steps over up to 4 operands (element_program.h). Tensors:
// the operands, those that there are not absent, then y; operands broadcast to y, which may be one
// of its shape. A thread has 4 elements at a time; the program is walked by branches that all
// threads take together, with the latest result in registers and the others in the thread's own
// places of shared memory. Not yet measured on a GPU. The functors are those of the operators' own
// kernels, nothing is contracted across steps, and what a step gives is rounded to the tensors'
// type, so that the bits are theirs.
#include "cuda/device/shared.h"
#include "cuda/functions.h"
#include "element_program.h"

namespace sx::cuda {
namespace {

constexpr int kGroup = 4;
using Group = Packed<float, kGroup>;

// A group for each thread, which no other looks at.
struct Row {
  Group of_thread[kThreads];
};

constexpr int kConstant = -1, kLatest = -2, kNowhere = -1;

// What operands name are rows of shared memory: the inputs, then the results that a step other than
// the next one needs.
struct RowStep {
  int function, left, right, keep;
  float a, b;
};

struct RowProgram {
  int inputs, steps, rows;
  RowStep step[kElementSteps];

  explicit RowProgram(const ElementProgram& program)
      : inputs(int(program.inputs)), steps(int(program.steps)), rows(inputs), step{} {
    for (int s = 0; s < steps; s++) {
      const auto& [function, left, right, a, b] = program.step[s];
      step[s] = {int(function), operand(s, left), operand(s, right), kNowhere, float(a), float(b)};
    }
  }

 private:
  int operand(int s, int64_t value) {
    if (value == kElementConstant) return kConstant;
    if (value < kElementInputs) return int(value);
    const int made = int(value) - kElementInputs;
    if (made == s - 1) return kLatest;
    if (step[made].keep == kNowhere) step[made].keep = rows++;
    return step[made].keep;
  }
};

template <class T>
struct Operands {
  const T* x[kElementInputs];
};

template <class T>
__device__ __forceinline__ Group widened(const Packed<T, kGroup>& x) {
  Group wide;
#pragma unroll
  for (int j = 0; j < kGroup; j++) wide[j] = load_as(x[j]);
  return wide;
}

template <class T>
__device__ __forceinline__ Packed<T, kGroup> narrowed(const Group& x) {
  Packed<T, kGroup> narrow;
#pragma unroll
  for (int j = 0; j < kGroup; j++) narrow[j] = store_as<T>(x[j]);
  return narrow;
}

__device__ __forceinline__ Group filled(float value) { return {{value, value, value, value}}; }

template <class F>
__device__ __forceinline__ void unary_step(const F& f, Group& x) {
#pragma unroll
  for (int j = 0; j < kGroup; j++) x[j] = f(x[j]);
}

template <class F>
__device__ __forceinline__ void binary_step(const F& f, Group& x, const Group& right) {
#pragma unroll
  for (int j = 0; j < kGroup; j++) x[j] = f(x[j], right[j]);
}

struct ClipTo {
  float lowest, highest;
  __device__ float operator()(float x) const {
    const float raised = x < lowest ? lowest : x;
    return raised > highest ? highest : raised;
  }
};

// x = f(x, right)
__device__ __forceinline__ void run_step(const RowStep& step, Group& x, const Group& right) {
  switch (static_cast<ElementFunction>(step.function)) {
#define SX_CASE_BINARY(Name)     \
  case ElementFunction::k##Name: \
    return binary_step(Name{}, x, right);
#define SX_CASE_UNARY(Name)      \
  case ElementFunction::k##Name: \
    return unary_step(Name{}, x);
    SX_ELEMENT_BINARY(SX_CASE_BINARY)
    SX_ELEMENT_UNARY(SX_CASE_UNARY)
#undef SX_CASE_BINARY
#undef SX_CASE_UNARY
    case ElementFunction::kLeakyRelu:
      return unary_step(LeakyRelu{step.a}, x);
    case ElementFunction::kSwish:
      return unary_step(Swish{step.a}, x);
    case ElementFunction::kHardSigmoid:
      return unary_step(HardSigmoid{step.a, step.b}, x);
    case ElementFunction::kClip:
      return unary_step(ClipTo{step.a, step.b}, x);
  }
}

// The results for the inputs in the first rows.
template <class T>
__device__ __forceinline__ Group run_program(const RowProgram& program, Row* rows) {
  Group latest{};
#pragma unroll 1
  for (int s = 0; s < program.steps; s++) {
    const RowStep& step = program.step[s];
    const auto value = [&](int operand) {
      if (operand == kConstant) return filled(step.a);
      return operand == kLatest ? latest : rows[operand].of_thread[threadIdx.x];
    };
    const Group right = value(step.right);
    latest = value(step.left);
    run_step(step, latest, right);
    latest = widened(narrowed<T>(latest));
    if (step.keep != kNowhere) rows[step.keep].of_thread[threadIdx.x] = latest;
  }
  return latest;
}

template <class T>
__global__ void __launch_bounds__(kThreads, kBlocks)
    fused_elementwise_kernel(const __grid_constant__ RowProgram program, const Operands<T> operands,
                             const __grid_constant__ Layout<kElementInputs> layout, int64_t groups,
                             T* y) {
  Row* rows = &shared_memory<Row>();  // the launch gave as many as there are
  const int64_t stride = int64_t{gridDim.x} * kThreads,
                first = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  int64_t at[kElementInputs];
  for (int64_t g = first; g < groups; g += stride) {
    layout.locate(g * kGroup, at);
    Packed<T, kGroup> loaded[kElementInputs];  // all under way before the first is needed
#pragma unroll
    for (int k = 0; k < kElementInputs; k++)
      if (k < program.inputs)
        loaded[k] = load_group<kGroup>(operands.x[k] + at[k], layout.stride[0][k] != 0);
#pragma unroll
    for (int k = 0; k < kElementInputs; k++)
      if (k < program.inputs) rows[k].of_thread[threadIdx.x] = widened(loaded[k]);
    store_packed(y + g * kGroup, narrowed<T>(run_program<T>(program, rows)));
  }
  // The rest, or all: 4 elements of each thread, neighbours in neighbouring threads.
  for (int64_t i = groups * kGroup + int64_t{blockIdx.x} * kThreads * kGroup + threadIdx.x;
       i < layout.count; i += stride * kGroup) {
    for (int j = 0; j < kGroup; j++) {
      // past the end, the first of the thread's elements once more
      layout.locate(i + j * kThreads < layout.count ? i + j * kThreads : i, at);
#pragma unroll
      for (int k = 0; k < kElementInputs; k++)
        if (k < program.inputs) rows[k].of_thread[threadIdx.x][j] = load_as(operands.x[k][at[k]]);
    }
    const Packed<T, kGroup> result = narrowed<T>(run_program<T>(program, rows));
#pragma unroll
    for (int j = 0; j < kGroup; j++)
      if (i + j * kThreads < layout.count) y[i + j * kThreads] = result[j];
  }
}

template <class T>
void fused_elementwise(const Arguments& args) {
  const auto program = args.params_as<ElementProgram>();
  program.check();
  const RowProgram rows(program);
  int tensors[kElementInputs];  // the first one stands for those that there are not
  Operands<T> operands;
  for (int k = 0; k < kElementInputs; k++) {
    tensors[k] = k < program.inputs ? k : 0;
    operands.x[k] = args.data<const T>(tensors[k]);
  }
  T* y = args.data<T>(kElementInputs);
  const auto layout = broadcast(args, tensors, kElementInputs);
  bool whole = is_aligned<kGroup>(y) && layout.has_groups(kGroup);
  for (int k = 0; k < kElementInputs; k++)
    whole &= layout.stride[0][k] == 0 || is_aligned<kGroup>(operands.x[k]);
  const int64_t groups = whole ? layout.count / kGroup : 0;
  const int64_t single = (layout.count - groups * kGroup + kGroup - 1) / kGroup;
  launch(args, fused_elementwise_kernel<T>,
         {.blocks = striding_blocks(args, std::max(groups, single), kThreads),
          .threads = kThreads,
          .shared_bytes = sizeof(Row) * rows.rows},
         rows, operands, layout, groups, y);
}

SX_KERNEL("fused_elementwise.f32", fused_elementwise<float>);
SX_KERNEL("fused_elementwise.f16", fused_elementwise<half>);
SX_KERNEL("fused_elementwise.bf16", fused_elementwise<bfloat16>);

}  // namespace
}  // namespace sx::cuda
