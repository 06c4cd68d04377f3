#!/bin/sh
# siggen: forms of input and output, bad input, exit codes, lists. The suites sig and sig_frame have the rules.

. "$ROOT/tests/expect.sh"

mkdir lists
echo 'abort$' >lists/irrelevant_signature_re.txt
echo 'mem' >lists/prefix_signature_re.txt
echo 'loop$' >lists/signatures_with_line_numbers_re.txt
echo 'panic' >lists/signature_sentinels.txt

cat >a.json <<'END'
{"crashing_thread": 0, "threads": [{"frames": [
  {"function": "abort"}, {"function": "void* memcpy(void*)"}, {"function": "ns::f<int>(char)"}]}]}
END

# one record a document
status 0 siggen -l lists a.json
is got <<'END'
{"signature":"memcpy | ns::f<T>","proto_signature":"abort | memcpy | ns::f<T>","notes":[],"algorithm":"socorro-20260821"}
END
[ ! -s messages ]
status 0 siggen --lists lists --details --pretty a.json
is got <<'END'
{
  "signature": "memcpy | ns::f<T>",
  "proto_signature": "abort | memcpy | ns::f<T>",
  "notes": [],
  "algorithm": "socorro-20260821",
  "normalized_frames": [
    "abort",
    "memcpy",
    "ns::f<T>"
  ],
  "debug_log": [
    "SignatureGenerationRule: using CSignatureTool",
    "SignatureGenerationRule: irrelevant; ignoring: \"abort\"",
    "SignatureGenerationRule: prefix; continue iterating: \"memcpy\"",
    "SignatureGenerationRule: not a prefix; stop: \"ns::f<T>\"",
    "SignatureGenerationRule: change signature: \"\" -> \"memcpy | ns::f<T>\""
  ]
}
END
status 0 siggen -l lists -f text -d a.json
is got <<'END'
Signature:  memcpy | ns::f<T>
Algorithm:  socorro-20260821
Step:       SignatureGenerationRule: using CSignatureTool
Step:       SignatureGenerationRule: irrelevant; ignoring: "abort"
Step:       SignatureGenerationRule: prefix; continue iterating: "memcpy"
Step:       SignatureGenerationRule: not a prefix; stop: "ns::f<T>"
Step:       SignatureGenerationRule: change signature: "" -> "memcpy | ns::f<T>"
Frames:     abort
            memcpy
            ns::f<T>

END

# by the rules without their flaws; that is in the record
sed 's/abort/f() noexcept/' a.json >noexcept.json
status 0 siggen -l lists noexcept.json
grep -q '"signature":"noexcept".*"algorithm":"socorro-20260821"' got
status 0 siggen -l lists -a own-1 noexcept.json
is got <<'END'
{"signature":"f","proto_signature":"f | memcpy | ns::f<T>","notes":[],"algorithm":"own-1"}
END
status 0 siggen -l lists --algorithm own-1 -f text -d noexcept.json
grep -qx 'Algorithm:  own-1' got
status 2 siggen --algorithm own-2 a.json
is messages <<'END'
siggen: the algorithm is socorro-20260821 or own-1 (try --help)
END
status 2 siggen -a own-1 --compat a.json
is messages <<'END'
siggen: --compat goes with Socorro's algorithm only (try --help)
END

# for tables: Socorro's columns, or tabs; notes and the signature it had are in each
cat >old.json <<'END'
{"uuid":"1-2","signature":"a \"b\" `c`","hang":"x","json_dump":{"threads":[]}}
{"uuid":"3\t4","signature":"f","json_dump":{"threads":[{"frames":[{"function":"f"}]}]}}
]
{"uuid":"5","signature":"A: at b","java_stack_trace":"A:\n at b"}
END
status 1 siggen -l lists -f csv old.json
tr -d '\r' <got >csv
is csv <<'END'
"crashid","old","new","same?","notes"
"1-2","a ""b"" `c`","hang: x | EMPTY: no frame data available","False","['SignatureGenerationRule: CSignatureTool: no frame data for crashing thread (0)']"
"3	4","f","f","True","[]"
"","","","True","['old.json:3: no JSON value']"
"5","A: at b","A: at b","True","[]"
END
status 1 siggen -l lists -f tsv old.json
is got <<'END'
1-2	a "b" `c`	hang: x | EMPTY: no frame data available	False	SignatureGenerationRule: CSignatureTool: no frame data for crashing thread (0)
3\x094	f	f	True	
			True	old.json:3: no JSON value
5	A: at b	A: at b	True	
END
sed -n 2p old.json >one.json
status 0 siggen -l lists -f markdown -d one.json
is got <<'END'
**Crash id:** 3\x094
**Original:** `f`
**New:** `f`
**Same?:** True
**Notes:** (0)

**Debug:** (3)

* SignatureGenerationRule: using CSignatureTool
* SignatureGenerationRule: not a prefix; stop: "f"
* SignatureGenerationRule: change signature: "" -> "f"
END
sed -n 1p old.json >one.json
status 0 siggen -l lists -f markdown one.json
sed -n '2p;5,7p' got >some
is some <<'END'
**Original:** `a "b" \`c\``
**Notes:** (1)

* SignatureGenerationRule: CSignatureTool: no frame data for crashing thread (0)
END

# from files and standard input; documents on lines, over lines, without anything between them
{
	cat a.json
	printf '{"threads":[{"frames":[{"function":"b"}]}]}{"threads":[{"frames":[{"function":"c"}]}]}'
} >many.json
siggen -l lists -f sig - a.json <many.json >got
is got <<'END'
memcpy | ns::f<T>
b
c
memcpy | ns::f<T>
END
# the kinds of input, told apart or named
dump='{"status":"OK","crash_info":{"crashing_thread":1},"threads":[{},{"frames":[{"function":"g"}]}]}'
echo "$dump" | siggen -l lists -f sig | grep -qx g
echo "{\"json_dump\":$dump}" | siggen -l lists -f sig | grep -qx g
echo "$dump" | siggen -l lists -f sig -i stackwalk | grep -qx g
echo "$dump" | siggen -l lists -f sig -i crash | grep -q '^EMPTY'
echo "{\"json_dump\":$dump}" | siggen -l lists -f sig -i crash | grep -q '^EMPTY'
echo "$dump" | siggen -l lists -f sig -i processed | grep -q '^EMPTY'

# a bad line is reported, has a record, and the rest goes on
printf '%s\n' '{"threads":[{"frames":[{"function":"a"}]}]}' '{"threads":[' 'nonsense' \
	'{"threads":[{"frames":[{"function":"b"}]}]}' >bad.json
status 1 siggen -l lists -f sig bad.json
is got <<'END'
a


b
END
is messages <<'END'
siggen: bad.json:3: no JSON value
siggen: bad.json:3: no JSON value
END
status 1 siggen -l lists -q bad.json
[ "$(wc -l <got)" -eq 4 ]
sed -n 2p got >record
is record <<'END'
{"signature":"","proto_signature":null,"notes":[],"algorithm":"socorro-20260821","error":"bad.json:3: no JSON value"}
END
status 3 siggen -l lists -f sig missing a.json
is got <<'END'
memcpy | ns::f<T>
END
is messages <<'END'
siggen: missing: No such file or directory
END
: >empty
status 0 siggen -l lists empty
[ ! -s got ]

# text for people is safe for their terminals
printf '{"threads":[{"frames":[{"module":"a\\u001b[2Jb"}]}]}' | siggen -l lists -f text -d >got
grep -qF 'a\x1b[2Jb' got
if grep -q "$(printf '\033')" got; then exit 1; fi

# wrong lists and options
mkdir wrong
cp lists/* wrong
printf '# one\nmem\n(open\n' >wrong/prefix_signature_re.txt
status 2 siggen -l wrong a.json
is messages <<'END'
siggen: wrong/prefix_signature_re.txt:3: missing closing parenthesis
END
printf 'a\377\n' >wrong/prefix_signature_re.txt
status 2 siggen -l wrong a.json
is messages <<'END'
siggen: wrong/prefix_signature_re.txt:1: not UTF-8
END
rm wrong/prefix_signature_re.txt
status 2 siggen -l wrong a.json
is messages <<'END'
siggen: wrong/prefix_signature_re.txt: No such file or directory
END
status 2 siggen -f xml a.json
is messages <<'END'
siggen: the format is json, sig, text, tsv, csv, markdown, signify, request or data (try --help)
END
status 2 siggen -i xml a.json
is messages <<'END'
siggen: the input is auto, crash, processed, stackwalk or ping (try --help)
END

# several processes: files, or lines, whatever they hold, in their order; messages are the same
i=0
while [ $i -lt 3000 ]; do
	i=$((i + 1))
	printf '{"threads":[{"frames":[{"function":"f%d","file":"/%0300d"}]}]}\n' $i 0
	if [ $((i % 500)) -eq 0 ]; then cat bad.json; fi
done >lines.json
for files in lines.json "a.json bad.json old.json missing a.json"; do
	for form in json text csv markdown; do
		code=0 code2=0
		# shellcheck disable=SC2086
		siggen -l lists -f $form $files >got 2>messages || code=$?
		# shellcheck disable=SC2086
		siggen -l lists -f $form -j 2 $files >got2 2>messages2 || code2=$?
		cmp got got2
		sort messages >sorted
		sort messages2 | cmp - sorted
		[ $code -eq $code2 ]
	done
done
siggen -l lists -f sig lines.json >got 2>/dev/null || :
siggen -l lists -f sig -j 3 <lines.json >got2 2>/dev/null || :
cmp got got2
status 2 siggen -l lists -j 1000 a.json
is messages <<'END'
siggen: too many processes (try --help)
END

# only what changed, with a line between two records that are printed, in the peer's form between all
sed -n 2p old.json >same.json
cat a.json same.json a.json a.json >some.json
siggen -l lists -f csv --different-only some.json | tr -d '\r' >got
[ "$(wc -l <got)" -eq 4 ]
status 0 siggen -l lists -f markdown --different-only -j 2 same.json some.json
[ "$(grep -c '^$' got)" -gt 3 ]
[ -n "$(head -n 1 got)" ]
status 0 siggen -l lists --compat --different-only same.json a.json same.json
is got <<'END'

Crash id: 
Original: 
New:      memcpy | ns::f<T>
Same?:    False

END
status 0 siggen -l lists --compat -f signify a.json
is got <<'END'
{
  "signature": "memcpy | ns::f<T>",
  "proto_signature": "abort | memcpy | ns::f<T>",
  "notes": []
}
END

# a pattern that takes too long is left out, and a note says which
echo '(a+)+b' >lists/irrelevant_signature_re.txt
echo '{"threads":[{"frames":[{"function":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaacb"}]}]}' >slow.json
status 0 siggen -l lists -f text slow.json
grep -q 'Rule: irrelevant_signature_re.txt:1: takes too long, taken not to match$' got

# the lists of the project are found from where the command is, in the tree and installed
status 0 siggen -f sig a.json
[ -s got ]
mkdir -p there/bin there/share/crash-tools/siglists
cp "$(command -v siggen)" there/bin
cp lists/* there/share/crash-tools/siglists
echo 'x' >there/share/crash-tools/siglists/irrelevant_signature_re.txt
there/bin/siggen -f sig a.json | grep -qx 'abort'
rm -r there/share
status 2 there/bin/siggen a.json
is messages <<'END'
siggen: no signature lists found: use --lists
END

# lost output is trouble
if [ -c /dev/full ]; then
	code=0
	siggen a.json >/dev/full 2>messages || code=$?
	[ "$code" -eq 3 ]
fi
