#!/bin/sh
# Symbol files: rust-minidump's verdict and its answers, for every address that the corpus has one for.
corpus=$CRASH_CORPUS/binaries
probes=$CRASH_CORPUS/minidumps/golden/probes
if [ ! -d "$corpus" ]; then
	echo "skipped: no corpus at $CRASH_CORPUS"
	exit 77
fi

same=0 different=0 cut=0
compare() # NAME EXPECTED GOT
{
	if cmp -s "$2" "$3"; then
		same=$((same + $(wc -l <"$2")))
	else
		different=$((different + $(diff "$2" "$3" | grep -c '^<')))
		echo "$1:"
		diff "$2" "$3" | cut -c 1-300 | head -n 6
	fi
}

put() # SYM[.gz]: as the only file of store/
{
	mkdir -p store/app/1
	if [ "${1%.gz}" = "$1" ] && [ -f "$1" ]; then cat "$1"; else gzip -dc "${1%.gz}.gz"; fi >store/app/1/app.sym
}

# Lines of more than 160 KiB are not seen by rust-minidump; by default they are.
is_long()
{
	LC_ALL=C awk 'length($0) > 163839 { long = 1 } END { exit !long }' store/app/1/app.sym
}

# golden/lookup: address, STACK CFI, STACK WIN, function, place, inlines. It has the number of the line record where the
# innermost inline has none, 0.
while read -r golden sym _; do
	[ "$golden" = golden ] && continue
	put "$corpus/$sym"
	gzip -dc "$corpus/golden/lookup/$golden" | awk -F'\t' 'NF > 8 { sub(/[^\t]*:0$/, "-") } { print }' >expected
	cut -f1 expected | sym_ask -c store 1 | sed 1d >got
	compare "$golden" expected got
	cut -f1 expected | sym_ask store 1 | sed 1d >got
	compare "$golden by default" expected got
done <"$corpus/golden/lookup/FILES.tsv"

# bad-sym: the verdict, and for what is accepted the same by default. results.txt in the form of sym_ask: places that
# rust-minidump has no file for are not shown, nor origins that are not defined.
results() # FILE
{
	awk -v file="$1:" '/^=== /{ on = $2 == file } /^\[/{ rust = /rust/ } on && rust' "$corpus/bad-sym/results.txt" |
		sed -e 's/Some((Some("\([^"]*\)"), \([0-9]*\)))/\1:\2/' -e 's/Some((None, \([0-9]*\)))/?:\1/' \
			-e 's/ None$/ -/' -e 's/\\0/@/g' | awk '
	/\.\.\.$/ { exit }
	function flush() { if (a != "") print a "\t" cfi "\t" win4 "\t" win0 "\t" what }
	$1 ~ /^[0-9a-f]+:$/ {
		flush()
		a = substr($1, 1, length($1) - 1); cfi = win4 = win0 = what = "-"
		text = substr($0, index($0, ": ") + 2)
		if (text ~ /^PUBLIC/) {
			match(text, /" \[[0-9a-f]+\]$/)
			what = "PUBLIC\t" substr(text, RSTART + 3, RLENGTH - 4) "\t" substr(text, 9, RSTART - 9)
		} else if (text != "none") {
			match(text, /" \[[0-9a-f]+\+[0-9a-f]+\]/)
			name = substr(text, 2, RSTART - 2); start = substr(text, RSTART + 3)
			rest = substr(text, RSTART + RLENGTH); sub(/\+.*/, "", start)
			n = split(rest, part, / > /); sub(/^ /, "", part[1])
			what = "FUNC\t" start "\t" name "\t" (part[1] == "" || part[1] ~ /^\?/ ? "-" : part[1])
			for (i = 2; i <= n; i++) {
				q = index(substr(part[i], 2), "\"")
				place = substr(part[i], q + 3)
				if (place ~ /:0$/ && i == n) place = "-"
				if (part[i] !~ /^"\(no origin\)/)
					what = what "\t" substr(part[i], 2, q - 1) "\t" (place == "" ? "-" : place)
			}
		}
	}
	$1 == "cfi" && $2 == "init" { cfi = $3 "/" $NF }
	$1 == "win4" { win4 = $2 }
	$1 == "win0" { win0 = $2 }
	END { flush() }'
}

tail -n +2 "$corpus/bad-sym/results.tsv" | cut -f1,3,4 | tr '\t' '|' >cases
while IFS='|' read -r file probe verdict; do
	put "$corpus/bad-sym/$file"
	{ echo "${verdict%% *}"; results "$file"; } >expected
	for address in $probe; do echo "$address"; done >addresses
	lines=$(wc -l <expected)
	case $verdict in accept*) cut=$((cut + $(wc -l <addresses) + 1 - lines)) ;; esac
	sym_ask -c store 1 <addresses | tr '\0' '@' | sed '1s/ .*//' | head -n "$lines" >got
	compare "$file" expected got
	case $verdict in accept*)
		is_long && continue
		sym_ask store 1 <addresses | tr '\0' '@' | sed '1s/ .*//' | head -n "$lines" >got
		compare "$file by default" expected got
		;;
	esac
done <cases

# sym-parse: one address of small files; what is refused may be read by default.
while IFS= read -r row; do
	case $row in '#'*) continue ;; esac
	printf '%s\n' "$row" | cut -f2-9 >expected
	text=$(printf '%s\n' "$row" | cut -f10 | iconv -f UTF-8 -t ISO-8859-1 | tr '\n' '@' | sed 's/@$//; s/\\0/\\000/g')
	mkdir -p store/app/1
	printf '%b' "$text" | awk '{
		while (match($0, /a\{[0-9]+\}/)) {
			n = substr($0, RSTART + 2, RLENGTH - 3) + 0; s = "a"
			while (length(s) < n) s = s s
			$0 = substr($0, 1, RSTART - 1) substr(s, 1, n) substr($0, RSTART + RLENGTH)
		}
		print }' >store/app/1/app.sym
	case $text in *'\n') ;; *) printf '%b' "$text" >store/app/1/app.sym ;; esac
	echo 105 | sym_ask -c -p store 1 | sed 's/aa\{999,\}/LONG/' >got
	sed -i 's/a{150000}/LONG/' expected
	compare "sym-parse: ${row%%	*}" expected got
	case $row in *true*false*)
		is_long && continue
		echo 105 | sym_ask -p store 1 | sed 's/aa\{999,\}/LONG/' >got
		compare "sym-parse by default: ${row%%	*}" expected got
		;;
	esac
done <"$probes/sym-parse.tsv"

# symbol-path: where the file is looked for; what would leave the store has no symbols here.
while IFS='|' read -r debug_file code_file path; do
	case $path in *OUTSIDE* | ../*) path=none ;; esac
	echo "$path" >expected
	sym_ask "$debug_file" 00112233445566778899AABBCCDDEEFF2a "$code_file" >got
	compare "symbol-path: $debug_file" expected got
done <<END
$(grep -v '^#' "$probes/symbol-path.tsv" | tr '\t' '|')
END

[ "$cut" -eq 0 ] || echo "skipped: $cut answers that results.txt has only the start of"
echo "$same answers as rust-minidump, $different others"
[ "$different" -eq 0 ]
