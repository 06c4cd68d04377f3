#!/bin/sh
# Every command has a manual, and the options of --help and of the manual are the same, both ways.
commands=0
for source in "$ROOT"/cmd/*.c; do
	name=$(basename "$source" .c)
	commands=$((commands + 1))
	"$name" --help | grep -oE '(^| )--[a-z0-9-]+' | tr -d ' ' | sort -u >help
	sed -nE '/^\.It Fl /{s/^\.It //;s/Fl Fl /Fl -/g;p;}' "$ROOT/man/$name.1" | grep -oE 'Fl -[a-z0-9-]+' | sed 's/Fl -/--/' |
		sort -u >manual
	diff -u help manual
	"$name" --help | grep -oE '^ +-[a-zA-Z0-9],' | tr -d ' -,' | sort -u >help
	sed -nE '/^\.It Fl /p' "$ROOT/man/$name.1" | grep -oE 'Fl [a-zA-Z0-9]( |$)' | sed 's/Fl //;s/ //' | sort -u >manual
	diff -u help manual
done
echo "$commands commands"
