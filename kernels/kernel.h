// What a kernel sees of the runtime: its arguments, the thread pool, and how to register itself.
// Kernels include this file and nothing of native/src.
#pragma once
#include <cstdint>
#include <cstring>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "sx/runtime.h"

namespace sx {

// Data that a kernel refuses, such as an index out of range. Reaches Java as SX_INVALID with this
// text.
struct InvalidData : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// What the device cannot do: an instruction that its architecture lacks. Reaches Java as
// SX_UNSUPPORTED.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A non-owning reference to a callable; cheaper than std::function and never allocates.
class RangeTask {
 public:
  template <class F>
  RangeTask(F& f)  // NOLINT: implicit on purpose, lives only as long as the call
      : object_(&f), call_([](void* o, int64_t begin, int64_t end, int worker) {
          (*static_cast<F*>(o))(begin, end, worker);
        }) {}
  void operator()(int64_t begin, int64_t end, int worker) const {
    call_(object_, begin, end, worker);
  }

 private:
  void* object_;
  void (*call_)(void*, int64_t, int64_t, int);
};

// What a launch runs on: a pool of the CPU's threads, or a stream of a GPU.
struct Executor {
  virtual ~Executor() = default;
};

class Pool : public Executor {
 public:
  virtual int threads() const = 0;
  // Calls task(begin, end, worker) on disjoint ranges that cover [0, count), on up to threads()
  // threads; worker < threads(). Ranges are at least `grain` long and are cut at multiples of it,
  // so that a grain which is a multiple of the vector width keeps the split out of the results. The
  // task must not throw.
  virtual void run(int64_t count, int64_t grain, RangeTask task) = 0;
};

struct Arguments {
  std::span<const sx_tensor> tensors;
  std::span<const int64_t> params;
  std::byte* scratch;
  uint64_t scratch_bytes;
  Executor& executor;

  bool has(size_t i) const { return i < tensors.size() && tensors[i].rank >= 0; }

  template <class T>
  T* data(size_t i) const {
    return reinterpret_cast<T*>(static_cast<uintptr_t>(tensors[i].data));
  }

  int64_t size(size_t i) const {
    int64_t n = 1;
    for (int d = 0; d < tensors[i].rank; d++) n *= tensors[i].shape[d];
    return n;
  }

  // The parameters as the struct of 8-byte fields at the top of the kernel's file.
  template <class P>
  P params_as() const {
    static_assert(sizeof(P) % 8 == 0 && std::is_trivially_copyable_v<P>,
                  "parameters are 8-byte slots");
    if (params.size_bytes() != sizeof(P))
      throw std::invalid_argument("expects " + std::to_string(sizeof(P) / 8) + " parameters, got " +
                                  std::to_string(params.size()));
    P result;
    std::memcpy(&result, params.data(), sizeof result);
    return result;
  }

  // What a CPU kernel runs on.
  Pool& pool() const { return static_cast<Pool&>(executor); }

  // Calls f(begin, end, worker) in parallel; see Pool::run.
  template <class F>
  void parallel(int64_t count, int64_t grain, F&& f) const {
    pool().run(count, grain, RangeTask(f));
  }
};

using Function = void (*)(const Arguments&);

// `level` ranks the instruction sets (0 = baseline); the highest one that the machine has wins.
// Aligned to its size, so that the compiler leaves no gaps between registrations.
struct alignas(32) Registration {
  const char* key;
  int64_t level;
  Function function;
};

}  // namespace sx

// Each CPU kernel source is compiled once per instruction set, with SX_ISA naming a namespace and
// SX_ISA_LEVEL its rank, so that no two object files define the same symbol. A registration is data
// in a section of its own, which the runtime reads: no code of an instruction set that the machine
// lacks runs when the library is loaded.
#ifndef SX_ISA
#define SX_ISA baseline
#define SX_ISA_LEVEL 0
#endif
#define SX_CONCAT_(a, b) a##b
#define SX_CONCAT(a, b) SX_CONCAT_(a, b)
#define SX_KERNEL(key, ...)                                                                   \
  __attribute__((used, section("sx_kernels"))) static constexpr ::sx::Registration SX_CONCAT( \
      registration_, __COUNTER__) {                                                           \
    key, SX_ISA_LEVEL, __VA_ARGS__                                                            \
  }
