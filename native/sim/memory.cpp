#include "memory.h"

#include <sys/mman.h>

#include <array>
#include <cstring>
#include <memory>

#include "check.h"

namespace sim {
namespace {

constexpr size_t kUnit = 512;
constexpr size_t kRedZone = 512;  // on either side of a block
constexpr size_t kPoisoned = 64 * 1024;

}  // namespace

DeviceMemory& memory_of(int device) {
  static std::array<std::unique_ptr<DeviceMemory>, kDevices> all = [] {
    std::array<std::unique_ptr<DeviceMemory>, kDevices> made;
    for (int i = 0; i < kDevices; i++) made[i] = std::make_unique<DeviceMemory>(i);
    return made;
  }();
  return *all[device];
}

int device_of(const void* address) {
  for (int i = 0; i < kDevices; i++)
    if (memory_of(i).contains(address)) return i;
  return -1;
}

bool DeviceMemory::reserve() {
  if (space_) return true;
  void* space = mmap(nullptr, kDeviceBytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (space == MAP_FAILED) return false;
  space_ = static_cast<char*>(space);
  ranges_[0] = {kDeviceBytes, 0, false};
  return true;
}

void* DeviceMemory::allocate(size_t bytes) {
  std::lock_guard lock(mutex_);
  if (bytes > kDeviceBytes || !reserve()) return nullptr;
  const size_t needed = (bytes + kUnit - 1) / kUnit * kUnit + 2 * kRedZone;
  for (auto it = ranges_.begin(); it != ranges_.end(); ++it) {
    auto& [offset, range] = *it;
    if (range.used || range.bytes < needed) continue;
    if (range.bytes > needed) ranges_[offset + needed] = {range.bytes - needed, 0, false};
    range = {needed, bytes, true};
    char* block = space_ + offset + kRedZone;
    // What is not written yet is NaN, as far as it is cheap.
    std::memset(block, 0xff, bytes < kPoisoned ? bytes : kPoisoned);
    check::memory_allocated(block, bytes);
    return block;
  }
  return nullptr;
}

bool DeviceMemory::free(void* block) {
  std::lock_guard lock(mutex_);
  auto it = ranges_.find(size_t(static_cast<char*>(block) - space_) - kRedZone);
  if (it == ranges_.end() || !it->second.used) return false;
  check::memory_freed(static_cast<char*>(block), it->second.wanted);
  it->second.used = false;
  it->second.wanted = 0;
  const auto next = std::next(it);
  if (next != ranges_.end() && !next->second.used) {
    it->second.bytes += next->second.bytes;
    ranges_.erase(next);
  }
  if (it != ranges_.begin()) {
    const auto before = std::prev(it);
    if (!before->second.used) {
      before->second.bytes += it->second.bytes;
      ranges_.erase(it);
    }
  }
  return true;
}

size_t DeviceMemory::free_bytes() {
  std::lock_guard lock(mutex_);
  if (!reserve()) return 0;
  size_t sum = 0;
  for (const auto& [offset, range] : ranges_)
    if (!range.used) sum += range.bytes;
  return sum;
}

bool DeviceMemory::contains(const void* address) const {
  return space_ && size_t(static_cast<const char*>(address) - space_) < kDeviceBytes;
}

bool DeviceMemory::find(const void* address, const char** block, size_t* bytes) {
  std::lock_guard lock(mutex_);
  if (!contains(address)) return false;
  const size_t at = size_t(static_cast<const char*>(address) - space_);
  auto it = ranges_.upper_bound(at);
  if (it == ranges_.begin()) return false;
  --it;
  *block = space_ + it->first + kRedZone;
  *bytes = it->second.wanted;
  return it->second.used && at >= it->first + kRedZone &&
         at < it->first + kRedZone + it->second.wanted;
}

}  // namespace sim
