#!/bin/sh
# siggen --compat beside Socorro's commands signature and signify: what they print, byte for byte.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}
here=$(cd "$(dirname "$0")" && pwd)

if [ ! -d "$corpus/siggen/cli" ]; then
	echo "skipped: no corpus at $corpus"
	exit 77
fi
if ! command -v python3 >/dev/null; then
	echo "skipped: no python3 to compare with"
	exit 77
fi
exec python3 "$here/siggen_cli.py" "$here/../parity-exceptions" "$corpus"
