#!/bin/sh
# The text of microdumps beside the goldens of Breakpad's microdump_stackwalk. ../parity-exceptions lists what differs.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -d "$corpus/minidumps/golden" ]; then
	echo "skipped: no corpus of minidumps"
	exit 77
fi
if ! command -v python3 >/dev/null; then
	echo "skipped: no python3 to compare with"
	exit 77
fi
exec python3 "$here/microdumps.py" "$here/../parity-exceptions" "$corpus/minidumps"
