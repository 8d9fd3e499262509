#include "memory.h"

#include <sys/mman.h>

#include <bit>
#include <cstdlib>

namespace sx {
namespace {

constexpr uint64_t kAlignment = 64;
constexpr uint64_t kHugePage = uint64_t{2} << 20;
constexpr uint64_t kLargest = uint64_t{1} << 46;
// Under the address sanitizer nothing is kept, so that it sees a use after free.
#ifdef __SANITIZE_ADDRESS__
constexpr int64_t kMostKept = 0;
#else
constexpr int64_t kMostKept = int64_t{128} << 20;
#endif

bool is_huge(uint64_t bytes) { return kMostKept > 0 && bytes >= 2 * kHugePage; }

// What of a block of so many bytes is worth huge pages: the last one only if it is mostly used, for
// all of it would be resident.
uint64_t huge_part(uint64_t used) { return (used + kHugePage / 4) & ~(kHugePage - 1); }

void* system_allocate(uint64_t bytes, uint64_t used) {
  if (!is_huge(bytes)) return std::aligned_alloc(kAlignment, bytes);
  // Room to cut the block at a huge page; both ends that are not needed go back at once.
  bytes = (bytes + kHugePage - 1) & ~(kHugePage - 1);
  void* mapped =
      mmap(nullptr, bytes + kHugePage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  char* start = static_cast<char*>(mapped);
  const uint64_t before = -reinterpret_cast<uintptr_t>(start) & (kHugePage - 1);
  if (before) munmap(start, before);
  if (before != kHugePage) munmap(start + before + bytes, kHugePage - before);
  madvise(start + before, huge_part(used), MADV_HUGEPAGE);
  return start + before;
}

void system_free(void* block, uint64_t bytes) {
  if (is_huge(bytes))
    munmap(block, (bytes + kHugePage - 1) & ~(kHugePage - 1));
  else
    std::free(block);
}

}  // namespace

// Class 8 k + j holds (8 + j) 2^k units of 64 bytes, so at most an eighth is lost; the smallest,
// under 8 units, are multiples of 64 bytes in classes 0 to 7.
int Allocator::class_of(uint64_t bytes) {
  const uint64_t units = bytes <= kAlignment ? 1 : (bytes + kAlignment - 1) / kAlignment;
  if (units < 8) return static_cast<int>(units);
  int k = std::bit_width(units) - 4;
  uint64_t step = (units + (uint64_t{1} << k) - 1) >> k;
  if (step == 16) k++, step = 8;
  return static_cast<int>(8 * (k + 1) + step - 8);
}

uint64_t Allocator::class_bytes(int size_class) {
  const uint64_t units =
      size_class < 8 ? size_class : uint64_t(8 + size_class % 8) << (size_class / 8 - 1);
  return units * kAlignment;
}

bool Allocator::must_fail() {
  return failing_.load(std::memory_order_relaxed) > 0 &&
         failing_.fetch_sub(1, std::memory_order_relaxed) == 1;
}

void* Allocator::allocate(uint64_t bytes) {
  if (bytes > kLargest || must_fail()) return nullptr;
  const int size_class = class_of(bytes);
  const uint64_t rounded = class_bytes(size_class);
  FreeList& list = lists_[size_class];
  void* block = nullptr;
  {
    std::lock_guard lock(list.mutex);
    if (list.first) {
      block = list.first;
      list.first = list.first->next;
    }
  }
  if (block) {
    kept_bytes_.fetch_sub(rounded, std::memory_order_relaxed);
  } else {
    block = system_allocate(rounded, bytes);
    if (!block) {
      trim();
      block = system_allocate(rounded, bytes);
    }
  }
  if (block) live_bytes_.fetch_add(bytes, std::memory_order_relaxed);
  return block;
}

void Allocator::free(void* block, uint64_t bytes) {
  const int size_class = class_of(bytes);
  const int64_t rounded = class_bytes(size_class);
  live_bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  if (rounded > kMostKept) return system_free(block, rounded);
  // What was freed last is most likely to be needed again: blocks of sizes that nobody asks for any
  // more must not keep it out.
  if (kept_bytes_.fetch_add(rounded, std::memory_order_relaxed) + rounded > kMostKept) trim();
  FreeList& list = lists_[size_class];
  std::lock_guard lock(list.mutex);
  list.first = new (block) Block{list.first};
}

void Allocator::trim() {
  for (int size_class = 0; size_class < kClasses; size_class++) {
    Block* block;
    {
      std::lock_guard lock(lists_[size_class].mutex);
      block = lists_[size_class].first;
      lists_[size_class].first = nullptr;
    }
    while (block) {
      Block* next = block->next;
      kept_bytes_.fetch_sub(class_bytes(size_class), std::memory_order_relaxed);
      system_free(block, class_bytes(size_class));
      block = next;
    }
  }
}

}  // namespace sx
