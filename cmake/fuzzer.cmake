# libFuzzer against the scenario loader: sim/scenario and what it needs, nothing else.

if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "The fuzzer needs clang: cmake --preset fuzzer")
endif()

set(sanitize -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/sim/scenario/*.cpp")
list(APPEND sources "${CMAKE_SOURCE_DIR}/sim/assert.cpp")

wakesim_include_root(sim)
add_library(wakesim_fuzzed STATIC ${sources})
target_include_directories(wakesim_fuzzed PUBLIC "${CMAKE_BINARY_DIR}/include/sim")
target_compile_options(wakesim_fuzzed PUBLIC ${sanitize})
target_link_libraries(wakesim_fuzzed PUBLIC wakesim_fmt wakesim_yaml)

add_executable(loader_fuzzer "${CMAKE_SOURCE_DIR}/tests/scenario/loader_fuzzer.cpp")
target_link_libraries(loader_fuzzer PRIVATE wakesim_fuzzed)
target_link_options(loader_fuzzer PRIVATE -fsanitize=fuzzer,address,undefined)
