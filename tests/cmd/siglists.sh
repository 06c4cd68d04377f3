#!/bin/sh
# siglists.sh: whole stacks get the signatures of data/siglist-stacks.txt from siglists/.
stacks=$DATA/siglist-stacks.txt

grep '^=' "$stacks" | sed 's/^= //' >wanted
awk -F '\t' '
	function end() { if (open) print "]}]}"; open = 0 }
	/^#/ || /^$/ { next }
	/^=/ { end(); printf "{\"threads\":[{\"frames\":["; open = 1; comma = ""; next }
	{
		kind = "function"
		if ($1 ~ /^\(unloaded /) {
			sub(/^\(unloaded /, "")
			sub(/\)$/, "")
			printf "%s{\"unloaded_modules\":[{\"module\":\"%s\"}]}", comma, $0
			comma = ","
			next
		}
		if ($1 ~ /^\[.*\]$/) { kind = "module"; $1 = substr($1, 2, length($1) - 2) }
		if ($1 ~ /^@/) { kind = "offset"; $1 = substr($1, 2) }
		file = $2 == "rs" ? ",\"file\":\"/src/a.rs\"" : ""
		printf "%s{\"%s\":\"%s\"%s}", comma, kind, $1, file
		comma = ","
	}
	END { end() }' "$stacks" >crashes.jsonl
siggen -l "$ROOT/siglists" -i crash -f sig crashes.jsonl >got
diff wanted got
echo "$(wc -l <wanted) stacks"
