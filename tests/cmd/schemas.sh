#!/bin/sh
# schemas/: what the commands print of inputs of our own is as the schemas say, and whatever these have is in some
# document, but for what is listed here. The parity test of the same name has the inputs of others.
check=$ROOT/tests/schema_check.py
inputs=$ROOT/tests/fuzz/corpus
documents=0

if ! python3 -c 'import jsonschema' 2>/dev/null; then
	echo "skipped: no module jsonschema of python3 to check with"
	exit 77
fi

covers() # SCHEMA FILE...: they are right, and only what standard input lists (PATH TAB reason) is in none of them
{
	schema=$ROOT/schemas/$1.json
	shift
	cat >unseen
	python3 "$check" -u unseen "$schema" "$@" >found || {
		sed "s,^,$(basename "$schema"): ," found
		exit 1
	}
	documents=$((documents + $(sed 's/ .*//' found)))
	touch "covered-$(basename "$schema")"
}

any() # COMMAND...: whatever its exit status
{
	"$@" || :
}

# Dumps of every processor and system, and one without, made of one: MINIDUMP_SYSTEM_INFO is the stream of type 7.
python3 - "$inputs/md/linux-amd64" <<'END'
import struct
import sys

dump = bytearray(open(sys.argv[1], 'rb').read())
streams, directory = struct.unpack_from('<II', dump, 8)
entries = [struct.unpack_from('<III', dump, directory + 12 * i) for i in range(streams)]
entry, at = next((i, entry[2]) for i, entry in enumerate(entries) if entry[0] == 7)
machines = [(9, system) for system in (1, 2, *range(0x8101, 0x8103), *range(0x8201, 0x8208))]
machines += [(cpu, 0x8201) for cpu in (0, 1, 3, 5, 9, 12, 99, *range(0x8001, 0x8007))]
for cpu, system in machines:
    struct.pack_into('<H', dump, at, cpu)
    struct.pack_into('<I', dump, at + 20, system)
    open(f'{cpu}-{system}.dmp', 'wb').write(dump)
struct.pack_into('<I', dump, directory + 12 * entry, 0)
open('system', 'wb').write(dump)
END
sed 's/ O A .*/ O X vax 1 vax/' "$inputs/microdump/x86" >unknown.dmp
cat >evil.json <<'END'
{"ModuleSignatureInfo": {"Someone": ["null-deref", "gone.dll"]}, "CPUMicrocodeVersion": "0xAB"}
END
# symbols with an address and without lines
module=deep-inlines/577AFEF5BBBB9A91C974109A4631CBAB0
mkdir -p "store/$module"
sed 's,^INFO GENERATOR .*,INFO URL https://symbols.example/x,; /^[0-9a-f]* [0-9a-f]* [0-9]* [0-9]*$/d' \
	"$DATA/symbols/$module/deep-inlines.sym" >"store/$module/deep-inlines.sym"

stackwalk -q --stream --no-cache -s "$DATA/symbols" --evil-json evil.json "$DATA"/dumps/*.dmp >reports
{
	stackwalk -q --json --pretty --no-cache -s store "$DATA/dumps/deep-inlines.dmp"
	stackwalk -q --stream --rate --evil-json evil.json "$inputs"/print/* "$inputs"/microdump/* ./*.dmp
	stackwalk -q --json --registers --rate --threads crashing --no-cache --binaries "$DATA/binaries" \
		"$DATA/dumps/tail-call.dmp" "$DATA/dumps/live-hang.dmp"
	stackwalk -q --stream --limit walk_frames_thread=2 --limit dump_threads=3 --limit dump_modules=1 "$DATA"/dumps/n*.dmp
	stackwalk -q --stream --limit dump_streams=5 --limit walk_steps_dump=3 "$DATA"/dumps/n*.dmp
	stackwalk -q --stream --limit dump_handles=1 --limit dump_regions=1 --limit dump_cv_bytes=1 "$DATA"/dumps/n*.dmp \
		"$inputs"/print/*
	stackwalk -q --stream --compat -s "$DATA/symbols" "$DATA"/dumps/*.dmp
} >others
covers stackwalk reports others <<'END'
comment	corpus: only dumps of others have it
definitions/access/size=null	no instruction of any dump here is like that
definitions/crash_info/assertion=string	corpus
definitions/crash_info/crash_inconsistencies/items*	corpus
definitions/crash_info/exploitability="[lm]*"	corpus
definitions/crashpad_info/address_mask=string	corpus
definitions/crashpad_info/module_list/items/modules_index=integer	corpus
definitions/frame/unloaded_modules=array	corpus
definitions/limit/name="cpu_seconds"	takes a second
definitions/limit/name="dump_unloaded"	needs two unloaded modules
definitions/mac_record/*	corpus
definitions/thread/last_error_value=string	corpus
definitions/unloaded_at*	corpus
END
covers evil evil.json <<'END'
ModuleSignatureInfo=string	the corpus has such a file
END

: >empty
printf 'MDMP%28s' '' | tr ' ' '\0' >version
printf 'none%28s' '' >header
dd if="$inputs/md/linux-amd64" of=directory bs=32 count=1 2>/dev/null
any stackwalk -q --stream empty version header directory system missing "$DATA/two-streams.dmp" >failures 2>/dev/null
any stackwalk -q --stream --limit dump_size=1 empty header >>failures 2>/dev/null
covers stackwalk-failure failures <<'END'
END

# crash data with all keys, and with none that says anything: what the schema accepts, no rule refuses
cat >crashes <<'END'
{"crashing_thread": 0, "os": "Windows NT", "reason": "SIGSEGV", "uuid": "one", "original_signature": "f", "threads": [{
 "last_error_value": "ERROR_NOT_ENOUGH_MEMORY", "frames": [
 {"function": "f", "file": "a.c", "line": 7, "module": "a.dll", "module_offset": "0x7", "offset": "0x1007",
  "inlines": [{"function": "g", "file": "b.c", "line": 3}, {"function": null, "file": null, "line": null},
   {"line": "1"}], "unloaded_modules": null},
 {"function": null, "file": null, "line": null, "module": null, "module_offset": null, "offset": null, "inlines": null,
  "unloaded_modules": [{"module": "gone.dll", "offsets": ["0x5"]}]}, {"line": "12"}]}, {"last_error_value": null}],
 "abort_message": "no", "additional_minidumps": ["upload_file_minidump_browser"], "async_shutdown_timeout":
 "{\"phase\": \"p\", \"conditions\": [\"c\"]}", "hang": "ui", "ipc_channel_error": "e", "ipc_message_name": "m",
 "js_large_allocation_failure": "Reporting", "mdsw_status_string": "OK", "oom_allocation_size": 7}
{"crashing_thread": null, "os": null, "reason": null, "uuid": null, "original_signature": null, "threads": null,
 "java_stack_trace": null, "java_exception": null, "abort_message": null, "additional_minidumps": null,
 "async_shutdown_timeout": null, "hang": null, "ipc_channel_error": null, "ipc_message_name": null,
 "js_large_allocation_failure": null, "mdsw_status_string": null, "oom_allocation_size": null}
{"java_stack_trace": "a.B: c\n\tat d", "crashing_thread": "1", "oom_allocation_size": "7"}
{"java_exception": {"exception": {"values": [{"stacktrace": {"module": "a", "type": "B", "frames": [
 {"module": "c", "function": "d", "filename": "D.java"}, {"module": null, "function": null, "filename": null}]}}]}}}
{"java_exception": {"exception": {"values": [{"stacktrace": {"module": null, "type": null, "frames": null}}]}}}
{"java_exception": {"exception": {"values": [{"stacktrace": null}]}}}
END
covers crash-data crashes <<'END'
END
python3 -c 'import json, sys; print(*json.load(sys.stdin)["properties"], sep="\n")' <"$ROOT/schemas/crash-data.json" >keys
sed -n 's/^	{ STR_INIT("\([a-z_]*\)").*/\1/p' "$ROOT/lib/crash/sig_job.c" | sort | diff keys -
{
	sed 's/original_signature/signature/; s/"crashing_thread": [^,]*,//; s/"threads": /"json_dump": {}, "other": /' crashes
	stackwalk -q --json "$DATA/dumps/null-deref.dmp" | sed 's/^/{"json_dump": /; s/$/}/'
	cat <<-'END'
		{"json_dump": {"crash_info": {"crashing_thread": null, "type": null}, "system_info": {"os": null}, "threads": null}}
		{"json_dump": {"crash_info": null, "system_info": null}}
		{"json_dump": null}
	END
} >processed
covers processed-crash processed <<'END'
END
siggen -q crashes >signatures
siggen -q -i processed processed >>signatures
if grep 'Rule failed' signatures; then
	exit 1
fi
siggen -q -d -p --algorithm own-1 crashes >>signatures
any siggen -q "$inputs"/siggen/* reports crashes >>signatures 2>/dev/null
covers signature signatures <<'END'
END
siggen -q -f signify crashes processed >signatures
covers signify signatures <<'END'
END

sed -n 1p "$inputs/ping/legacy" >pings
cat "$inputs/ping/glean" "$inputs/ping/java" >>pings
siggen -q -i ping -f request pings >requests
covers symbolicate-request requests <<'END'
END
siggen -q -i ping -f data pings >ping-data
python3 "$check" "$ROOT/schemas/crash-data.json" ping-data >found || {
	cat found
	exit 1
}

# symbol files, good and bad
printf 'MODULE a\nMODULE a b 1 \377\nFILE 0 \377\nINLINE_ORIGIN x\nFUNC 1 2 3 \377\nPUBLIC 1 2 \377\nPUBLIC z\n' >odd.sym
any dump-sym-parse -q --json odd.sym "$DATA"/binaries/*.sym "$inputs"/sym/* "$inputs"/check/* "$inputs"/repair/* >records
covers sym-records records <<'END'
END
any dump-sym-parse -q --check --strict --json "$DATA"/binaries/*.sym "$inputs"/sym/* "$inputs"/check/* "$inputs"/repair/* \
	"$inputs"/md/linux-amd64 crashes >messages
covers sym-check messages <<'END'
kind="*"	compared with the source
END
python3 -c 'import json, sys; print(*json.load(sys.stdin)["properties"]["kind"]["enum"], sep="\n")' \
	<"$ROOT/schemas/sym-check.json" >kinds
sed -n 's/.*\] = { "\([a-z0-9-]*\)", CHECK_.*/\1/p' "$ROOT/lib/sym/check_rule.c" | diff kinds -
dump-sym-parse -q --stats --json "$DATA"/binaries/*.sym "$inputs"/check/* >figures
covers sym-stats figures <<'END'
END
symbols=$DATA/binaries/plain-gcc-O2-dw5.sym
dump-sym-parse -q --no-cache --lookup 0 --lookup 1060 --lookup 1000 --json "$symbols" >places
covers sym-lookup places <<'END'
END
sed 's/^FUNC \([0-9a-f]*\) [0-9a-f]* /FUNC \1 1 /; /_start/d' "$symbols" >other.sym
any dump-sym-parse -q --diff --json "$symbols" other.sym >changes
any dump-sym-parse -q --diff --json other.sym "$symbols" >>changes
covers sym-diff changes <<'END'
END
dump-sym-parse -q --coverage --json "$DATA"/binaries/plain-gcc-O2-dw5 >coverage
covers coverage coverage <<'END'
END
cat >mappings.json <<'END'
{"variables": {"rev": "12"}, "mappings": [{"source": "^/src/", "destination": "hg:{0}:{rev}", "files": ["/src/a.c"]},
 {"source": "^.*[.]c$", "destination": "git:{0}"}]}
END
dump-sym-parse -q --mapping-file mappings.json "$DATA"/binaries/plain-gcc-O2-dw5 | grep -q '^FILE 0 git:'
covers path-mappings mappings.json <<'END'
END

set -- "$ROOT"/schemas/*.json
for schema; do
	[ -e "covered-${schema##*/}" ] || {
		echo "$schema: no document to check it with"
		exit 1
	}
done
echo "$# schemas, $documents documents"
