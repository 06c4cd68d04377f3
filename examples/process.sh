#!/bin/sh
# process.sh [-o DIR] [-s STORE]... [-n FRAMES] DUMP...: what crashed, for each minidump.
# Prints the signature, the reason and the first FRAMES (20) frames of the crashing stack, and writes NAME.stack.json (all
# that stackwalk finds out) and NAME.signature.json (what siggen makes of it) beside the dump, or into DIR. Symbols are
# looked up in the STOREs. Both files have mode 0600, since a dump holds a user's memory, and appear whole or not at all.
# A bad dump does not stop the others: the exit status is the worst that stackwalk(1) and siggen(1) gave; 2: wrong usage.
set -u
umask 077
folder='' frames=20 stores=0 worst=0

usage()
{
	sed -n '2,3s/^# //p' "$0" >&2
	exit 2
}

# Each store becomes an option of stackwalk behind the dumps: a shell has no other list that is safe for any name.
while :; do
	case ${1-} in
	-o | -s | -n) [ $# -ge $((stores + 2)) ] || usage ;;
	esac
	case ${1-} in
	-o) folder=$2 ;;
	-n) frames=$2 ;;
	-s)
		stores=$((stores + 1))
		set -- "$@" "--symbols-path=$2"
		;;
	--)
		shift
		break
		;;
	-*) usage ;;
	*) break ;;
	esac
	shift 2
done
[ $# -gt "$stores" ] || usage
case $folder in -*) folder=./$folder ;; esac

printable() # what a terminal may obey becomes a question mark
{
	printf '%s' "$1" | LC_ALL=C tr -c ' -~' '?'
}

stack() # the reason and the frames, out of the text report
{
	awk -v most="$frames" '
		/^Crash (reason|address):/ || /^    \*\* / { print "  " $0 }
		/^ ?[0-9]+  / && ++n <= most { print "  " $0 }
		END { if (n > most) print "      ... " n - most " more" }'
}

process() # DUMP, other dumps, options of stackwalk
{
	dump=$1 shown=$(printable "$1")
	shift $(($# - stores))
	# "-" would be standard input.
	case $dump in */*) ;; *) dump=./$dump ;; esac
	name=${folder:-${dump%/*}}/${dump##*/}
	name=${name%.dmp}
	stackwalk --json --output-file="$name.stack.json" "$@" -- "$dump" || return
	temp=$(mktemp "$name.signature.tmp.XXXXXX") || return 3
	siggen -- "$name.stack.json" >"$temp"
	code=$?
	if [ "$code" -ne 0 ]; then
		rm -f "$temp"
		return "$code"
	fi
	mv -f "$temp" "$name.signature.json" || return 3
	printf '%s\n  Signature:     ' "$shown"
	siggen --format=sig -- "$name.stack.json" || return
	stackwalk --brief "$@" -- "$dump" | stack
}

while [ $# -gt "$stores" ]; do
	process "$@"
	code=$?
	[ "$code" -le "$worst" ] || worst=$code
	shift
done
exit "$worst"
