// y = a program of up to 8 elementwise steps over up to 4 operands (element_program.h). Tensors:
// the operands, those that there are not absent, then y; operands broadcast to y, which may be one
// of its shape. Step after step over blocks whose results between stay in the first cache, by the
// very rows of the operators' own kernels, so that a fused chain gives what they give, bit by bit.
// 8 M elements of sigmoid(x a + b) x: MEASURED. The idea is that of vectorised interpreters.
#include "cpu/functions.h"
#include "element_program.h"

namespace sx::SX_ISA {
namespace {

constexpr int64_t kBlock = 512;

// A row of numbers, or one for all of it.
struct Values {
  const float* at;
  bool steps;
};

void run_step(const ElementStep& step, Values left, Values right, float* y, int64_t n) {
  const auto binary = [&](auto f) {
    binary_row(f, left.at, left.steps, right.at, right.steps, y, n);
  };
  const auto unary = [&](auto f) {
    if (!left.steps) left.at = std::fill_n(y, n, *left.at) - n;
    unary_row(f, left.at, y, n);
  };
  switch (step.function) {
#define SX_CASE_BINARY(Name)     \
  case ElementFunction::k##Name: \
    return binary(Name{});
#define SX_CASE_UNARY(Name)      \
  case ElementFunction::k##Name: \
    return unary(Name{});
    SX_ELEMENT_BINARY(SX_CASE_BINARY)
    SX_ELEMENT_UNARY(SX_CASE_UNARY)
#undef SX_CASE_BINARY
#undef SX_CASE_UNARY
    case ElementFunction::kLeakyRelu:
      return unary(LeakyRelu{{}, step.a});
    case ElementFunction::kSwish:
      return unary(Swish{{}, step.a});
    case ElementFunction::kHardSigmoid:
      return unary(HardSigmoid{{}, step.a, step.b});
    case ElementFunction::kClip:
      right = left;
      return binary(Clip<float>{static_cast<float>(step.a), static_cast<float>(step.b)});
  }
}

// n <= kBlock elements.
void run_block(const ElementProgram& program, const Values* inputs, float* y, int64_t n) {
  float results[kElementSteps - 1][kBlock];
  for (int64_t s = 0; s < program.steps; s++) {
    const ElementStep& step = program.step[s];
    const float constant = static_cast<float>(step.a);
    const auto values = [&](int64_t operand) -> Values {
      if (operand == kElementConstant) return {&constant, false};
      return operand < kElementInputs ? inputs[operand]
                                      : Values{results[operand - kElementInputs], true};
    };
    run_step(step, values(step.left), values(step.right), s == program.steps - 1 ? y : results[s],
             n);
  }
}

using Loop = Broadcast<kElementInputs>;

// Rows long enough to be worth a call for each step.
void run_rows(const Arguments& args, const ElementProgram& program, const Loop& loop, int64_t grain,
              const float* const* x, float* y) {
  loop.run(args, grain, [&](int64_t i, const int64_t* offset, int64_t n) {
    for (int64_t from = 0; from < n; from += kBlock) {
      Values values[kElementInputs];
      for (int k = 0; k < kElementInputs; k++)
        values[k] = {x[k] + offset[k] + (loop.steps(k) ? from : 0), loop.steps(k)};
      run_block(program, values, y + i + from, std::min(kBlock, n - from));
    }
  });
}

// Short rows: operands that do not follow the result are written out, a block at a time.
void run_blocks(const Arguments& args, const ElementProgram& program, const Loop& loop,
                int64_t grain, const float* const* x, float* y) {
  args.parallel(loop.count(), grain, [&](int64_t begin, int64_t end, int) {
    float expanded[kElementInputs][kBlock];
    for (int64_t from = begin; from < end; from += kBlock) {
      const int64_t to = std::min(from + kBlock, end);
      Values values[kElementInputs];
      for (int k = 0; k < program.inputs; k++) {
        if (loop.is_single(k)) {
          values[k] = {x[k], false};
        } else if (loop.follows(k)) {
          values[k] = {x[k] + from, true};
        } else {
          values[k] = {expanded[k], true};
          loop.run(from, to, [&](int64_t i, const int64_t* offset, int64_t n) {
            float* row = expanded[k] + (i - from);
            const float* own = x[k] + offset[k];
            if (loop.steps(k))
              std::copy_n(own, n, row);
            else
              std::fill_n(row, n, *own);
          });
        }
      }
      run_block(program, values, y + from, to - from);
    }
  });
}

void fused_elementwise(const Arguments& args) {
  const auto program = args.params_as<ElementProgram>();
  program.check();
  int operands[kElementInputs];  // the first one stands for those that there are not
  const float* x[kElementInputs];
  for (int k = 0; k < kElementInputs; k++) {
    operands[k] = k < program.inputs ? k : 0;
    x[k] = args.data<const float>(operands[k]);
  }
  const Loop loop(args, operands, kElementInputs);
  const int64_t grain = std::max(kBlock, kCheapGrain / program.steps / kBlock * kBlock);
  const auto run = loop.row_size() >= kBlock / 4 ? run_rows : run_blocks;
  run(args, program, loop, grain, x, args.data<float>(kElementInputs));
}

SX_KERNEL("fused_elementwise.f32", fused_elementwise);

}  // namespace
}  // namespace sx::SX_ISA
