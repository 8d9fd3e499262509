# Kernels are compiled once per instruction set; see sx_add_kernels.

# sx_add_kernels(LIBRARY NAME isa LEVEL rank SOURCES file... OPTIONS flag...)
#
# Compiles the kernel sources for one instruction set and adds them to LIBRARY. The objects are first linked into one
# whose symbols are all local: an inline function or template that two instruction sets share (std::max, say) would
# otherwise be kept once for all, and a machine might run the copy of a set that it lacks. Registrations are found
# through their section, so nothing of the object needs a name.
function(sx_add_kernels library)
  cmake_parse_arguments(PARSE_ARGV 1 isa "" "NAME;LEVEL" "SOURCES;OPTIONS")
  if(NOT isa_SOURCES)
    return()
  endif()
  set(objects ${library}_${isa_NAME})
  add_library(${objects} OBJECT ${isa_SOURCES})
  target_link_libraries(${objects} PRIVATE sx_options)
  target_compile_definitions(${objects} PRIVATE SX_ISA=${isa_NAME} SX_ISA_LEVEL=${isa_LEVEL})
  # GCC follows branches that the counts of a tile exclude, and warns of what they would write.
  target_compile_options(${objects} PRIVATE ${isa_OPTIONS} -fno-math-errno -fno-trapping-math -ffp-contract=fast
    $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique -Wno-array-bounds>)
  set_target_properties(${objects} PROPERTIES UNITY_BUILD OFF)
  # Nearly a second of each file's, of which most take two or three: half of it are the compiler's own vector types.
  target_precompile_headers(${objects} PRIVATE <algorithm> <cmath> <limits> ${SX_ROOT}/kernels/kernel.h
    ${SX_ROOT}/kernels/cpu/simd/vec.h)

  set(built $<FILTER:$<TARGET_OBJECTS:${objects}>,EXCLUDE,gch$>)  # without the precompiled header
  if(SX_SANITIZE)  # its own constructors must run, and it runs on the machine that built it
    target_sources(${library} PRIVATE ${built})
    return()
  endif()
  set(merged ${CMAKE_CURRENT_BINARY_DIR}/${objects}.o)
  add_custom_command(OUTPUT ${merged}
    COMMAND ${CMAKE_LINKER} -r --force-group-allocation -o ${merged} ${built}
    COMMAND ${CMAKE_OBJCOPY} --wildcard --localize-symbol=* ${merged}
    COMMAND ${CMAKE_COMMAND} -DNM=${CMAKE_NM} -DREADELF=${CMAKE_READELF} -DOBJECT=${merged}
            -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check-isolated.cmake
    DEPENDS ${objects} ${built} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check-isolated.cmake
    COMMENT "Isolating the kernels for ${isa_NAME}"
    COMMAND_EXPAND_LISTS VERBATIM)
  set_source_files_properties(${merged} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  target_sources(${library} PRIVATE ${merged})
endfunction()
