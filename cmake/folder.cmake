# wakesim_folder(NAME [USES FOLDER...] [EXCEPT PATH...])
#
# Makes the library wakesim_NAME of all sources below NAME/. Code includes "NAME/file.h"; a folder
# finds only its own headers and those of the folders that it uses, because each folder has an
# include directory that holds nothing but a link to it. An include against the arrows therefore
# does not compile.
function(wakesim_folder name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "USES;EXCEPT")

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS RELATIVE "${CMAKE_SOURCE_DIR}"
       "${CMAKE_SOURCE_DIR}/${name}/*.cpp")
  foreach(path IN LISTS arg_EXCEPT)
    string(REPLACE "." "\\." pattern "${path}")
    list(FILTER sources EXCLUDE REGEX "^${pattern}(/|$)")
  endforeach()
  if(NOT sources)
    # A library needs a source; a folder may still be empty.
    set(sources "${CMAKE_BINARY_DIR}/empty.cpp")
    file(WRITE "${sources}.new" "")
    file(COPY_FILE "${sources}.new" "${sources}" ONLY_IF_DIFFERENT)
  endif()

  add_library(wakesim_${name} STATIC ${sources})
  wakesim_include_root(${name})
  target_include_directories(wakesim_${name} PUBLIC "${CMAKE_BINARY_DIR}/include/${name}")
  foreach(used IN LISTS arg_USES)
    target_link_libraries(wakesim_${name} PUBLIC wakesim_${used})
  endforeach()
endfunction()

# Makes BUILD/include/NAME/NAME a link to NAME in the checkout.
function(wakesim_include_root name)
  set(root "${CMAKE_BINARY_DIR}/include/${name}")
  file(MAKE_DIRECTORY "${root}")
  if(NOT IS_SYMLINK "${root}/${name}")
    file(CREATE_LINK "${CMAKE_SOURCE_DIR}/${name}" "${root}/${name}" SYMBOLIC)
  endif()
endfunction()
