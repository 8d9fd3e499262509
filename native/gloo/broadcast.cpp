#include "broadcast.h"

namespace sx::gloo_engine {
namespace {

constexpr size_t few_bytes = 4096, segment_bytes = 1 << 20;

std::vector<int> targets(const gloo::Context& context, bool few, int root) {
  const int left = (context.rank + context.size - 1) % context.size;
  if (!few) return left == root ? std::vector<int>{} : std::vector<int>{left};
  std::vector<int> peers;
  for (int peer = 0; context.rank == root && peer < context.size; peer++)
    if (peer != root) peers.push_back(peer);
  return peers;
}

}  // namespace

void broadcast(Connections& connections, uint64_t slot, void* data, size_t bytes, int root,
               Clock::time_point deadline) {
  const bool few = bytes <= few_bytes, receives = connections.rank != root;
  const int source = few ? root : (connections.rank + 1) % connections.size;
  const auto peers = targets(connections, few, root);
  Buffer buffer(connections, data, bytes);
  const auto for_each_segment = [&](auto&& body) {
    for (size_t offset = 0; offset < bytes; offset += segment_bytes)
      body(offset, std::min(segment_bytes, bytes - offset));
  };
  for_each_segment([&](size_t offset, size_t length) {
    if (receives) buffer.receive(source, slot, offset, length);
  });
  for_each_segment([&](size_t offset, size_t length) {
    if (receives) buffer.await_receive(deadline);
    for (const int peer : peers) buffer.send(peer, slot, offset, length);
  });
  for_each_segment([&](size_t, size_t) {
    for (size_t i = 0; i < peers.size(); i++) buffer.await_send(deadline);
  });
}

}  // namespace sx::gloo_engine
