// Accesses with an order and a scope: what is released by one thread is known to those that acquire
// it, if both scopes hold both of them. A fence makes releases of the relaxed writes behind it, and
// acquires of the relaxed reads before it.
#include <algorithm>
#include <unordered_map>

#include "check.h"
#include "check/access.h"
#include "check/report.h"
#include "check/state.h"

namespace sim::check {
namespace {

// What was released to a word, and is carried on by atomics behind that.
struct Released {
  Clock clock;
  Scope scope = Scope::kSystem;  // the narrowest that took part
  uint32_t block = kNoBlock;     // of the thread with that scope
  uint32_t code = 0;
  Who who;
};

std::unordered_map<const void*, Released> words;
uint32_t words_of_launch = 0;

bool includes(Scope scope, uint32_t block) {
  const Block& own = *current->block;
  if (scope == Scope::kSystem || block == block_number(own)) return true;
  if (scope == Scope::kDevice) return device_of_block(block) == device_of_block(block_number(own));
  const auto& peers = cluster_of(own).blocks;
  return scope == Scope::kCluster &&
         std::any_of(peers.begin(), peers.end(),
                     [&](const Block* peer) { return block_number(*peer) == block; });
}

bool acquires(Order order) { return order == Order::kAcquire || order == Order::kAcquireRelease; }
bool releases(Order order) { return order == Order::kRelease || order == Order::kAcquireRelease; }

void read(const Released& word, const Toucher& me, Order order, Scope scope) {
  if (word.block == kNoBlock) return;
  if (!includes(std::min(scope, word.scope), word.block)) report_scope(me, word.who, word.code);
  (acquires(order) ? current->checked->clock : current->checked->seen).join(word.clock);
}

void write(Released& word, const Toucher& me, Access access, Order order, Scope scope) {
  CheckState& state = *current->checked;
  if (access == sim::Access::kStore) word = Released();
  if (!releases(order) && !state.fenced) return;
  if (releases(order))
    gather(word.clock, *current);
  else
    word.clock.join(state.fence);
  const Scope reach = releases(order) ? scope : std::min(scope, state.fence_scope);
  if (word.block == kNoBlock || reach <= word.scope) {
    word.scope = reach;
    word.block = block_number(*current->block);
    word.code = me.code;
    word.who = me.who;
  }
}

}  // namespace

void scoped_access(const void* address, size_t bytes, sim::Access kind, Order order, Scope scope) {
  if (words_of_launch != launch_stamp) words.clear();
  words_of_launch = launch_stamp;
  const uint32_t flags = Who::kStrong | (scope == Scope::kBlock    ? Who::kNarrow
                                         : scope == Scope::kDevice ? Who::kLocal
                                                                   : 0);
  const Toucher me = running_thread(calling_code(), flags);
  const auto* place = static_cast<const char*>(address);
  Released& word = words[address];
  if (kind != sim::Access::kStore) {
    access(me, place, bytes, false, true);
    read(word, me, order, scope);
  }
  if (kind != sim::Access::kLoad) {
    access(me, place, bytes, true, true);
    write(word, me, kind, order, scope);
  }
}

void scoped_fence(Scope scope) {
  CheckState& state = *current->checked;
  if (scope == Scope::kBlock) {
    if (const Clock::Known* known = state.seen.of(state.clock.own.block))
      state.clock.own.done.join(known->done);
  } else {
    state.clock.join(state.seen);
  }
  state.fence = release(*current);
  state.fence_scope = scope;
  state.fenced = true;
}

}  // namespace sim::check
