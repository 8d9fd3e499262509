// Errors inside the runtime are exceptions; at the C interface they become a code and this thread's
// message.
#pragma once
#include <cstdint>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>

#include "kernel.h"

namespace sx {

// Whether the message says "context: " by itself, as what failed on a stream does of its kernel.
inline bool names(std::string_view message, std::string_view context) noexcept {
  if (context.empty()) return true;
  for (size_t at = 0; (at = message.find(context, at)) != message.npos; at++)
    if ((at == 0 || message[at - 1] == ' ') &&
        message.substr(at + context.size()).starts_with(": "))
      return true;
  return false;
}

// Keeps `message`, behind "context: " if there is a context and it is not named yet, for
// sx_last_error of this thread. Returns `code`.
inline int32_t fail(int32_t code, const char* context, const char* message) noexcept {
  return sx_set_error(code, context && names(message, context) ? nullptr : context, message);
}

// A failure with its code, for what is wrong with a call.
struct Error : std::runtime_error {
  Error(int32_t code, const std::string& message) : std::runtime_error(message), code(code) {}
  int32_t code;
};

// Runs `body` and returns its failure as a code. What a kernel says of its data stands alone; all
// else is named after `context`, a kernel's key or the like, which the body may change.
template <class Body>
int32_t guarded(const char* const& context, Body&& body) noexcept {
  try {
    body();
    return SX_OK;
  } catch (const InvalidData& e) {
    return fail(SX_INVALID, nullptr, e.what());
  } catch (const Error& e) {
    return fail(e.code, context, e.what());
  } catch (const Unsupported& e) {
    return fail(SX_UNSUPPORTED, context, e.what());
  } catch (const std::invalid_argument& e) {
    return fail(SX_INVALID, context, e.what());
  } catch (const std::bad_alloc&) {
    return fail(SX_NO_MEMORY, context, "out of memory");
  } catch (const std::exception& e) {
    return fail(SX_INTERNAL, context, e.what());
  } catch (...) {
    return fail(SX_INTERNAL, context, "an unknown exception");
  }
}

}  // namespace sx
