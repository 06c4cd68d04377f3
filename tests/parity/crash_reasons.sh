#!/bin/sh
# Names and addresses of crashes beside rust-minidump's: every row of the probe table has to be equal.
table=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}/minidumps/golden/probes/crash-reasons.tsv

if [ ! -f "$table" ]; then
	echo "skipped: no corpus of minidumps"
	exit 77
fi
exec crash_reasons "$table"
