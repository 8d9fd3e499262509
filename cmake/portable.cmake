# sx_portable(LIBRARY [GLIBC]): makes a shared library that needs no C++ library and no glibc newer than GLIBC, 2.29, on the
# machine that runs it, and warns where it does; a test fails then. Sanitized libraries stay at home.
function(sx_portable library)
  set(glibc 2.29 ${ARGN})
  list(POP_BACK glibc newest)
  if(SX_SANITIZE)
    return()
  endif()
  target_sources(${library} PRIVATE ${SX_ROOT}/native/src/old_glibc.cpp)
  target_compile_features(${library} PRIVATE cxx_std_20)
  target_compile_options(${library} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-ffunction-sections -fdata-sections>)
  target_link_options(${library} PRIVATE -static-libstdc++ -static-libgcc -Wl,--exclude-libs,ALL -Wl,--gc-sections
    -Wl,-z,defs)
  add_custom_command(TARGET ${library} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -DREADELF=${CMAKE_READELF} -DLIBRARY=$<TARGET_FILE:${library}> -DNEWEST=${newest}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check-portable.cmake
    VERBATIM)
endfunction()
