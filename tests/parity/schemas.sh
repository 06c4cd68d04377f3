#!/bin/sh
# schemas/ and the corpus: reports of all dumps, ours and minidump-stackwalk's; signatures of all crashes. cmd/schemas has
# what options and inputs of our own add.
root=$(cd "$(dirname "$0")/../.." && pwd)
corpus=${CRASH_CORPUS:-$root/../shared/corpus}
cases=$corpus/siggen
documents=0

if [ ! -d "$corpus/minidumps/dumps" ] || [ ! -d "$cases" ]; then
	echo "skipped: no corpus at $corpus"
	exit 77
fi
if ! python3 -c 'import jsonschema' 2>/dev/null; then
	echo "skipped: no module jsonschema of python3 to check with"
	exit 77
fi

holds() # WHAT [-u LIST] SCHEMA FILE...
{
	what=$1
	shift
	python3 "$root/tests/schema_check.py" "$@" >found || {
		head -n 20 found
		exit 1
	}
	echo "$what: $(cat found)"
	documents=$((documents + $(sed 's/ .*//' found)))
}

for store in minidumps/symbols minidumps/symbols-synth own/symbols; do
	set -- "$@" -s "$corpus/$store"
done
find "$corpus/minidumps/dumps" "$corpus/own/dumps" -name '*.dmp' | sort >dumps
for form in "--stream" "--stream --compat" "--stream --registers --rate"; do
	# shellcheck disable=SC2086 # options
	stackwalk -q $form --no-cache "$@" <dumps >>reports 2>/dev/null || :
done
grep '^{"error":' reports >failures
grep -v '^{"error":' reports >good
cat >unseen <<'END'
limits_hit	cmd/schemas has it
definitions/limit*	cmd/schemas has it
definitions/access/size=null	no instruction of any dump here is like that
definitions/crashpad_info/module_list/items/modules_index=null	cmd/schemas has it
definitions/frame/tail_call	cmd/schemas has it
definitions/frame/trust="none"	cmd/schemas has it
definitions/module/cert_subject=string	cmd/schemas has it
definitions/module/symbol_url=string	cmd/schemas has it
definitions/process_state/allocation_attempt	cmd/schemas has it
definitions/process_state/open_file_descriptors	cmd/schemas has it
definitions/system_info/os/0="unknown"	cmd/schemas has it
definitions/system_info/os_ver=null	cmd/schemas has it
definitions/thread/frames_omitted	cmd/schemas has it
definitions/unloaded_module/cert_subject=string	cmd/schemas has it
END
holds reports -u unseen "$root/schemas/stackwalk.json" good
holds failures "$root/schemas/stackwalk-failure.json" failures
find "$corpus/minidumps/golden" "$corpus/own/golden" -name '*.json' >goldens
xargs cat <goldens >peer
holds "reports of minidump-stackwalk" "$root/schemas/stackwalk.json" peer

# What a schema accepts, no rule refuses, but for what it cannot say: that a name is more than const and &, and what is in
# the text of async_shutdown_timeout.
refused() # SCHEMA CRASHES SIGNATURES
{
	python3 - "$@" <<'END'
import json
import sys

import jsonschema

names = sys.argv[1:]
validator = jsonschema.Draft7Validator(json.load(open(names[0], encoding='utf-8')))
accepted = 0
for crash, signature in zip(open(names[1], encoding='utf-8'), open(names[2], encoding='utf-8')):
    try:
        if not validator.is_valid(json.loads(crash)):
            continue
    except ValueError:
        continue
    accepted += 1
    for note in json.loads(signature)['notes']:
        if 'Rule failed' in note and not note.startswith('SignatureShutdownTimeout') and 'has no name' not in note:
            sys.exit(f'{crash[:200]}: {note}')
print(accepted, 'accepted')
END
}
gzip -dc "$cases/rand.in.ndjson.gz" | sed -n 1,2000p >rand.in
gzip -dc "$cases/convert.in.ndjson.gz" >convert.in
cp "$cases/hand.in.ndjson" hand.in
cp "$cases/hard.in.ndjson" hard.in
for part in hand hard rand convert; do
	siggen -q -d "$part.in" >"$part.out" 2>/dev/null || :
	holds "signatures of $part" "$root/schemas/signature.json" "$part.out"
	case $part in
	convert) schema=processed-crash ;;
	*) schema=crash-data ;;
	esac
	accepted=$(refused "$root/schemas/$schema.json" "$part.in" "$part.out")
	echo "crashes of $part: $accepted"
done
siggen -q -i ping -f request "$cases/ping/fxcs.in.ndjson" >requests 2>/dev/null || :
holds "requests of pings" "$root/schemas/symbolicate-request.json" requests
siggen -q -i ping -f data "$cases/ping/fxcs.in.ndjson" 2>/dev/null | grep -v '^null$' >ping.out
holds "data of pings" "$root/schemas/crash-data.json" ping.out

find "$corpus/binaries/bad-sym/cases" -type f -size -64k | sort >symbols
dump-sym-parse -q --stream --check --strict --json <symbols >messages 2>/dev/null || :
dump-sym-parse -q --stream --json <symbols >records 2>/dev/null || :
holds "messages about symbol files" "$root/schemas/sym-check.json" messages
holds "records of symbol files" "$root/schemas/sym-records.json" records
echo "$documents documents"
