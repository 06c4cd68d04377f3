#!/bin/sh
# dump-sym-parse beside Breakpad's dump_syms for every ELF file of the corpus: what both have is the same.
# Prints equal/different/listed per area; ../parity-exceptions lists what may differ, with reasons.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -d "$corpus/binaries/golden" ]; then
	echo "skipped: no corpus of binaries"
	exit 77
fi
if ! command -v python3 >/dev/null; then
	echo "skipped: no python3 to compare with"
	exit 77
fi
exec env PYTHONDONTWRITEBYTECODE=1 python3 "$here/binaries-breakpad.py" "$here/../parity-exceptions" "$corpus"
