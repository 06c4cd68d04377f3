#!/bin/sh
# siggen on lists and crashes that somebody made to hurt: everything ends soon, and errors name the line of a list.
# shellcheck disable=SC3045 # the shells that we know have it
ulimit -t 60

mkdir lists
for name in irrelevant_signature_re prefix_signature_re signatures_with_line_numbers_re signature_sentinels; do
	: >lists/$name.txt
done
repeat() # TEXT TIMES
{
	awk -v text="$1" -v n="$2" 'BEGIN { while (n-- > 0) printf "%s", text }'
}
crash() # FRAME TIMES: one with so many frames
{
	printf '{"threads":[{"frames":['
	awk -v frame="$1" -v n="$2" 'BEGIN { while (n-- > 1) printf "{\"function\":\"%s\"},", frame }'
	printf '{"function":"last"}]}]}\n'
}

# lists: what is no expression, or too much of one, is an error with its line
wrong() # EXPRESSION MESSAGE
{
	{
		echo '# first'
		printf '%s\n' "$1"
	} >lists/prefix_signature_re.txt
	code=0
	siggen -l lists /dev/null 2>message || code=$?
	[ $code -eq 2 ]
	printf 'siggen: lists/prefix_signature_re.txt:2: %s\n' "$2" | diff - message
}
wrong '((' 'missing closing parenthesis'
wrong "$(printf 'a\377b')" 'not UTF-8'
wrong "$(repeat '(a|' 100000)$(repeat ')' 100000)" 'parentheses are too deeply nested'
wrong "$(repeat 'a?' 500000)" 'regular expression is too large'
wrong '((a{1000}){1000}){1000}' 'regular expression is too large'

# a line of a million characters, and a hundred thousand lines
repeat a 1000000 >lists/irrelevant_signature_re.txt
awk 'BEGIN { for (i = 0; i < 100000; i++) print "x" i "[a-z]*y" }' >lists/prefix_signature_re.txt
crash 'x7abcy' 2 >two.json
[ "$(siggen -l lists -f sig two.json)" = 'x7abcy | last' ]

# expressions that take exponential time: each is given up once a crash, so more frames take no longer
awk 'BEGIN { for (i = 0; i < 10; i++) print "(a+)+" i "?$" }' >lists/irrelevant_signature_re.txt
echo 'aaa' >lists/prefix_signature_re.txt
for _ in 1 2 3; do
	crash "$(repeat a 60)c" 39
done >slow.json
siggen -l lists slow.json >got
[ "$(grep -c '"notes":\["SignatureGenerationRule: irrelevant_signature_re.txt:1: takes too long, taken not to match"' got)" -eq 3 ]
siggen -j 2 -l lists slow.json | cmp - got

# names as long as they come, and longer; brackets that never end; a hundred thousand frames
rm lists/*
for name in irrelevant_signature_re prefix_signature_re signatures_with_line_numbers_re signature_sentinels; do
	: >lists/$name.txt
done
for algorithm in socorro-20260821 own-1; do
	for text in 'a' '(' '<' ' (x)' '::' 'IPC::ParamTraits<' '{lambda' ' const' 'operator<' '.cold' '`' '_R' '_ZN'; do
		crash "$(repeat "$text" $((82000 / ${#text})))" 40
	done >long.json
	siggen -a $algorithm -l lists -f sig long.json >got
	[ "$(wc -l <got)" -eq 13 ]
	[ "$(awk 'length > 255' got | wc -l)" -eq 0 ]
	crash 'f(int)' 100000 >many.json
	siggen -a $algorithm -l lists -f sig many.json
done >signatures
printf 'f\nstackoverflow | f | (recursion)\n' | diff - signatures
