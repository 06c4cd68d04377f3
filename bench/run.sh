#!/bin/sh
# run.sh BUILD: time and memory of the commands in BUILD, beside the peers where they are installed (minidump-stackwalk of
# rust-minidump in PATH, or $PEER_STACKWALK; dump_syms of Mozilla, or $PEER_DUMP_SYMS; Breakpad's as $PEER_BREAKPAD), all in
# turns in one run. Medians; the ratio is the peer's figure over ours. It judges nothing: machines differ. The large cases
# need shared beside the project; BENCH_ROUNDS (11). $BENCH_BINARIES: binaries with much debug information, for
# dump-sym-parse.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
build=$(cd "$root" && cd "$1" && pwd) || exit 2
shared=$root/../shared data=$root/tests/data out=$build/bench
rounds=${BENCH_ROUNDS:-11}
peer=${PEER_STACKWALK:-$(command -v minidump-stackwalk)}
dump_syms=${PEER_DUMP_SYMS:-$(command -v dump_syms)}
mkdir -p "$out" || exit 3
PATH=$build:$PATH
export PATH XDG_CACHE_HOME="$out/cache"

line() # NAME, then a line of measure on stdin for us and one for each peer
{
	awk -F '\t' -v name="$1" '
		{ wall[NR] = $1; cpu[NR] = $2; rss[NR] = $3; code[NR] = $4 }
		function ratio(v, i) { return v[1] > 0 ? sprintf("%.1f", v[i] / v[1]) : "-" }
		function row(who, i) {
			printf "%-28s %-5s %10.2f %10.2f %10.1f", i == 1 ? name : "", who, wall[i] / 1000, cpu[i] / 1000,
				rss[i] / 1024
			if (i > 1)
				printf "   %6s %6s %6s", ratio(wall, i), ratio(cpu, i), ratio(rss, i)
			print code[i] ? "   exit " code[i] : ""
		}
		END { row("ours", 1); for (i = 2; i <= NR; i++) row("peer", i) }'
}

compare() # NAME ROUNDS PREPARE DUMP OPTION...
{
	name=$1 times=$2 prepare=$3 dump=$4
	shift 4
	if [ -n "$peer" ]; then
		set -- stackwalk --json "$@" "$dump" -- "$peer" --json "$@" "$dump"
	else
		set -- stackwalk --json "$@" "$dump"
	fi
	"$build/bench/measure" -n "$times" -p "$prepare" "$@" | line "$name"
}

# The index of a symbol file beside symbolic's cache of it, if that is there, and look-ups: 100,000 of 1,000 functions, so
# that nearly all of them find what they need in memory. A run that asks once is taken off.
index() # NAME SYM
{
	symx=${2}x asked=$out/asked
	set -- "$1" "$2" "$build/bench/measure" -n 3 -p "rm -f '$symx' '$out/symcache'" dump-sym-parse --index "$2"
	if python3 -c 'import symbolic' 2>/dev/null; then
		set -- "$@" -- python3 "$root/bench/symcache_peer.py" "$2" "$out/symcache"
	fi
	name=$1 sym=$2
	shift 2
	"$@" >"$out/index.row"
	line "index of $name" <"$out/index.row"
	awk '/^(FUNC|PUBLIC) / { print $2 == "m" ? $3 : $2 }' "$sym" | awk '{ v[NR] = $1 }
		END { for (i = 0; i < 100000; i++) print v[int(i % 1000 * NR / 1000) + 1] }' >"$asked"
	dump-sym-parse --index "$sym"
	for many in 1 100000; do
		"$build/bench/measure" -n 3 sh -c "head -n $many '$asked' | dump-sym-parse --no-cache --lookup - '$sym'"
	done >"$out/lookup.row"
	cat "$out/index.row" "$out/lookup.row" | awk -F '\t' -v bytes="$(wc -c <"$sym")" -v ours="$(wc -c <"$symx")" \
		-v theirs="$([ ! -f "$out/symcache" ] || wc -c <"$out/symcache")" '
		NR == 1 { cpu = $2 }
		{ one = many; many = $2 }
		END {
			printf "  %.0f MB at %.0f MB/s, %.1f MB%s; a look-up takes %.2f us\n", bytes / 1e6, bytes / cpu,
				ours / 1e6, theirs == "" ? "" : sprintf(" (symbolic %.1f MB)", theirs / 1e6),
				(many - one) / 99999
		}'
}

printf '%-28s %-5s %10s %10s %10s   %6s %6s %6s\n' '' '' 'wall ms' 'cpu ms' 'RSS MiB' wall cpu RSS
compare 'small dump, no symbols' "$((rounds * 9))" : "$data/dumps/null-deref.dmp"
compare 'small dump, symbols' "$((rounds * 9))" : "$data/dumps/rust-panic.dmp" --symbols-path="$data/symbols"
compare 'stack overflow' "$((rounds * 3))" : "$data/dumps/stack-overflow.dmp" --symbols-path="$data/symbols"

if [ -f "$shared/bench/make-big-walk.py" ]; then
	big=$out/big
	[ -f "$big/big.dmp" ] || python3 "$shared/bench/make-big-walk.py" "$big" || exit 3
	compare '232 MB of symbols, cold' 3 "rm -rf '$out/cache'" "$big/big.dmp" --symbols-path="$big/store"
	compare '232 MB of symbols, warm' 3 : "$big/big.dmp" --symbols-path="$big/store"
else
	echo "skipped: 232 MB of symbols: no make-big-walk.py in shared/bench beside the project"
fi

if [ -f "$shared/corpus/hostile/make-hostile.py" ]; then
	hostile=$out/hostile
	[ -d "$hostile" ] || python3 "$shared/corpus/hostile/make-hostile.py" -k minidump "$hostile" >/dev/null || exit 3
	dump=$(awk -F '\t' '/made-shared-stack/ && /1000 threads/ { print $1; exit }' "$hostile/INDEX.tsv")
	compare '1,000 threads on one stack' 1 : "$hostile/$dump"
else
	echo "skipped: 1,000 threads on one stack: no make-hostile.py in shared/corpus/hostile beside the project"
fi

# Each dump of the corpus with its symbols: sums of the medians, and how the ratios are spread. dumps.tsv has each.
corpus=${CRASH_CORPUS:-$shared/corpus}/minidumps
if [ -d "$corpus" ] && [ -n "$peer" ]; then
	for dump in "$corpus"/dumps/*/*.dmp; do
		store=$corpus/symbols
		case $dump in */synth/*) store=$corpus/symbols-synth ;; esac
		"$build/bench/measure" -n 5 stackwalk --json --symbols-path="$store" "$dump" -- \
			"$peer" --json --symbols-path="$store" "$dump" | tr '\n' '\t' |
			awk -F '\t' -v name="${dump##*/}" '{ print name "\t" $1 "\t" $5 "\t" $3 "\t" $7 }'
	done >"$out/dumps.tsv"
	awk -F '\t' '{ print $3 / $2 "\t" $2 "\t" $3 }' "$out/dumps.tsv" | sort -n | awk -F '\t' '
		{ ratio[NR] = $1; ours += $2; theirs += $3 }
		END { printf "every corpus dump (%d): ours %.1f ms, peer %.1f ms, ratio %.1f; of one dump least %.1f, " \
			"median %.1f, greatest %.0f\n", NR, ours / 1000, theirs / 1000, theirs / ours, ratio[1],
			ratio[int((NR + 1) / 2)], ratio[NR] }'
else
	echo "skipped: every corpus dump: no corpus in shared beside the project, or no peer"
fi

# A thousand in one call of two processes; the peer takes one dump a call.
names='null-deref rust-panic deep-inlines stack-overflow abort-assert cxx-terminate double-free no-cfi-scan named-threads
	shared-lib'
for name in $names; do
	yes "$data/dumps/$name.dmp" | head -n 100
done >"$out/thousand"
ours="stackwalk --stream -j 2 --symbols-path='$data/symbols' <'$out/thousand'"
theirs="xargs -P 2 -n 1 '$peer' --json --symbols-path='$data/symbols' <'$out/thousand'"
if [ -n "$peer" ]; then
	"$build/bench/measure" -n 3 sh -c "$ours" -- sh -c "$theirs"
else
	"$build/bench/measure" -n 3 sh -c "$ours"
fi | line '1,000 dumps, two processes'

# Symbols of binaries, with inlined calls.
for binary in ${BENCH_BINARIES-}; do
	for jobs in 1 2; do
		set -- dump-sym-parse -j "$jobs" "$binary"
		[ -z "$dump_syms" ] || set -- "$@" -- "$dump_syms" --inlines "$binary"
		[ -z "${PEER_BREAKPAD-}" ] || set -- "$@" -- "$PEER_BREAKPAD" -d "$binary"
		"$build/bench/measure" -n 3 "$@" | line "$(basename "$binary" | cut -c 1-20), -j $jobs"
	done
	dump-sym-parse "$binary" >"$out/binary.sym" && index "these symbols" "$out/binary.sym"
done
if [ -f "${big-}/big.dmp" ]; then
	index '232 MB of symbols' "$(echo "$big"/store/app/*/app.sym)"
fi

stackwalk --json --symbols-path="$data/symbols" "$data/dumps/rust-panic.dmp" >"$out/stack.json" || exit 3
"$build/bench/measure" -n "$((rounds * 9))" siggen "$out/stack.json" | line 'siggen, one stack'

# Signatures of 5,000 crashes with Mozilla's lists, from JSON to text, and how long a start takes. The peer is a Python
# that has Socorro's module: $PEER_SIGGEN.
crashes=$shared/corpus/siggen/rand.in.ndjson.gz lists=$shared/corpus/siglists
if [ -f "$crashes" ]; then
	gzip -dc "$crashes" >"$out/crashes" || exit 3
	theirs="'${PEER_SIGGEN-}' '$root/bench/siggen_peer.py' <'$out/crashes'"
	for jobs in 1 2; do
		set -- siggen -j "$jobs" -l "$lists" -f sig "$out/crashes"
		[ -z "${PEER_SIGGEN-}" ] || set -- "$@" -- sh -c "$theirs"
		"$build/bench/measure" -n 5 "$@" | line "5,000 signatures, -j $jobs"
	done
	"$build/bench/measure" -n "$((rounds * 9))" siggen -l "$lists" /dev/null | line 'siggen, start'
	[ -n "${PEER_SIGGEN-}" ] || echo "skipped: the peer of siggen: no \$PEER_SIGGEN"
else
	echo "skipped: 5,000 signatures: no corpus in shared beside the project"
fi
[ -n "$peer" ] || echo "skipped: the peer: no minidump-stackwalk in PATH or \$PEER_STACKWALK"
