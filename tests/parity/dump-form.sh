#!/bin/sh
# stackwalk --compat --dump beside the goldens of minidump-stackwalk --dump, byte for byte: every dump without the
# contents of memory, one with them. ../parity-exceptions lists what may differ, with reasons.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}/minidumps
exceptions=$(cd "$(dirname "$0")/.." && pwd)/parity-exceptions
equal=0 different=0 listed=0

if [ ! -d "$corpus/golden" ]; then
	echo "skipped: no corpus of minidumps"
	exit 77
fi

count() # CASE GOLDEN OPTION... DUMP
{
	case=$1 golden=$2
	shift 2
	code=0
	stackwalk --compat --dump "$@" >got 2>messages || code=$?
	grep -q "^dump-form	$case	" "$exceptions" && known=yes || known=no
	[ "$code" -eq 0 ] && cmp -s got "$golden" && same=yes || same=no
	case $same$known in
	yesno) equal=$((equal + 1)) ;;
	noyes) listed=$((listed + 1)) ;;
	*)
		different=$((different + 1))
		[ "$same" = no ] || echo "$case: is equal, but listed"
		[ "$same" = yes ] || echo "$case: exit $code, $(diff got "$golden" | sed -n '1s/^/line /p;2p' | tr '\n' ' ')"
		;;
	esac
}

for golden in "$corpus"/golden/*/*.dump.txt "$corpus"/golden/*/*.dump.err; do
	case=${golden#"$corpus/golden/"}
	case $case in *.bp.dump.*) continue ;; esac
	count "$case" "$golden" --brief "$corpus/dumps/${case%.dump.*}.dmp"
done
count cli/dump-full "$corpus/golden/cli/dump-full.out" "$corpus/dumps/rust-minidump/test.dmp"
echo "dump form: $equal equal, $different different, $listed listed"
[ "$different" -eq 0 ]
