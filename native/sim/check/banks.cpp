#include "check/banks.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>
#include <tuple>

#include "sim/sim.h"

namespace sim::check {
namespace {

constexpr uint32_t kBanks = 32;

// What the lanes of a warp do together: their n-th time at one place of the code.
struct Together {
  size_t bytes;
  uint32_t lanes = 0;
  const char* addresses[kWarpSize] = {};
};

struct Place {
  const Warp* warp;
  uint32_t code;
  auto operator<=>(const Place&) const = default;
};

struct Visits {
  uint32_t times[kWarpSize] = {};
  std::map<uint32_t, Together> open;  // by time
};

std::map<Place, Visits> places;
BankCounts counts;

// A warp's access is done in parts of 128 bytes; in each, a bank gives one word a turn.
void add(const Together& together) {
  const uint32_t lanes_of_part =
      together.bytes <= 4 ? kWarpSize : uint32_t(kWarpSize * 4 / together.bytes);
  counts.accesses++;
  for (uint32_t first = 0; first < kWarpSize; first += lanes_of_part) {
    std::set<uintptr_t> words[kBanks];
    size_t turns = 0;
    for (uint32_t lane = first; lane < first + lanes_of_part; lane++) {
      if (!(together.lanes >> lane & 1)) continue;
      const uintptr_t word = reinterpret_cast<uintptr_t>(together.addresses[lane]) / 4;
      for (uintptr_t w = word; w < word + (together.bytes + 3) / 4; w++) {
        words[w % kBanks].insert(w);
        if (words[w % kBanks].size() > turns) turns = words[w % kBanks].size();
      }
    }
    counts.turns += turns;
    counts.needed += turns > 0;
  }
}

}  // namespace

const bool banks_are_counted = [] {
  const char* text = std::getenv("SARDONYX_SIM_STATISTICS");
  return text && !std::strcmp(text, "1");
}();

void count_banks(uint32_t code, const char* address, size_t bytes) {
  if (bytes > 16) return;  // a struct, which is no single access
  const Warp& warp = *current->warp;
  Visits& visits = places[{&warp, code}];
  const uint32_t time = visits.times[current->lane]++;
  Together& together = visits.open[time];
  together.bytes = bytes;
  together.addresses[current->lane] = address;
  together.lanes |= 1u << current->lane;
  if (together.lanes == warp.lanes) {
    add(together);
    visits.open.erase(time);
  }
}

const BankCounts& bank_counts() { return counts; }

void begin_bank_counts() {
  places.clear();
  counts = {};
}

void finish_bank_counts() {
  for (const auto& [place, visits] : places)
    for (const auto& [time, together] : visits.open) add(together);
  places.clear();
}

void print_bank_counts() {
  std::fprintf(
      stderr,
      "%s: %llu accesses of warps to shared memory in %llu turns, %llu without bank conflicts\n",
      config.name, static_cast<unsigned long long>(counts.accesses),
      static_cast<unsigned long long>(counts.turns),
      static_cast<unsigned long long>(counts.needed));
}

}  // namespace sim::check
