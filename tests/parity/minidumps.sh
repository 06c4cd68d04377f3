#!/bin/sh
# stackwalk --compat beside the goldens of minidump-stackwalk: JSON, text, failures, command line.
# Prints equal / different / listed per area; ../parity-exceptions lists what may differ, with reasons.
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
mkdir -p evil
tar -xf "$corpus/own/symbols-evil.tar" -C evil
exec python3 "$here/minidumps.py" "$here/../parity-exceptions" "$corpus" evil
