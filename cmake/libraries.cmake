# The libraries, all from Debian 12; tools/packages says what each is for.
#
# Each gets an interface target of our own, so that the rest of the build does not depend on how a
# distribution packages it. Static archives where they exist: the program then starts in a
# millisecond, and needs nothing on the machine that it is copied to.

# wakesim_library(TARGET HEADER LIBRARY [LIBRARY...]): the first library that is found.
function(wakesim_library target header)
  find_path(${target}_include "${header}" REQUIRED)
  add_library(${target} INTERFACE)
  target_include_directories(${target} SYSTEM INTERFACE "${${target}_include}")
  if(ARGN)
    find_library(${target}_library NAMES ${ARGN} REQUIRED)
    target_link_libraries(${target} INTERFACE "${${target}_library}")
  endif()
endfunction()

wakesim_library(wakesim_yaml yaml-cpp/yaml.h libyaml-cpp.a yaml-cpp)
wakesim_library(wakesim_xxhash xxhash.h libxxhash.a xxhash)
wakesim_library(wakesim_json nlohmann/json.hpp)
wakesim_library(wakesim_cli11 CLI/CLI.hpp)
# Interface only, and used where graphs are: headers, no library.
wakesim_library(wakesim_boost boost/graph/adjacency_list.hpp)

# Debian has fmt as a shared library only. Its implementation is in an installed header, so we
# compile that once; users of fmt then compile as quickly as with the shared library.
find_path(wakesim_fmt_include fmt/format-inl.h REQUIRED)
add_library(wakesim_fmt STATIC "${CMAKE_SOURCE_DIR}/cmake/fmt.cpp")
target_include_directories(wakesim_fmt SYSTEM PUBLIC "${wakesim_fmt_include}")
target_compile_options(wakesim_fmt PRIVATE -w)
