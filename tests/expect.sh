# What tests of commands share: sourced, not run.
# shellcheck shell=sh

status() # WANTED COMMAND...: runs it, output to got, messages to messages
{
	wanted=$1 code=0
	shift
	"$@" >got 2>messages || code=$?
	[ "$code" -eq "$wanted" ] || {
		echo "exit $code, not $wanted: $*"
		cat messages
		exit 1
	}
}

is() # FILE: is what standard input says
{
	cat >wanted
	diff -u wanted "$1"
}
