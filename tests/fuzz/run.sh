#!/bin/sh
# run.sh BUILD SECONDS TARGET...: fuzzes each target for SECONDS from tests/fuzz/corpus/TARGET on, prints executions and
# coverage, and fails when there is a finding: its input is left below BUILD/findings. New inputs go to BUILD/corpus.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$root" && cd "$1" && pwd) || exit 2
seconds=$2
shift 2
failed=0

if [ ! -e /proc/self ]; then
	echo "skipped: fuzzing: the sanitizers need /proc, which is not here"
	echo "0 passed, 0 failed, 1 skipped"
	exit 0
fi
for target; do
	stored=$root/tests/fuzz/corpus/$target found=$build/findings/$target log=$build/fuzz-$target.log
	mkdir -p "$build/corpus/$target" "$found"
	set -- "$build/corpus/$target"
	[ ! -d "$stored" ] || set -- "$@" "$stored"
	[ ! -f "$root/tests/fuzz/dict/$target.dict" ] || set -- "$@" -dict="$root/tests/fuzz/dict/$target.dict"
	if "$build/tests/fuzz/fuzz_$target" "$@" -max_total_time="$seconds" -max_len=65536 -timeout=5 -rss_limit_mb=512 \
		-malloc_limit_mb=256 -print_final_stats=1 -artifact_prefix="$found/" >"$log" 2>&1 </dev/null; then
		printf '%s: %s executions, %s\n' "$target" \
			"$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
			"$(sed -n 's/.*\(cov: [0-9]*\) \(ft: [0-9]*\).*/\1 \2/p' "$log" | tail -n 1)"
	else
		failed=$((failed + 1))
		echo "FAILED: $target, see $log:"
		grep -v '^#' "$log" | tail -n 40 | sed 's/^/    /'
	fi
done
[ "$failed" -eq 0 ]
