// mbarriers. A phase is over when all arrivals and all announced bytes have come.
#include <cstring>
#include <deque>

#include "engines.h"
#include "sim/counters.h"

namespace sim {
namespace {

constexpr uint64_t kTicket = 0x5ba22ull << 40;
constexpr int64_t kMostBytes = (1 << 20) - 1;
constexpr uint32_t kMostArrivals = (1 << 20) - 1;

struct Mbarrier {
  void* at;
  uint32_t expected, pending;
  int64_t bytes = 0;  // announced and not come; negative: came before they were announced
  uint64_t phase = 0;
  const Thread* initialiser;
  bool fenced = false;  // its initialisation
  WaitQueue queue{"mbarrier"};
};

std::deque<Mbarrier> mbarriers;  // the ticket in shared memory is a number in here
uint32_t unfenced = 0;

Mbarrier* lookup(const void* at) {
  uint64_t ticket;
  std::memcpy(&ticket, at, sizeof ticket);
  const uint64_t number = ticket ^ kTicket;
  return number < mbarriers.size() && mbarriers[number].at == at ? &mbarriers[number] : nullptr;
}

std::string describe(const WaitQueue& queue) {
  const auto& barrier = *reinterpret_cast<const Mbarrier*>(reinterpret_cast<const char*>(&queue) -
                                                           offsetof(Mbarrier, queue));
  return "the mbarrier at " + shared_name(barrier.at) + ", whose phase " +
         std::to_string(barrier.phase) + " lacks " + std::to_string(barrier.pending) + " of " +
         std::to_string(barrier.expected) + " arrivals and " + std::to_string(barrier.bytes) +
         " bytes";
}

void require_place(const void* at, const char* operation) {
  require_aligned(at, 8, operation, "the mbarrier");
  require_shared(at, 8, operation);
}

Mbarrier& find(const void* at, const char* operation) {
  require_place(at, operation);
  Mbarrier* barrier = lookup(at);
  if (!barrier)
    fail("%s: there is no mbarrier at %s: it was never initialised, or was overwritten", operation,
         shared_name(at).c_str());
  return *barrier;
}

void complete_if_done(Mbarrier& barrier) {
  if (barrier.pending > 0 || barrier.bytes != 0) return;
  count(Counter::kMbarrierPhases);
  check::mbarrier_completes(barrier.at, barrier.phase);
  barrier.phase++;
  barrier.pending = barrier.expected;
  wake_all(barrier.queue);
}

void add_bytes(Mbarrier& barrier, int64_t bytes, const char* operation) {
  barrier.bytes += bytes;
  if (barrier.bytes > kMostBytes || barrier.bytes < -kMostBytes)
    fail("%s: the mbarrier at %s counts up to %lld bytes, not %lld", operation,
         shared_name(barrier.at).c_str(), static_cast<long long>(kMostBytes),
         static_cast<long long>(barrier.bytes));
}

void require_parity(uint32_t parity) {
  if (parity > 1) fail("mbarrier.try_wait: a parity is 0 or 1, not %u", parity);
}

}  // namespace

void forget_mbarriers() {
  mbarriers.clear();
  unfenced = 0;
}

void mbarrier_init(void* at, uint32_t arrivals) {
  const char* operation = "mbarrier.init";
  require_place(at, operation);
  if (arrivals == 0 || arrivals > kMostArrivals) fail("%s: %u arrivals", operation, arrivals);
  if (const Mbarrier* old = lookup(at))
    fail("%s: the mbarrier at %s is initialised already%s", operation, shared_name(at).c_str(),
         old->queue.first ? ", and waited for" : "");
  const uint64_t ticket = mbarriers.size() ^ kTicket;
  mbarriers.push_back(
      {.at = at, .expected = arrivals, .pending = arrivals, .initialiser = current});
  mbarriers.back().queue.describe = describe;
  unfenced++;
  std::memcpy(at, &ticket, sizeof ticket);
  check::mbarrier_initialised(at);
}

void mbarrier_invalidate(void* at) {
  Mbarrier& barrier = find(at, "mbarrier.inval");
  if (barrier.queue.first)
    fail("mbarrier.inval: %s", (describe(barrier.queue) + ", is waited for").c_str());
  barrier.at = nullptr;
  if (!barrier.fenced) unfenced--;
  barrier.fenced = true;
  std::memset(at, 0xff, 8);
  check::mbarrier_invalidated(at);
}

void mbarrier_init_fence() {
  require_capability(90, "fence.mbarrier_init");
  if (unfenced == 0) return;
  for (Mbarrier& barrier : mbarriers) {
    if (barrier.fenced || barrier.initialiser != current) continue;
    barrier.fenced = true;
    unfenced--;
  }
}

void mbarrier_expect(void* at, uint32_t bytes) {
  require_capability(90, "mbarrier.expect_tx");
  add_bytes(find(at, "mbarrier.expect_tx"), bytes, "mbarrier.expect_tx");
  maybe_switch();
}

void mbarrier_arrive(void* at, uint32_t arrivals, uint32_t expected, bool cluster_scope) {
  const char* operation = expected ? "mbarrier.arrive.expect_tx" : "mbarrier.arrive";
  if (expected) require_capability(90, operation);
  Mbarrier& barrier = find(at, operation);
  if (&block_of_shared(at) != current->block && !barrier.fenced)
    fail(
        "%s: another block uses the mbarrier at %s, whose initialisation has no "
        "fence.mbarrier_init",
        operation, shared_name(at).c_str());
  if (arrivals == 0 || arrivals > barrier.pending)
    fail("%s: %u arrivals at %s", operation, arrivals, describe(barrier.queue).c_str());
  add_bytes(barrier, expected, operation);
  check::mbarrier_arrives(at, cluster_scope);
  barrier.pending -= arrivals;
  complete_if_done(barrier);
  maybe_switch();
}

void mbarrier_receive(void* at, uint32_t bytes, uint32_t operation) {
  Mbarrier& barrier = find(at, "mbarrier.complete_tx");
  if (!barrier.fenced)
    fail(
        "mbarrier.complete_tx: the engine uses the mbarrier at %s, whose initialisation has no "
        "fence.mbarrier_init",
        shared_name(at).c_str());
  add_bytes(barrier, -int64_t(bytes), "mbarrier.complete_tx");
  check::mbarrier_receives(at, operation);
  complete_if_done(barrier);
}

bool mbarrier_try_wait(const void* at, uint32_t parity, bool cluster_scope) {
  require_capability(90, "mbarrier.try_wait");
  require_parity(parity);
  Mbarrier* barrier = &find(at, "mbarrier.try_wait");
  const bool was_over = (barrier->phase & 1) != parity;
  if (!was_over || choose(4) == 0) yield();
  if (!was_over && (find(at, "mbarrier.try_wait").phase & 1) == parity) return false;
  if (choose(4) == 0) return false;  // as hardware may, and loops must bear
  if (barrier->phase > 0) check::mbarrier_leaves(at, barrier->phase - 1, cluster_scope);
  return true;
}

void mbarrier_wait(const void* at, uint32_t parity, bool cluster_scope) {
  require_capability(90, "mbarrier.try_wait");
  require_parity(parity);
  Mbarrier& barrier = find(at, "mbarrier.try_wait");
  const uint64_t first = barrier.phase;
  while ((barrier.phase & 1) == parity && barrier.phase == first) wait(barrier.queue);
  // A phase may only go by unseen that nobody waits for: hardware may look a phase too late and
  // wait for ever.
  if ((first & 1) == parity && barrier.phase != first + 1)
    fail(
        "mbarrier.try_wait: phase %llu of the mbarrier at %s is waited for, and the next one has "
        "ended, too",
        static_cast<unsigned long long>(first), shared_name(at).c_str());
  if (barrier.phase > 0) check::mbarrier_leaves(at, barrier.phase - 1, cluster_scope);
  maybe_switch();
}

void proxy_fence(bool shared, bool global) {
  require_capability(90, "fence.proxy.async");
  if (shared) mbarrier_init_fence();
  check::proxy_fence(shared, global);
}

}  // namespace sim
