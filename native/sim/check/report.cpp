#include "check/report.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstring>
#include <memory>
#include <string>

#include "check/state.h"
#include "memory.h"

namespace sim::check {

bool reporting = false;
namespace {

const char* library_base() {
  static const char* const base = [] {
    Dl_info info{};
    dladdr(reinterpret_cast<const void*>(&code_of), &info);
    return static_cast<const char*>(info.dli_fbase);
  }();
  return base;
}

std::string base_name(const std::string& line) { return line.substr(line.find_last_of('/') + 1); }

// Fibers are abandoned, so whoever fails holds nothing. The text's own strings may be functions
// that the linker took from a kernel's object, instrumented; what they touch is nobody's business.
[[noreturn]] void fail_with(std::string (*text)(const void*), const void* argument) {
  static char kept[1536];
  reporting = true;
  {
    const std::string made = text(argument);
    std::snprintf(kept, sizeof kept, "%s", made.c_str());
  }
  reporting = false;
  fail("%s", kept);
}

template <class F>
[[noreturn]] void fail_saying(const F& text) {
  fail_with([](const void* f) { return (*static_cast<const F*>(f))(); }, &text);
}

std::string verb(bool writes) { return writes ? "write" : "read"; }

// Where an address of shared or global memory is.
std::string describe(const char* place) {
  if (shared_shadow.contains(place)) {
    const size_t offset = size_t(place - shared_shadow.base);
    const uint32_t own = current->block->slot;
    std::string text = "byte " + std::to_string(offset % kSharedWindow) + " of shared memory";
    if (offset / kSharedWindow != own) text += " of another block of the cluster";
    return text;
  }
  const char* block = nullptr;
  size_t bytes = 0;
  const int device = device_of(place);
  if (device < 0) return "an address of no device";
  const bool inside = memory_of(device).find(place, &block, &bytes);
  if (inside)
    return "byte " + std::to_string(place - block) + " of a block of " + std::to_string(bytes) +
           " bytes of global memory";
  if (bytes == 0) return "global memory that is not allocated, or not any more";
  const ptrdiff_t before = block - place, behind = place - block - ptrdiff_t(bytes);
  return "global memory, " + std::to_string(before > 0 ? before : behind) + " bytes " +
         (before > 0 ? "before" : "behind") + " a block of " + std::to_string(bytes) + " bytes";
}

std::string access_text(Who who, bool writes, uint32_t code) {
  return std::string(who.strong() ? "atomic or volatile " : "") + verb(writes) + " in " +
         source_of(code) + " by " + name_of(who);
}

}  // namespace

uint32_t code_of(const void* address) {
  return uint32_t(static_cast<const char*>(address) - library_base()) - 1;
}

// Of inlined functions the innermost line of a kernel's own file tells most.
std::string source_of(uint32_t code) {
  Dl_info info{};
  char offset[32];
  std::snprintf(offset, sizeof offset, "0x%x", code);
  const std::string unknown = std::string("code ") + offset;
  if (!dladdr(reinterpret_cast<const void*>(&code_of), &info) || std::strchr(info.dli_fname, '\''))
    return unknown;
  const std::string command =
      std::string("addr2line -i -e '") + info.dli_fname + "' " + offset + " 2>/dev/null";
  const std::unique_ptr<FILE, int (*)(FILE*)> lines(popen(command.c_str(), "r"), pclose);
  if (!lines) return unknown;
  std::string first, kernel;
  for (char line[512]; std::fgets(line, sizeof line, lines.get());) {
    std::string text(line);
    text = text.substr(0, text.find_first_of(" \n"));
    if (text.find('?') != std::string::npos) continue;
    if (first.empty()) first = base_name(text);
    if (kernel.empty() && text.find(".cu:") != std::string::npos) kernel = base_name(text);
  }
  if (first.empty()) return unknown;
  return kernel.empty() || kernel == first ? first : first + " from " + kernel;
}

void report_race(const Toucher& me, bool writes, const Touch& other, bool other_writes,
                 const char* place) {
  fail_saying([&] {
    return "race: " + access_text(me.who, writes, me.code) + " and " +
           access_text(other.who, other_writes, other.code) + " are in no order" +
           (me.who.strong() && other.who.strong()
                ? ", since the scope of one does not hold the other"
                : "") +
           ", at " + describe(place);
  });
}

void report_unfenced(const Toucher& me, bool writes, const Touch& other, const char* place) {
  fail_saying([&] {
    return "no proxy fence (fence.proxy.async) between " +
           access_text(other.who, true, other.code) + " and " +
           access_text(me.who, writes, me.code) + ", at " + describe(place);
  });
}

void report_scope(const Toucher& me, Who who, uint32_t code) {
  fail_saying([&] {
    return "scope: the " + access_text(who, true, code) + " and the " +
           access_text(me.who, false, me.code) +
           " release and acquire in a scope that does not hold both";
  });
}

void report(Problem problem, bool writes, const char* address, size_t bytes, uint32_t code) {
  fail_saying([&] {
    const std::string what =
        verb(writes) + " of " + std::to_string(bytes) + " bytes in " + source_of(code);
    switch (problem) {
      case Problem::kUninitialised:
        return "uninitialised: " + what + ", at " + describe(address);
      case Problem::kHost:
        return "out of bounds: " + what + " of memory of the host";
      case Problem::kForeignBlock:
        return "out of bounds: " + what + " of shared memory of a block outside the cluster";
      case Problem::kEndedBlock:
        return "out of bounds: " + what + " of shared memory of a block that has ended";
      case Problem::kPendingRegisters:
        return "registers: " + what + " of what an operation has not delivered yet";
      case Problem::kOutOfBounds:
        break;
    }
    return "out of bounds: " + what + ", at " + describe(address);
  });
}

}  // namespace sim::check
