#!/bin/sh
# examples/build-machine.sh: a tree of binaries becomes a store that was checked, and a line for each module.
mkdir -p built/debug
cp "$DATA"/binaries/tail-call "$DATA"/binaries/plain-link built
cp "$DATA"/binaries/plain-link.debug built/debug
sh "$ROOT/examples/build-machine.sh" -d built/debug store built >out
cat >expected <<'END'
11 functions	705 bytes	705 with lines	14 unwind records	plain-link/F33E3BC876E0681D9CDBB5ED60DC79490/plain-link.sym
5 functions	75 bytes	75 with lines	12 unwind records	tail-call/74C435BB279E251E8C0D4AC64ACB52A60/tail-call.sym
END
diff -u expected out
code=0
sh "$ROOT/examples/build-machine.sh" -d built/debug store built absent >out 2>err || code=$?
[ "$code" -eq 3 ]
diff -u expected out
sh "$ROOT/examples/build-machine.sh" store 2>err && exit 1
echo "a tree, a report, errors"
