#!/bin/sh -eu
# prepare.sh DIR: makes what the commands of scenarios read.
mkdir "$1/store" "$1/gzip" "$1/empty" "$1/empty/cache"
cd "$1"
cp -R "$DATA/symbols/null-deref" "$DATA/symbols/libc.so.6" store
# large enough for an index that is kept
big=$(echo store/null-deref/*/null-deref.sym)
awk 'BEGIN { for (i = 0; i < 4000; i++) printf "PUBLIC %x 0 padding_%d\n", 1048576 + 16 * i, i }' >>"$big"
cp "$big" big.sym
cp -R store/. gzip
gzip -n gzip/*/*/*.sym
for name in null-deref div-zero; do
	echo "$DATA/dumps/$name.dmp"
done >names
mkdir -p warm/cache
stackwalk --cache warm/cache -s store "$DATA/dumps/null-deref.dmp" >/dev/null
stackwalk --json --no-cache -s store "$DATA/dumps/null-deref.dmp" >stack.json
cat >crashes.json <<'END'
{"crashing_thread": 0, "os": "Linux", "threads": [{"frames": [
 {"module": "libc.so.6", "function": "raise"}, {"module": "app", "function": "std::vector<int, std::allocator<int> >::at(unsigned long) const"},
 {"module": "app", "function": "mozilla::dom::Element::SetAttr(int, nsAtom*)"}, {"module": "app", "module_offset": "0x1234"}]}]}
{"java_exception": {"exception": {"values": [{"type": "IllegalStateException", "module": "java.lang",
 "stacktrace": {"frames": [{"module": "org.example", "function": "run", "filename": "A.java", "lineno": 12}]}}]}}}
{"crashing_thread": 0, "async_shutdown_timeout": "{\"phase\": \"x\", \"conditions\": [{\"name\": \"a\"}, {\"name\": \"b\"}]}", "threads": [{"frames": [{"function": "main", "file": "hg:hg.example:src/a.c:1234", "line": 7}]}]}
END
cp -R "$DATA/../../siglists" lists
echo 'org' >>lists/prefix_signature_re.txt
head -n 1 "$DATA/../fuzz/corpus/ping/legacy" >pings.json
tail -n 1 "$DATA/../fuzz/corpus/ping/legacy" >answers.json
mkdir binaries
cp "$DATA"/binaries/plain-link* binaries
objcopy --compress-debug-sections=zlib "$DATA/binaries/plain-gcc-O2-dw5" packed
mkdir edit
cp "$DATA"/symbols/null-deref/*/null-deref.sym edit
gzip -nc edit/null-deref.sym >edit/gzip.sym.gz
echo "$DATA/binaries/tail-call" >name
echo '{"variables": {"rev": "9"}, "mappings": [{"source": "^/build/(.*)", "destination": "r:{1}:{rev}"}]}' >mapping.json
echo 1160 >addresses
