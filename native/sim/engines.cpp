#include "engines.h"

#include "memory.h"

namespace sim {

void require_capability(int capability, const char* operation) {
  if (config.capability < capability)
    fail("%s needs compute capability %d.%d, the device has %d.%d", operation, capability / 10,
         capability % 10, config.capability / 10, config.capability % 10);
}

std::string shared_name(const void* pointer) {
  const Block& block = block_of_shared(pointer);
  return "byte " + std::to_string(static_cast<const unsigned char*>(pointer) - block.shared) +
         " of shared memory of block " + std::to_string(block.serial);
}

void require_shared(const void* pointer, size_t bytes, const char* operation) {
  const Block& block = block_of_shared(pointer);
  const size_t offset = size_t(static_cast<const unsigned char*>(pointer) - block.shared);
  if (offset + bytes > block.shared_bytes)
    fail("%s: bytes %zu to %zu of shared memory, of which the launch asked for %zu", operation,
         offset, offset + bytes, block.shared_bytes);
}

void require_global(const void* pointer, size_t bytes, const char* operation) {
  const int device = device_of(pointer);
  const char* block = nullptr;
  size_t size = 0;
  if (device < 0 || !memory_of(device).find(pointer, &block, &size))
    fail("%s: %p is not in the memory of a device", operation, pointer);
  const size_t offset = size_t(static_cast<const char*>(pointer) - block);
  if (offset + bytes > size)
    fail("%s: bytes %zu to %zu of a block of memory that has %zu", operation, offset,
         offset + bytes, size);
}

void require_aligned(const void* pointer, size_t alignment, const char* operation,
                     const char* what) {
  if (reinterpret_cast<uintptr_t>(pointer) % alignment != 0)
    fail("%s: the address of %s, %p, is not a multiple of %zu", operation, what, pointer,
         alignment);
}

void* peer_shared(const void* pointer, uint32_t rank, const char* operation) {
  require_capability(90, operation);
  const Block& block = block_of_shared(pointer);
  const Cluster& cluster = cluster_of(block);
  if (rank >= cluster.blocks.size())
    fail("%s: block %u of a cluster of %zu", operation, rank, cluster.blocks.size());
  const Block& peer = *cluster.blocks[rank];
  if (peer.live_threads == 0) fail("%s: block %u of the cluster has ended", operation, rank);
  return peer.shared + (static_cast<const unsigned char*>(pointer) - block.shared);
}

void set_registers(uint32_t registers) {
  constexpr uint32_t kRegisters = 64 * 1024;  // of a processor
  require_capability(90, "setmaxnreg");
  collective(current->warp->lanes, "setmaxnreg", nullptr, [](Rendezvous&) {});
  current->warp->registers = registers;
  uint32_t sum = 0;
  for (const Warp& warp : current->block->warps) sum += warp.registers * kWarpSize;
  if (sum > kRegisters)
    fail("setmaxnreg: the block's warps now have %u registers, there are %u", sum, kRegisters);
}

}  // namespace sim
