#!/bin/sh
# stackwalk: output, exit codes, messages, options, many dumps. $DATA has the dumps.
dump=$DATA/dumps/null-deref.dmp

status() # WANTED COMMAND...: runs it, output to got, messages to messages
{
	wanted=$1 code=0
	shift
	"$@" >got 2>messages </dev/null || code=$?
	[ "$code" -eq "$wanted" ] || {
		echo "exit $code, not $wanted: $*"
		cat messages
		exit 1
	}
}

# the text: what crashed, where, the stack
status 0 stackwalk --no-cache --symbols-path "$DATA/symbols" "$dump"
grep -q '^Crash reason:  SIGSEGV / SEGV_MAPERR$' got
grep -q '^Thread 0  *[^ ]* *(crashed) - tid: ' got
grep -q '^ 0  null-deref!' got
grep -q '^Loaded modules:$' got
[ ! -s messages ]
cp got text
status 0 stackwalk --brief -s "$DATA/symbols" --no-cache "$dump"
if grep -q '^Loaded modules:$' got; then exit 1; fi
head -n "$(wc -l <got)" text | cmp - got

# JSON: one line, or indented; the same with and without the index, and when the index is there
status 0 stackwalk --json --no-cache -s "$DATA/symbols" "$dump"
[ "$(wc -l <got)" -eq 1 ]
cp got json
status 0 stackwalk --json --cache "$PWD/cache" -s "$DATA/symbols" "$dump"
cmp got json
status 0 stackwalk --json --cache "$PWD/cache" -s "$DATA/symbols" "$dump"
cmp got json
status 0 stackwalk --json --pretty "$dump"
grep -q '^  "status": "OK",$' got
stackwalk --json - <"$dump" >got
stackwalk --json "$dump" | cmp - got

# lines of fields: those of Breakpad, the crash first and its thread's frames behind the empty line
status 0 stackwalk -m --no-cache -s "$DATA/symbols" "$dump"
grep -q '^OS|Linux|' got
grep -q '^Crash|SIGSEGV / SEGV_MAPERR|0x[0-9a-f]*|0$' got
sed -n '/^$/,$p' got | sed -n 2p | grep -q '^0|0|null-deref|[^|]*|[^|]*|[0-9]*|0x'
[ "$(grep -c '^Module|' got)" -gt 1 ]
if awk -F'|' '/^Module/ && NF != 8 || /^[0-9]/ && NF != 7' got | grep .; then exit 1; fi

# microdumps are known by what is in them; to the peer they are nothing
micro=$ROOT/tests/fuzz/corpus/microdump/x86
status 0 stackwalk --brief "$micro"
grep -q '^Crash reason:  SIGSEGV$' got
grep -q '^ 2  libc.so + 0xf1122$' got
status 0 stackwalk -m --compat "$micro"
grep -q '^GPU|GL|Maker|Chip$' got
status 1 stackwalk --compat "$micro"

# a rating where it is asked for
status 0 stackwalk --brief --rate "$dump"
grep -q '^Exploitability: [a-z]*$' got
status 0 stackwalk --json --rate "$dump"
grep -q '"exploitability":"[a-z]*"' got
if grep -q exploitability json; then exit 1; fi

# a bad dump does not stop the others; the worst exit code wins
printf 'MDMP' >short
status 1 stackwalk --json "$dump" short
[ "$(wc -l <got)" -eq 1 ]
grep -q '^stackwalk: short: 0x' messages
status 3 stackwalk -q missing short "$dump"
grep -q '^stackwalk: missing: No such file or directory$' messages
grep -q '^Crash reason:' got

# several texts say which is which
status 0 stackwalk --brief "$dump" "$dump"
[ "$(grep -c "^==> .*null-deref.dmp <==$" got)" -eq 2 ]

# a stream: a line for each, bad ones too; names from standard input; the order is that of the inputs
printf '%s\nshort\n' "$dump" >two
cat two two two two two two two two >names
code=0
stackwalk -q --stream <names >serial 2>messages || code=$?
[ "$code" -eq 1 ] && [ "$(wc -l <serial)" -eq 16 ]
[ "$(grep -c '"file":"short","status":"MissingHeader"' serial)" -eq 8 ]
[ "$(grep -c '"status":"OK"' serial)" -eq 8 ]
code=0
stackwalk -q --stream -j 4 <names >parallel 2>messages || code=$?
[ "$code" -eq 1 ]
cmp serial parallel
status 0 stackwalk --stream "$dump"
[ "$(wc -l <got)" -eq 1 ]

# names with blanks; many dumps in one call
cp "$dump" 'a dump  of  mine.dmp'
for tens in 0 1 2 3 4 5 6 7 8 9; do
	for ones in 0 1 2 3 4 5 6 7 8 9; do
		ln -s 'a dump  of  mine.dmp' "link $tens$ones.dmp"
	done
done
find . -name 'link *.dmp' | sort | stackwalk --stream -j 2 >got
[ "$(grep -c '"file":"./link [0-9][0-9].dmp".*"status":"OK"' got)" -eq 100 ]
sort -c got

# a file as output: only its owner's, and not there without a report
status 0 stackwalk --json --output-file report "$dump"
[ ! -s got ]
stackwalk --json "$dump" | cmp - report
[ "$(find report -perm 600)" = report ]
status 1 stackwalk --output-file none short
[ ! -e none ] && [ -z "$(find . -name '*.tmp.*')" ]
status 3 stackwalk --output-file no/such/folder "$dump"

# usage
for options in '' --no-such --jobs --jobs=many '--brief --json x' '--pretty x' '--pretty --stream x' '-m --json x' '-m --brief x' '-m --rate x' \
	'--json --human x' '--registers x' '--dump --missing x' '--cyborg=f x y' '--threads=some x' '--features=all x' '--verbose=loud x'; do
	# shellcheck disable=SC2086
	status 2 stackwalk $options
	[ ! -s got ] && [ "$(wc -l <messages)" -eq 1 ]
done

# the peer's words, its exit codes and its way to give symbols
status 1 stackwalk --compat short
[ "$(cat messages)" = 'ERROR MissingHeader - Error reading dump: Missing minidump header (empty minidump?)' ]
status 1 stackwalk --compat missing
[ "$(cat messages)" = 'ERROR FileNotFound - Error reading dump: File not found' ]
status 1 stackwalk --compat --brief --json "$dump"
status 0 stackwalk --compat --json --no-cache "$dump" "$DATA/symbols"
cp got positional
status 0 stackwalk --compat --json --no-cache --symbols-path "$DATA/symbols" "$dump"
cmp got positional

# text for people holds nothing that a terminal obeys, but for the peer's form
status 0 stackwalk "$DATA/dumps/evil-names.dmp"
if LC_ALL=C grep -q "$(printf '\033')" got; then exit 1; fi
status 0 stackwalk --compat "$DATA/dumps/evil-names.dmp"
LC_ALL=C grep -q "$(printf '\033')" got

# text and JSON at once; JSON of a bad dump is not there
status 0 stackwalk --cyborg both.json "$dump"
cp got both
stackwalk "$dump" | cmp - both
stackwalk --json "$dump" | cmp - both.json
status 1 stackwalk --cyborg none.json short
[ ! -e none.json ]
status 3 stackwalk --cyborg no/such/folder "$dump"

# the modules whose symbols are missing, and no others; without stores all that the stacks need
status 0 stackwalk --missing --no-cache -s "$DATA/symbols" "$dump"
if grep -q '^null-deref' got; then exit 1; fi
status 0 stackwalk --missing "$dump"
grep -q '^null-deref	176D143E44B998EDCE15B88C81E8CE0A0	null-deref	3e146d17b944ed98ce15b88c81e8ce0a35eac06e$' got

# one thread: the one that crashed has its frames, no other thread is printed
threads=$DATA/dumps/named-threads.dmp
status 0 stackwalk "$threads"
[ "$(grep -c '^Thread ' got)" -eq 7 ]
cp got all
status 0 stackwalk --threads=crashing "$threads"
[ "$(grep '^Thread ' got)" = "$(grep '^Thread 4 ' all)" ]
grep -q '^6 other threads were not walked$' got
stackwalk --brief "$threads" >brief
head -n "$(($(wc -l <brief) - 1))" got >begin
head -n "$(($(wc -l <brief) - 1))" brief | cmp - begin
status 0 stackwalk --threads=all "$threads"
cmp got all

status 0 stackwalk --threads=crashing --json "$threads"
[ "$(grep -o '"walked":false}' got | wc -l)" -eq 6 ]
status 0 stackwalk --threads=crashing -m "$threads"
[ "$(sed '1,/^$/d' got | cut -d '|' -f 1 | sort -u)" = 4 ]

# registers: of one frame, or of all
status 0 stackwalk --json "$threads"
[ "$(grep -o '"registers":' got | wc -l)" -eq 1 ]
status 0 stackwalk --json --registers "$threads"
[ "$(grep -o '"registers":' got | wc -l)" -eq "$(grep -o '"frame":' got | wc -l)" ]

# limits: moved, said in both forms when reached; a wrong one is a usage error; memory is the process's
status 0 stackwalk --json --limit walk_frames_thread=2 --limit=dump_threads=3 "$threads"
grep -q '"limits_hit":\[{"limit":3,"name":"dump_threads","seen":7,"where":"threads"},{"limit":2,' got
grep -q ' 7 threads; the first 3 are read and the crashing one$' messages
status 0 stackwalk --limit dump_modules=1 "$threads"
grep -q '^The limit dump_modules of 1 was reached: something is left out.$' got
status 1 stackwalk --limit dump_size=1k "$dump"
grep -q ' bytes: the limit dump_size is 1024$' messages
case $BUILD in
*-asan) echo "skipped: --limit memory: a sanitizer needs more" ;;
*)
	status 0 stackwalk --limit memory=64M "$dump"
	code=0
	head -c 4000000 /dev/zero | stackwalk --limit memory=2M - >got 2>messages || code=$?
	[ "$code" -eq 3 ] && [ "$(wc -l <messages)" -eq 1 ]
	grep -q "^stackwalk: " messages
	;;
esac
for limit in none=1 walk_frames_thread walk_frames_thread=1 cpu_seconds=x memory=1; do
	status 2 stackwalk --limit "$limit" "$dump"
	[ ! -s got ] && [ "$(wc -l <messages)" -eq 1 ]
done

# what a crash reporter knew: certificates by module, microcode; a bad file is said and costs no report
cat >evil.json <<'end'
{"ModuleSignatureInfo": {"Someone": ["other", "null-deref"], "odd": 5}, "CPUMicrocodeVersion": "0xAB"}
end
status 0 stackwalk --json --evil-json evil.json "$dump"
grep -q '"cert_subject":"Someone",.*"modules_contains_cert_info":true' got
grep -q '^stackwalk: evil.json: ModuleSignatureInfo is not ' messages
status 0 stackwalk --compat --json --evil-json evil.json "$dump"
grep -q '"modules_contains_cert_info":false' got
grep -q '^ERROR Could not parse Evil JSON' messages
printf '[1]' >list.json
status 0 stackwalk --evil-json list.json "$dump"
grep -q '^stackwalk: list.json: not a JSON object$' messages
cmp got both

# a log instead of standard error; how much of it; Socorro's command line
status 1 stackwalk --log-file log short
[ ! -s messages ] && [ ! -s got ]
grep -q '^stackwalk: short: 0x' log
[ "$(find log -perm 600)" = log ]
status 1 stackwalk --verbose off short
[ ! -s messages ]
status 3 stackwalk --log-file no/such/folder "$dump"
for compat in '' --compat; do
	# shellcheck disable=SC2086
	status 0 stackwalk $compat --evil-json=list.json --symbols-cache="$DATA/symbols" --symbols-tmp=/tmp --no-color \
		--no-cache --output-file=out.json --log-file=out.log --symbols-url=https://symbols.example/ --json \
		--verbose=error "$dump"
	[ ! -s got ] && [ ! -s messages ] && [ "$(wc -l <out.log)" -eq 1 ]
	grep -q '"loaded_symbols":true' out.json
done
status 0 stackwalk --symbols-url=https://symbols.example/ "$dump"
grep -q 'nothing is fetched' messages

# lost output is not success
export dump
if [ -w /dev/full ]; then
	status 3 sh -c "stackwalk --json \"\$dump\" >/dev/full"
	grep -q '^stackwalk: standard output: ' messages
else
	echo "skipped: no /dev/full"
fi
status 3 sh -c "stackwalk \"\$dump\" >&-"
status 3 sh -c "stackwalk -j 2 --stream \"\$dump\" \"\$dump\" >&-"

echo 'text, JSON, streams and failures'
