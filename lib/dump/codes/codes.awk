# Makes C tables (lib/dump/codes.h) of the files named: lines "0xVALUE NAME", sorted, "#" for comments.
# Names are one long text with offsets into it: pointers would have to be relocated at every start.
BEGIN { print "#include \"dump/codes.h\"" }

FNR == 1 {
	finish()
	table = FILENAME
	sub(/.*\//, "", table)
	sub(/\.txt$/, "", table)
	last = ""
}

/^#/ { next }

{
	if ($1 !~ /^0x[0-9a-f]+$/ || length($1) != 10 || NF < 2 || $1 <= last) {
		print FILENAME ":" FNR ": not \"0xVALUE NAME\" in 8 digits, or not sorted" > "/dev/stderr"
		failed = 1
		exit 1
	}
	last = $1
	name = substr($0, 12)
	names = names "\t\"" name "\\0\"\n"
	rows = rows "\t{ " $1 ", " size " },\n"
	size += length(name) + 1
}

END {
	if (failed)
		exit 1
	finish()
}

function finish()
{
	if (rows != "") {
		printf "\nstatic const char %s_names[] =\n%s", table, names
		printf "\t;\nstatic const struct code %s_rows[] = {\n%s};\n", table, rows
		printf "const struct codes codes_%s = { %s_rows, sizeof(%s_rows) / sizeof(%s_rows[0]), %s_names };\n", \
		    table, table, table, table, table
	}
	names = rows = ""
	size = 0
}
