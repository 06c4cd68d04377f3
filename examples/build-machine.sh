#!/bin/sh
# build-machine.sh [-d DIR]... STORE FOLDER...: the symbols of everything that was built in the FOLDERs, into STORE, checked.
# Prints a line for each module: its functions, how many bytes of code they have, how many of these have lines, its unwind
# records, its place in the store, with tabs between. DIRs are searched for debug information that is apart.
# What is wrong with a symbol file goes to standard error. Exit status: the worst that dump-sym-parse(1) gave; 2: wrong
# usage.
set -u
dirs=0 worst=0

usage()
{
	sed -n '2s/^# //p' "$0" >&2
	exit 2
}

# Each folder becomes an option behind the operands: a shell has no other list that is safe for any name.
while [ "${1-}" = -d ]; do
	[ $# -ge $((dirs + 2)) ] || usage
	directory=$2
	shift 2
	dirs=$((dirs + 1))
	set -- "$@" "--debug-dir=$directory"
done
[ $# -ge $((dirs + 2)) ] || usage
store=$1
shift

dump-sym-parse --store "$store" "$@" || worst=$?
find "$store" -name '*.sym' -exec dump-sym-parse --check {} + >&2 || worst=$((worst > 1 ? worst : 1))

# Of each symbol file what a release engineer wants to see before users crash: a build without lines shows up as zeros.
find "$store" -name '*.sym' | LC_ALL=C sort | while IFS= read -r symbols; do
	awk -v place="${symbols#"$store"/}" '
	function number(hex,	i, n) {
		for (i = 1; i <= length(hex); i++)
			n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
		return n
	}
	/^FUNC / { functions++; code += number($2 == "m" ? $4 : $3) }
	/^[0-9a-f]+ / { lines += number($2) }
	/^STACK CFI INIT / || /^STACK WIN / { unwind++ }
	END { printf "%d functions\t%d bytes\t%d with lines\t%d unwind records\t%s\n", functions, code, lines, unwind, place }
	' "$symbols"
done
exit "$worst"
