// What is remembered of every 4-byte word of shared and of global memory: who touched it last, and
// which bytes may be touched and have been written.
#pragma once
#include <cstddef>
#include <cstdint>

#include "check/clock.h"

namespace sim::check {

// Who touched something when: an actor (a thread or an operation of an engine), its block and its
// clock, in one number. Actors are numbered within their block: its threads, then what each thread
// has copied by cp.async, then operations.
class Who {
 public:
  Who() = default;
  Who(uint32_t block, uint32_t actor, uint32_t clock, uint32_t flags)
      : bits_(uint64_t(block & kBlockMask) << 40 |
              uint64_t(clock < kMostClock ? clock : kMostClock) << 20 |
              uint64_t(actor & kActorMask) << 8 | flags) {}

  static constexpr uint32_t kStrong =
      1 << 4;  // atomic, relaxed or volatile: two of these do not race
  static constexpr uint32_t kAsync = 1 << 5;   // by an engine, in the async proxy
  static constexpr uint32_t kNarrow = 1 << 6;  // strong, but only for its block
  static constexpr uint32_t kLocal = 1 << 7;   // strong, but only for its device
  static constexpr uint32_t kBlockMask = (1 << 24) - 1;
  static constexpr uint32_t kActorMask = (1 << 12) - 1;
  static constexpr uint32_t kMostClock = (1 << 20) - 1;

  uint32_t block() const { return uint32_t(bits_ >> 40); }
  uint32_t clock() const { return uint32_t(bits_ >> 20) & kMostClock; }
  uint32_t actor() const { return uint32_t(bits_ >> 8) & kActorMask; }
  uint32_t bytes() const { return bits_ & 15; }  // of the word, a mask
  bool strong() const { return bits_ & kStrong; }
  bool narrow() const { return bits_ & kNarrow; }
  bool local() const { return bits_ & kLocal; }
  bool async() const { return bits_ & kAsync; }

  bool same_actor(Who other) const {
    return !((bits_ ^ other.bits_) & ~(uint64_t(kMostClock) << 20 | 255));
  }
  bool same_but_bytes(Who other) const { return (bits_ | 15) == (other.bits_ | 15); }
  Who with_bytes(uint32_t mask) const { return Who(bits_ | mask); }

 private:
  explicit Who(uint64_t bits) : bits_(bits) {}
  uint64_t bits_;
};

struct Touch {
  Who who;
  uint32_t code;   // where, as an offset in this library
  uint32_t stamp;  // of the launch or the group of blocks; any other is the past
};

struct Cell {
  Touch writes[2], reads[2];
};
static_assert(sizeof(Cell) == 64, "a cell is a line of the cache");

// An actor that is about to touch something.
struct Toucher {
  Who who;
  const Clock* clock;
  uint32_t code;
  uint32_t stamp;  // of the memory that it touches; filled in where that is known
};

// Whether what `who` did is known to be over.
bool ordered(const Toucher& me, Who who);

// Looks for a race with what is remembered of a word, and remembers this access. `place` is where
// the word lies.
void touch(Cell& cell, const Toucher& me, uint32_t bytes, bool writes, const char* place);

// A bit for every byte.
class Bits {
 public:
  void reserve(size_t bytes);
  // `count` is at most 16 in both.
  bool all(size_t first, size_t count) const { return (word(first) & mask(count)) == mask(count); }
  bool any(size_t first, size_t count) const { return word(first) & mask(count); }
  void set(size_t first, size_t count);
  void fill(size_t first, size_t count, bool value);

 private:
  static uint32_t mask(size_t count) { return (1u << count) - 1; }
  uint32_t word(size_t first) const {
    uint32_t bits;
    __builtin_memcpy(&bits, bits_ + first / 8, sizeof bits);
    return bits >> first % 8;
  }
  unsigned char* bits_ = nullptr;
};

struct Shadow {
  const char* base = nullptr;
  size_t size = 0;
  Cell* cells = nullptr;
  Bits written, allocated;

  void reserve(const void* memory, size_t bytes, bool with_allocated);
  bool contains(const void* p) const { return size_t(static_cast<const char*>(p) - base) < size; }
  // Gives back what is remembered of a range.
  void forget(size_t first, size_t bytes);
};

}  // namespace sim::check
