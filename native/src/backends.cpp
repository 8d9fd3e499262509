#include "backends.h"

#include "error.h"

namespace sx {

Backends& Backends::all() {
  static Backends backends;
  return backends;
}

void Backends::add(const Backend* backend) {
  std::lock_guard lock(mutex_);
  const std::string kind = backend->kind;
  const int32_t count = backend->count();
  if (count == 0) {
    problems_ += problems_.empty() ? "" : "\n";
    problems_ += kind + ": " + sx_last_error();
    return;
  }
  for (int32_t i = 0; i < count; i++) names_ += "\n" + kind + ":" + std::to_string(i);
  loaded_.push_back(backend);
}

const char* Backends::names() {
  std::lock_guard lock(mutex_);
  return names_.c_str();
}

const char* Backends::problems() {
  std::lock_guard lock(mutex_);
  return problems_.c_str();
}

sx_device* Backends::open(const std::string& name) {
  std::lock_guard lock(mutex_);
  for (const Backend* backend : loaded_)
    for (int32_t i = 0; i < backend->count(); i++)
      if (name == std::string(backend->kind) + ":" + std::to_string(i)) {
        sx_device* device = backend->open(i);
        if (!device) throw Error(SX_INTERNAL, sx_last_error());
        return device;
      }
  throw Error(SX_INVALID, "there is no device '" + name + "'");
}

}  // namespace sx

int32_t sx_register_backend(const sx::Backend* backend, int32_t abi) {
  if (abi != SX_ABI) return SX_UNSUPPORTED;
  return sx::guarded(backend->kind, [&] { sx::Backends::all().add(backend); });
}
