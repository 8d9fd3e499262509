#include "schedule.h"

#include <utility>

namespace sim {
namespace {

// Rounds in which every thread only polls, and no engine has work: nobody will ever change what
// they look at.
constexpr uint64_t kIdleRounds = 200'000;
// After so many of these, time begins to pass.
constexpr uint64_t kTimelessRounds = 2'000;

}  // namespace

void Schedule::begin(uint64_t seed) {
  ready_.clear();
  polling_.clear();
  operations_.clear();
  kind_ = seed == 0 ? kRoundRobin : Kind(1 + seed % 3);
  state_ = seed * 0x9e3779b97f4a7c15u + 0x2545f4914f6cdd1du;
  favourite_ = nullptr;
  polls_ = passed_ = 0;
}

uint64_t Schedule::nanoseconds() const {
  const uint64_t rounds = polls_ > kTimelessRounds ? polls_ - kTimelessRounds : 0;
  return passed_ + 1000 * rounds * rounds;
}

uint32_t Schedule::random(uint32_t bound) {  // xorshift64*
  state_ ^= state_ >> 12;
  state_ ^= state_ << 25;
  state_ ^= state_ >> 27;
  return uint32_t((state_ * 0x2545f4914f6cdd1du) >> 33) % bound;
}

// Round robin leaves the engines' work until nobody can go on without it, which is the latest
// moment; the other orders do some of it at once, some now and then, some last.
void Schedule::add(std::function<void()> operation) {
  if (kind_ != kRoundRobin && random(3) == 0) return operation();
  operations_.push_back(std::move(operation));
}

void Schedule::run_operation(size_t position) {
  std::function<void()> operation = std::move(operations_[position]);
  operations_.erase(operations_.begin() + ptrdiff_t(position));
  operation();
}

bool Schedule::finish_operations() {
  const bool any = !operations_.empty();
  while (!operations_.empty())
    run_operation(kind_ == kRoundRobin ? 0 : random(uint32_t(operations_.size())));
  return any;
}

Thread* Schedule::take(size_t position) {
  Thread* thread = ready_[position];
  if (position == ready_.size() - 1) {
    ready_.pop_back();
  } else {
    ready_[position] = ready_.front();
    ready_.pop_front();
  }
  return thread;
}

Thread* Schedule::next() {
  if (kind_ != kRoundRobin && !operations_.empty() && random(16) == 0)
    run_operation(random(uint32_t(operations_.size())));
  while (ready_.empty()) {
    if (!operations_.empty()) {
      run_operation(kind_ == kRoundRobin ? 0 : random(uint32_t(operations_.size())));
      progress();
    } else if (!polling_.empty() && polls_++ < kIdleRounds) {
      ready_.assign(polling_.begin(), polling_.end());
      polling_.clear();
      break;
    } else {
      return nullptr;
    }
  }
  const auto count = uint32_t(ready_.size());
  switch (kind_) {
    case kRoundRobin:
      return take(0);
    case kLastFirst:
      return take(count - 1);
    case kRandom:
      return take(random(count));
    case kFavourite:
      break;
  }
  if (!favourite_ || random(64) == 0) favourite_ = ready_[random(count)]->warp;
  for (uint32_t tries = 0; tries < 8; tries++) {
    const uint32_t position = random(count);
    if (ready_[position]->warp == favourite_) return take(position);
  }
  return take(random(count));
}

}  // namespace sim
