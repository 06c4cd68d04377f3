#!/bin/sh
# siggen --compat -i ping beside fx-crash-sig: what it asks a server for, and the crash data that it makes of the answer.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -d "$corpus/siggen/ping" ]; then
	echo "skipped: no corpus at $corpus"
	exit 77
fi
if ! command -v python3 >/dev/null; then
	echo "skipped: no python3 to compare with"
	exit 77
fi
exec python3 "$here/siggen_pings.py" "$corpus"
