#include "ring.h"

#include <gloo/common/error.h>

#include <algorithm>

namespace sx::gloo_engine {
namespace {

constexpr size_t segment_bytes = 1 << 20;
constexpr size_t window = 2;  // how many segments are received at a time

size_t divide_up(size_t a, size_t b) { return (a + b - 1) / b; }

}  // namespace

Ring::Ring(Connections& connections, Rounds rounds, const void* in, void* out, size_t count,
           Reduction reduction, std::vector<char>& room)
    : rank_(connections.rank),
      size_(connections.size),
      left_((rank_ + size_ - 1) % size_),
      right_((rank_ + 1) % size_),
      reduction_(reduction),
      in_(static_cast<const char*>(in)),
      out_(static_cast<char*>(out)),
      room_(room) {
  const size_t element = reduction.element_bytes, elements = divide_up(count, size_);
  bytes_ = count * element;
  chunk_ = elements * element;
  segment_ = std::min(divide_up(elements, window) * element, segment_bytes);
  segments_ = std::max(window, divide_up(chunk_, std::max<size_t>(1, segment_)));
  const size_t round = size_t(size_ - 1) * segments_;
  first_ = sends_done_ = rounds == Rounds::kSpread ? round : 0;
  last_ = rounds == Rounds::kReduce ? round : 2 * round;
  if (room_.size() < window * segment_) room_.resize(window * segment_);
  room_buffer_ = std::make_unique<Buffer>(connections, room_.data(), room_.size());
  out_buffer_ = std::make_unique<Buffer>(connections, out_, bytes_);
  if (in_ != out_)
    in_buffer_ = std::make_unique<Buffer>(connections, const_cast<char*>(in_), bytes_);
}

size_t Ring::offset_in_room(size_t step) const { return step % window * segment_; }

Ring::Stretch Ring::stretch(size_t step, int ahead) const {
  const size_t chunk = (rank_ + ahead + step / segments_) % size_,
               within = step % segments_ * segment_;
  const size_t begin = chunk * chunk_ + within, end = std::min(bytes_, (chunk + 1) * chunk_);
  return {begin, within < chunk_ && begin < end ? std::min(segment_, end - begin) : 0};
}

void Ring::post_receive(size_t step, Clock::time_point deadline) {
  const auto [offset, bytes] = received(step);
  if (bytes == 0) return;
  if (is_reduced(step)) return room_buffer_->receive(right_, slot_, offset_in_room(step), bytes);
  await_sends(step - (size_ - 1) * segments_ + 1, deadline);  // of what was there before
  out_buffer_->receive(right_, slot_, offset, bytes);
}

void Ring::post_send(size_t step) {
  if (const auto [offset, bytes] = sent(step); bytes > 0)
    source(step).send(left_, slot_, offset, bytes);
}

void Ring::complete_receive(size_t step, Clock::time_point deadline) {
  const auto [offset, bytes] = received(step);
  if (bytes == 0) return;
  (is_reduced(step) ? room_buffer_ : out_buffer_)->await_receive(deadline);
  if (!is_reduced(step)) return;
  reduction_.reduce(out_ + offset, in_ + offset, room_.data() + offset_in_room(step),
                    bytes / reduction_.element_bytes);
}

// Those of the first `steps`.
void Ring::await_sends(size_t steps, Clock::time_point deadline) {
  for (; sends_done_ < steps; sends_done_++)
    if (sent(sends_done_).bytes > 0) source(sends_done_).await_send(deadline);
}

void Ring::begin(uint64_t slot) {
  slot_ = slot;
  for (size_t step = first_; step < std::min(first_ + segments_, last_); step++) post_send(step);
  for (size_t step = first_; step < std::min(first_ + window, last_); step++)
    post_receive(step, {});
}

void Ring::give_up(bool left, bool right, Clock::time_point deadline) {
  const size_t begun = std::min(window, last_);
  for (size_t step = 0; right && step < begun; step++)
    if (received(step).bytes > 0) room_buffer_->await_receive(deadline);
  if (left) await_sends(begun, deadline);
}

void Ring::finish(Clock::time_point deadline) {
  if (size_ == 1 && in_ != out_) std::copy_n(in_, bytes_, out_);
  for (size_t step = first_; step < last_; step++) {
    // No wait is shorter than a millisecond; this ends a call that crawls.
    if (Clock::now() >= deadline) throw gloo::IoException("too slow");
    complete_receive(step, deadline);
    if (step + segments_ < last_) post_send(step + segments_);
    if (step + window < last_) post_receive(step + window, deadline);
  }
  await_sends(last_, deadline);
}

}  // namespace sx::gloo_engine
