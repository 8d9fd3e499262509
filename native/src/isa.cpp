#include "isa.h"

#include <cstdlib>
#include <cstring>
#include <string>

#include "error.h"

namespace sx {
namespace {

constexpr const char* kNames[] = {"baseline", "avx2", "avx512", "avx512vnni"};

int machine_level() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("x86-64-v3")) return 0;
  if (!__builtin_cpu_supports("x86-64-v4")) return 1;
  return __builtin_cpu_supports("avx512vnni") ? 3 : 2;
#else
  return 0;
#endif
}

}  // namespace

int isa_level() {
  const int machine = machine_level();
  const char* wanted = std::getenv("SARDONYX_ISA");
  if (!wanted || !*wanted) return machine;
  for (int level = 0; level < int(std::size(kNames)); level++)
    if (!std::strcmp(wanted, kNames[level])) return level < machine ? level : machine;
  throw Error(SX_INVALID, "SARDONYX_ISA is '" + std::string(wanted) +
                              "', expected baseline, avx2, avx512 or avx512vnni");
}

const char* isa_name(int level) { return kNames[level]; }

}  // namespace sx
