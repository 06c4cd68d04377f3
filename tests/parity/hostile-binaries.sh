#!/bin/sh
# Malformed ELF and symbol files, about 4,000, made from good ones, through dump-sym-parse: no signal, no time-out, no
# writing elsewhere, no exit code but 0 and 1, in 64 MiB of address space and a second each; JSON that parses, text that no
# terminal obeys. HOSTILE is as in hostile.sh.
maker=$CRASH_CORPUS/hostile
if [ ! -f "$maker/make-hostile.py" ]; then
	echo "skipped: no make-hostile.py in hostile of the corpus"
	exit 77
fi
python3 "$maker/make-hostile.py" -k elf,sym files >log
hostile=${HOSTILE--m 64 -S}

run() # EVERY OPTION... DIR COMMAND...: of each EVERY files one
{
	every=$1
	shift
	# shellcheck disable=SC2086 # several options
	sh "$maker/run-hostile.sh" -x '0 1' -e "$every" $hostile "$@" >log 2>&1 || failed=1
	tail -n 1 log >>totals
	[ -z "${failed-}" ] || cat log
}

run 4 -E files/elf dump-sym-parse {}
run 29 files/elf dump-sym-parse --compat --inlines -j 1 {}
run 31 -E files/elf dump-sym-parse --coverage {}
run 37 files/elf dump-sym-parse -s '{dir}/store' {}
run 5 -E files/sym dump-sym-parse --check --strict {}
run 5 -E files/sym dump-sym-parse --repair {}
run 17 files/sym dump-sym-parse --sort {}
run 17 -E files/sym dump-sym-parse --stats {}
run 17 files/sym dump-sym-parse --json {}
run 17 -J files/sym dump-sym-parse --json --no-cache --lookup 1000 {}
awk '{ tried += $1; failed += $3 } END { print tried " tried, " failed " failed" }' totals
[ -z "${failed-}" ]
