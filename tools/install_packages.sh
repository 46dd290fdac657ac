# Sourced by tools/wakesim and tools/test: installs what tools/packages lists.
#
#   install_packages YES NO_INSTALL GROUP...
#
# YES=1 does not ask; nobody is asked either where there is no terminal. NO_INSTALL=1 only says
# what is missing. Everything goes to stderr: stdout belongs to the program.

# Prints the lines of the given groups whose package is not installed, as "package reason".
missing_packages() {
  for group in "$@"; do
    sed -n "s/^${group}[[:space:]][[:space:]]*//p" "$root/tools/packages"
  done | while read -r package reason; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) || status=
    [ "$status" = installed ] || printf '%s %s\n' "$package" "$reason"
  done
}

install_packages() {
  yes=$1 no_install=$2
  shift 2

  if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
    return 0  # Not Debian: cmake will say what it does not find.
  fi
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0

  missing_names=$(printf '%s\n' "$missing" | cut -d' ' -f1 | tr '\n' ' ')
  {
    echo "wakesim is built from source. These Debian packages are missing:"
    echo
    printf '%s\n' "$missing" | while read -r package reason; do
      printf '    %-20s %s\n' "$package" "$reason"
    done
    echo
  } >&2

  as_root=
  if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    if [ "$no_install" = 1 ] || ! command -v sudo >/dev/null 2>&1; then
      echo "Please install them as root:  apt-get install --no-install-recommends $missing_names" >&2
      [ "$no_install" = 1 ] && return 0  # The build may find the libraries elsewhere.
      return 1
    fi
  elif [ "$no_install" = 1 ]; then
    echo "Please install them:  apt-get install --no-install-recommends $missing_names" >&2
    return 0
  fi

  if [ "$yes" != 1 ] && [ -t 0 ] && [ -t 2 ]; then
    printf 'Install them now with apt-get%s? [Y/n] ' "${as_root:+ and sudo}" >&2
    read -r answer || answer=n
    case $answer in
      '' | [yY]*) ;;
      *)
        echo "Nothing was installed." >&2
        return 1
        ;;
    esac
  fi

  # A fresh machine has no package lists, and old lists name files that are gone.
  if ! ls /var/lib/apt/lists/*_Packages* >/dev/null 2>&1; then
    run_apt update || return 1
  fi
  # shellcheck disable=SC2086  # One word per package.
  if ! run_apt install $missing_names; then
    if ! run_apt update || ! run_apt install $missing_names; then
      echo "apt-get could not install the packages; its messages are above." >&2
      return 1
    fi
  fi
}

run_apt() {
  case $1 in
    update) $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q update >&2 </dev/null ;;
    install)
      shift
      $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y --no-install-recommends install "$@" >&2 </dev/null
      ;;
  esac
}
