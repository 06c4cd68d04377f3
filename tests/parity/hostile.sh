#!/bin/sh
# Malformed minidumps and symbol files, about 9,500, made from good ones: no signal, no time-out, no writing elsewhere, no
# exit code but 0 and 1, in 64 MiB of address space and a second each; JSON that parses, text that no terminal obeys.
# HOSTILE has further options of run-hostile.sh: a sanitizer build needs "-m 0" and takes only some of the files.
maker=$CRASH_CORPUS/hostile
if [ ! -f "$maker/make-hostile.py" ]; then
	echo "skipped: no make-hostile.py in hostile of the corpus"
	exit 77
fi
python3 "$maker/make-hostile.py" -k minidump,sym files >log
hostile=${HOSTILE--m 64 -S}

run() # OPTION... DIR COMMAND...
{
	# shellcheck disable=SC2086 # several options
	sh "$maker/run-hostile.sh" -x '0 1' $hostile "$@" >log 2>&1 || failed=1
	tail -n 1 log >>totals
	[ -z "${failed-}" ] || cat log
}

run -J files/minidump stackwalk --json {}
run -E -e 7 files/minidump stackwalk {}
run -J -e 7 files/minidump stackwalk --json --compat {}
run -E -e 20 files/minidump stackwalk --dump {}
# shellcheck disable=SC1083,SC2016 # for the shell that is started, and for run-hostile.sh
run -J files/sym sh -c 'store=$2/store/null-deref/$3
mkdir -p "$store" && cp "$1" "$store/null-deref.sym" &&
	exec stackwalk --json --no-cache --symbols-path="$2/store" "$4"' - {} {dir} \
	"$(basename "$DATA"/symbols/null-deref/*)" "$DATA/dumps/null-deref.dmp"
awk '{ tried += $1; failed += $3 } END { print tried " tried, " failed " failed" }' totals
[ -z "${failed-}" ]
