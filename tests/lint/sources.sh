#!/bin/sh
# What only some files may do (style: memory, hostile bytes, output). Each row: an extended regular expression, the files
# of lib/ and cmd/ that may match it, and why the others may not.
cd "$(dirname "$0")/../.." || exit 2
status=0

forbid() # PATTERN ALLOWED REASON
{
	# Comments do not count: a line that starts as one, or what follows /* on a line.
	for file in lib/*/*.[ch] cmd/*.c; do
		[ -f "$file" ] || continue
		printf '%s\n' "$file" | grep -qE "^($2)$" && continue
		sed 's,^[[:space:]]*/\*.*,,; s,^[[:space:]]*\*.*,,; s,/\*.*,,' "$file" | grep -nE "$1" |
			sed "s,^,$file:," | grep . && echo "    $3" && status=1
	done
}

forbid '\<(malloc|calloc|realloc|reallocarray|strdup|strndup|free)\(' 'lib/base/.*' 'memory is of arenas and buffers (base)'
forbid '\<(printf|puts|putchar)\(|\<stdout\>' 'lib/base/tool\.c|cmd/.*' 'the library writes to the FILE it is given'
forbid '\<stderr\>' 'lib/base/.*|cmd/.*' 'messages go through diag'
forbid '\((const )?(u?int(16|32|64)_t|struct [a-z0-9_]+) \*\)[( a-z0-9_.>-]*(\.|->)(p|data)\>' '' 'file bytes are read through the cursor, not cast'
forbid '\<(strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|strtok|alloca|system|popen|mktemp|tmpnam)\(' '' 'unsafe call'
forbid '\<strtou?ll?\(' 'lib/base/tool\.c' 'str_to_u64() reads numbers'
forbid '\<(is(alpha|digit|alnum|space|upper|lower|print|xdigit|punct)|to(upper|lower))\(' '' 'the locale has no say'
forbid '\<qsort\(' '' 'sort.h: no recursion, O(n log n)'
forbid '\<(exit|abort)\(' 'lib/base/.*' 'the library does not end the process'
forbid '^	*static ([^c]|c[^o]|co[^n]|con[^s])[^(]*(=.*|;)$' '' 'no mutable globals or function statics'
exit $status
