// The simulated form of kernels/cuda/device/cp_async.h. A copy is done at once, with its group at a
// time that the schedule chooses, or at the last moment, which is the wait for its group.
#include "cuda/device/cp_async.h"

#include <deque>
#include <vector>

#include "engines.h"
#include "sim/counters.h"

namespace sim {

struct CopyGroups {
  struct Copy {
    unsigned char* to;
    const unsigned char* from;
    int size, bytes;
    check::Operation operation;
  };
  struct Group {
    std::vector<Copy> waiting;                 // not done yet
    std::vector<check::Operation> operations;  // of all

    void finish() {
      for (const Copy& copy : waiting) run(copy);
      waiting.clear();
    }
  };

  std::shared_ptr<Group> open = std::make_shared<Group>();
  std::deque<std::shared_ptr<Group>> committed;  // and not waited for

  static void run(const Copy& copy) {
    check::operation_reads(copy.operation, copy.from, size_t(copy.bytes));
    check::operation_writes(copy.operation, copy.to, size_t(copy.size));
    std::memcpy(copy.to, copy.from, size_t(copy.bytes));
    std::memset(copy.to + copy.bytes, 0, size_t(copy.size - copy.bytes));
    check::operation_ends(copy.operation);
  }
};

namespace {

CopyGroups& copies() {
  if (!current->copies) current->copies = std::make_shared<CopyGroups>();
  return *current->copies;
}

void wait_for(CopyGroups::Group& group) {
  group.finish();
  for (const check::Operation operation : group.operations)
    check::operation_waited_for(operation, false);
}

}  // namespace
}  // namespace sim

namespace sx::cuda::detail {

void copy_async(void* to, const void* from, int size, int bytes) {
  const char* name = "cp.async";
  sim::require_capability(80, name);
  if (bytes < 0 || bytes > size) sim::fail("%s: %d bytes of a copy of %d", name, bytes, size);
  sim::require_aligned(to, size_t(size), name, "the destination");
  sim::require_aligned(from, size_t(size), name, "the source");
  sim::require_shared(to, size_t(size), name);
  if (bytes > 0) sim::require_global(from, size_t(bytes), name);
  sim::count(sim::Counter::kAsyncCopies);
  sim::count(sim::Counter::kAsyncCopyBytes, uint64_t(bytes));
  sim::CopyGroups& all = sim::copies();
  const sim::CopyGroups::Copy copy{static_cast<unsigned char*>(to),
                                   static_cast<const unsigned char*>(from), size, bytes,
                                   sim::check::operation_issued(name, sim::check::Proxy::kGeneric)};
  all.open->operations.push_back(copy.operation);
  if (sim::choose(4) == 0)
    sim::CopyGroups::run(copy);
  else
    all.open->waiting.push_back(copy);
}

void commit_copies() {
  sim::CopyGroups& all = sim::copies();
  if (!all.open->waiting.empty()) sim::issue([group = all.open] { group->finish(); });
  all.committed.push_back(std::move(all.open));
  all.open = std::make_shared<sim::CopyGroups::Group>();
}

void wait_copies(int pending) {
  sim::CopyGroups& all = sim::copies();
  for (; all.committed.size() > size_t(pending < 0 ? 0 : pending); all.committed.pop_front())
    sim::wait_for(*all.committed.front());
  if (pending == kAllCopies) {
    sim::wait_for(*all.open);
    all.open = std::make_shared<sim::CopyGroups::Group>();
  }
  sim::maybe_switch();
}

}  // namespace sx::cuda::detail
