#!/bin/sh
# stackwalk --compat -m beside the goldens of Breakpad's minidump_stackwalk -m. ../parity-exceptions lists what differs.
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
exec python3 "$here/breakpad.py" "$here/../parity-exceptions" "$corpus/minidumps"
