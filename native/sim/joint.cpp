#include "joint.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace sim {

Joints& Joints::of_all() {
  static Joints joints;
  return joints;
}

// Works off other streams until their parts have arrived. A part that is met while others are being
// fetched only joins; the one that fetches runs the launch.
void Joints::fetch(uint64_t ticket, void (*work_off)(Stream*)) {
  const uint64_t outer = std::exchange(fetching_, ticket);
  for (Stream* stream : std::vector<Stream*>(streams_.begin(), streams_.end())) {
    const auto holds = [&] {
      return std::any_of(stream->queue.begin(), stream->queue.end(),
                         [&](const Work& work) { return work.ticket == ticket; });
    };
    while (holds()) work_off(stream);
  }
  fetching_ = outer;
}

void Joints::run(Party& party) {
  party.begun = true;
  try {
    launch(party.parts);
  } catch (const Failure& failure) {
    party.failure = failure;
  }
}

void Joints::arrive(const Part& part, std::vector<Stream*>& streams, std::mutex& queues,
                    void (*work_off)(Stream*)) {
  const Joint joint = part.config.joint;
  std::shared_ptr<Party>& known = gathering_[joint.ticket];
  if (!known) known = std::make_shared<Party>();
  const std::shared_ptr<Party> party = known;
  party->parts.push_back(part);
  party->streams.push_back(streams.front());
  if (fetching_ == joint.ticket) return;

  // The other clock's wait is newer than the glibc that this loads on.
  const auto deadline =
      std::chrono::system_clock::now() + std::chrono::milliseconds(joint.patience_ms);
  std::unique_lock lock(queues, std::adopt_lock);
  while (!party->begun) {
    fetch(joint.ticket, work_off);
    if (party->parts.size() == joint.ranks) break;
    if (came_.wait_until(lock, deadline) == std::cv_status::timeout) break;
  }
  lock.release();
  if (!party->begun) {
    gathering_.erase(joint.ticket);
    run(*party);
    came_.notify_all();
  }
  if (!party->failure) return;
  streams = party->streams;
  throw *party->failure;
}

}  // namespace sim
