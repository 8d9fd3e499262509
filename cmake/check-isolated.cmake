# Fails unless OBJECT defines no symbol that another object could use, and has no code that runs when it is loaded.
execute_process(COMMAND ${NM} --defined-only --extern-only ${OBJECT} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${READELF} --section-headers --wide ${OBJECT} OUTPUT_VARIABLE sections
  COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols STREQUAL "")
  file(REMOVE ${OBJECT})
  message(FATAL_ERROR "kernels of one instruction set are visible to the others:\n${symbols}")
endif()
if(sections MATCHES "\\.(init_array|ctors)")
  file(REMOVE ${OBJECT})
  message(FATAL_ERROR "a kernel source has a static object with a constructor; it would run on every machine, "
    "whatever its instruction set. Use constexpr or constinit.")
endif()
