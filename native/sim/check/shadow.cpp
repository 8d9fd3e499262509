#include "check/shadow.h"

#include <sys/mman.h>

#include <cstring>
#include <new>

#include "check/report.h"
#include "sim/sim.h"

namespace sim::check {
namespace {

void* map(size_t bytes) {
  void* space = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) throw std::bad_alloc();
  return space;
}

bool fenced(const Toucher& me, Who who) {
  const Clock::Known* known = me.clock->of(who.block());
  return known && known->fenced.at(who.actor()) >= who.clock();
}

// Two strong accesses do not race, unless one of them is only meant for its block or its device,
// and the other is of another.
bool races(const Toucher& me, Who who) {
  if (!(me.who.strong() && who.strong())) return true;
  if (who.block() == me.who.block()) return false;
  return me.who.narrow() || who.narrow() ||
         ((me.who.local() || who.local()) &&
          device_of_block(who.block()) != device_of_block(me.who.block()));
}

// Keeps the accesses that tell most: one takes the place of those that it comes after and covers.
void remember(Touch (&slots)[2], const Toucher& me, uint32_t bytes) {
  static uint32_t turn = 0;
  const Touch now{me.who.with_bytes(bytes), me.code, me.stamp};
  Touch* place = nullptr;
  for (Touch& slot : slots) {
    if (slot.stamp == me.stamp && slot.who.same_but_bytes(me.who)) {
      slot.who = slot.who.with_bytes(bytes);
      return;
    }
    if (!place &&
        (slot.stamp != me.stamp || (!(slot.who.bytes() & ~bytes) && ordered(me, slot.who))))
      place = &slot;
  }
  (place ? *place : slots[turn++ % 2]) = now;
}

}  // namespace

bool ordered(const Toucher& me, Who who) {
  if (who.same_actor(me.who)) return true;
  const Clock::Known* known = me.clock->of(who.block());
  return known && known->done.at(who.actor()) >= who.clock();
}

void touch(Cell& cell, const Toucher& me, uint32_t bytes, bool writes, const char* place) {
  for (const Touch& w : cell.writes) {
    if (w.stamp != me.stamp || !(w.who.bytes() & bytes)) continue;
    if (!ordered(me, w.who)) {
      if (races(me, w.who)) report_race(me, writes, w, true, place);
    } else if (me.who.async() && !w.who.async() && !fenced(me, w.who)) {
      report_unfenced(me, writes, w, place);
    }
  }
  if (!writes) return remember(cell.reads, me, bytes);
  for (Touch& r : cell.reads) {
    if (r.stamp != me.stamp || !(r.who.bytes() & bytes)) continue;
    if (!ordered(me, r.who) && races(me, r.who)) report_race(me, true, r, false, place);
    // Whoever races with this read races with the write that comes after it, too.
    if (!(r.who.bytes() & ~bytes) && ordered(me, r.who)) r.stamp = 0;
  }
  remember(cell.writes, me, bytes);
}

void Bits::reserve(size_t bytes) {
  bits_ = static_cast<unsigned char*>(map(bytes / 8 + sizeof(uint32_t)));
}

void Bits::set(size_t first, size_t count) {
  uint32_t bits;
  std::memcpy(&bits, bits_ + first / 8, sizeof bits);
  bits |= mask(count) << first % 8;
  std::memcpy(bits_ + first / 8, &bits, sizeof bits);
}

void Bits::fill(size_t first, size_t count, bool value) {
  const auto one = [&](size_t i) {
    const auto bit = static_cast<unsigned char>(1u << i % 8);
    bits_[i / 8] = value ? bits_[i / 8] | bit : bits_[i / 8] & ~bit;
  };
  for (; count > 0 && first % 8 != 0; count--) one(first++);
  std::memset(bits_ + first / 8, value ? 0xff : 0, count / 8);
  for (size_t i = first + count / 8 * 8; i < first + count; i++) one(i);
}

void Shadow::reserve(const void* memory, size_t bytes, bool with_allocated) {
  cells = static_cast<Cell*>(map(bytes / 4 * sizeof(Cell)));
  written.reserve(bytes);
  if (with_allocated) allocated.reserve(bytes);
  base = static_cast<const char*>(memory);
  size = bytes;
}

void Shadow::forget(size_t first, size_t bytes) {
  constexpr size_t kWordsOfPage = 4096 / sizeof(Cell);
  const size_t from = (first / 4 + kWordsOfPage - 1) / kWordsOfPage * kWordsOfPage;
  const size_t to = (first + bytes) / 4 / kWordsOfPage * kWordsOfPage;
  if (to > from) madvise(cells + from, (to - from) * sizeof(Cell), MADV_DONTNEED);
}

}  // namespace sim::check
