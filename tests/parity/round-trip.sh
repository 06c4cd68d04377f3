#!/bin/sh
# Each symbol file that dump-sym-parse makes of a binary of the corpus, by default and with --compat, is of the grammar, and
# its index gives at every address what a naive reader of the text gives.
if [ ! -d "$CRASH_CORPUS/binaries" ]; then
	echo "skipped: no corpus of binaries"
	exit 77
fi
n=0 failed=0
find "$CRASH_CORPUS/binaries" "$CRASH_CORPUS/own/bin" -type f -size +0 | sort >files
mkdir made
while IFS= read -r path; do
	head -c 4 "$path" | grep -q ELF || continue
	for option in --inlines --compat '--compat --inlines'; do
		n=$((n + 1))
		# shellcheck disable=SC2086 # two options
		dump-sym-parse -q $option -o "made/$n.sym" "$path" || echo "$path $option: exit $?" >>refused
		[ -s "made/$n.sym" ] || continue
		dump-sym-parse --check --strict "made/$n.sym" >checked || {
			case "$path $option" in
			# dump_syms writes no registers of RISC-V and so no STACK CFI INIT, but what follows it
			*/shapes-riscv64\ --compat*) continue ;;
			esac
			echo "$path $option:"
			head -n 5 checked
			failed=1
		}
	done
done <files
find made -name '*.sym' -print0 | xargs -0 sym_naive >compared || failed=1
[ "$failed" -eq 0 ] || cat compared
[ ! -s refused ] || cat refused
grep '^skipped' compared || true
echo "$(find made -name '*.sym' | wc -l) symbol files, $(tail -n 1 compared)"
[ "$failed" -eq 0 ]
