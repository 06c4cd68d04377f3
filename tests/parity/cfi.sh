#!/bin/sh
# STACK CFI of the ELF files of the corpus beside the peers' and beside llvm-dwarfdump's tables.
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
exec python3 "$here/cfi.py" "$here/../parity-exceptions" "$corpus"
