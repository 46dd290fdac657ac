# Sourced by tools/wakesim and tools/test: builds one preset of CMakePresets.json.
#
#   build_preset PRESET [TARGET...]
#
# Shows the progress on stderr, and of a failure everything.
build_preset() {
  preset=$1
  folder=$root/build/$preset
  shift
  mkdir -p "$folder" || return 1
  (
    # Two builds of one folder at a time would spoil each other.
    if command -v flock >/dev/null 2>&1; then
      exec 9>"$folder/.lock"
      flock 9
    fi
    configure_preset || exit 1
    export NINJA_STATUS="[%f/%t] "
    exec ninja -C "$folder" "$@" >&2 </dev/null
  )
}

configure_preset() {
  # A checkout that was moved or copied has paths of its old place.
  if [ -f "$folder/CMakeCache.txt" ] &&
    ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$root" "$folder/CMakeCache.txt"; then
    rm -rf "$folder/CMakeCache.txt" "$folder/CMakeFiles" "$folder/build.ninja" "$folder/include"
  fi
  [ -f "$folder/build.ninja" ] && return 0
  echo "Configuring build/$preset ..." >&2
  if ! (cd "$root" && cmake --preset "$preset") >"$folder/configure.log" 2>&1; then
    cat "$folder/configure.log" >&2
    rm -f "$folder/build.ninja"
    return 1
  fi
}
