#!/bin/sh
# Signatures against Socorro's, on the corpus: normalised names, list matches, whole signatures.
root=$(cd "$(dirname "$0")/../.." && pwd)
corpus=${CRASH_CORPUS:-$root/../shared/corpus}
cases=$corpus/siggen
lists=$corpus/siglists

if [ ! -d "$cases" ]; then
	echo "skipped: no corpus at $corpus"
	exit 77
fi
status=0

# Loading these fails in Socorro, so it must in ours.
for dir in "$cases"/lists/bad-*; do
	if siggen -l "$dir" /dev/null 2>/dev/null; then
		echo "lists/$(basename "$dir"): loads, and should not"
		status=1
	fi
done

compare() # WHAT MODE LISTS FILE...
{
	what=$1 mode=$2 dir=$3
	shift 3
	result=$(siggen_parity "$mode" "$dir" "$@") || status=1
	echo "$what: $result" | tee -a counts
}

for part in norm-real norm-synth listmatch rand.in rand.out convert.in; do
	gzip -dc "$cases/$part.ndjson.gz" >"$part"
done
compare norm-real norm "$lists" norm-real
compare norm-synth norm "$lists" norm-synth
compare listmatch lists "$lists" listmatch
compare hand crash "$lists" "$cases/hand.in.ndjson" "$cases/hand.out.ndjson" "$cases/hand.ids.txt"
compare hard crash "$lists" "$cases/hard.in.ndjson" "$cases/hard.out.ndjson" "$cases/hard.ids.txt"
compare rand crash "$lists" rand.in rand.out
compare convert processed "$lists" convert.in "$cases/convert.out.ndjson"
# Not compared: lists/empty* and format-bom, where Socorro's answer is a flaw.
for name in empty-alternative format nested-set-warning regex small; do
	dir=$cases/lists/$name
	compare "lists/$name" crash "$dir" "$dir/in.ndjson" "$dir/out.ndjson"
done
sed -n 's/^[^ ]*: \([0-9]*\) cases, \([0-9]*\) texts compared, \([0-9]*\) differ$/\1 \2 \3/p' counts |
	awk '{ c += $1; n += $2; d += $3 } END { print c " cases, " n " texts compared, " d " differ" }'
exit $status
