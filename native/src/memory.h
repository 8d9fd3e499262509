// 64-byte aligned memory in size classes. Freed blocks are kept for the next allocation, up to a
// bound, at which all go back to the system; large blocks come straight from the system, in huge
// pages where it has them.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace sx {

class Allocator {
 public:
  Allocator() = default;
  ~Allocator() { trim(); }
  Allocator(const Allocator&) = delete;
  Allocator& operator=(const Allocator&) = delete;

  // nullptr if there is no memory; a block of 0 bytes has an address too.
  void* allocate(uint64_t bytes);
  // `bytes` as given to allocate.
  void free(void* block, uint64_t bytes);
  // Gives the kept blocks back to the system.
  void trim();

  int64_t live_bytes() const { return live_bytes_.load(std::memory_order_relaxed); }
  void fail_at(int64_t n) { failing_.store(n, std::memory_order_relaxed); }

 private:
  struct Block {
    Block* next;
  };
  struct alignas(64) FreeList {
    std::mutex mutex;
    Block* first = nullptr;
  };
  // 64 bytes to 128 TiB in steps of an eighth of a power of two; see class_of.
  static constexpr int kClasses = 8 * 42;

  static int class_of(uint64_t bytes);
  static uint64_t class_bytes(int size_class);
  bool must_fail();

  FreeList lists_[kClasses];
  std::atomic<int64_t> live_bytes_{0};
  std::atomic<int64_t> kept_bytes_{0};
  std::atomic<int64_t> failing_{0};
};

}  // namespace sx
