#!/bin/sh
# dump-sym-parse beside dump_syms' output for every ELF file of the corpus, with --compat and by default.
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
exec python3 "$here/binaries.py" "$here/../parity-exceptions" "$corpus"
