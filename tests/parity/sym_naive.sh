#!/bin/sh
# The index beside a reader that searches linearly, over our own symbol files and all of the corpus.
find "$DATA/symbols" -name '*.sym' >files
if [ -d "$CRASH_CORPUS" ]; then
	for folder in own minidumps symbolicate binaries; do
		find "$CRASH_CORPUS/$folder" -name '*.sym' -type f -size +0
	done >>files
	n=0
	find "$CRASH_CORPUS/symbolicate" "$CRASH_CORPUS/binaries/golden" -name '*.sym.gz' >packed
	while IFS= read -r gz; do
		n=$((n + 1))
		gzip -dc "$gz" >"$n.sym" && echo "$PWD/$n.sym"
	done <packed >>files
else
	echo "skipped: the files of the corpus: none at $CRASH_CORPUS"
fi
# Files that are damaged on purpose are compared with rust-minidump's answers, in sym.sh.
grep -v -e '/bad-sym/' -e '/edge-store/' files | tr '\n' '\0' | xargs -0 sym_naive
