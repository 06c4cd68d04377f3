#!/bin/sh
# siggen's tools for signature lists: --explain, --lint, --compare, --suggest.

. "$ROOT/tests/expect.sh"

mkdir lists other
cat >lists/irrelevant_signature_re.txt <<'END'
# why
abort$
std::
END
printf 'mem\nlib.*\\.so$\n' >lists/prefix_signature_re.txt
echo 'loop$' >lists/signatures_with_line_numbers_re.txt
echo 'panic' >lists/signature_sentinels.txt
cp lists/* other

# each frame, each step, each line that decided
cat >a.json <<'END'
{"os":"Windows NT","hang":"ui","threads":[{"frames":[{"function":"above"},{"function":"panic"},{"function":"abort"},
{"module":"LIBa.SO"},{"module":"liba.so"},{},{"function":"void mem<int>(char) const","line":3},
{"function":"loop","file":"/a.rs","line":7},{"file":"/x/y.c","line":9}]}]}
END
siggen -l lists --explain a.json >got
is got <<'END'
Signature:  hang: ui | panic
Rule:       SignatureGenerationRule: change signature: "" -> "panic"
Rule:       HungProcess: change signature: "panic" -> "hang: ui | panic"
 0  above
    C++ function  above
    -> above the sentinel
 1  panic
    C++ function  panic
    -> sentinel, the stack begins here: signature_sentinels.txt:1: panic
    -> no prefix, the last one
 2  abort
    C++ function  abort
    -> not reached
 3  liba.so
    module        LIBa.SO
    -> not reached
 4  liba.so
    module        liba.so
    -> not reached
 5  
    -> not reached
 6  mem<T>
    C++ function  void mem<int>(char) const
    qualifiers    void mem<int>(char)
    return type   mem<int>(char)
    types         mem<T>(char)
    arguments     mem<T>
    -> not reached
 7  loop:7
    Rust function loop
    line number   loop:7
    -> not reached
 8  y.c#9
    file, line    /x/y.c
    -> not reached

END
sed 's/{"function":"above"},//; s/"panic"/"std::x"/' a.json | siggen -l lists --explain >got
grep -- '->' got | grep -v 'change signature' >decided
is decided <<'END'
    -> irrelevant, left out: irrelevant_signature_re.txt:3: std::
    -> irrelevant, left out: irrelevant_signature_re.txt:2: abort$
    -> prefix, goes on: prefix_signature_re.txt:2: lib.*\.so$
    -> the same module again, left out
    -> nothing is known of it
    -> prefix, goes on: prefix_signature_re.txt:1: mem
    -> no prefix, the last one
    -> not reached
END

# clean lists, and one of each kind of finding
siggen --lint -l lists >got
[ ! -s got ]
cat >other/irrelevant_signature_re.txt <<'END'
foo
foobar
bar.*
(open
foo
a|
END
cat >other/prefix_signature_re.txt <<'END'
foobaz
int f
x::operator()
ok$
fo
oka?$
\(unloaded
END
printf 'a b\npanic\npanic\n' >other/signature_sentinels.txt
code=0
siggen --lint -l other >got || code=$?
[ $code -eq 1 ]
sed 's,^other/,,' got >findings
is findings <<'END'
irrelevant_signature_re.txt:4: missing closing parenthesis
irrelevant_signature_re.txt:1: covered by line 6: a|
irrelevant_signature_re.txt:2: covered by line 1: foo
irrelevant_signature_re.txt:3: needs no ".*" at its end: bar.*
irrelevant_signature_re.txt:5: the same as line 1
irrelevant_signature_re.txt:6: matches every frame: a|
prefix_signature_re.txt:1: covered by line 5: fo
prefix_signature_re.txt:1: never acts: irrelevant_signature_re.txt:1 is irrelevant and covers it: foo
prefix_signature_re.txt:2: never acts: irrelevant_signature_re.txt:6 is irrelevant and covers it: a|
prefix_signature_re.txt:2: no normalised frame is like that: int f
prefix_signature_re.txt:3: "()" is an empty group, brackets are "\(\)": x::operator()
prefix_signature_re.txt:4: covered by line 6: oka?$
prefix_signature_re.txt:4: never acts: irrelevant_signature_re.txt:6 is irrelevant and covers it: a|
prefix_signature_re.txt:5: never acts: irrelevant_signature_re.txt:6 is irrelevant and covers it: a|
prefix_signature_re.txt:7: never acts: irrelevant_signature_re.txt:6 is irrelevant and covers it: a|
signature_sentinels.txt:1: no normalised frame is like that: a b
signature_sentinels.txt:3: the same as line 2
END
printf 'a\033\\[2Jb.*\n' >other/prefix_signature_re.txt
code=0
siggen --lint -l other >got || code=$?
[ $code -eq 1 ]
grep -qF 'a\x1b\[2Jb.*' got
rm other/prefix_signature_re.txt
code=0
siggen --lint -l other 2>messages >got || code=$?
[ $code -eq 2 ]
is messages <<'END'
siggen: other/prefix_signature_re.txt: No such file or directory
END
siggen --lint -l "$ROOT/siglists" >got
[ ! -s got ]

# lists against lists, over many crashes
crash() # ID FRAME...
{
	printf '{"uuid":"%s","threads":[{"frames":[' "$1"
	shift
	comma=
	for frame; do
		printf '%s{"function":"%s"}' "$comma" "$frame"
		comma=,
	done
	echo ']}]}'
}
{
	crash 1 mem f
	crash 2 mem f
	crash 3 g h
	crash 4 g i
	crash 5 k
	crash 6 abort k
	echo nonsense
} >many.json
cp lists/* other
echo 'g$' >>other/prefix_signature_re.txt
echo 'mem' >>other/irrelevant_signature_re.txt
code=0
siggen -v -i crash -l lists --compare other --no-sandbox many.json >got 2>messages || code=$?
[ $code -eq 1 ]
is got <<'END'
2	renamed	mem | f	f	1
1	split	g	g | h	3
1	split	g	g | i	4
END
grep -qx 'siggen: 4 of 6 crashes get another signature' messages

# what the crashes speak for
i=0
while [ $i -lt 4 ]; do
	i=$((i + 1))
	crash a wrap x$i
	crash a wrap y$i
	crash a wrap z$i
	crash b mem_1 deep
	crash b mem_1 deep
	crash b deep
done >groups.json
siggen -i crash -l lists --suggest groups.json >got
is got <<'END'
irrelevant	mem_1$	12	2
prefix	wrap$	12	12
END

i=0
while [ $i -lt 12 ]; do
	i=$((i + 1))
	crash a '#(f' "x$i"
done >groups.json
siggen -i crash -l lists -a own-1 --suggest groups.json >got
printf 'prefix\t\\#$\t12\t12\n' | is got

# a recursion is explained, too
i=0
while [ $i -lt 20 ]; do
	i=$((i + 1))
	set -- "$@" even odd
done
crash a top "$@" | sed 's/}$/,"reason":"EXCEPTION_STACK_OVERFLOW"}/' >cycle.json
siggen -i crash -l lists -a own-1 --explain cycle.json >got
grep -qx 'Signature:  stackoverflow | even | odd | (recursion)' got
[ "$(grep -cx '    -> of the recursion' got)" -eq 39 ]

code=0
siggen --lint --suggest 2>messages || code=$?
[ $code -eq 2 ]
is messages <<'END'
siggen: --compare, --explain, --lint and --suggest exclude each other (try --help)
END

code=0
siggen --lint lists 2>messages || code=$?
[ $code -eq 2 ]
is messages <<'END'
siggen: --lint reads the lists of --lists and no other file (try --help)
END
