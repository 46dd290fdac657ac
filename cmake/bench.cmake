# Google Benchmark programs, one per file of tools/bench, against the same libraries as the program.

find_library(wakesim_benchmark NAMES benchmark REQUIRED)
find_package(Threads REQUIRED)

file(GLOB programs CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/tools/bench/*.cpp")
foreach(program IN LISTS programs)
  get_filename_component(name "${program}" NAME_WE)
  add_executable(${name} "${program}")
  target_compile_definitions(${name} PRIVATE
    WAKESIM_PROGRAM="$<TARGET_FILE:wakesim>" WAKESIM_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE wakesim_tools ${wakesim_benchmark} Threads::Threads)
endforeach()
