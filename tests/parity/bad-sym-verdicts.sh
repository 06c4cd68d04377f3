#!/bin/sh
# What rust-minidump, Breakpad and symbolic make of damaged symbol files, and what a repair makes of all symbol files.
corpus=$CRASH_CORPUS/binaries
if [ ! -d "$corpus/bad-sym" ]; then
	echo "skipped: no corpus at $CRASH_CORPUS"
	exit 77
fi

mkdir cases peer
tail -n +2 "$corpus/bad-sym/results.tsv" >results
cut -f1 results >files
while IFS= read -r file; do
	if [ -f "$corpus/bad-sym/$file" ]; then cat "$corpus/bad-sym/$file"; else gzip -dc "$corpus/bad-sym/$file.gz"; fi >"$file"
done <files
column=4 same=0
for reader in rust-minidump breakpad symbolic; do
	awk -F'\t' -v c="$column" -v r="$reader" '{ print $1 ": " r ": " $c }' results >expected
	dump-sym-parse --stream --check --as "$reader" <files >got || :
	diff expected got
	same=$((same + $(wc -l <got)))
	column=$((column + 1))
done

# A repaired file is good and stays as it is; sorted or not, every address has the answer of the file that was there.
# Names with dots or without text are what a repair changes; the files of edge-store are damaged. A fifth of the files
# has all of their writers.
find "$corpus/golden" "$CRASH_CORPUS/own" "$CRASH_CORPUS/minidumps" -name '*.sym' -o -name '*.sym.gz' |
	grep -v -e arm64 -e edge-store -e symbols-synth | sort | awk 'NR % 5 == 0' >goldens
n=0
while IFS= read -r file; do
	case $file in *.gz) gzip -dc "$file" ;; *) cat "$file" ;; esac >old.sym
	[ -s old.sym ] || continue
	grep -Eq '^MODULE [^ ]+ [^ ]+ [0-9A-Fa-f]{33,40} ' old.sym || continue
	n=$((n + 1))
	dump-sym-parse -q --repair -o new.sym old.sym
	dump-sym-parse -q --sort -o sorted.sym old.sym
	dump-sym-parse --check --strict new.sym sorted.sym >messages || { cat messages; exit 1; }
	dump-sym-parse -q --repair new.sym | cmp - new.sym
	dump-sym-parse -q --sort sorted.sym | cmp - sorted.sym
	dump-sym-parse --diff new.sym sorted.sym
	for repaired in new.sym sorted.sym; do
		sym_same old.sym "$repaired" >messages || { echo "$file"; cat messages; exit 1; }
	done
done <goldens
# Nothing is wrong with what the peers write, but for STACK CFI without an INIT (dump-sym-parse.md 15), and a fixture that was
# edited by hand.
find "$corpus/golden" "$CRASH_CORPUS/own" "$CRASH_CORPUS/minidumps/symbols" -name '*.sym' -o -name '*.sym.gz' |
	grep -v -e linux_inline -e shapes-riscv64 >goldens
dump-sym-parse --stream --check <goldens >messages || { grep ': error: ' messages; exit 1; }
echo "$(wc -l <goldens) symbol files without errors"
echo "$same verdicts, $n symbol files repaired and sorted"
