#!/bin/sh
# The cache of indexes stays below --cache-size, whoever adds to it, and reports are the same with it as without.
mkdir store
i=0
while [ "$i" -lt 12 ]; do # twelve stores, and so twelve indexes of 100 kB of the same symbols
	mkdir -p "store/$i"
	cp -R "$DATA/symbols/null-deref" "store/$i"
	big=$(echo "store/$i"/null-deref/*/null-deref.sym)
	awk 'BEGIN { for (i = 0; i < 4000; i++) printf "PUBLIC %x 0 padding_%d\n", 1048576 + 16 * i, i }' >>"$big"
	i=$((i + 1))
done
dump=$DATA/dumps/null-deref.dmp

size() # of the cache in bytes
{
	find cache -type f -exec cat {} + | wc -c
}

ask() # STORE OPTION...
{
	from=$1
	shift
	stackwalk --json --cache cache -s "store/$from" "$@" "$dump"
}

stackwalk --json --no-cache -s store/0 "$dump" >wanted
ask 0 | cmp - wanted
one=$(size)
[ "$one" -gt 10000 ]
i=0
while [ "$i" -lt 12 ]; do
	ask "$i" --cache-size $((one * 4)) | cmp - wanted
	[ "$(size)" -le $((one * 4)) ]
	i=$((i + 1))
done
ask 0 --cache-size 0 | cmp - wanted
ask 1 --cache-size 0 | cmp - wanted
[ "$(find cache -name '*.symx' | wc -l)" -ge 4 ]

# one that is too large is not kept; workers' additions are trimmed, too
rm -rf cache
ask 0 --cache-size 100 | cmp - wanted
[ "$(size)" -eq 0 ]
ask 0 | cmp - wanted
cat wanted wanted >two
ask 1 --cache-size $((one + 1000)) -j 2 "$dump" | cmp - two
[ "$(size)" -le $((one + 1000)) ]

# many at a time on a cache that is too small for them
i=0
while [ "$i" -lt 12 ]; do
	ask "$i" --cache-size $((one * 2)) >"got$i" 2>"messages$i" &
	i=$((i + 1))
done
wait
for got in got*; do
	cmp "$got" wanted
done
cat messages* >messages
[ ! -s messages ]
ask 0 --cache-size $((one * 2)) | cmp - wanted
echo 'bounded by every way to add'
