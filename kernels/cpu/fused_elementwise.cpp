// y = a program of up to 8 elementwise steps over up to 4 operands (element_program.h). Tensors:
// the operands, those that there are not absent, then y; operands broadcast to y, which may be one
// of its shape. Step after step over blocks whose results between stay in the first cache, by the
// very rows of the operators' own kernels, so that a fused chain gives what they give, bit by bit.
// 1 M elements of sigmoid(x a + b) x with x = w s, one core of an EPYC (Zen 5, AVX-512): 0.35 ms,
// unfused 0.48; operands that change every 49 elements: 0.46 ms for 3 steps, unfused 0.39. No model
// gained by it, so rewrites fuse for GPUs only. The idea is that of vectorised interpreters.
#include "cpu/functions.h"
#include "element_program.h"

namespace sx::SX_ISA {
namespace {

constexpr int64_t kBlock = 512;

constexpr int kWhole = -1;

// A row of numbers, or one for all of it; or what operand `rows` has along the rows of a block.
struct Values {
  const float* at;
  bool steps;
  int rows = kWhole;
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

// n <= kBlock elements; run(step, left, right, y) does one step.
template <class Run>
void run_block(const ElementProgram& program, const Values* inputs, float* y, const Run& run) {
  float results[kElementSteps - 1][kBlock];
  for (int64_t s = 0; s < program.steps; s++) {
    const ElementStep& step = program.step[s];
    const float constant = static_cast<float>(step.a);
    const auto values = [&](int64_t operand) -> Values {
      if (operand == kElementConstant) return {&constant, false};
      return operand < kElementInputs ? inputs[operand]
                                      : Values{results[operand - kElementInputs], true};
    };
    run(step, values(step.left), values(step.right), s == program.steps - 1 ? y : results[s]);
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
      run_block(
          program, values, y + i + from,
          [m = std::min(kBlock, n - from)](const ElementStep& step, Values left, Values right,
                                           float* to) { run_step(step, left, right, to, m); });
    }
  });
}

// Short rows: only steps that need them go by rows, the others take whole blocks.
void run_blocks(const Arguments& args, const ElementProgram& program, const Loop& loop,
                int64_t grain, const float* const* x, float* y) {
  const int64_t whole = kBlock / loop.row_size() * loop.row_size();
  args.parallel(
      loop.count(), (grain + whole - 1) / whole * whole, [&](int64_t begin, int64_t end, int) {
        for (int64_t from = begin; from < end; from += whole) {
          const int64_t block = std::min(whole, end - from);
          Values values[kElementInputs];
          for (int k = 0; k < kElementInputs; k++) {
            if (loop.is_single(k))
              values[k] = {x[k], false};
            else if (loop.follows(k))
              values[k] = {x[k] + from, true};
            else
              values[k] = {nullptr, true, k};
          }
          run_block(program, values, y + from,
                    [&](const ElementStep& step, Values left, Values right, float* to) {
                      if (left.rows == kWhole && right.rows == kWhole)
                        return run_step(step, left, right, to, block);
                      loop.run(from, from + block,
                               [&](int64_t i, const int64_t* offset, int64_t n) {
                                 const auto row = [&](Values v) -> Values {
                                   if (v.rows != kWhole)
                                     return {x[v.rows] + offset[v.rows], loop.steps(v.rows)};
                                   return {v.at + (v.steps ? i - from : 0), v.steps};
                                 };
                                 run_step(step, row(left), row(right), to + (i - from), n);
                               });
                    });
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
  if (loop.count() == 0) return;
  const auto run = loop.row_size() > kBlock ? run_rows : run_blocks;
  run(args, program, loop, grain, x, args.data<float>(kElementInputs));
}

SX_KERNEL("fused_elementwise.f32", fused_elementwise);

}  // namespace
}  // namespace sx::SX_ISA
