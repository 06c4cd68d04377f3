#!/bin/sh
# Crash pings: requests for their symbols, crash data, signatures; examples/pings.sh. The parity test has the peer's.

. "$ROOT/tests/expect.sh"

mkdir lists
echo 'abort$' >lists/irrelevant_signature_re.txt
: >lists/prefix_signature_re.txt
: >lists/signatures_with_line_numbers_re.txt
: >lists/signature_sentinels.txt

modules='"modules":[{"base_addr":"0x1000","end_addr":"0x2000","debug_file":"a.pdb","debug_id":"A1","filename":"a.dll"},
	{"base_addr":"0x5000","end_addr":"0x6000","filename":"plain.dll"}]'
frame() # IP INDEX
{
	printf '{"ip":"%s","module_index":%s}' "$1" "$2"
}

# A ping of thread 2: a frame that has symbols, one in a module that can have none, one in no module, one below its module.
tr '\n' ' ' >pings <<END
{"document_id":"one","normalized_os":"Windows_NT","payload":{"metadata":{"AsyncShutdownTimeout":{"phase":"p\\"q"}},
"stack_traces":{"crash_info":{"crashing_thread":2,"type":"SIGSEGV"},$modules,"threads":[
	{"frames":[$(frame 0x1010 0)]},{"frames":[$(frame 0x1020 0)]},
	{"frames":[$(frame 0x5010 1),$(frame 0x1030 0),{"ip":"0x9"},$(frame 0x10 0)]}]}}}
END
echo >>pings
siggen -i ping -f request pings >got
is got <<'END'
{"jobs":[{"memoryMap":[["a.pdb","A1"]],"stacks":[[[0,16]],[[0,48]]],"version":5}]}
END
cat >answer <<'END'
{"results":[{"stacks":[[{"function":"zero(int)","module":"a.pdb"}],[{"function":"f<int>(int)","module":"a.pdb"}]]}]}
END
siggen -i ping -f data --answers answer pings >got
is got <<'END'
{"uuid":"one","os":"Windows NT","reason":"SIGSEGV","crashing_thread":1,"threads":[{"frames":[{"function":"zero(int)","module":"a.dll"}]},{"frames":[{"module":"plain.dll","offset":"0x0000000000005010"},{"function":"f<int>(int)","module":"a.dll"},{"offset":"0x0000000000000009"},{"module":"a.dll","offset":"0x0000000000000010"}]}],"async_shutdown_timeout":"{\"phase\":\"p\\\"q\"}"}
END
siggen -i ping -l lists -f tsv --answers answer pings >got
cut -f 1-4 got >columns
printf 'one\t\tAsyncShutdownTimeout | p"q | (none)\tFalse\n' | is columns
sed 's/AsyncShutdownTimeout/x/' pings | siggen -i ping -l lists -f sig --answers answer >got
echo 'plain.dll' | is got
# the peer loses the stack of thread 2, and all of the ping when one frame is bad
sed 's/AsyncShutdownTimeout/x/' pings | siggen -i ping -l lists -f signify --compat --answers answer >got
grep -q '"signature": "EMPTY: no frame data available"' got
sed 's/"0x10"/"0xg"/' pings | siggen -i ping -f request --compat >got
echo '{"jobs":[{"memoryMap":[],"stacks":[],"version":5}]}' | is got
sed 's/"0x10"/"0xg"/' pings | siggen -i ping -f request >got
echo '{"jobs":[{"memoryMap":[["a.pdb","A1"]],"stacks":[[[0,16]],[[0,48]]],"version":5}]}' | is got

# Glean: documents in texts, keys in camel case, no frames but the address of the crash, Java
cat >glean <<'END'
{"document_id":"g1","os":"Windows","oom_size":5,"stack_traces":"{\"crash_thread\":1,\"crash_type\":\"E\",\"modules\":[{\"base_address\":\"0x1000\",\"end_address\":\"0x2000\",\"debug_file\":\"a.pdb\",\"debug_id\":\"A1\"}],\"threads\":[{\"frames\":[]},{\"frames\":[{\"ip\":\"0x1030\",\"module_index\":0}]}]}"}
{"os":"Android","stack_traces":"{\"crashThread\":7,\"crashAddress\":\"0x1044\",\"modules\":[{\"baseAddress\":\"0x1000\",\"endAddress\":\"0x2000\",\"debugFile\":\"a.so\",\"debugId\":\"B2\",\"filename\":\"liba.so\"}],\"threads\":[{\"frames\":[{\"ip\":\"0x1010\",\"moduleIndex\":0}]}]}"}
{"os":"Android","java_exception":"{\"throwables\":[{\"typeName\":\"a.b.FooError\",\"stack\":[{\"className\":\"c.D\",\"methodName\":\"e\",\"file\":\"D.java\"}]}]}"}
{"os":"Android","java_exception":"{\"messages\":[\"a.BarException: why\"],\"stack\":[{\"className\":\"c.D\",\"methodName\":\"f\"}]}"}
{"os":"Linux","stack_traces":""}
{"no":"ping"}
{"stack_traces":"{"}
nonsense
END
code=0
siggen -i ping -f request glean >got 2>messages || code=$?
[ $code -eq 1 ]
is got <<'END'
{"jobs":[{"memoryMap":[["a.pdb","A1"]],"stacks":[[[0,48]]],"version":5}]}
{"jobs":[{"memoryMap":[["a.so","B2"]],"stacks":[[[0,68]]],"version":5}]}
null
null
null
null
null
null
END
is messages <<'END'
siggen: glean:6: no crash ping: no payload, no stack traces
siggen: glean:7: stack traces:1: document without an end
siggen: glean:8: no JSON value
END
code=0
siggen -i ping -l lists -f sig glean >got 2>messages || code=$?
[ $code -eq 1 ]
is got <<'END'
OOM | small
liba.so
a.b.FooError: at c.D.e(D.java)
a.BarException: at c.D.f
EMPTY: no frame data available



END

# what goes together
code=0
siggen -f request pings 2>messages || code=$?
[ $code -eq 2 ]
is messages <<'END'
siggen: requests, data and answers are of pings: -i ping (try --help)
END
code=0
siggen -i ping --answers absent pings 2>messages || code=$?
[ $code -eq 3 ]
is messages <<'END'
siggen: absent: No such file or directory
END

# all of it at once; the command answers every request in the same way, and lines that are none with nothing
cat >answer.sh <<'END'
while IFS= read -r request; do
	case $request in
	null) echo null ;;
	*) echo '{"results":[{"stacks":[[{"function":"first"}],[{"function":"second"}]]}]}' ;;
	esac
done
END
code=0
cat pings glean | sh "$ROOT/examples/pings.sh" -l lists -f sig -o out -s 'sh answer.sh' - >got 2>messages || code=$?
[ $code -eq 1 ]
is got <<'END'
AsyncShutdownTimeout | p"q | (none)
OOM | small
first
a.b.FooError: at c.D.e(D.java)
a.BarException: at c.D.f
EMPTY: no frame data available



END
for name in requests answers data signatures; do
	[ "$(wc -l <"out/$name.jsonl")" -eq 9 ]
done
# from a server, here a curl that is none: an answer over some lines, and one that does not come
mkdir bin
cat >bin/curl <<'END'
#!/bin/sh
for last; do :; done
grep -q '"jobs"' && [ "$last" = http://server/v5 ] || exit 22
printf '{"results":[{"stacks":[[{"function":"zero"}],\n[{"function":"one"}]]}]}\n'
END
chmod +x bin/curl
sed 's/AsyncShutdownTimeout/x/' pings >two
head -n 1 glean >>two
echo '{"os":"Linux","stack_traces":""}' >>two
PATH=$PWD/bin:$PATH sh "$ROOT/examples/pings.sh" -l lists -f sig -u http://server/v5 two >got
printf '%s\n' plain.dll 'OOM | small' 'EMPTY: no frame data available' | is got
code=0
PATH=$PWD/bin:$PATH sh "$ROOT/examples/pings.sh" -l lists -f sig -u http://other/v5 two >got || code=$?
[ $code -eq 3 ]
printf '%s\n' plain.dll 'OOM | small' 'EMPTY: no frame data available' | is got

code=0
sh "$ROOT/examples/pings.sh" pings 2>messages || code=$?
[ $code -eq 2 ]
