#include "registry.h"

#include <algorithm>
#include <string>

#include "error.h"

// The linker's names for both ends of the section.
extern "C" {
extern const sx::Registration __start_sx_kernels[] __attribute__((visibility("hidden")));
extern const sx::Registration __stop_sx_kernels[] __attribute__((visibility("hidden")));
}

namespace sx {

Registry::Registry(int isa_level) {
  std::vector<const Registration*> usable;
  for (const Registration* r = __start_sx_kernels; r != __stop_sx_kernels; r++)
    if (r->level <= isa_level) usable.push_back(r);
  std::sort(usable.begin(), usable.end(), [](const Registration* a, const Registration* b) {
    const int order = std::strcmp(a->key, b->key);
    return order ? order < 0 : a->level > b->level;
  });
  for (size_t i = 0; i < usable.size(); i++) {
    const Registration& r = *usable[i];
    if (kernels_.empty() || kernels_.back().key != r.key)
      kernels_.push_back({r.key, r.function});
    else if (usable[i - 1]->level == r.level)
      throw Error(SX_INTERNAL, "two kernels are called " + std::string(r.key));
  }
}

const sx_kernel* Registry::find(std::string_view key) const {
  const auto at =
      std::lower_bound(kernels_.begin(), kernels_.end(), key,
                       [](const sx_kernel& k, std::string_view s) { return k.key < s; });
  return at != kernels_.end() && at->key == key ? &*at : nullptr;
}

bool Registry::owns(const sx_kernel* kernel) const {
  const auto offset =
      reinterpret_cast<uintptr_t>(kernel) - reinterpret_cast<uintptr_t>(kernels_.data());
  return offset < kernels_.size() * sizeof(sx_kernel) && offset % sizeof(sx_kernel) == 0;
}

}  // namespace sx
