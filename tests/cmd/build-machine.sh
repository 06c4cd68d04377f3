#!/bin/sh
# examples/build-machine.sh: a tree of binaries becomes a store that was checked, and a line for each module.
mkdir -p built/debug
cp "$DATA"/binaries/tail-call "$DATA"/binaries/plain-link built
cp "$DATA"/binaries/plain-link.debug built/debug
sh "$ROOT/examples/build-machine.sh" -d built/debug store built >out
cat >expected <<'END'
built/plain-link	1060	66.5	66.5	71.9	0
built/tail-call	1416	5.2	5.2	79.9	0
END
diff -u expected out
[ "$(find store -name '*.sym' | wc -l)" -eq 2 ]
code=0
sh "$ROOT/examples/build-machine.sh" -d built/debug store built absent >out 2>err || code=$?
[ "$code" -eq 3 ]
diff -u expected out
sh "$ROOT/examples/build-machine.sh" store 2>err && exit 1
echo "a tree, a report, errors"
