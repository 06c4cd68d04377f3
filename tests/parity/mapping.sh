#!/bin/sh
# Mappings of paths beside dump_syms': its own rules, paths and answers.
peer=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}/binaries/peer-dump_syms/mapping
if [ ! -f "$peer/expected.tsv" ]; then
	echo "skipped: no corpus of binaries"
	exit 77
fi
mkdir -p test_data/mapping
cp "$peer"/*.cpp test_data/mapping
tail -n +2 "$peer/expected.tsv" >expected
cut -f 1 expected | mapping_apply "$peer/mapping.json" | diff -u expected -
echo "$(wc -l <expected) paths mapped as dump_syms does"
