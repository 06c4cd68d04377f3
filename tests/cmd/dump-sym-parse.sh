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
check "no operand" 2 dump-sym-parse
check "wrong word" 2 dump-sym-parse --cfi=never plain-gcc-O2-dw5
check "wrong style" 2 dump-sym-parse --style=short plain-gcc-O2-dw5
check "extra info" 2 dump-sym-parse --extra-info 'vendor me' plain-gcc-O2-dw5
check "a source without destination" 2 dump-sym-parse --mapping-src x plain-gcc-O2-dw5
check "a bad expression" 2 dump-sym-parse --mapping-src '(' --mapping-dest x plain-gcc-O2-dw5
said "(: missing closing parenthesis"
echo "ELF files: output, companions, store, errors"
