// Accesses with an order and a scope. Threads change places only here and where they wait, so that
// each is atomic.
#pragma once
#include <cstring>

#include "sim/sim.h"

namespace sim {

// Other threads go first, so that loops which poll end; then the access is reported to the checked
// build.
void scoped_access(const void* address, size_t bytes, Access access, Order order, Scope scope);
void scoped_fence(Scope scope);
// The functions below are part of their callers, so that messages name a line of the kernel.
// Copies that no compiler sees through: the checked build reports the access above, and not these.
void copy_unseen(void* to, const void* from, size_t bytes);

template <class T>
[[gnu::always_inline]] inline T scoped_load(const T* p, Order order, Scope scope) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  scoped_access(p, sizeof(T), Access::kLoad, order, scope);
  T value;
  copy_unseen(&value, p, sizeof value);
  return value;
}

template <class T>
[[gnu::always_inline]] inline void scoped_store(T* p, T value, Order order, Scope scope) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  scoped_access(p, sizeof(T), Access::kStore, order, scope);
  copy_unseen(p, &value, sizeof value);
}

template <class T, class F>
[[gnu::always_inline]] inline T scoped_update(T* p, Order order, Scope scope, F f) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8);
  scoped_access(p, sizeof(T), Access::kReadModifyWrite, order, scope);
  T old;
  copy_unseen(&old, p, sizeof old);
  const T value = f(old);
  copy_unseen(p, &value, sizeof value);
  return old;
}

}  // namespace sim
