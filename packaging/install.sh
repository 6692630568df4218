#!/bin/sh
# Installs a released gatelint; --help says how.
set -eu
unset CDPATH

usage='Installs a released gatelint: the program, its completions, manual pages and
schemas, with the checksum compared. What an older one installed and this one
does not have is taken away.

  sh install.sh [--from URL|DIR] [--prefix DIR] [--target TARGET]

--from    where the archives and SHA256SUMS of a release lie; the copy of this
          script in a release knows its own
--prefix  what bin/ and share/ are in; ~/.local without it
--target  the build to install, such as x86_64-unknown-linux-musl; without it
          the one for this machine'

fail() {
  printf 'gatelint: %s\n' "$1" >&2
  exit "${2:-2}"
}

# Does a step. Where it fails, that is told in a line with what the system says of it.
step() {
  failure=$1
  shift
  "$@" 2>"$work/said" >&2 || fail "$failure$(reason)"
}

# What the system said, in brackets.
reason() {
  sed -n '/^[Ww]arning/d;/[^[:space:]]/{s/^/ (/;s/[.[:space:]]*$/)/;p;q;}' "$work/said" 2>/dev/null
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

# Copies a file of the release.
fetch() {
  case $from in
    https://*)
      if has curl; then
        curl --proto '=https' --tlsv1.2 --retry 3 --silent --show-error --fail --location "$from/$1" --output "$2"
      else
        wget --https-only --no-verbose "$from/$1" --output-document "$2"
      fi
      ;;
    *) cp "$from/$1" "$2" ;;
  esac 2>"$work/said"
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
  digest='\([0-9A-Fa-f]\{64\}\)'
  tr -d '\r' <"$work/SHA256SUMS" | sed -n \
    -e "s|^$digest [ *]\(\./\)\{0,1\}$name\$|\1|p" \
    -e "s|^SHA2\{0,1\}-\{0,1\}256 \{0,1\}(\(\./\)\{0,1\}$name) \{0,1\}= $digest\$|\2|p" | tr A-F a-f | sort -u
}

# The targets that SHA256SUMS has builds for.
builds() {
  sed -n -e 's/.*gatelint-\([a-z0-9_-]*\)[.]tar[.]gz.*/\1/p' -e 's/.*gatelint-\([a-z0-9_-]*\)[.]zip.*/\1/p' \
    "$work/SHA256SUMS" | tr '\n' ' '
}

# The files of a folder below the prefix with their checksums, as they are kept to be taken away again.
listed() {
  (cd "$1" && find bin share -type f ! -path "$list") | LC_ALL=C sort | while read -r file; do
    found=$(sum "$1/$file")
    printf '%s  %s\n' "${found%% *}" "$file"
  done
}

# Takes away what an older one installed, which is still as it was, and this one does not have.
forget() {
  [ -f "$prefix/$list" ] && [ ! -L "$prefix/$list" ] || return 0
  while read -r digest file; do
    case $file in
      # Nothing but what a list of ours may have.
      *..* | *[!A-Za-z0-9._/-]*) continue ;;
      bin/gatelint | bin/gatelint.exe | share/*) ;;
      *) continue ;;
    esac
    [ ! -e "$inside/$file" ] && [ -f "$prefix/$file" ] && [ ! -L "$prefix/$file" ] || continue
    found=$(sum "$prefix/$file")
    [ "${found%% *}" = "$digest" ] || continue
    rm -f "$prefix/$file" 2>/dev/null ||
      printf 'gatelint: %s of the older version cannot be taken away\n' "$prefix/$file" >&2
  done <"$prefix/$list"
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
  case $from in
    https://*) has curl || { wget --version 2>/dev/null | grep -q GNU; } || fail "curl is missing (or GNU wget), which fetches it" ;;
    *://*) fail "--from is an address that begins with https://, or a folder" ;;
    -*) from=./$from ;;
  esac
  prefix=${prefix%/}
  [ -n "$prefix" ] || fail "say with --prefix which folder it is installed in"
  case $prefix in
    /* | [A-Za-z]:*) ;;
    *) prefix=$(pwd)/$prefix ;;
  esac
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
  work=$(mktemp -d 2>/dev/null) || fail "no folder can be made in ${TMPDIR:-/tmp}; name another with TMPDIR"
  fetch SHA256SUMS "$work/SHA256SUMS" ||
    fail "$from/SHA256SUMS cannot be had$(reason); --from names where a release lies" 3
  fetch "$archive" "$work/$archive" ||
    fail "$from/$archive cannot be had$(reason); SHA256SUMS there has $(builds)and no other" 3
  wanted=$(wanted "$archive")
  found=$(sum "$work/$archive")
  found=${found%% *}
  [ -n "$wanted" ] || fail "SHA256SUMS does not have $archive"
  [ "$wanted" = "$found" ] || fail "$archive is not what SHA256SUMS says: its checksum is $found"

  unpack="$archive cannot be unpacked; fetch it anew, or name a folder with more space with TMPDIR"
  case $archive in
    *.zip) step "$unpack" unzip -q "$work/$archive" -d "$work" ;;
    *) step "$unpack" tar -xzf "$work/$archive" -C "$work" ;;
  esac
  unpacked=$work/gatelint-$target
  program=gatelint
  [ ! -f "$unpacked/gatelint.exe" ] || program=gatelint.exe
  [ -f "$unpacked/$program" ] && [ -d "$unpacked/share" ] || fail "$archive does not hold the program with its documents"
  # A link may lead anywhere.
  [ -z "$(find "$unpacked" -type l)" ] || fail "$archive holds links"
  [ ! -d "$prefix/bin/$program" ] || fail "$prefix/bin/$program is a folder"
  # As it is to lie below the prefix.
  inside=$work/inside
  list=share/gatelint/installed
  elsewhere="cannot be written to; name another place with --prefix"
  step "$work cannot be written to" mkdir -p "$inside/bin"
  step "$work cannot be written to" mv "$unpacked/$program" "$inside/bin/$program"
  step "$work cannot be written to" mv "$unpacked/share" "$inside/share"
  step "$work cannot be written to" mkdir -p "$inside/share/gatelint"
  listed "$inside" >"$work/installed" || fail "$work cannot be written to"

  # A program that runs is replaced, not written over. Where it cannot be, nothing else is written.
  step "$prefix/bin $elsewhere" mkdir -p "$prefix/bin"
  prefix=$(cd "$prefix" && pwd)
  new=$prefix/bin/.$program.new
  step "$prefix/bin $elsewhere" rm -f "$new"
  step "$prefix/bin $elsewhere" cp "$inside/bin/$program" "$new"
  step "$prefix/bin $elsewhere" chmod 755 "$new"
  step "$prefix/share $elsewhere" cp -R "$inside/share" "$prefix/"
  step "$prefix/bin/$program cannot be replaced" mv -f "$new" "$prefix/bin/$program"
  forget
  step "$prefix/$list cannot be written" rm -f "$prefix/$list"
  step "$prefix/$list cannot be written" cp "$work/installed" "$prefix/$list"
  # It is not run: whoever asks for more than a checksum does so now.
  printf 'gatelint: installed %s in %s\n' "gatelint-$target" "$prefix/bin" >&2
  found=$(command -v gatelint || true)
  if [ "${found%.exe}" != "$prefix/bin/gatelint" ]; then
    printf 'gatelint: that is not %s: export PATH="%s:%s"\n' \
      "${found:+the one }on the PATH${found:+ ($found)}" "$prefix/bin" "\$PATH" >&2
  fi
}

main "$@"
