#!/bin/sh
# Runs every linter over the tree; the closing line is "N passed, N failed, N skipped". One that is not installed is
# skipped, and said so (sh tools/needs.sh lint installs them).
set -u
cd "$(dirname "$0")/../.." || exit 2
passed=0 failed=0 skipped=0

lint() # NAME COMMAND...
{
	name=$1
	shift
	if ! command -v "$1" >/dev/null 2>&1; then
		skipped=$((skipped + 1))
		echo "skipped: $name: $1 is not installed"
	elif output=$("$@" 2>&1); then
		passed=$((passed + 1))
		echo "passed: $name"
	else
		failed=$((failed + 1))
		echo "FAILED: $name"
		printf '%s\n' "$output" | sed 's/^/    /; 30q'
	fi
}

format() # the releases of clang-format differ in their taste: the tree is in that of 14
{
	if command -v clang-format-14 >/dev/null 2>&1; then
		lint format clang-format-14 --dry-run -Werror "$@"
	elif clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
		lint format clang-format --dry-run -Werror "$@"
	else
		lint format clang-format-14
	fi
}

lint layers sh tests/lint/layers.sh
lint sources sh tests/lint/sources.sh
# mandoc looks our pages up as installed ones, to check what they refer to
pages=$(mktemp -d) || exit 3
trap 'rm -rf "$pages"' EXIT
for page in man/*.[1-8]; do
	section=$pages/man${page##*.}
	mkdir -p "$section" && cp "$page" "$section"
done
! command -v makewhatis >/dev/null || makewhatis "$pages"
lint manuals env MANPATH="$pages" mandoc -Tlint -Wstyle "$pages"/*/*
# shellcheck disable=SC2046 # no file of ours has a blank in its name
lint scripts shellcheck .ci/run $(find tools tests examples bench -name '*.sh')
format cmd/*.c lib/*/*.[ch] bench/*.c tests/*/*.[ch]
lint cppcheck cppcheck -q --std=c11 --enable=warning,portability --inline-suppr --error-exitcode=1 -Ilib lib cmd
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
