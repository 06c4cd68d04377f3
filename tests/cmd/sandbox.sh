#!/bin/sh
# What a flaw in a reader could be used for, tried when an input is read (tests/faults/probe.c), is refused or
# ends the process; results are the same with a sandbox as without; links, pipes, caches and workers still work.
unset CRASH_SANDBOX
probe=$BUILD/tests/faults/probe.so dump=$DATA/dumps/null-deref.dmp
if ! CRASH_SANDBOX=require stackwalk "$dump" >full 2>messages; then
	cat messages
	echo "skipped: no sandbox in this system"
	exit 77
fi
if ! CRASH_SANDBOX=strict stackwalk -v "$dump" 2>&1 >/dev/null | grep -q '^stackwalk: sandbox: files restricted'; then
	echo "skipped: a sanitizer needs files and memory of its own"
	exit 77
fi

try() # WANTED PROBE COMMAND...: allowed, refused, or killed
{
	wanted=$1 name=$2 code=0
	shift 2
	PROBE=$name LD_PRELOAD=$probe PROBE_FILE=$(eval "echo \${$#}") "$@" >got 2>messages || code=$?
	if [ "$code" -eq 159 ]; then
		echo "$name: killed" >messages
	fi
	grep -qx "$name: $wanted" messages || {
		echo "$name is not $wanted: $*"
		cat messages
		exit 1
	}
}

cp "$dump" input
echo '{"crashing_thread": 0, "threads": []}' >crash.json
cp "$DATA/binaries/plain-gcc-O2-dw5" binary
cp "$DATA/binaries/plain-gcc-O2-dw5.sym" symbols
mkdir tmp
export TMPDIR="$PWD/tmp" # where whoever has no cache may write
for command in "stackwalk input" "siggen crash.json" "dump-sym-parse --check symbols" "dump-sym-parse --repair symbols" \
	"dump-sym-parse --no-cache --lookup 1000 symbols" "dump-sym-parse binary"; do
	for attempt in read list create overwrite code chmod; do
		# the files that belong to a binary may be anywhere
		case "$attempt $command" in
		[rl][ei][as]*\ binary) wanted=allowed ;;
		*) wanted=refused ;;
		esac
		# shellcheck disable=SC2086 # a command and its operand
		try $wanted "$attempt" $command
	done
	# shellcheck disable=SC2086
	for attempt in socket execve ptrace memfd unshare; do
		try killed "$attempt" $command
	done
done
[ ! -e ../escaped ]
for attempt in read list overwrite socket code; do
	try allowed "$attempt" stackwalk --no-sandbox input
	CRASH_SANDBOX=off try allowed "$attempt" stackwalk input
	try allowed "$attempt" siggen --no-sandbox crash.json
	try allowed "$attempt" dump-sym-parse --no-sandbox --check symbols
done

# the same report, whatever the way to the files
ask() # OPTION...: with a sandbox that kills what it does not know
{
	CRASH_SANDBOX=strict stackwalk --json -s store "$@"
}
mkdir store cache
cp -R "$DATA"/symbols/* store
stackwalk --no-sandbox --json --no-cache -s store "$dump" >wanted
ask --no-cache "$dump" | cmp - wanted
ask --cache "$PWD/cache" "$dump" | cmp - wanted
ask --cache "$PWD/new/cache" "$dump" | cmp - wanted
ask --no-cache - <"$dump" | cmp - wanted
# shellcheck disable=SC2002 # a pipe is meant
cat "$dump" | ask --no-cache - | cmp - wanted
if [ -e /dev/stdin ]; then
	# shellcheck disable=SC2002
	cat "$dump" | ask --no-cache /dev/stdin | cmp - wanted
	ask --no-cache -o /dev/stdout "$dump" | cmp - wanted
else
	echo "skipped: no /dev/stdin and /dev/stdout here"
fi
ln -s "$dump" link
ask --no-cache link | cmp - wanted
ask --no-cache -o report link
cmp report wanted
(cd store && ask -s . --no-cache -o ../report2 "$dump")
cmp report2 wanted
CRASH_SANDBOX=strict stackwalk --cyborg cyborg -s store --no-cache "$dump" >got
cmp cyborg wanted
CRASH_SANDBOX=strict stackwalk --log-file log missing && exit 1
grep -q '^stackwalk: missing: No such file' log
cat wanted wanted wanted >three
ask --no-cache -j 2 "$dump" link "$dump" | cmp - three
ask --no-cache -j 0 "$dump" link "$dump" | cmp - three

# inflated symbols, kept or not
gzip store/*/*/*.sym
ask --no-cache "$dump" >got
sed 's/\.sym"/.sym.gz"/' wanted | cmp -s - got || cmp got wanted
ask --cache "$PWD/cache" "$dump" | cmp - got

# symbols made of binaries: kept or not, in a cache that is new or not, by several processes
tail=$DATA/dumps/tail-call.dmp
make_symbols() # OPTION...
{
	CRASH_SANDBOX=strict stackwalk --json --binaries "$DATA/binaries" "$@"
}
stackwalk --no-sandbox --json --no-cache --binaries "$DATA/binaries" "$tail" >wanted
grep -q '"tail_call":true' wanted
cat wanted wanted wanted >three
make_symbols --no-cache "$tail" | cmp - wanted
make_symbols --cache "$PWD/made/new" "$tail" | cmp - wanted
make_symbols --cache "$PWD/made/new" "$tail" | cmp - wanted
make_symbols --cache "$PWD/made/shared" -j 2 "$tail" "$tail" "$tail" | cmp - three
make_symbols --no-cache -j 2 "$tail" "$tail" "$tail" | cmp - three
CRASH_SANDBOX=strict stackwalk --json --no-cache --binaries "$DATA/binaries/tail-call" "$tail" >got

# symbols of binaries, and what is done with them
convert() # OPTION...
{
	CRASH_SANDBOX=strict dump-sym-parse "$@"
}
cat >expected <<END
$(dump-sym-parse --no-sandbox "$DATA/binaries/plain-link")
END
[ "$(grep -c '^FUNC' expected)" -eq 11 ]
convert "$DATA/binaries/plain-link" | cmp - expected
convert -j 2 -o made.sym "$DATA/binaries/plain-link"
cmp made.sym expected
convert -s made/store "$DATA/binaries"/plain-link*
cmp made/store/plain-link/*/plain-link.sym expected
if command -v objcopy >/dev/null; then
	mkdir packed
	objcopy --compress-debug-sections "$DATA/binaries/plain-gcc-O2-dw5" packed/plain-gcc-O2-dw5
	convert packed/plain-gcc-O2-dw5 | cmp - "$DATA/binaries/plain-gcc-O2-dw5.sym"
else
	echo "skipped: compressed sections: no objcopy"
fi
convert --sort --in-place made.sym
convert --repair - <made.sym >repaired
cmp repaired made.sym
gzip -nc made.sym | convert --repair - | cmp - repaired
convert --index made.sym
[ -s made.symx ]
convert --lookup 1070 made.sym >got
convert --cache "$PWD/made/lookups" --lookup 1070 --name plain-link --id "$(basename made/store/plain-link/*)" \
	made/store >got2
cmp got got2
grep -q main got

# a folder as a dump, a file that is not there: the same words
for bad in store missing; do
	for option in --no-sandbox --no-cache; do
		code=0
		stackwalk $option $bad 2>"$option.messages" || code=$?
		[ "$code" -ne 0 ]
	done
	cmp ./--no-sandbox.messages ./--no-cache.messages
done
[ "$(find . -name '*.tmp.*')" = '' ]
echo '11 attempts refused'
