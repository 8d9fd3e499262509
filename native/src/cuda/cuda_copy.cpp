// Copies: of a device's own memory, from and to the host's through pinned slots, from and to other
// devices.
#include "cuda/cuda_device.h"
#include "cuda/staging.h"
#include "error.h"

namespace sx::cuda {
namespace {

bool is_ordinary(const cudaPointerAttributes& place) {
  return place.type == cudaMemoryTypeUnregistered;
}

}  // namespace

cudaPointerAttributes Device::place_of(uint64_t address) {
  cudaPointerAttributes place{};
  check(cudaPointerGetAttributes(&place, sx_pointer(address)), "cudaPointerGetAttributes");
  return place;
}

void Device::require_own(uint64_t address) {
  const cudaPointerAttributes place = place_of(address);
  if (place.type == cudaMemoryTypeDevice && place.device == ordinal_) return;
  throw Error(SX_INVALID,
              "memory of " +
                  (place.type == cudaMemoryTypeDevice ? "GPU " + std::to_string(place.device)
                                                      : std::string("the host")) +
                  " is given to " + name_ + "; copy it there first");
}

Staging& Device::staging() {
  if (!staging_) staging_ = std::make_unique<Staging>(*this);
  return *staging_;
}

// Without access the driver takes such copies through the host.
void Device::reach(int peer) {
  if (peer == ordinal_ || !reached_.insert(peer).second) return;
  int can = 0;
  check(cudaDeviceCanAccessPeer(&can, ordinal_, peer), "cudaDeviceCanAccessPeer");
  if (!can) return;
  // Pooled memory has its own idea of who may come; cudaDeviceEnablePeerAccess is not for it.
  cudaMemPool_t pool;
  check(cudaDeviceGetDefaultMemPool(&pool, peer), "cudaDeviceGetDefaultMemPool");
  cudaMemAccessDesc access{};
  access.location.type = cudaMemLocationTypeDevice;
  access.location.id = ordinal_;
  access.flags = cudaMemAccessFlagsProtReadWrite;
  check(cudaMemPoolSetAccess(pool, &access, 1), "cudaMemPoolSetAccess");
}

int32_t Device::copy(uint64_t to, uint64_t from, uint64_t bytes) noexcept {
  return guarded("copy", [&] {
    const auto held = lock();
    if (bytes > 0) {
      auto* const target = static_cast<std::byte*>(sx_pointer(to));
      auto* const source = static_cast<std::byte*>(sx_pointer(from));
      const cudaPointerAttributes there = place_of(to), here = place_of(from);
      if (is_ordinary(there)) {
        staging().download(target, source, bytes);
      } else if (is_ordinary(here)) {
        return staging().upload(target, source, bytes);
      } else if (there.type == cudaMemoryTypeDevice && here.type == cudaMemoryTypeDevice &&
                 there.device != here.device) {
        reach(there.device);
        reach(here.device);
        check(cudaMemcpyPeerAsync(target, there.device, source, here.device, bytes, stream_.handle),
              "copy");
      } else {
        check(cudaMemcpyAsync(target, source, bytes, cudaMemcpyDefault, stream_.handle), "copy");
      }
    }
    finish(nullptr);
  });
}

}  // namespace sx::cuda
