// The memory of the simulated devices: one range of addresses each, blocks with red zones between
// them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

namespace sim {

constexpr int kDevices = 8;
constexpr size_t kDeviceBytes = size_t(4) << 30;  // what a device claims to have

class DeviceMemory {
 public:
  explicit DeviceMemory(int device) : device_(device) {}

  // 512-byte aligned, not initialised; nullptr if there is not enough.
  void* allocate(size_t bytes);
  // Whether `block` was one of allocate's.
  bool free(void* block);

  size_t free_bytes();

  const char* space() const { return space_; }  // kDeviceBytes; nullptr before the first allocation
  bool contains(const void* address) const;
  // The allocated block that holds this address; false if none does.
  bool find(const void* address, const char** block, size_t* bytes);

 private:
  struct Range {
    size_t bytes;   // with red zones
    size_t wanted;  // as asked for; 0 for a free range
    bool used;
  };
  bool reserve();

  const int device_;
  char* space_ = nullptr;
  std::mutex mutex_;
  std::map<size_t, Range> ranges_;  // by offset; they cover the space
};

DeviceMemory& memory_of(int device);

// The device that an address belongs to; -1 for the host's.
int device_of(const void* address);

}  // namespace sim
