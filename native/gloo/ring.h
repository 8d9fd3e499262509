// Reduces chunks around the ring of ranks, and passes the results on. Each rank sends to its left
// and receives from its right. Chunk c begins at rank c - 1 and goes left; each rank adds its own,
// and it ends complete at rank c. For an all-reduce it goes around once more, as it is; an
// all-gather is that second round alone.
//
// Chunks travel in segments: one is received while another is reduced, and nothing stops between
// going around for the first and for the second time. What can be sent is offered at once, so that
// Gloo's thread writes it as soon as the receiver asks for it. If it were offered later, the
// caller's thread would write it, and Gloo's would spin meanwhile for the lock of that connection.
#pragma once
#include <memory>
#include <vector>

#include "connections.h"
#include "reduction.h"

namespace sx::gloo_engine {

class Ring {
 public:
  enum class Rounds { kReduce, kSpread, kReduceAndSpread };

  // `in` is only read, unless it is `out`; both have `count` elements, of which chunk c are those
  // from c * ceil(count / size) on. `room`, for what is received and then reduced, grows as needed.
  // All of it has to live as long as this does.
  Ring(Connections& connections, Rounds rounds, const void* in, void* out, size_t count,
       Reduction reduction, std::vector<char>& room);

  // Begins the first transfers, which write nothing to `out`. Ranks that use different slots do
  // not hear of each other.
  void begin(uint64_t slot);
  // Waits for the first transfers alone, with the neighbours that will come to them.
  void give_up(bool left, bool right, Clock::time_point deadline);
  void finish(Clock::time_point deadline);

 private:
  struct Stretch {
    size_t offset, bytes;
  };
  Stretch stretch(size_t step, int ahead) const;
  Stretch sent(size_t step) const { return stretch(step, 1); }
  Stretch received(size_t step) const { return stretch(step, 2); }
  bool is_reduced(size_t step) const { return step / segments_ < size_t(size_) - 1; }
  size_t offset_in_room(size_t step) const;
  Buffer& source(size_t step) {
    return step < segments_ && in_buffer_ ? *in_buffer_ : *out_buffer_;
  }
  void post_receive(size_t step, Clock::time_point deadline);
  void post_send(size_t step);
  void complete_receive(size_t step, Clock::time_point deadline);
  void await_sends(size_t steps, Clock::time_point deadline);

  const int rank_, size_, left_, right_;
  const Reduction reduction_;
  const char* const in_;
  char* const out_;
  std::vector<char>& room_;
  size_t bytes_, chunk_, segment_, segments_;  // segments of a chunk
  size_t first_, last_;                        // steps, counted over both rounds; without the last
  size_t sends_done_;
  uint64_t slot_ = 0;
  std::unique_ptr<Buffer> room_buffer_, in_buffer_, out_buffer_;
};

}  // namespace sx::gloo_engine
