#!/bin/sh
# Symbols made of the modules' own binaries: found by id, path and name; kept in the cache; inlined calls with all their
# names, and functions that left no frame because they jumped to the next one.
set -e
bin=$DATA/binaries
libs="--symbols-path=$DATA/symbols"

stacks() # NAME OPTIONS: function, file and line of each frame; ~ before one that left none
{
	name=$1
	shift
	stackwalk --json -q "$@" "$DATA/dumps/$name.dmp" | python3 -c '
import json, sys
for f in json.load(sys.stdin)["crashing_thread"]["frames"]:
    for i in f["inlines"] or []:
        print("+ %s %s:%s" % (i["function"], i["file"].split("/")[-1], i["line"]))
    print("%s %s %s:%s" % ("~" if f.get("tail_call") else "-", f["function"], (f["file"] or "").split("/")[-1], f["line"]))
'
}

cat >tail.want <<'END'
- tail_end tail-call.c:7
~ tail_two tail-call.c:13
~ tail_one tail-call.c:19
- real_caller tail-call.c:24
- main tail-call.c:29
END
cat >deep.want <<'END'
+ geo::load<int>(int const*) deep-inlines.cc:12
+ geo::Shape::x_of(int) const deep-inlines.cc:27
+ geo::Shape::width() const deep-inlines.cc:31
+ geo::scaled deep-inlines.cc:39
+ geo::total deep-inlines.cc:46
END

# With and without a cache, the second time from it, in a sandbox or not.
for how in --cache=cache --cache=cache --no-cache "--no-cache --no-sandbox"; do
	# shellcheck disable=SC2086 # options
	stacks tail-call $how --binaries="$bin" | sed -n 1,5p | diff -u tail.want -
	# shellcheck disable=SC2086
	stacks deep-inlines $how --binaries="$bin" | sed -n 1,5p | sed 's/scaled(.*) /scaled /; s/total(.*) /total /' |
		diff -u deep.want -
done
find cache/made -name tail-call.sym -size +0 | grep -q .

# Where a binary may be: itself, below its path, by its build id, deep in a tree, and with another's name it is not it.
id=$(readelf -n "$bin/tail-call" 2>/dev/null | sed -n 's/.*Build ID: //p')
mkdir -p root/fixtures/bin ids/.build-id deep/a/b wrong
cp "$bin/tail-call" deep/a/b/tail-call
cp "$bin/deep-inlines" wrong/tail-call
for where in "$bin/tail-call" deep "wrong --binaries=deep"; do
	# shellcheck disable=SC2086
	stacks tail-call --no-cache --binaries=$where | sed -n 1,5p | diff -u tail.want -
done
if [ -n "$id" ]; then
	rest=${id#??}
	mkdir -p "ids/.build-id/${id%"$rest"}"
	cp "$bin/tail-call" "ids/.build-id/${id%"$rest"}/$rest.debug"
	stacks tail-call --no-cache --binaries=ids | sed -n 1,5p | diff -u tail.want -
fi
stackwalk --missing --no-cache --binaries=wrong "$DATA/dumps/tail-call.dmp" | grep -q '^tail-call	'
stackwalk --missing --no-cache --binaries="$bin" "$DATA/dumps/tail-call.dmp" >missing
[ "$(grep -c '^tail-call	' missing || true)" -eq 0 ]

# A binary gives code even where a store has the symbols: they have no call sites.
stacks tail-call --no-cache "$libs" --binaries="$bin" | sed -n 1,5p | diff -u tail.want -

# Damaged ones cost their own symbols; several processes share a cache.
head -c 9000 "$bin/tail-call" >wrong/tail-call
stackwalk -q --no-cache --binaries=wrong "$DATA/dumps/tail-call.dmp" >out
rm -rf cache
stackwalk --stream -q -j 2 --cache=cache --binaries="$bin" "$DATA/dumps/tail-call.dmp" "$DATA/dumps/deep-inlines.dmp" \
	"$DATA/dumps/tail-call.dmp" >out
[ "$(grep -c '"tail_call":true' out)" -eq 2 ]
code=0
stackwalk --compat --binaries="$bin" "$DATA/dumps/tail-call.dmp" 2>err || code=$?
[ "$code" -eq 2 ]
grep -q 'binaries is not for --compat' err
