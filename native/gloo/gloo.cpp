// The C interface: addresses become pointers, exceptions become codes and a message.
#include "sx/gloo.h"

#include <algorithm>

#include "failure.h"
#include "group.h"

using sx::gloo_engine::Agreement;
using sx::gloo_engine::Failure;
using sx::gloo_engine::Group;
using sx::gloo_engine::Milliseconds;
using sx::gloo_engine::reduction_of;

struct sx_gloo {
  std::unique_ptr<Group> group;
};

namespace {

thread_local std::string last_error;

int32_t fail(int32_t code, const char* message) {
  last_error = message;
  return code;
}

template <class Body>
int32_t guarded(Body&& body) {
  try {
    body();
    return SX_GLOO_OK;
  } catch (const Failure& e) {
    return fail(e.code, e.what());
  } catch (const std::invalid_argument& e) {
    return fail(SX_GLOO_INVALID, e.what());
  } catch (const std::exception& e) {
    return fail(SX_GLOO_FAILED, e.what());
  }
}

// Gloo takes 0 for no limit.
Milliseconds limit(int64_t timeout_ms) { return Milliseconds(std::max<int64_t>(1, timeout_ms)); }

char* pointer(uint64_t address) { return reinterpret_cast<char*>(address); }

}  // namespace

int32_t sx_gloo_abi(void) { return SX_GLOO_ABI; }

const char* sx_gloo_last_error(void) { return last_error.c_str(); }

sx_gloo* sx_gloo_create(int32_t rank, int32_t size, const char* host, int64_t timeout_ms) {
  sx_gloo* created = nullptr;
  guarded([&] {
    auto group = std::make_unique<Group>(rank, size, host, limit(timeout_ms));
    created = std::make_unique<sx_gloo>(sx_gloo{std::move(group)}).release();
  });
  return created;
}

void sx_gloo_close(sx_gloo* group) {
  const std::unique_ptr<sx_gloo> closed(group);
  guarded([&] { closed->group->leave(); });
}

int64_t sx_gloo_address_bytes(sx_gloo* group) {
  return static_cast<int64_t>(group->group->address().size());
}

int32_t sx_gloo_address(sx_gloo* group, void* to) {
  const auto& address = group->group->address();
  std::copy(address.begin(), address.end(), static_cast<char*>(to));
  return SX_GLOO_OK;
}

int32_t sx_gloo_connect(sx_gloo* group, const void* all, int64_t bytes) {
  return guarded([&] {
    group->group->connect({static_cast<const char*>(all), static_cast<size_t>(bytes)});
  });
}

int32_t sx_gloo_all_reduce(sx_gloo* group, uint64_t header, uint64_t headers, int64_t header_bytes,
                           uint64_t in, uint64_t out, int64_t count, int32_t dtype,
                           int32_t reduction, int64_t timeout_ms) {
  bool agreed = false;
  const int32_t code = guarded([&] {
    const Agreement agreement{{pointer(header), static_cast<size_t>(header_bytes)},
                              pointer(headers)};
    agreed = group->group->all_reduce(agreement, pointer(in), pointer(out), count,
                                      reduction_of(dtype, reduction), limit(timeout_ms));
  });
  if (code == SX_GLOO_OK && !agreed)
    return fail(SX_GLOO_MISMATCH, "the ranks have brought different headers");
  return code;
}

int32_t sx_gloo_reduce_scatter(sx_gloo* group, uint64_t all, uint64_t part, int64_t count,
                               int32_t dtype, int32_t reduction, int64_t timeout_ms) {
  return guarded([&] {
    group->group->reduce_scatter(pointer(all), pointer(part), count, reduction_of(dtype, reduction),
                                 limit(timeout_ms));
  });
}

int32_t sx_gloo_all_gather(sx_gloo* group, uint64_t part, uint64_t all, int64_t bytes,
                           int64_t timeout_ms) {
  return guarded(
      [&] { group->group->all_gather(pointer(part), pointer(all), bytes, limit(timeout_ms)); });
}

int32_t sx_gloo_broadcast(sx_gloo* group, uint64_t data, int64_t bytes, int32_t root,
                          int64_t timeout_ms) {
  return guarded([&] { group->group->broadcast(pointer(data), bytes, root, limit(timeout_ms)); });
}

int32_t sx_gloo_barrier(sx_gloo* group, int64_t timeout_ms) {
  return guarded([&] { group->group->barrier(limit(timeout_ms)); });
}

void sx_gloo_abort(sx_gloo* group) { group->group->abort(); }
