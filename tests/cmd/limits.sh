#!/bin/sh
# Dumps whose parts are claimed many times over: each report in 64 MiB of address space and a second, and well-formed.
# shellcheck disable=SC3045 # the shells of Linux and the BSDs have these limits
if ! (ulimit -v 65536 && stackwalk --version) >version 2>&1; then
	echo "skipped: a sanitizer needs more address space"
	exit 77
fi
python3 "$ROOT/tests/cmd/limits.py" dumps
for dump in dumps/*.dmp; do
	for form in --json --human -m; do
		code=0
		(ulimit -v 65536 && ulimit -t 1 && exec stackwalk -q "$form" "$dump") >got 2>messages || code=$?
		[ "$code" -eq 0 ] || {
			echo "$dump $form: exit $code"
			cat messages
			exit 1
		}
		[ "$form" != --json ] || python3 -c 'import json; json.load(open("got"))'
	done
done
echo '7 dumps, 3 forms'
