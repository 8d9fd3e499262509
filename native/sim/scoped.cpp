#include "sim/scoped.h"

#include "engines.h"
#include "sim/counters.h"

namespace sim {

void scoped_access(const void* address, size_t bytes, Access access, Order order, Scope scope) {
  if (scope == Scope::kCluster) require_capability(90, "an access of cluster scope");
  require_aligned(address, bytes, "an atomic access", "it");
  if (access == Access::kStore)
    changes();
  else
    yield();
  if (access == Access::kReadModifyWrite) count(Counter::kScopedAtomics);
  check::scoped_access(address, bytes, access, order, scope);
}

void scoped_fence(Scope scope) {
  if (scope == Scope::kCluster) require_capability(90, "fence.acq_rel.cluster");
  check::scoped_fence(scope);
  maybe_switch();
}

void copy_unseen(void* to, const void* from, size_t bytes) { std::memcpy(to, from, bytes); }

}  // namespace sim
