#!/bin/sh
# The system calls that commands make in the sandbox, in every way to their files, are those of its list (robustness.md
# 8.2 asks for it), so that CRASH_SANDBOX=strict never kills an honest run.
export CRASH_SANDBOX=require
if ! strace -o trace true >log 2>&1; then
	echo "skipped: no strace, or nothing may be traced"
	exit 77
fi
if ! stackwalk -v "$DATA/dumps/null-deref.dmp" 2>&1 >log | grep -q '^stackwalk: sandbox: files restricted'; then
	echo "skipped: no sandbox in this system, or a sanitizer needs files and memory of its own"
	exit 77
fi

# the list, out of the source: those allowed, and those allowed with some arguments
sed -n '/ allowed\[\] = {/,/^};/p; / conditions\[\] = {/,/^};/p' "$ROOT/lib/base/sandbox_linux.c" |
	grep -o 'SYS_[a-z0-9_]*' | sed 's/SYS_//' | sort -u >list

watch() # COMMAND...: the calls it makes once the filter is there, in all its processes
{
	strace -f -qq -o trace "$@" >log 2>&1
	awk '/PR_SET_SECCOMP/ { inside = 1; next }
		inside && match($0, /[a-z][a-z0-9_]*\(/) { print substr($0, RSTART, RLENGTH - 1) }' trace >>made
}

mkdir store cache
cp -R "$DATA"/symbols/* store
dump=$DATA/dumps/rust-panic.dmp
for form in --json --human -m --dump --missing; do
	watch stackwalk "$form" --no-cache -s store "$dump"
done
watch stackwalk --json -s store --cache "$PWD/cache/new" "$dump"
watch stackwalk --json -s store --cache "$PWD/cache/new" "$dump"
gzip store/*/*/*.sym
watch stackwalk --json -s store --no-cache "$dump"
watch stackwalk --json -s store --cache "$PWD/cache" "$dump"
watch stackwalk --json -o report "$dump"
watch stackwalk --json -o report "$dump"
watch stackwalk --cyborg report "$dump"
watch stackwalk --json -j 2 "$dump" "$dump"
watch stackwalk --json - <"$dump"
tail=$DATA/dumps/tail-call.dmp
watch stackwalk --json --no-cache --binaries "$DATA/binaries" "$tail"
watch stackwalk --json --cache "$PWD/cache/made" --binaries "$DATA/binaries" "$tail"
watch stackwalk --json --cache "$PWD/cache/made" --binaries "$DATA/binaries" "$tail"
watch stackwalk --stream -j 2 --cache "$PWD/cache/shared" --binaries "$DATA" "$tail" "$dump" "$tail"
echo '{"crashing_thread": 0, "threads": []}' >crash.json
watch siggen crash.json
watch siggen - <crash.json
cp "$DATA"/binaries/plain-link* .
watch dump-sym-parse -j 1 plain-link
watch dump-sym-parse -j 2 -s symbols "$DATA/binaries"
watch dump-sym-parse -o made.sym plain-link
watch dump-sym-parse --check made.sym
watch dump-sym-parse --sort --in-place made.sym
watch dump-sym-parse --index made.sym
watch dump-sym-parse --lookup 1070 made.sym
watch dump-sym-parse --no-cache --lookup 1070 - <made.sym
watch dump-sym-parse --diff made.sym made.sym
sort -u made >used
comm -23 used list >unknown
if [ -s unknown ]; then
	echo "calls that the sandbox does not know:"
	cat unknown
	exit 1
fi
grep -q '^openat$' used
echo "$(wc -l <used) system calls of $(wc -l <list)"
