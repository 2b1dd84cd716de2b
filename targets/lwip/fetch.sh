#!/bin/sh
# Fetches the lwIP sources that the plugin is built from: Debian's source package of a pinned version, as
# `dpkg-source` unpacks it (Debian's patches applied; none of them touches the TCP or IP code).
#
# Neither root nor a change to the system's apt configuration is needed: a private copy of the machine's own
# apt sources, with the type deb-src, is used for one download. Running it again does nothing.
set -eu

version='2.1.3+dfsg1-2'
orig='lwip_2.1.3+dfsg1.orig.tar.xz'
orig_sha256='0a8276d09fc4e97bbba2f953d74af2388fc2195ea156be9d7589e297a68fde24'
debian='lwip_2.1.3+dfsg1-2.debian.tar.xz'
debian_sha256='c5a48413d362cc757032cdd58f528f75eb64ee781ca46ca24f010b49b0e62a90'

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
dest=${1:-"$here/../../build/_sources/lwip"}
stamp="$dest/.tcpjury-fetched"

die() {
  printf 'fetch.sh: %s\n' "$1" >&2
  printf '  hint: %s\n' "${2:-unpack any lwIP 2.1 source tree yourself and configure with -DTCPJURY_LWIP_DIR=DIR}" >&2
  exit 1
}

case "${1:-}" in
  -h | --help)
    printf 'usage: %s [DEST]\nUnpacks lwIP %s into DEST (default: build/_sources/lwip of this project).\n' "$0" "$version"
    exit 0
    ;;
esac

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$orig_sha256 $debian_sha256" ]; then
  printf 'lwIP %s is already in %s\n' "$version" "$dest"
  exit 0
fi
[ ! -e "$dest" ] || [ -f "$stamp" ] || die "$dest exists and was not made by this script" \
  "name another folder, or remove it"

for tool in apt-get dpkg-source sha256sum; do
  command -v "$tool" >/dev/null 2>&1 ||
    die "$tool is needed and was not found" "install it (dpkg-source is in dpkg-dev), or give an lwIP source tree with -DTCPJURY_LWIP_DIR=DIR"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/tcpjury-lwip.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial" "$work/download"

# Both formats of apt's own source lists, switched to source packages.
etc=$(apt-config shell etc Dir::Etc/d | sed "s/^etc='//;s/'\$//")
etc=${etc:-/etc/apt}
for list in "${etc%/}"/sources.list.d/*.sources; do
  [ -f "$list" ] && sed 's/^[Tt]ypes:.*/Types: deb-src/' "$list" >"$work/parts/$(basename "$list")"
done
for list in "${etc%/}/sources.list" "${etc%/}"/sources.list.d/*.list; do
  [ -f "$list" ] && sed -n 's/^[[:space:]]*deb[[:space:]]/deb-src /p' "$list" >"$work/parts/$(basename "$list" .list).list"
done
find "$work/parts" -type f -size 0 -exec rm -f {} +
[ -n "$(ls -A "$work/parts")" ] || die "this machine has no apt sources to fetch from"

apt() {
  apt-get -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$work/parts" \
    -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root "$@" 2>"$work/apt.log" >&2
}
explain() { sed 's/^/  apt: /' "$work/apt.log" >&2; }

apt update || { explain; die "the list of source packages could not be fetched"; }
(cd "$work/download" && apt source --download-only "lwip=$version") ||
  { explain; die "the source package lwip $version could not be fetched"; }

check() {
  [ -f "$work/download/$1" ] || die "the package does not contain $1"
  got=$(sha256sum "$work/download/$1" | cut -d' ' -f1)
  [ "$got" = "$2" ] || die "$1 has SHA-256 $got, expected $2"
}
check "$orig" "$orig_sha256"
check "$debian" "$debian_sha256"

dpkg-source --no-check -x "$work/download/lwip_$version.dsc" "$work/tree" >"$work/apt.log" 2>&1 ||
  { explain; die "the package could not be unpacked"; }
printf '%s %s\n' "$orig_sha256" "$debian_sha256" >"$work/tree/.tcpjury-fetched"
rm -rf "$dest"
mkdir -p "$(dirname -- "$dest")"
mv "$work/tree" "$dest"
printf 'lwIP %s is in %s\n' "$version" "$dest"
