#!/bin/sh
# examples/process.sh: what it prints and writes, for names of any kind, good and bad dumps.
process=$ROOT/examples/process.sh
symbols=$DATA/symbols
mkdir out

sh "$process" -o out -s "$symbols" "$DATA/dumps/null-deref.dmp" >got
sed "1s,.*/,," got >names
cat >want <<'END'
null-deref.dmp
  Signature:     read_balance
  Crash reason:  SIGSEGV / SEGV_MAPERR
  Crash address: 0x0000000000000008 **
      ** Null pointer detected with offset: 0x0000000000000008
   0  null-deref!read_balance [null-deref.c : 16 + 0x4]
   1  null-deref!report_account [null-deref.c : 22 + 0xb]
   2  null-deref!main [null-deref.c : 30 + 0x9]
   3  libc.so.6!__libc_start_call_main + 0x79
   4  libc.so.6!__libc_start_main + 0x84
   5  null-deref!_start + 0x20
END
diff -u want names

# both files hold JSON, whole, for their owner only, and nothing else is left
ls out >got
printf 'null-deref.signature.json\nnull-deref.stack.json\n' | diff -u - got
find out -type f ! -perm 600 | cmp - /dev/null
python3 -c 'import json, sys; [json.load(open(f)) for f in sys.argv[1:]]' out/*.json
grep -q '"signature": *"read_balance"' out/null-deref.signature.json

# names that a shell, a terminal or an option parser could take for something else; the dump's folder is the default
odd=$(printf -- '-o $%s\033[31m "\nnext line' '(touch hit)')
for name in "$odd x.dmp" '-' '--help' ' .dmp' "it's" '*'; do
	cp "$DATA/dumps/null-deref.dmp" "./$name"
	sh "$process" -s "$symbols" -n 1 -- "$name" >got
	base=${name%.dmp}
	[ -s "./$base.stack.json" ]
	[ -s "./$base.signature.json" ]
	LC_ALL=C grep -q "$(printf '\033')" got && exit 1
	grep -q '^      \.\.\. 5 more$' got
	rm -f "./$name" "./$base.stack.json" "./$base.signature.json"
done
[ ! -e hit ]

# a bad dump does not stop the others, and leaves no file
code=0
echo 'not a dump' >bad.dmp
sh "$process" -o out -s "$symbols" bad.dmp missing.dmp "$DATA/dumps/abort-assert.dmp" >got 2>messages || code=$?
[ "$code" -eq 3 ]
[ "$(wc -l <messages)" -eq 2 ]
grep -q '^  Signature:     queue_check$' got
ls out >got
printf '%s\n' abort-assert.signature.json abort-assert.stack.json null-deref.signature.json null-deref.stack.json |
	diff -u - got

# the crashes of the demo, by signature
for pair in deep-inlines:'geo::load<T>' stack-overflow:descend_odd cxx-terminate:cfg::Parser::number \
	rust-panic:rust_panic::Ledger::last; do
	sh "$process" -o out -s "$symbols" -n 3 "$DATA/dumps/${pair%%:*}.dmp" >got
	sed -n 's/^  Signature:     //p' got >signature
	echo "${pair#*:}" | diff -u - signature
done

# usage
for arguments in '' '-s' '-s x' '-o out' '-x dump'; do
	code=0
	# shellcheck disable=SC2086 # several arguments
	sh "$process" $arguments >got 2>messages || code=$?
	[ "$code" -eq 2 ]
	[ ! -s got ]
done
