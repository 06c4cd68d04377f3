#!/bin/sh
# Every command has a manual, and the options of --help and of the manual are the same, both ways; the tour has the limits.
commands=0
for source in "$ROOT"/cmd/*.c; do
	name=$(basename "$source" .c)
	commands=$((commands + 1))
	"$name" --help | grep -oE '(^| )--[a-z0-9-]+' | tr -d ' ' | sort -u >help
	sed -nE '/^\.It Fl /{s/^\.It //;s/Fl Fl /Fl -/g;p;}' "$ROOT/man/$name.1" | grep -oE 'Fl -[a-z0-9-]+' | sed 's/Fl -/--/' |
		sort -u >manual
	diff -u help manual
	"$name" --help | sed -nE 's,^ +-([a-zA-Z0-9])\,.*,\1,p' | sort -u >help
	sed -nE '/^\.It Fl /p' "$ROOT/man/$name.1" | grep -oE 'Fl [a-zA-Z0-9]( |$)' | sed 's/Fl //;s/ //' | sort -u >manual
	diff -u help manual
done

# crash-tools(7) has every limit with its number, in the order of limits.h
sed -nE 's/.*(LIMIT_[A-Z_]+) = (LIMIT\()?([0-9]+).*/\1 \3/p' "$ROOT/lib/base/limits.h" >limits
sed -n '/^\.It Dv LIMIT_/{N;s/^\.It Dv //;s/\n\([0-9]*\) .*/ \1/;p;}' "$ROOT/man/crash-tools.7" >manual
diff -u limits manual
echo "$commands commands, $(wc -l <limits) limits"
