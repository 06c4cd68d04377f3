#!/bin/sh
# stackwalk --compat --rate beside Breakpad's exploitability ratings (with disassembly). A dump that cannot be read has none.
corpus=${CRASH_CORPUS:-$(dirname "$0")/../../../shared/corpus}/minidumps
equal=0 unread=0 bad=0

if [ ! -f "$corpus/golden/exploitability.tsv" ]; then
	echo "skipped: no corpus of minidumps"
	exit 77
fi
cut -f 1,3 "$corpus/golden/exploitability.tsv" | grep -v '^#' | sed -e 's/ERR_NOENGINE/no rules/;s/ERR_PROCESSING/no data/' >wanted
while IFS="$(printf '\t')" read -r dump rating; do
	rating=$(echo "$rating" | tr '[:upper:]' '[:lower:]')
	if ! stackwalk --compat --brief --rate --no-cache -s "$corpus/symbols" "$corpus/$dump" >report 2>messages; then
		unread=$((unread + 1))
		continue
	fi
	ours=$(sed -n 's/^Exploitability: //p' report)
	if [ "$ours" = "$rating" ]; then
		equal=$((equal + 1))
	else
		bad=$((bad + 1))
		echo "$dump: '$ours' for '$rating'"
	fi
done <wanted
echo "$equal equal, $bad different, $unread of dumps that cannot be read"
[ "$bad" -eq 0 ] && [ "$unread" -eq 2 ]
