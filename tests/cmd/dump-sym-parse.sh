#!/bin/sh
# dump-sym-parse on ELF files from outside: output, companions, stores, many files, options, exit codes.
binaries=$DATA/binaries

check() # WHAT EXPECTED-CODE COMMAND...: the output is in out, messages in err
{
	what=$1 expected=$2
	shift 2
	code=0
	"$@" >out 2>err </dev/null || code=$?
	[ "$code" -eq "$expected" ] || {
		echo "$what: exit $code, not $expected"
		cat err
		exit 1
	}
}

said() # TEXT: err is this line
{
	echo "dump-sym-parse: $1" | diff -u - err
}

cp "$binaries"/plain-gcc-O2-dw5 "$binaries"/plain-link "$binaries"/plain-link.debug "$binaries"/free-x64-O2.exe .

# the whole of one, by any number of processes
for jobs in 1 2 5; do
	check "-j $jobs" 0 dump-sym-parse -j $jobs plain-gcc-O2-dw5
	diff -u "$binaries/plain-gcc-O2-dw5.sym" out
done
check "-o" 0 dump-sym-parse -o file.sym plain-gcc-O2-dw5
diff -u "$binaries/plain-gcc-O2-dw5.sym" file.sym
[ ! -s out ]

# the file that debug information was moved to: beside it, in a folder; both given; not with --compat
check "debuglink" 0 dump-sym-parse plain-link
[ "$(grep -c '^FUNC' out)" -eq 11 ]
mv out expected
check "two files of a module" 0 dump-sym-parse plain-link plain-link.debug
diff -u expected out
mkdir debug
mv plain-link.debug debug
check "no companion" 0 dump-sym-parse plain-link
[ "$(grep -c '^FUNC' out)" -eq 0 ]
check "--debug-dir" 0 dump-sym-parse --debug-dir debug plain-link
diff -u expected out
cp debug/plain-link.debug .
check "--compat" 0 dump-sym-parse --compat plain-link
[ "$(grep -c '^FUNC' out)" -eq 0 ]
echo >>plain-link.debug
check "a companion of another checksum" 0 dump-sym-parse plain-link
[ "$(grep -c '^FUNC' out)" -eq 0 ]

# stores, trees
id=F33E3BC876E0681D9CDBB5ED60DC79490
mkdir -p tree/below
cp "$binaries/tail-call" tree
cp plain-gcc-O2-dw5 plain-link tree/below
echo text >tree/text
check "--store" 0 dump-sym-parse -s store tree/below/plain-gcc-O2-dw5 tree/tail-call
mv store expected.store
check "a tree" 0 dump-sym-parse -s store tree
diff -r store/tail-call expected.store/tail-call
rm -r store tree/below/plain-link
check "a tree" 0 dump-sym-parse -j 1 -s store tree
diff -r store expected.store
diff -u "$binaries/plain-gcc-O2-dw5.sym" store/plain-gcc-O2-dw5/$id/plain-gcc-O2-dw5.sym
[ "$(find store -name '*.sym' | wc -l)" -eq 2 ]
find store -name '*.tmp.*' | grep . && exit 1
check "two modules" 1 dump-sym-parse tree/tail-call plain-gcc-O2-dw5
said "2 modules do not make one symbol file: use --store"
printf 'plain-gcc-O2-dw5\n' >names
dump-sym-parse --stream <names | diff -u "$binaries/plain-gcc-O2-dw5.sym" -

# what is left out, what is said instead
check "nothing but symbols" 0 dump-sym-parse --lines=no --cfi=no --no-generator plain-gcc-O2-dw5
grep -Ev '^(FILE|INLINE|STACK|INFO GEN|[0-9a-f])' "$binaries/plain-gcc-O2-dw5.sym" | diff -u - out
check "--publics" 0 dump-sym-parse --publics=no plain-gcc-O2-dw5
grep -v '^PUBLIC' "$binaries/plain-gcc-O2-dw5.sym" | diff -u - out
check "--no-inlines" 0 dump-sym-parse --no-inlines plain-gcc-O2-dw5
grep '^INLINE' out && exit 1
check "fields" 0 dump-sym-parse --name 'a b' --os Fuchsia --id 123 --extra-info 'VENDOR me' plain-gcc-O2-dw5
cat >expected.head <<'END'
MODULE Fuchsia x86_64 123 a b
INFO CODE_ID C83B3EF3E0761D689CDBB5ED60DC7949A9482617
INFO VENDOR me
END
head -n 3 out | diff -u expected.head -
check "mapping" 0 dump-sym-parse --mapping-var rev=9 --mapping-src '^/build/src/(.*)' --mapping-dest 'r:{1}:{rev}' \
	plain-gcc-O2-dw5
[ "$(sed -n 's/^FILE 0 //p' out)" = r:plain.c:9 ]
check "digests of files that are not here" 0 env CRASH_SANDBOX=strict dump-sym-parse --canonicalize \
	--mapping-src '^/build/src/(plain.c)' --mapping-dest '{digest}/{1}' plain-gcc-O2-dw5
diff -u "$binaries/plain-gcc-O2-dw5.sym" out
said "/build/src/plain.c: 0x0: a source file that cannot be read has no digest"
check "--list-arch" 0 dump-sym-parse --list-arch plain-gcc-O2-dw5
printf 'plain-gcc-O2-dw5 contains the following architecture:\nx86_64\n' | diff -u - out

# errors: the others are done; the highest code counts
check "another kind" 1 dump-sym-parse free-x64-O2.exe
said "free-x64-O2.exe: PE executable: not supported yet"
cp plain-gcc-O2-dw5 core
printf '\004' | dd of=core bs=1 seek=16 conv=notrunc 2>/dev/null
check "a core file" 1 dump-sym-parse core
said "core: a core file: its symbols are in the files that were mapped"
check "an object" 0 dump-sym-parse "$binaries/plain.o"
said "$binaries/plain.o: 0x0: an object file: its addresses are offsets in sections (--relocatable)"
check "an object, --compat" 0 dump-sym-parse --compat "$binaries/plain.o"
[ ! -s err ]
check "no kind" 1 dump-sym-parse names
said "names: file of an unknown kind"
check "no file" 3 dump-sym-parse plain-gcc-O2-dw5 absent
diff -u "$binaries/plain-gcc-O2-dw5.sym" out
head -c 40 plain-gcc-O2-dw5 >first-bytes
check "a file that is cut short" 1 dump-sym-parse first-bytes
check "--check-cfi" 1 dump-sym-parse --check-cfi debug/plain-link.debug
said "debug/plain-link.debug: no CFI data"
[ ! -s out ]

# what share of the code has functions, lines, call frame information; a warning where that is amiss
coverage() # BYTES PERCENT PERCENT PERCENT BARE: the last line of out
{
	printf '%s\ttotal\t%s\t%s\t%s\t%s\t%s\n' "$@" | diff -u - last
}
check "--coverage" 0 dump-sym-parse --coverage plain-gcc-O2-dw5
cat >expected.coverage <<'END'
plain-gcc-O2-dw5	.init	23	0.0	0.0	0.0	0
plain-gcc-O2-dw5	.plt	16	0.0	0.0	100.0	0
plain-gcc-O2-dw5	.plt.got	8	0.0	0.0	100.0	0
plain-gcc-O2-dw5	.text	1004	70.2	70.2	73.6	0
plain-gcc-O2-dw5	.fini	9	0.0	0.0	0.0	0
plain-gcc-O2-dw5	total	1060	66.5	66.5	71.9	0
END
diff -u expected.coverage out
check "--coverage of several" 0 dump-sym-parse --coverage --lines=no -j 2 plain-gcc-O2-dw5 "$binaries/tail-call"
tail -n 1 out >last
coverage "$binaries/tail-call" 1416 5.2 0.0 79.9 0
[ "$(wc -l <out)" -eq 12 ]
check "--coverage, --json" 0 dump-sym-parse --coverage --json tree/tail-call
grep -o '"total":.*' out >last
echo '"total":{"bytes":1416,"functions":75,"lines":75,"cfi":1132,"functions_without_cfi":0}}' | diff -u last -
check "--coverage, --store" 0 dump-sym-parse --coverage -s covered plain-gcc-O2-dw5
diff -u expected.coverage out
diff -u "$binaries/plain-gcc-O2-dw5.sym" covered/plain-gcc-O2-dw5/$id/plain-gcc-O2-dw5.sym
check "--coverage of .sym files" 2 dump-sym-parse --coverage --check plain-gcc-O2-dw5
said "--coverage is about binaries (try --help)"
check "no unwind rules" 0 dump-sym-parse --coverage debug/plain-link.debug
said "debug/plain-link.debug: 0x1040: .text: 705 of 705 bytes in functions have no call frame information, from this address on"
tail -n 1 out >last
coverage debug/plain-link.debug 1060 66.5 66.5 0.0 705
check "no unwind rules, --strict" 1 dump-sym-parse --strict debug/plain-link.debug
check "no unwind rules, not asked for" 0 dump-sym-parse --cfi=no --strict debug/plain-link.debug

# the index of what is written, in the same run
check "--index -o" 0 dump-sym-parse --index -o indexed.sym plain-gcc-O2-dw5
diff -u "$binaries/plain-gcc-O2-dw5.sym" indexed.sym
cp indexed.symx first.symx
check "--index" 0 dump-sym-parse --index indexed.sym
cmp first.symx indexed.symx
check "--index -s" 0 dump-sym-parse --index -j 2 -s indexed tree
[ "$(find indexed -name '*.symx' | wc -l)" -eq 2 ]
[ "$(wc -c <indexed/plain-gcc-O2-dw5/$id/plain-gcc-O2-dw5.symx)" -eq "$(wc -c <indexed.symx)" ]
check "--index -s --cache" 0 dump-sym-parse -q --index -s cached --cache cache "$BUILD/stackwalk"
[ "$(find cached -type f | wc -l)" -eq 1 ]
index=$(ls -i cache/*/stackwalk/*/stackwalk.symx)
check "an index that was kept" 0 dump-sym-parse --lookup 0 --cache cache cached/stackwalk/*/stackwalk.sym
[ "$(ls -i cache/*/stackwalk/*/stackwalk.symx)" = "$index" ]
check "--index of a binary" 1 dump-sym-parse --index tree/tail-call
said "tree/tail-call: nothing in it can be used"
[ ! -e tree/tail-callx ]
check "--index and something else" 2 dump-sym-parse --index --check -s indexed tree
check "--index of no file" 2 dump-sym-parse --index --coverage -o x tree
check "--list-arch with a store" 0 dump-sym-parse --list-arch -s listed tree/tail-call
[ ! -e listed/tail-call ]
grep -qx x86_64 out

check "no operand" 2 dump-sym-parse
check "wrong word" 2 dump-sym-parse --cfi=never plain-gcc-O2-dw5
check "wrong style" 2 dump-sym-parse --style=short plain-gcc-O2-dw5
check "extra info" 2 dump-sym-parse --extra-info 'vendor me' plain-gcc-O2-dw5
check "a source without destination" 2 dump-sym-parse --mapping-src x plain-gcc-O2-dw5
check "a bad expression" 2 dump-sym-parse --mapping-src '(' --mapping-dest x plain-gcc-O2-dw5
said "(: missing closing parenthesis"
echo "ELF files: output, companions, store, errors"
