#!/bin/sh
# Installs a released gatelint; --help says how.
set -eu

usage='Installs a released gatelint: the program, its completions, manual pages and schemas, with the checksum compared.

  sh install.sh [--from URL|DIR] [--prefix DIR] [--target TARGET]

--from    where the archives and SHA256SUMS of a release lie; the copy of this script in a release knows its own
--prefix  what bin/ and share/ are in; ~/.local without it
--target  the build to install, such as x86_64-unknown-linux-musl; without it the one for this machine'

fail() {
  printf 'gatelint: %s\n' "$1" >&2
  exit "${2:-2}"
}

has() {
  command -v "$1" >/dev/null 2>&1
}

# What Rust calls this machine.
machine() {
  case $(uname -m) in
    x86_64 | amd64) cpu=x86_64 ;;
    aarch64 | arm64) cpu=aarch64 ;;
    *) fail "there is no build for $(uname -m): build it with Rust, as the README says" 3 ;;
  esac
  case $(uname -s) in
    Linux)
      # The one for musl needs no library at all, and so runs wherever the C library is another one, or old.
      if getconf GNU_LIBC_VERSION >/dev/null 2>&1; then
        echo "$cpu-unknown-linux-gnu"
      else
        echo "$cpu-unknown-linux-musl"
      fi
      ;;
    Darwin) echo "$cpu-apple-darwin" ;;
    MINGW* | MSYS* | CYGWIN*)
      # Windows on ARM runs the program for x86_64.
      echo x86_64-pc-windows-msvc
      ;;
    *) fail "there is no build for $(uname -s): build it with Rust, as the README says" 3 ;;
  esac
}

# Copies a file of the release. Status 3: there is none.
fetch() {
  case $from in
    https://*)
      if has curl; then
        curl --proto '=https' --tlsv1.2 --retry 3 --silent --show-error --fail --location "$from/$1" --output "$2"
      elif has wget; then
        wget --https-only --quiet "$from/$1" --output-document "$2"
      else
        fail "curl and wget are missing"
      fi
      ;;
    *://*) fail "--from is an address that begins with https://, or a folder" ;;
    *) cp "$from/$1" "$2" ;;
  esac || fail "$from/$1 cannot be had" 3
}

# The checksum of a file, with its name.
sum() {
  if has sha256sum; then
    sha256sum "$1"
  elif has shasum; then
    shasum -a 256 "$1"
  else
    fail "sha256sum and shasum are missing, so that nothing can be checked"
  fi
}

# The checksum that SHA256SUMS, in any of the forms that there are of it, has of a file.
wanted() {
  name=$(printf '%s\n' "$1" | sed 's/[.]/[.]/g')
  tr -d '\r' < "$work/SHA256SUMS" | sed -n "s|^\([0-9A-Fa-f]\{64\}\) [ *]\(\./\)\{0,1\}$name\$|\1|p" | tr A-F a-f | sort -u
}

main() {
  from=
  prefix=${HOME:+$HOME/.local}
  target=
  while [ $# -gt 0 ]; do
    case $1 in
      -h | --help)
        printf '%s\n' "$usage"
        exit
        ;;
      --from=* | --prefix=* | --target=*)
        option=$1
        shift
        set -- "${option%%=*}" "${option#*=}" "$@"
        ;;
      --from | --prefix | --target) [ $# -gt 1 ] || fail "$1 takes a value" ;;
      *) fail "there is no option $1: --from URL|DIR, --prefix DIR, --target TARGET; --help says more" ;;
    esac
    case $1 in
      --from) from=${2%/} ;;
      --prefix) prefix=$2 ;;
      --target) target=$2 ;;
    esac
    shift 2
  done
  [ -n "$from" ] || fail "say with --from where the release lies"
  case $from in -*) from=./$from ;; esac
  prefix=${prefix%/}
  [ -n "$prefix" ] || fail "say with --prefix which folder it is installed in"
  case $prefix in -*) prefix=./$prefix ;; esac
  [ -n "$target" ] || target=$(machine)
  case $target in
    *[!a-z0-9_-]*) fail "there is no target $target" ;;
    *windows*) archive=gatelint-$target.zip ;;
    *) archive=gatelint-$target.tar.gz ;;
  esac

  work=
  new=
  trap 'rm -rf ${work:+"$work"} ${new:+"$new"}' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  work=$(mktemp -d)
  fetch SHA256SUMS "$work/SHA256SUMS"
  fetch "$archive" "$work/$archive"
  wanted=$(wanted "$archive")
  found=$(sum "$work/$archive")
  found=${found%% *}
  [ -n "$wanted" ] || fail "SHA256SUMS does not have $archive"
  [ "$wanted" = "$found" ] || fail "$archive is not what SHA256SUMS says: its checksum is $found"

  case $archive in
    *.zip) unzip -q "$work/$archive" -d "$work" ;;
    *) tar -xzf "$work/$archive" -C "$work" ;;
  esac
  inside=$work/gatelint-$target
  # A link may lead anywhere.
  [ -z "$(find "$inside" -type l)" ] || fail "$archive holds links"
  program=gatelint
  [ ! -f "$inside/gatelint.exe" ] || program=gatelint.exe
  [ -f "$inside/$program" ] && [ -d "$inside/share" ] || fail "$archive does not hold the program with its documents"
  [ ! -d "$prefix/bin/$program" ] || fail "$prefix/bin/$program is a folder"
  # A program that runs is replaced, not written over. Where it cannot be, nothing else is written.
  new=$prefix/bin/.$program.new
  { mkdir -p "$prefix/bin" && rm -f "$new" && cp "$inside/$program" "$new" && chmod 755 "$new"; } ||
    fail "$prefix/bin cannot be written to; name another place with --prefix"
  cp -R "$inside/share" "$prefix/" || { rm -f "$new"; fail "$prefix/share cannot be written to"; }
  mv -f "$new" "$prefix/bin/$program"
  # It is not run: whoever asks for more than a checksum does so now.
  printf 'gatelint: installed %s in %s\n' "gatelint-$target" "$prefix/bin" >&2
  case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) printf 'gatelint: %s is not on the PATH\n' "$prefix/bin" >&2 ;;
  esac
}

main "$@"
