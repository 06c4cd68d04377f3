#!/bin/sh
# The crashing stacks of corpus/own, with the symbols of the system's libraries, beside the true ones; ../cmd/stacks.sh does
# the same without those libraries. What is not right is listed: deep-inlines lacks the namespaces of two names in its
# symbols, tail-call has no call sites there. rust-minidump has 919 frames, 31 false ones, 50 false names. With the binaries
# instead of symbols nothing is wrong.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}
own=$corpus/own

if [ ! -f "$own/check-stacks.py" ]; then
	echo "skipped: no corpus of our own crashes"
	exit 77
fi
if ! command -v python3 >/dev/null; then
	echo "skipped: no python3 to compare with"
	exit 77
fi
mkdir evil out
tar -xf "$own/symbols-evil.tar" -C evil
for dump in "$own"/dumps/*.dmp; do
	name=${dump##*/}
	stackwalk --json -q --symbols-path="$own/symbols" --symbols-path=evil --output-file="out/${name%.dmp}.json" "$dump"
done
python3 "$own/check-stacks.py" out >got || true
cat >want <<'END'
deep-inlines: 3/5 inlines
tail-call: 0/2 tail calls
frames 928/928; inlines 19/21; tail calls 0/2; false frames 0; false names 0; fixtures wrong 2
END
diff -u want got || exit 1
tail -n 1 got

mkdir binaries made
tar -xf "$own/bin/evil-library.tar" -C binaries
for file in "$own"/syslib/*.xz "$own"/bin/*.xz; do
	name=${file##*/}
	python3 -c 'import lzma, shutil, sys; shutil.copyfileobj(lzma.open(sys.argv[1]), open(sys.argv[2], "wb"))' \
		"$file" "binaries/${name%.xz}"
done
for dump in "$own"/dumps/*.dmp; do
	name=${dump##*/}
	stackwalk --json -q --cache=cache --binaries="$own/bin" --binaries=binaries --output-file="made/${name%.dmp}.json" \
		"$dump"
done
python3 "$own/check-stacks.py" made >got || true
echo "frames 928/928; inlines 21/21; tail calls 2/2; false frames 0; false names 0; fixtures wrong 0" | diff -u - got
cat got
