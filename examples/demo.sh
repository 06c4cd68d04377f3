#!/bin/sh
# demo.sh [--no-install] [BUILD]: six real crashes, each from a minidump to its stack and its signature.
# Installs what building needs and this machine lacks (--no-install: says it and stops), builds into BUILD (build), and
# runs process.sh beside this over dumps of tests/data. What it writes is in BUILD/demo.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)

install=
case ${1-} in
--no-install)
	install=$1
	shift
	;;
-*)
	sed -n '2,4s/^# //p' "$0"
	exit 2
	;;
esac
cd "$root" || exit 3
build=${1:-build}

# shellcheck disable=SC2086 # an option or nothing
sh tools/needs.sh $install build || exit 3
echo "building ..."
make -s B="$build" -j "$(getconf _NPROCESSORS_ONLN)" all || exit 3
mkdir -p "$build/demo" || exit 3
PATH=$root/$build:$PATH
export PATH XDG_CACHE_HOME="$root/$build/demo/cache"

crash() # NAME TEXT
{
	printf '\n%s\n' "$2"
	sh examples/process.sh -o "$build/demo" -s tests/data/symbols -n 14 "tests/data/dumps/$1.dmp" || exit 1
}

crash null-deref 'A C program reads a field through a null pointer:'
crash deep-inlines 'C++ at -O2: the compiler has made one frame of five calls, and the symbols tell them apart again:'
crash abort-assert "A failed assert(): libc's frames are there, but the signature names who is to blame:"
crash stack-overflow 'Two functions call each other without end:'
crash cxx-terminate 'An exception that nothing catches:'
crash rust-panic 'A Rust program unwraps None in one of its threads:'

cat <<END

Stacks and signatures as JSON are in $build/demo. Next: man -l man/crash-tools.7, or a dump of your own:
    PATH=\$PWD/$build:\$PATH sh examples/process.sh -s SYMBOLS DUMP...
END
