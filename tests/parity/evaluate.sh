#!/bin/sh
# The expressions of STACK CFI and STACK WIN beside rust-minidump's answers.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}
probes=$corpus/minidumps/golden/probes

if [ ! -f "$probes/cfi-eval.tsv" ]; then
	echo "skipped: no corpus of minidumps"
	exit 77
fi
evaluate cfi "$probes/cfi-eval.tsv"
evaluate win "$probes/win-eval.tsv"
