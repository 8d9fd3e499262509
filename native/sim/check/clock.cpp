#include "check/clock.h"

#include <algorithm>
#include <memory>

namespace sim::check {

Row::~Row() {
  if (data_ && --data_->users == 0) std::unique_ptr<Data>{data_};
}

void Row::make_own(size_t size) {
  if (!data_ || data_->users > 1) {
    auto copy = std::make_unique<Data>();
    if (data_) {
      copy->clocks.reserve(std::max(size, data_->clocks.size()));
      copy->clocks = data_->clocks;
      data_->users--;
    }
    data_ = copy.release();
  }
  if (data_->clocks.size() < size) data_->clocks.resize(size);
}

void Row::set(uint32_t actor, uint32_t clock) {
  make_own(actor + 1);
  data_->clocks[actor] = clock;
}

void Row::join(const Row& other) {
  if (!other.data_ || other.data_ == data_) return;
  if (!data_) {
    *this = other;
    return;
  }
  const std::vector<uint32_t>& from = other.data_->clocks;
  const std::vector<uint32_t>& to = data_->clocks;
  const size_t both = std::min(from.size(), to.size());
  uint32_t gains = from.size() > to.size(), keeps = to.size() > from.size();
  for (size_t i = 0; i < both; i++) {
    gains |= from[i] > to[i];
    keeps |= to[i] > from[i];
  }
  if (!gains) return;
  if (!keeps) {
    *this = other;
    return;
  }
  make_own(from.size());
  for (size_t i = 0; i < from.size(); i++) data_->clocks[i] = std::max(data_->clocks[i], from[i]);
}

Clock::Known& Clock::at(uint32_t block) {
  if (block == own.block) return own;
  const auto place =
      std::lower_bound(foreign.begin(), foreign.end(), block,
                       [](const Known& k, uint32_t number) { return k.block < number; });
  if (place != foreign.end() && place->block == block) return *place;
  return *foreign.insert(place, {block, {}, {}});
}

const Clock::Known* Clock::of(uint32_t block) const {
  if (block == own.block) return &own;
  const auto place =
      std::lower_bound(foreign.begin(), foreign.end(), block,
                       [](const Known& k, uint32_t number) { return k.block < number; });
  return place != foreign.end() && place->block == block ? &*place : nullptr;
}

void Clock::join(const Clock& other) {
  const auto add = [&](const Known& known) {
    Known& mine = at(known.block);
    mine.done.join(known.done);
    mine.fenced.join(known.fenced);
  };
  if (other.own.block != kNoBlock) add(other.own);
  for (const Known& known : other.foreign) add(known);
}

}  // namespace sim::check
