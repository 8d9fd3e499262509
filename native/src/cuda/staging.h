// Pinned memory between the host's ordinary memory and a GPU. The GPU's copy engine reaches only
// pinned memory at the speed of the link: what comes from elsewhere goes through a ring of slots,
// where several threads fill or empty one while the engine works on the others.
#pragma once
#include <array>
#include <cstddef>

#include "cuda/launch.h"
#include "pool.h"

namespace sx::cuda {

class Device;

// Used under the device's lock.
class Staging {
 public:
  explicit Staging(Device& device);
  ~Staging();
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;

  // Returns when `from` may change again; the bytes are there for all that comes later on the
  // device's stream.
  void upload(std::byte* to, const std::byte* from, size_t bytes);
  // Returns when the bytes are there.
  void download(std::byte* to, const std::byte* from, size_t bytes);

 private:
  static constexpr size_t kSlots = 8;
  struct Slot {
    std::byte* bytes = nullptr;
    cudaEvent_t left = nullptr;  // the engine has done what it was last told to do here
  };

  void turn();
  void copy(std::byte* to, const std::byte* from, size_t bytes);

  Device& device_;
  ThreadPool threads_;
  std::byte* ring_ = nullptr;
  std::array<Slot, kSlots> slots_;
  size_t current_ = 0;  // the slot that uploads fill
  size_t used_ = 0;     // of its bytes
};

}  // namespace sx::cuda
