#include <cstdio>

#include "sx/runtime.h"

namespace {
// Plain storage, so that no thread has a destructor to run when the library is gone.
thread_local char last_error[2048];
thread_local int32_t last_code = SX_OK;
}  // namespace

int32_t sx_set_error(int32_t code, const char* context, const char* message) {
  std::snprintf(last_error, sizeof last_error, "%s%s%s", context ? context : "",
                context ? ": " : "", message);
  last_code = code;
  return code;
}

const char* sx_last_error(void) { return last_error; }
int32_t sx_last_code(void) { return last_code; }
