// Vector clocks: for every thread and every operation of an engine, up to which point another one
// knows what it did. Rows are shared until somebody changes them, since most threads know the same
// most of the time.
#pragma once
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace sim::check {

// A clock for each actor of one block; those behind the end are 0. Copies share their numbers.
class Row {
 public:
  Row() = default;
  Row(const Row& other) : data_(other.data_) {
    if (data_) data_->users++;
  }
  Row(Row&& other) noexcept : data_(std::exchange(other.data_, nullptr)) {}
  Row& operator=(Row other) noexcept {
    std::swap(data_, other.data_);
    return *this;
  }
  ~Row();

  uint32_t at(uint32_t actor) const {
    return data_ && actor < data_->clocks.size() ? data_->clocks[actor] : 0;
  }
  void set(uint32_t actor, uint32_t clock);
  void join(const Row& other);
  bool empty() const { return !data_; }

 private:
  struct Data {
    std::vector<uint32_t> clocks;
    uint32_t users = 1;
  };
  void make_own(size_t size);

  Data* data_ = nullptr;
};

constexpr uint32_t kNoBlock = ~0u;

// What is known: of the block that it belongs to, and of others.
struct Clock {
  struct Known {
    uint32_t block = kNoBlock;
    Row done;
    Row fenced;  // what was done before a proxy fence that is known of
  };

  Known own;
  std::vector<Known> foreign;  // by block

  void join(const Clock& other);
  // nullptr: nothing is known of that block.
  const Known* of(uint32_t block) const;
  Known& at(uint32_t block);
};

}  // namespace sim::check
