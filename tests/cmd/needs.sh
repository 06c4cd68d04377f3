#!/bin/sh
# tools/needs.sh: what it says is missing, by package manager, on machines made of links; nothing is installed.
mkdir tools
for name in sh sort cut tr grep id sed cat env mktemp rm; do
	ln -s "$(command -v $name)" "tools/$name"
done
needs=$ROOT/tools/needs.sh
missing() # PACKAGE-MANAGER GROUP...
{
	mkdir "$1"
	printf '#!/bin/sh\necho called >>called\n' >"$1/$1"
	chmod 755 "$1/$1"
	manager=$1
	shift
	PATH=$PWD/tools:$PWD/$manager sh "$needs" --list "$@"
}

code=0
missing apt-get build >got || code=$?
[ "$code" -eq 1 ]
echo 'gcc libc6-dev libdeflate-dev libiberty-dev libisal-dev liblzma-dev libpcre2-dev libssl-dev libzstd-dev libzydis-dev make mawk pkg-config zlib1g-dev ' | diff - got
missing dnf check >got || true
echo 'check-devel python3 python3-jsonschema ' | diff - got
missing pacman build check >got || true
echo 'binutils check gawk gcc glibc isa-l libdeflate make openssl pcre2 pkgconf python python-jsonschema xz zlib zstd zydis ' | diff - got
missing brew build >got || true
echo 'binutils gcc isa-l libdeflate make openssl@3 pcre2 pkgconf xz zlib zstd zydis ' | diff - got

code=0
PATH=$PWD/tools:$PWD/apt-get sh "$needs" --no-install build 2>messages || code=$?
[ "$code" -eq 1 ]
grep -q '^needs.sh: missing: gcc ' messages
[ ! -e called ]

# with root, it installs; what is still missing then is said
if [ "$(id -u)" -eq 0 ]; then
	code=0
	PATH=$PWD/tools:$PWD/apt-get sh "$needs" build 2>messages || code=$?
	[ "$code" -eq 1 ]
	grep -q '^needs.sh: installing with apt-get: gcc ' messages
	grep -q '^needs.sh: still missing: gcc ' messages
	[ "$(wc -l <called)" -eq 2 ]
else
	echo "skipped: needs.sh as root: not root"
fi

# nothing is missing for what is being tested, and an empty wish is granted
sh "$needs" --list build check | cmp - /dev/null
sh "$needs" --no-install
