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
awk -F '\t' '$1 == "siggen" { print $2 }' "$root/tests/parity-exceptions" >known
for part in hand hard convert; do
	sed "s,^,$part/," "$cases/$part.ids.txt" >"$part.ids"
done
number() # NAME FILE: names of the cases in FILE
{
	awk -v name="$1" '{ print name "/" NR }' "$2"
}
compare hand crash "$lists" "$cases/hand.in.ndjson" "$cases/hand.out.ndjson" hand.ids known
compare hard crash "$lists" "$cases/hard.in.ndjson" "$cases/hard.out.ndjson" hard.ids known
number rand rand.in >rand.ids
compare rand crash "$lists" rand.in rand.out rand.ids known
compare convert processed "$lists" convert.in "$cases/convert.out.ndjson" convert.ids known
# Not compared: lists/empty* and format-bom, where Socorro's answer is a flaw.
for name in empty-alternative format nested-set-warning regex small; do
	dir=$cases/lists/$name
	number "lists/$name" "$dir/in.ndjson" >lists.ids
	compare "lists/$name" crash "$dir" "$dir/in.ndjson" "$dir/out.ndjson" lists.ids known
done
result=$(siggen_utils "$cases/utils.ndjson") || status=1
echo "utils: $result" | tee -a counts
# Shared by lines or not, in whatever number of processes, a stream has the same signatures.
for jobs in 1 2 3; do
	siggen -j "$jobs" -l "$lists" -f sig rand.in | cmp - "$cases/rand.sig.txt" || status=1
done
# Other lists, on the same crashes: but for hangs at shutdown, which Socorro signs with its own lists always.
paste "$cases/rand.oldlists.sig.txt" "$cases/rand.sig.txt" | awk -F '\t' '$1 != $2' | sort -u >wanted
siggen --compare "$lists" -l "$lists/2024-10-29" rand.in | cut -f 3,4 | grep -v '^shutdownhang | ' | sort -u >changed
grep -v '^shutdownhang | ' wanted | cmp - changed || status=1
# What siggen.md 11.3 found in the lists: covered by shorter ones, and prefixes that irrelevant ones cover.
siggen --lint -l "$lists" >findings || :
[ "$(grep -c 'irrelevant.*: covered by\|prefix.*: covered by\|the same as' findings)" -eq 12 ] || status=1
[ "$(grep -c 'never acts' findings)" -eq 12 ] || status=1
sed -n 's/^[^ ]*: \([0-9]*\) cases, \([0-9]*\) texts compared, \([0-9]*\) differ.*/\1 \2 \3/p' counts |
	awk '{ c += $1; n += $2; d += $3 } END { print c " cases, " n " texts compared, " d " differ" }'
exit $status
