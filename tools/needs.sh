#!/bin/sh
# needs.sh [--no-install | --list] GROUP...: what building (build), testing (check), fuzzing (fuzz) and linting (lint)
# need and this machine lacks, installed through its package manager: apt, dnf, pacman or brew. It says what it installs
# and asks for root (sudo, doas) only when there is something to install. --no-install refuses and says what is missing;
# --list prints it and does no more. Exit status: 0 nothing is missing any more, 1 something is, 2 usage.
set -u

# group, what shows that it is there, package of apt, dnf, pacman, brew; - where the system has it anyway, or there is none.
needs='
build cmd:cc          gcc             gcc                  gcc        gcc
build inc:stdio.h     libc6-dev       glibc-devel          glibc      -
build cmd:make        make            make                 make       make
build cmd:awk         mawk            gawk                 gawk       -
build cmd:pkg-config  pkg-config      pkgconf-pkg-config   pkgconf    pkgconf
build lib:zlib        zlib1g-dev      zlib-devel           zlib       zlib
build lib:libdeflate   libdeflate-dev  libdeflate-devel     libdeflate libdeflate
build inc:isa-l.h     libisal-dev     isa-l-devel          isa-l      isa-l
build lib:libzstd      libzstd-dev     libzstd-devel        zstd       zstd
build lib:liblzma      liblzma-dev     xz-devel             xz         xz
build inc:libiberty/demangle.h libiberty-dev binutils-devel binutils binutils
build lib:libpcre2-8  libpcre2-dev    pcre2-devel          pcre2      pcre2
build lib:libcrypto    libssl-dev      openssl-devel        openssl    openssl@3
build inc:Zydis/Zydis.h libzydis-dev  zydis-devel          zydis      zydis
check lib:check       check           check-devel          check      check
check cmd:python3     python3         python3              python     python3
check py:jsonschema   python3-jsonschema python3-jsonschema python-jsonschema -
fuzz  cmd:clang       clang           clang                clang      llvm
fuzz  fuz:fuzzer      libclang-rt-dev compiler-rt          compiler-rt llvm
lint  cmd:mandoc      mandoc          mandoc               mandoc     mandoc
lint  cmd:shellcheck  shellcheck      ShellCheck           shellcheck shellcheck
lint  cmd:cppcheck    cppcheck        cppcheck             cppcheck   cppcheck
lint  cmd:clang-format clang-format   clang-tools-extra    clang      clang-format
'

links() # SANITIZER: clang may be there without its libraries
{
	linked=$(mktemp) &&
		echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' | clang -fsanitize="$1" -x c -o "$linked" -
	code=$?
	rm -f "$linked"
	return "$code"
}

present() # KIND:NAME
{
	case $1 in
	cmd:*) command -v "${1#*:}" ;;
	inc:*) echo "#include <${1#*:}>" | cc -E - ;;
	lib:*) pkg-config --exists "${1#*:}" ;;
	fuz:*) links "${1#*:}" ;;
	py:*) python3 -c "import ${1#*:}" ;;
	esac >/dev/null 2>&1
}

manager() # prints the column of the package manager, then its name
{
	for pair in 3:apt-get 4:dnf 5:pacman 6:brew; do
		if command -v "${pair#*:}" >/dev/null 2>&1; then
			echo "${pair%:*} ${pair#*:}"
			return
		fi
	done
	echo 3 none
}

missing() # COLUMN GROUP...: packages that are missing, sorted, each once
{
	column=$1
	shift
	echo "$needs" | while read -r group test rest; do
		case " $* " in
		*" ${group:-none} "*) present "$test" || echo "$group $test $rest" ;;
		esac
	done | cut -d ' ' -f 3- | tr -s ' ' | cut -d ' ' -f $((column - 2)) | grep -vx -e - | sort -u
}

as_root() # COMMAND...
{
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null 2>&1; then
		sudo "$@"
	elif command -v doas >/dev/null 2>&1; then
		doas "$@"
	else
		echo "needs.sh: neither root nor sudo nor doas: run this as root: $*" >&2
		return 1
	fi
}

install() # MANAGER PACKAGE...
{
	name=$1
	shift
	case $name in
	apt-get)
		as_root apt-get update -qq &&
			as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
		;;
	dnf) as_root dnf install -y -q "$@" ;;
	pacman) as_root pacman -S --needed --noconfirm "$@" ;;
	brew) brew install "$@" ;;
	*)
		echo "needs.sh: no apt-get, dnf, pacman or brew here" >&2
		return 1
		;;
	esac
}

mode=install
case ${1-} in
--no-install | --list)
	mode=${1#--}
	shift
	;;
-*)
	sed -n '2,5s/^# //p' "$0"
	exit 2
	;;
esac

found=$(manager)
lacking=$(missing "${found% *}" "$@" | tr '\n' ' ')
[ -n "$lacking" ] || exit 0
case $mode in
list)
	echo "$lacking"
	exit 1
	;;
no-install)
	echo "needs.sh: missing: $lacking" >&2
	exit 1
	;;
esac
echo "needs.sh: installing with ${found#* }: $lacking" >&2
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086 # a list of package names
if ! install "${found#* }" $lacking >"$log" 2>&1; then
	cat "$log" >&2
	exit 1
fi
lacking=$(missing "${found% *}" "$@" | tr '\n' ' ')
[ -z "$lacking" ] || echo "needs.sh: still missing: $lacking" >&2
[ -z "$lacking" ]
