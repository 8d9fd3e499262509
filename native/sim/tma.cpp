// The tensor memory accelerator: boxes of tensors and runs of bytes, between global and shared
// memory. A copy is done in pieces, each at a time of the schedule's choice.
#include <algorithm>
#include <cstring>
#include <deque>
#include <numeric>

#include "add.h"
#include "engines.h"
#include "sim/counters.h"

namespace sim {

// A thread's copies out of shared memory, by group; the last group is not committed yet.
struct BulkGroups {
  struct Group {
    uint32_t unread = 0, unwritten = 0;
    std::vector<check::Operation> operations;
  };
  std::deque<std::shared_ptr<Group>> groups{std::make_shared<Group>()};
  WaitQueue queue{"cp.async.bulk.wait_group"};
};

namespace {

constexpr uint32_t kPieces = 3;

// Bits 4 to 6 of the address are changed by those from bit 7 on, as many as the pattern has.
unsigned char* swizzled(unsigned char* address, uint32_t swizzle_bytes) {
  const uintptr_t a = reinterpret_cast<uintptr_t>(address);
  return reinterpret_cast<unsigned char*>(a ^ ((a >> 7 & (swizzle_bytes / 16 - 1)) << 4));
}

// One row of a box: neighbours in dimension 0. Elements outside [from, to) are outside of the
// tensor.
struct Row {
  const unsigned char* data;  // where its element 0 is or would be
  int64_t from, to;
};

struct Box {
  TensorMap map;
  int32_t at[5];
  uint16_t offsets[3];
  uint32_t rows, row_bytes;
  uint32_t counts[5];  // tiled: elements of each dimension

  Box(const TensorMap& given, const int32_t* coordinates, int rank, const uint16_t* im2col,
      const char* operation)
      : map(given) {
    if (map.valid != TensorMap::kValid) fail("%s: not a tensor map", operation);
    if (rank != map.rank)
      fail("%s: %d coordinates for a tensor map of rank %d", operation, rank, int(map.rank));
    if (map.im2col != (im2col != nullptr))
      fail("%s: a tensor map made %s", operation, map.im2col ? "for im2col" : "for boxes");
    std::copy_n(coordinates, rank, at);
    row_bytes = map.box[0] * map.element_bytes;
    if (im2col) {
      std::copy_n(im2col, rank - 2, offsets);
      rows = map.box[1];
      return;
    }
    rows = 1;
    for (int d = 1; d < rank; d++) {
      counts[d] = (map.box[d] + map.steps[d] - 1u) / map.steps[d];
      rows *= counts[d];
    }
  }

  uint32_t bytes() const { return rows * row_bytes; }

  Row row(uint32_t number) const {
    int64_t position[5] = {at[0]};
    if (map.im2col)
      pixel(number, position);
    else {
      for (int d = 1; d < map.rank; number /= counts[d++])
        position[d] = at[d] + int64_t(number % counts[d]) * map.steps[d];
    }
    int64_t offset = at[0] * int64_t(map.element_bytes);
    bool inside = true;
    for (int d = 1; d < map.rank; d++) {
      inside &= position[d] >= 0 && position[d] < int64_t(map.sizes[d]);
      offset += position[d] * int64_t(map.strides[d]);
    }
    const int64_t from = std::clamp<int64_t>(-int64_t(at[0]), 0, map.box[0]);
    const int64_t to = std::clamp<int64_t>(int64_t(map.sizes[0]) - at[0], from, map.box[0]);
    return {map.data + offset, from, inside ? to : from};
  }

  // Filters start at the pixels from `lower` to size - 1 + upper; the box goes through them from
  // `at` on.
  void pixel(uint32_t number, int64_t* position) const {
    const int last = map.rank - 1;
    int64_t carry = number;
    for (int d = 1; d < last; d++) {
      const int64_t low = map.lower[d - 1], high = int64_t(map.sizes[d]) + map.upper[d - 1];
      const int64_t places = std::max<int64_t>(1, (high - low + map.steps[d] - 1) / map.steps[d]);
      const int64_t place = (at[d] - low) / map.steps[d] + carry;
      position[d] =
          low + place % places * map.steps[d] + (at[d] - low) % map.steps[d] + offsets[d - 1];
      carry = place / places;
    }
    position[last] = at[last] + carry;
  }
};

void fill_outside(const TensorMap& map, unsigned char* to, size_t bytes) {
  if (!map.fill_nan) return void(std::memset(to, 0, bytes));
  const uint32_t nan = map.element_bytes == 4 ? 0x7fffffffu : 0x7fff7fffu;
  for (size_t i = 0; i < bytes; i += map.element_bytes)
    std::memcpy(to + i, &nan, map.element_bytes);
}

// Rows [first, last) to shared memory; how many bytes of them there are in the tensor.
uint64_t load_rows(const Box& box, unsigned char* to, uint32_t first, uint32_t last,
                   check::Operation operation) {
  uint64_t inside = 0;
  unsigned char buffer[256 * 8];
  for (uint32_t r = first; r < last; r++) {
    const Row row = box.row(r);
    const size_t from = size_t(row.from) * box.map.element_bytes,
                 end = size_t(row.to) * box.map.element_bytes;
    inside += end - from;
    fill_outside(box.map, buffer, box.row_bytes);
    if (end > from) {
      check::operation_reads(operation, row.data + from, end - from);
      std::memcpy(buffer + from, row.data + from, end - from);
    }
    for (uint32_t c = 0; c < box.row_bytes; c += 16)
      std::memcpy(swizzled(to + r * box.row_bytes + c, box.map.swizzle_bytes), buffer + c, 16);
  }
  check::operation_writes(operation, to + first * box.row_bytes, (last - first) * box.row_bytes);
  return inside;
}

// What a tensor map describes lies in one block of memory.
void require_tensor(const TensorMap& map, const char* operation) {
  size_t bytes = size_t(map.sizes[0]) * map.element_bytes;
  for (int d = 1; d < map.rank; d++) bytes += (map.sizes[d] - 1) * map.strides[d];
  require_global(map.data, bytes, operation);
}

void require_box(const Box& box, const void* shared, const char* operation) {
  require_capability(90, operation);
  require_tensor(box.map, operation);
  require_aligned(shared, 128, operation, "the box in shared memory");
  require_shared(shared, box.bytes(), operation);
}

BulkGroups& groups_of(Thread& thread) {
  if (!thread.bulk) thread.bulk = std::make_shared<BulkGroups>();
  return *thread.bulk;
}

// Issues a copy out of shared memory: `read` fills a buffer, some time later `write` empties it.
template <class Read, class Write>
void store(const char* name, const void* from, size_t bytes, Read read, Write write) {
  std::shared_ptr<BulkGroups> all = (groups_of(*current), current->bulk);
  std::shared_ptr<BulkGroups::Group> group = all->groups.back();
  const check::Operation operation = check::operation_issued(name, check::Proxy::kAsync);
  count(Counter::kBulkStores);
  group->unread++;
  group->unwritten++;
  group->operations.push_back(operation);
  issue([=, block = current->block] {
    if (block->live_threads == 0)
      fail("%s: the block has ended, its shared memory was still to be read", name);
    auto buffer = std::make_shared<std::vector<unsigned char>>(bytes);
    check::operation_reads(operation, from, bytes);
    read(buffer->data());
    if (--group->unread == 0) wake_all(all->queue);
    issue([=] {
      write(buffer->data(), operation);
      check::operation_ends(operation);
      if (--group->unwritten == 0) wake_all(all->queue);
    });
  });
  maybe_switch();
}

}  // namespace

void tma_load(void* to, const TensorMap& map, void* barrier, const int32_t* at, int rank,
              const uint16_t* offsets, uint32_t blocks) {
  const char* name = "cp.async.bulk.tensor (load)";
  auto box = std::make_shared<Box>(map, at, rank, offsets, name);
  require_box(*box, to, name);
  const check::Operation operation = check::operation_issued(name, check::Proxy::kAsync);
  const Cluster& cluster = cluster_of(block_of_shared(to));
  if (blocks >> cluster.blocks.size())
    fail("%s: to blocks %#x of a cluster of %zu", name, blocks, cluster.blocks.size());
  if (blocks == 0) blocks = 1u << block_of_shared(to).cluster_rank;
  const uint32_t copies = uint32_t(__builtin_popcount(blocks));
  const uint32_t pieces = std::min(kPieces, box->rows);
  auto left = std::make_shared<uint32_t>(copies * pieces);
  count(Counter::kBulkLoads);
  const uint32_t reader = uint32_t(__builtin_ctz(blocks));  // for all
  for (uint32_t rank_of_block = 0; blocks >> rank_of_block; rank_of_block++) {
    if (!(blocks >> rank_of_block & 1)) continue;
    auto* target = static_cast<unsigned char*>(peer_shared(to, rank_of_block, name));
    void* signal = peer_shared(barrier, rank_of_block, name);
    for (uint32_t p = 0; p < pieces; p++)
      issue([=] {
        const uint32_t first = box->rows * p / pieces, last = box->rows * (p + 1) / pieces;
        const uint64_t inside = load_rows(*box, target, first, last, operation);
        if (rank_of_block == reader) count(Counter::kBulkLoadBytes, inside);
        if (--*left == 0) check::operation_ends(operation);
        mbarrier_receive(signal, (last - first) * box->row_bytes, operation);
      });
  }
  maybe_switch();
}

void tma_store(const TensorMap& map, const void* from, const int32_t* at, int rank, bool add) {
  const char* name = add ? "cp.reduce.async.bulk.tensor" : "cp.async.bulk.tensor (store)";
  auto box = std::make_shared<Box>(map, at, rank, nullptr, name);
  require_box(*box, from, name);
  auto* source = const_cast<unsigned char*>(static_cast<const unsigned char*>(from));
  store(
      name, from, box->bytes(),
      [box, source](unsigned char* buffer) {
        for (uint32_t i = 0; i < box->bytes(); i += 16)
          std::memcpy(buffer + i, swizzled(source + i, box->map.swizzle_bytes), 16);
      },
      [box, add](const unsigned char* buffer, check::Operation operation) {
        for (uint32_t r = 0; r < box->rows; r++) {
          const Row row = box->row(r);
          if (row.to <= row.from) continue;
          const size_t skip = size_t(row.from) * box->map.element_bytes;
          const size_t bytes = size_t(row.to - row.from) * box->map.element_bytes;
          auto* to = const_cast<unsigned char*>(row.data) + skip;
          const unsigned char* values = buffer + r * box->row_bytes + skip;
          if (add)
            add_elements(box->map.add_as, to, values, bytes);
          else
            std::memcpy(to, values, bytes);
          count(Counter::kBulkStoreBytes, bytes);
          check::operation_writes(operation, to, bytes);
        }
      });
}

void bulk_load(void* to, const void* from, uint32_t bytes, void* barrier) {
  const char* name = "cp.async.bulk (load)";
  require_capability(90, name);
  if (bytes % 16 != 0) fail("%s: %u bytes are not a multiple of 16", name, bytes);
  require_aligned(to, 16, name, "its target");
  require_aligned(from, 16, name, "its source");
  require_shared(to, bytes, name);
  require_global(from, bytes, name);
  const check::Operation operation = check::operation_issued(name, check::Proxy::kAsync);
  count(Counter::kBulkLoads);
  count(Counter::kBulkLoadBytes, bytes);
  const uint32_t middle = bytes / 2 / 16 * 16;
  auto left = std::make_shared<int>(2);
  for (uint32_t half = 0; half < 2; half++)
    issue([=] {
      const uint32_t first = half ? middle : 0, size = half ? bytes - middle : middle;
      auto* target = static_cast<unsigned char*>(to) + first;
      auto* source = static_cast<const unsigned char*>(from) + first;
      check::operation_reads(operation, source, size);
      std::memcpy(target, source, size);
      check::operation_writes(operation, target, size);
      if (--*left == 0) check::operation_ends(operation);
      mbarrier_receive(barrier, size, operation);
    });
  maybe_switch();
}

void bulk_store(void* to, const void* from, uint32_t bytes) {
  const char* name = "cp.async.bulk (store)";
  require_capability(90, name);
  if (bytes % 16 != 0) fail("%s: %u bytes are not a multiple of 16", name, bytes);
  require_aligned(to, 16, name, "its target");
  require_aligned(from, 16, name, "its source");
  require_shared(from, bytes, name);
  require_global(to, bytes, name);
  store(
      name, from, bytes, [=](unsigned char* buffer) { std::memcpy(buffer, from, bytes); },
      [=](const unsigned char* buffer, check::Operation operation) {
        std::memcpy(to, buffer, bytes);
        count(Counter::kBulkStoreBytes, bytes);
        check::operation_writes(operation, to, bytes);
      });
}

void bulk_commit() {
  require_capability(90, "cp.async.bulk.commit_group");
  groups_of(*current).groups.push_back(std::make_shared<BulkGroups::Group>());
}

void bulk_wait(uint32_t pending, bool sources) {
  require_capability(90, "cp.async.bulk.wait_group");
  BulkGroups& all = groups_of(*current);
  const size_t committed = all.groups.size() - 1;
  if (committed <= pending) return;
  for (size_t i = 0; i < committed - pending; i++) {
    const std::shared_ptr<BulkGroups::Group> group = all.groups[i];
    while (sources ? group->unread > 0 : group->unwritten > 0) wait(all.queue);
    for (const check::Operation operation : group->operations)
      check::operation_waited_for(operation, sources);
  }
  if (!sources) all.groups.erase(all.groups.begin(), all.groups.end() - ptrdiff_t(pending) - 1);
  maybe_switch();
}

}  // namespace sim
