#!/bin/sh
# The same bytes of the same binary: twice, with any number of processes, from any folder, by any path, in any locale and
# time zone; and whether the debug information is packed, or in a file of its own.
own=$DATA/binaries

same() # FILE WHAT COMMAND...: the command prints what is in the file
{
	file=$1 what=$2
	shift 2
	"$@" >got
	cmp got "$file" || {
		echo "not the same: $what"
		exit 1
	}
}

each_way() # BINARY: of which there are copies in one, and in two/below
{
	dump-sym-parse -q "one/$1" >expected
	same expected "$1 again" dump-sym-parse -q "one/$1"
	for jobs in 1 2 3 4 7; do
		same expected "$1 -j $jobs" dump-sym-parse -q -j $jobs "one/$1"
	done
	same expected "$1 by its whole path" dump-sym-parse -q "$PWD/one/$1"
	same expected "$1 elsewhere" dump-sym-parse -q -j 2 "two/below/$1"
	same expected "$1 by a crooked path" dump-sym-parse -q "two/../one/.//$1"
	# shellcheck disable=SC2016 # for the shell that is started
	same expected "$1 from another folder" sh -c 'cd two && exec dump-sym-parse -q "below/$1"' - "$1"
	same expected "$1 in another environment" env -i PATH="$PATH" LC_ALL=de_DE.UTF-8 TZ=Asia/Kabul HOME=/ \
		TMPDIR="$PWD/two" dump-sym-parse -q "one/$1"
	dump-sym-parse -q --compat --inlines -j 1 "one/$1" >expected.compat
	same expected.compat "$1 --compat" dump-sym-parse -q --compat --inlines -j 4 "two/below/$1"
	dump-sym-parse --coverage -j 1 "one/$1" >expected.coverage
	same expected.coverage "$1 --coverage" dump-sym-parse --coverage -j 4 "one/$1"
}

mkdir -p one two/below
cp "$own"/plain-gcc-O2-dw5 "$own"/deep-inlines "$own"/tail-call "$own"/plain-link* one
cp one/* two/below
for name in plain-gcc-O2-dw5 deep-inlines tail-call plain-link; do
	each_way $name
done

# large enough to be shared out among processes: a MiB of debug information
if [ "$(wc -c <"$BUILD/stackwalk")" -gt 3000000 ] && command -v objcopy >/dev/null; then
	cp "$BUILD/stackwalk" one/large
	cp one/large two/below
	each_way large
	grep -q '^INLINE ' expected || echo "skipped: debug information in pieces: this build has none"
	mkdir packed debug
	objcopy --compress-debug-sections=zlib one/large packed/large
	for jobs in 1 2 4; do
		same expected "packed, -j $jobs" dump-sym-parse -q -j $jobs packed/large
	done
	# damaged in the middle: what comes out before it is read, and the exit status says so
	# shellcheck disable=SC2046 # type, address, offset, size
	set -- $(readelf -SW packed/large | sed -n 's/.* \.debug_info  *//p')
	printf '\252\125\252\125' |
		dd of=packed/large bs=1 seek=$((0x$3 + 0x$4 / 2)) conv=notrunc 2>/dev/null
	code=0
	dump-sym-parse -j 1 packed/large >damaged 2>messages || code=$?
	[ $code -eq 1 ]
	grep -q 'bad or cut compressed data' messages
	for jobs in 2 4; do
		code=0
		dump-sym-parse -j $jobs packed/large >got 2>messages.other || code=$?
		[ $code -eq 1 ]
		cmp damaged got
	done
	objcopy --only-keep-debug one/large debug/large.debug
	objcopy --strip-debug --add-gnu-debuglink=debug/large.debug one/large debug/large
	for jobs in 1 2 4; do
		same expected "debug information elsewhere, -j $jobs" dump-sym-parse -q -j $jobs debug/large
	done
else
	echo "skipped: a large binary: this build has none, or there is no objcopy"
fi

# stores of trees, whatever the order in which their files were named and made
rm -r one/plain-link* two/below/plain-link*
dump-sym-parse -q -j 1 -s store one
(cd two && dump-sym-parse -q -j 4 -s ../store.other below/tail-call below/plain-gcc-O2-dw5 below)
diff -r store store.other

# what is made of symbol files
dump-sym-parse -q one/deep-inlines >a.sym
cp a.sym two/a.sym
dump-sym-parse --sort a.sym >sorted
same sorted "sorted twice" dump-sym-parse --sort sorted
same sorted "sorted elsewhere" dump-sym-parse --sort - <two/a.sym
echo "$(find store -name '*.sym' | wc -l) binaries, $(wc -c <expected) bytes of the last"
