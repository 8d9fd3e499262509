#include "cuda/staging.h"

#include <algorithm>
#include <cstring>
#include <thread>

#include "cuda/cuda_device.h"

namespace sx::cuda {
namespace {

// A slot takes the engine tens of microseconds, many times what it costs to start a copy.
constexpr size_t kSlotBytes = 1 << 20;
constexpr size_t kAlignment = 256;
// One thread copies slower than the link; what is below two grains is not worth a second.
constexpr int64_t kGrain = 128 << 10;
constexpr unsigned kMostThreads = 8;

int threads() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency(), 1u, kMostThreads));
}

}  // namespace

Staging::Staging(Device& device) : device_(device), threads_(threads()) {
  void* ring = nullptr;
  device.check(cudaHostAlloc(&ring, kSlots * kSlotBytes, cudaHostAllocDefault), "cudaHostAlloc");
  ring_ = static_cast<std::byte*>(ring);
  for (size_t i = 0; i < kSlots; i++) slots_[i].bytes = ring_ + i * kSlotBytes;
  for (Slot& slot : slots_)
    device.check(cudaEventCreateWithFlags(&slot.left, cudaEventDisableTiming), "cudaEventCreate");
}

// The device has waited for its stream.
Staging::~Staging() {
  for (const Slot& slot : slots_)
    if (slot.left) cudaEventDestroy(slot.left);
  cudaFreeHost(ring_);
}

void Staging::turn() {
  const cudaStream_t stream = device_.stream().handle;
  device_.check(cudaEventRecord(slots_[current_].left, stream), "cudaEventRecord");
  current_ = (current_ + 1) % kSlots;
  used_ = 0;
  device_.check(cudaEventSynchronize(slots_[current_].left), "copy");
}

void Staging::upload(std::byte* to, const std::byte* from, size_t bytes) {
  while (bytes > 0) {
    if (used_ == kSlotBytes) turn();
    std::byte* const piece = slots_[current_].bytes + used_;
    const size_t now = std::min(bytes, kSlotBytes - used_);
    copy(piece, from, now);
    device_.check(cudaMemcpyAsync(to, piece, now, cudaMemcpyDefault, device_.stream().handle),
                  "copy");
    used_ += (now + kAlignment - 1) / kAlignment * kAlignment;
    to += now;
    from += now;
    bytes -= now;
  }
}

// What uploads have left in the slots is on its way before, as the stream has it.
void Staging::download(std::byte* to, const std::byte* from, size_t bytes) {
  const cudaStream_t stream = device_.stream().handle;
  const auto size = [=](size_t at) { return std::min(kSlotBytes, bytes - at); };
  size_t asked = 0;
  for (size_t taken = 0; taken < bytes; taken += size(taken)) {
    for (; asked < bytes && asked < taken + kSlots * kSlotBytes; asked += size(asked)) {
      const Slot& slot = slots_[asked / kSlotBytes % kSlots];
      device_.check(
          cudaMemcpyAsync(slot.bytes, from + asked, size(asked), cudaMemcpyDefault, stream),
          "copy");
      device_.check(cudaEventRecord(slot.left, stream), "cudaEventRecord");
    }
    const Slot& slot = slots_[taken / kSlotBytes % kSlots];
    device_.check(cudaEventSynchronize(slot.left), device_.stream().kernel);
    copy(to + taken, slot.bytes, size(taken));
  }
  used_ = 0;
}

void Staging::copy(std::byte* to, const std::byte* from, size_t bytes) {
  auto part = [=](int64_t begin, int64_t end, int) {
    std::memcpy(to + begin, from + begin, size_t(end - begin));
  };
  threads_.run(int64_t(bytes), kGrain, part);
}

}  // namespace sx::cuda
