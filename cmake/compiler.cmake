# Flags that all targets share; what differs between builds is in CMakePresets.json.

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

# Assertions of ours do not depend on NDEBUG: they stay on everywhere.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")

find_program(WAKESIM_CCACHE ccache)
if(WAKESIM_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${WAKESIM_CCACHE}")
endif()

# What assertions and logs call a file does not depend on where the checkout is.
add_compile_options("-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
foreach(folder IN ITEMS sim models properties tools tests)
  add_compile_options("-fmacro-prefix-map=${CMAKE_BINARY_DIR}/include/${folder}/=")
endforeach()

# -Wall and -Wextra warn everywhere, but only the strict builds fail on a warning.
add_compile_options(-Wall -Wextra -Wno-missing-field-initializers)
if(WAKESIM_STRICT)
  add_compile_options(
    -Werror -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual -Wimplicit-fallthrough
    -Wextra-semi -Wunused -Wformat=2)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Both are wrong too often under the sanitizers.
    add_compile_options(-Wno-maybe-uninitialized -Wno-stringop-overflow -Wno-array-bounds)
  endif()
endif()

if(WAKESIM_SANITIZE)
  set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_compile_options(${sanitize})
  add_link_options(${sanitize})
endif()

if(WAKESIM_STATIC)
  add_compile_options(-fno-pie)
  add_link_options(-no-pie)
endif()

if(WAKESIM_VERIFY_FOOTPRINTS)
  add_compile_definitions(WAKESIM_VERIFY_FOOTPRINTS=1)
endif()
