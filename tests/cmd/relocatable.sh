#!/bin/sh
# --relocatable: an object has all functions of the binary that it becomes, each with its unwind rules.
object=$DATA/binaries/plain.o

functions()
{
	dump-sym-parse "$@" "$object" | awk '$1 == "FUNC" { print $5, $3 }'
}

cat >want <<'END'
local_leaf d
aliased 7
weak_one b
split_me ff
big_frame 38
variable_frame 31
die 8
split_me 27
main 51
END
functions --relocatable >got
diff -u want got

dump-sym-parse --relocatable "$object" >all
awk '$1 == "FUNC" { print $2, $3 }' all >starts
awk '$1 == "STACK" && $3 == "INIT" { print $4, $5 }' all >unwound
diff -u starts unwound
echo "$(wc -l <got) functions with lines and unwind rules"
