#!/bin/sh
# dump-sym-parse on .sym files: what each option prints, exit codes. The suites check, repair and verdict have the rules.

. "$ROOT/tests/expect.sh"

id=0123456789ABCDEF0123456789ABCDEF0
cat >good.sym <<END
MODULE Linux x86_64 $id app
FILE 0 a.c
FILE 1 b.c
INLINE_ORIGIN 0 inner
FUNC 1000 20 0 outer
INLINE 0 5 0 0 1008 8
1000 8 4 0
1008 8 9 1
1010 10 6 0
PUBLIC 2000 0 public
STACK CFI INIT 1000 20 .cfa: \$rsp 8 + .ra: .cfa -8 + ^
STACK CFI 1001 .cfa: \$rsp 16 +
END
cr=$(printf '\r')
sed -e 's/INLINE_ORIGIN 0 inner/INLINE_ORIGIN 0 /' -e "s/2000 0 pub/2000 0 pub$cr\\
/" good.sym >bad.sym

# --check
status 0 dump-sym-parse --check --strict good.sym
echo 'good.sym: lines 12, errors 0, warnings 0, notes 0' | is got
status 1 dump-sym-parse --check bad.sym good.sym
is got <<'END'
bad.sym:4: error: no name
bad.sym:11: error: no record: it looks like the rest of the name above
bad.sym: lines 13, errors 2, warnings 0, notes 1; crlf 1, broken-name 1, no-name 1
good.sym: lines 12, errors 0, warnings 0, notes 0
END
status 1 dump-sym-parse --check --strict -j 1 bad.sym
grep -q '^bad.sym:10: note: CR before LF$' got
gzip -c good.sym >good.sym.gz
status 0 dump-sym-parse --check good.sym.gz
status 0 sh -c 'dump-sym-parse --check - <good.sym.gz'
echo 'stdin: lines 12, errors 0, warnings 0, notes 0' | is got
status 0 sh -c 'cat good.sym | dump-sym-parse --check -'
cp good.sym.gz packed.sym
status 1 dump-sym-parse --check packed.sym
grep -q '^packed.sym: error: compressed with gzip' got
echo '<!DOCTYPE html>' >page.sym
status 1 dump-sym-parse --check page.sym
grep -q '^page.sym: error: a page of HTML' got
mkdir -p store/app/123456789ABCDEF0123456789ABCDEF00
cp good.sym store/app/123456789ABCDEF0123456789ABCDEF00/app.sym
status 1 dump-sym-parse --check store/app/123456789ABCDEF0123456789ABCDEF00/app.sym
grep -q 'app.sym:1: error: another debug id than the folder' got
status 3 dump-sym-parse --check missing.sym good.sym
[ "$(wc -l <got)" -eq 1 ]

# the rules in the manual
sed -n 's/.*\] = { "\([a-z0-9-]*\)", CHECK_.*/\1/p' "$ROOT/lib/sym/check_rule.c" >rules
[ "$(wc -l <rules)" -gt 70 ]
sed -n '/^.Ss What is checked/,/^.El/s/^.It Cm \([^ ]*\) .*/\1/p' "$ROOT/man/sym.5" | diff rules -

# --as
status 1 dump-sym-parse --check --as rust-minidump bad.sym good.sym
is got <<'END'
bad.sym: rust-minidump: reject failed to parse file (line counter 10)
good.sym: rust-minidump: accept files=2 origins=1 funcs=1 publics=1 cfi=1 win4=0 win0=0
END
status 1 dump-sym-parse --check --as breakpad bad.sym
echo 'bad.sym: breakpad: accept corrupt' | is got
status 1 dump-sym-parse --check --as symbolic bad.sym

# --repair, --sort
status 0 dump-sym-parse --repair good.sym
is got <good.sym
status 0 dump-sym-parse --repair bad.sym
sed 's/INLINE_ORIGIN 0 inner/INLINE_ORIGIN 0 <name omitted>/' good.sym | is got
is messages <<'END'
bad.sym:4: repaired: no name: a name that says so
bad.sym:11: repaired: no record: it looks like the rest of the name above: joined with the line above
END
status 1 dump-sym-parse --repair --strict -q -o fixed.sym bad.sym
[ ! -s messages ]
status 0 dump-sym-parse --check --strict fixed.sym
cp bad.sym 1.sym
cp good.sym 2.sym
status 0 dump-sym-parse --repair --in-place 1.sym 2.sym
[ ! -s got ]
cmp 2.sym good.sym
status 0 dump-sym-parse --check --strict 1.sym
{ head -n 1 good.sym; tail -n 2 good.sym; sed '1d;11,12d' good.sym; } >mixed.sym
status 0 dump-sym-parse --sort mixed.sym
is got <good.sym
sed -e 's/^FILE 0/FILE 8/' -e 's/5 0 0/5 8 0/' -e 's/ 0$/ 8/' good.sym >numbers.sym
status 0 dump-sym-parse --sort numbers.sym
is got <good.sym
sed 's/5 0 0/5 -1 0/' good.sym >no-file.sym
status 0 dump-sym-parse --repair --drop no-file.sym
sed 's/5 0 0/0 2 0/' good.sym | is got
tail -n +2 good.sym >headless.sym
status 1 dump-sym-parse --repair headless.sym
echo 'dump-sym-parse: headless.sym: no MODULE record; --module gives one' >wanted
tail -n 1 messages | diff wanted -
status 0 dump-sym-parse --repair --module "Linux x86_64 $id app" headless.sym
is got <good.sym

# --json, --stats
status 0 dump-sym-parse --json good.sym
[ "$(wc -l <got)" -eq 12 ]
sed -n '1p;5,7p;10,12p' got >some
is some <<END
{"type":"module","os":"Linux","cpu":"x86_64","id":"$id","name":"app"}
{"type":"func","addr":4096,"size":32,"param":0,"multiple":false,"name":"outer"}
{"type":"inline","level":0,"call_line":5,"call_file":0,"origin":0,"ranges":[[4104,8]]}
{"type":"line","addr":4096,"size":8,"line":4,"file":0}
{"type":"public","addr":8192,"param":0,"multiple":false,"name":"public"}
{"type":"stack_cfi_init","addr":4096,"size":32,"rules":".cfa: \$rsp 8 + .ra: .cfa -8 + ^"}
{"type":"stack_cfi","addr":4097,"rules":".cfa: \$rsp 16 +"}
END
status 0 dump-sym-parse --stats good.sym
is got <<'END'
good.sym	MODULE	1	58
good.sym	FILE	2	22
good.sym	INLINE_ORIGIN	1	22
good.sym	FUNC	1	21
good.sym	line	3	34
good.sym	INLINE	1	22
good.sym	PUBLIC	1	21
good.sym	STACK CFI INIT	1	55
good.sym	STACK CFI	1	31
good.sym	malformed	0
good.sym	longest_line	58
good.sym	func_code	32
good.sym	line_code	32
good.sym	inline_code	8
good.sym	cfi_code	32
good.sym	funcs_with_lines	1
good.sym	inline_depth	1
good.sym	inline_ranges	1
END
status 0 dump-sym-parse --stats --json good.sym
grep -q '"func_code":32,' got

# --lookup, --index
status 0 dump-sym-parse --lookup 0x1009 --lookup 2001 --lookup 10 good.sym
is got <<'END'
1009	inner	b.c:9
1009	outer	a.c:5
2001	public	-
10	-	-
END
status 1 sh -c 'echo 1010 here | dump-sym-parse --json --lookup - good.sym'
is got <<'END'
{"addr":4112,"base":4096,"public":false,"frames":[{"function":"outer","file":"a.c","line":6}]}
END
echo 'dump-sym-parse: here: no address' | is messages
status 0 dump-sym-parse --index good.sym good.sym.gz
[ -s good.symx ]

# The index of a larger file is kept: of a file in its place in a store where all find it, and beside it on request.
place=store/big/$id
mkdir -p "$place"
{
	sed '1s/app/big/' good.sym
	awk 'BEGIN { for (i = 0; i < 4000; i++) printf "PUBLIC %x 0 padding_%d\n", 1048576 + 16 * i, i }'
} >"$place/big.sym"
asked() # OPTION...: the same answer every time
{
	status 0 dump-sym-parse --lookup 100021 "$@"
	printf '100021\tpadding_2\t-\n' | is got
	[ ! -s messages ]
}
asked --cache cache "$place/big.sym"
index=$(find cache -name big.symx)
[ -s "$index" ]
inode=$(ls -i "$index")
asked --cache cache "$place/big.sym"
[ "$(ls -i "$index")" = "$inode" ]
asked --cache cache --name big --id "$id" store
[ "$(find cache -name '*.symx')" = "$index" ]
status 1 dump-sym-parse --lookup 10 --cache cache --name big --id 0 store
echo 'dump-sym-parse: store: no symbols of big, 0' | is messages
asked "$place/big.sym"
cmp "$index" "$(find "$XDG_CACHE_HOME" -name big.symx | grep "/$id/")"
rm -r cache
status 0 dump-sym-parse --index --cache cache "$place/big.sym"
[ -s "$index" ]
asked --no-cache "$place/big.sym"
[ ! -e "$place/big.symx" ]
status 0 dump-sym-parse --index "$place/big.sym"
cmp "$place/big.symx" "$index"
asked --no-cache "$place/big.sym"
cp -pR store copy
asked --no-cache "copy/big/$id/big.sym"
sed 's/_2$/_x/' "$place/big.sym" >"copy/big/$id/big.sym"
status 0 dump-sym-parse --lookup 100021 --no-cache "copy/big/$id/big.sym"
printf '100021\tpadding_x\t-\n' | is got
[ ! -s messages ]
printf 'x' | dd of="$place/big.symx" bs=1 seek=3000 conv=notrunc 2>/dev/null
status 0 dump-sym-parse --lookup 100021 --no-cache "$place/big.sym"
printf '100021\tpadding_2\t-\n' | is got
grep -q 'the index is damaged' messages
status 3 dump-sym-parse --lookup 10 missing.sym
status 1 dump-sym-parse --index store
[ "$(gzip -c "$place/big.sym" | dump-sym-parse --lookup 100021 -)" = "$(cat wanted)" ]

# --diff
status 0 dump-sym-parse --diff good.sym good.sym.gz
[ ! -s got ]
sed -e 's/outer/changed/' -e '$a FUNC 3000 8 0 new' good.sym >new.sym
status 1 dump-sym-parse --diff good.sym new.sym
is got <<'END'
+ changed
+ new
- outer
END
sed -e 's/^1010 10 6/1010 10 7/' -e 's/^STACK CFI 1001/STACK CFI 1002/' -e 's/\(FUNC\|INIT\) 1000 20/\1 1000 24/' good.sym >new.sym
status 1 dump-sym-parse --diff good.sym new.sym
printf '~ outer\tsize 20 24\tlines -1 +1\tcfi -1 +1\n' | is got
status 1 dump-sym-parse --diff --json good.sym new.sym
is got <<'END'
{"change":"changed","name":"outer","old_size":32,"new_size":36,"lines_removed":1,"lines_added":1,"cfi_removed":1,"cfi_added":1}
END
status 0 dump-sym-parse --diff good.sym numbers.sym
status 0 dump-sym-parse --diff mixed.sym numbers.sym

# a binary among them
cp "$DATA/binaries/tail-call" binary
for work in --check --repair --sort --json --stats --index '--lookup 1000'; do
	# shellcheck disable=SC2086 # an option and its argument
	status 1 dump-sym-parse --no-cache $work binary
	[ "$work" = --check ] || [ ! -s got ]
done
status 1 dump-sym-parse --diff good.sym binary
status 1 dump-sym-parse --diff binary good.sym
is messages <<'END'
dump-sym-parse: binary: bytes that are no text, not symbols
END

# options
status 2 dump-sym-parse --stats --index good.sym
status 2 dump-sym-parse --diff good.sym
status 2 dump-sym-parse --check --repair good.sym
status 2 dump-sym-parse --check --as nobody good.sym
status 2 dump-sym-parse --in-place good.sym
status 2 dump-sym-parse --drop --sort --check good.sym
status 2 dump-sym-parse --cache cache --check good.sym
status 2 dump-sym-parse --lookup 10 --name big store
status 2 dump-sym-parse --lookup - -
status 2 dump-sym-parse --repair good.sym bad.sym
