#include "sim/multicast.h"

#include <sys/mman.h>

#include <map>
#include <mutex>
#include <new>

#include "add.h"
#include "engines.h"

namespace sim {
namespace {

struct Multicast {
  std::vector<void*> copies;
  size_t bytes;
};

std::mutex mutex;
std::map<uintptr_t, Multicast> multicasts;  // by address

// The copies of these 16 bytes.
std::vector<char*> copies_of(const void* address, const char* operation) {
  require_capability(90, operation);
  require_aligned(address, 16, operation, "it");
  std::lock_guard lock(mutex);
  const uintptr_t at = reinterpret_cast<uintptr_t>(address);
  auto found = multicasts.upper_bound(at);
  if (found == multicasts.begin() || at + 16 > (--found)->first + found->second.bytes)
    fail("%s: %p is not a multicast address", operation, address);
  std::vector<char*> copies;
  for (void* copy : found->second.copies)
    copies.push_back(static_cast<char*>(copy) + (at - found->first));
  return copies;
}

}  // namespace

// The address is reserved and never backed: an ordinary access of it faults, as the wrong
// instruction would on a GPU.
void* bind_multicast(const std::vector<void*>& copies, size_t bytes) {
  void* space = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) throw std::bad_alloc();
  std::lock_guard lock(mutex);
  multicasts[reinterpret_cast<uintptr_t>(space)] = {copies, bytes};
  return space;
}

void* multicast_of(const std::vector<void*>& copies, size_t bytes) {
  {
    std::lock_guard lock(mutex);
    for (const auto& [address, known] : multicasts)
      if (known.copies == copies && known.bytes == bytes) return reinterpret_cast<void*>(address);
  }
  return bind_multicast(copies, bytes);
}

void release_multicast(void* address) {
  std::lock_guard lock(mutex);
  const auto found = multicasts.find(reinterpret_cast<uintptr_t>(address));
  if (found == multicasts.end()) return;
  munmap(address, found->second.bytes);
  multicasts.erase(found);
}

void multimem_sum(void* sum, const void* address, AddAs type) {
  yield();
  const auto copies = copies_of(address, "multimem.ld_reduce");
  float total[8] = {};
  const size_t count = type == AddAs::kFloat32 ? 4 : 8;
  for (const char* copy : copies) {
    require_global(copy, 16, "multimem.ld_reduce");
    check::scoped_access(copy, 16, Access::kLoad, Order::kRelaxed, Scope::kSystem);
    for (size_t i = 0; i < count; i++) total[i] += element(type, copy, i);
  }
  for (size_t i = 0; i < count; i++) set_element(type, sum, i, total[i]);
}

void multimem_store(void* address, const void* value) {
  maybe_switch();
  for (char* copy : copies_of(address, "multimem.st")) {
    require_global(copy, 16, "multimem.st");
    check::scoped_access(copy, 16, Access::kStore, Order::kRelaxed, Scope::kSystem);
    std::memcpy(copy, value, 16);
  }
}

void multimem_add(void* address, const void* value, AddAs type) {
  maybe_switch();
  for (char* copy : copies_of(address, "multimem.red")) {
    require_global(copy, 16, "multimem.red");
    check::scoped_access(copy, 16, Access::kReadModifyWrite, Order::kRelaxed, Scope::kSystem);
    add_elements(type, copy, value, 16);
  }
}

}  // namespace sim
