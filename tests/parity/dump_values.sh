#!/bin/sh
# What the reader finds in each minidump of the corpus beside minidump-stackwalk --dump: registers, modules, threads,
# exceptions, memory, handles, all values that both know.
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
exec python3 "$here/dump_values.py" "$corpus"
