#!/bin/sh
# stackwalk --dump: options, exit codes, several dumps, a dump without threads. $DATA has the dumps.
dump=$DATA/two-streams.dmp

status() # EXPECTED COMMAND...
{
	expected=$1
	shift
	code=0
	"$@" >got 2>messages || code=$?
	[ "$code" -eq "$expected" ] || {
		echo "exit $code, not $expected: $*"
		cat messages
		exit 1
	}
}

for file in "$DATA"/dumps/*.dmp; do
	status 0 stackwalk -q --dump "$file"
	grep -q '^MinidumpThreadList$' got
	grep -q '^Stack$' got
	cp got whole
	status 0 stackwalk -q --dump --brief "$file"
	grep -v -e '^Stack$' -e '^No stack$' -e '^Memory$' -e '^    [0-9x]*[0-9a-f]*: ' whole | cmp - got
done

# A report needs threads, this doesn't.
status 1 stackwalk "$dump"
status 0 stackwalk --dump "$dump"
head -n 1 got | grep -qx MDRawHeader
status 0 stackwalk --dump --brief "$dump" "$dump"
[ "$(grep -c '^==> ' got)" -eq 2 ]

echo no dump >bad
status 1 stackwalk --dump bad
[ ! -s got ]
grep -q '^stackwalk: bad: 0x' messages
status 1 stackwalk --compat --dump bad
grep -q '^ERROR MissingHeader - Error reading dump: ' messages
for other in --json --stream -m; do
	status 2 stackwalk --dump $other "$dump"
done
echo "the fields of dumps"
