#!/bin/sh
# The stacks of our own crashes beside the true ones: frames, inlines, what stands below the end, false names. What is not
# right is listed here, so that nothing gets worse unseen and nothing gets better unnoticed. deep-inlines: the symbols lack the
# namespaces of two names. tail-call: they have no call sites.
mkdir evil out
tar -xf "$DATA/symbols-evil.tar" -C evil
for dump in "$DATA"/dumps/*.dmp; do
	name=${dump##*/}
	stackwalk --json -q --symbols-path="$DATA/symbols" --symbols-path=evil --output-file="out/${name%.dmp}.json" "$dump"
done
python3 "$DATA/check-stacks.py" out >got || true
cat >want <<'END'
deep-inlines: 3/5 inlines
tail-call: 0/2 tail calls
frames 921/921; inlines 19/21; tail calls 0/2; false frames 0; false names 0; fixtures wrong 2
END
diff -u want got
tail -n 1 got
