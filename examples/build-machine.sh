#!/bin/sh
# build-machine.sh [-d DIR]... STORE FOLDER...: the symbols of everything that was built in the FOLDERs, into STORE, checked.
# Prints a line for each module: its file, bytes of code, how many percent of these are in functions, have lines, have
# call frame information, and how many bytes in functions have none, with tabs between: what a release engineer wants to see
# before users crash. DIRs are searched for debug information that is apart. What is wrong with a module or its symbol file
# goes to standard error. Exit status: the worst that dump-sym-parse(1) gave; 2: wrong usage.
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

report=$(mktemp) || exit 3
trap 'rm -f "$report"' EXIT
trap 'exit 3' HUP INT TERM
dump-sym-parse --coverage --store "$store" "$@" >"$report" || worst=$?
awk -F '\t' -v OFS='\t' '$2 == "total" { print $1, $3, $4, $5, $6, $7 }' "$report"
find "$store" -name '*.sym' -exec dump-sym-parse --check {} + >&2 || worst=$((worst > 1 ? worst : 1))
exit "$worst"
