#!/bin/sh
# Single instructions of amd64 beside rust-minidump's analysis of them.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}
table=$corpus/minidumps/golden/probes/instructions.tsv

if [ ! -f "$table" ]; then
	echo "skipped: no corpus of minidumps"
	exit 77
fi
instructions "$table" >rows || { cat rows; exit 1; }
tail -n 1 rows
