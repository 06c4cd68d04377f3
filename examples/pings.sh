#!/bin/sh
# pings.sh [-f FORM] [-l LISTS] [-o DIR] -s COMMAND|-u URL PINGS...: signatures of crash pings, legacy or Glean, one a line.
# What the pings' stacks are called is asked of COMMAND, which reads a request of the symbolication API (v5) a line and
# prints an answer a line, or of the server at URL (.../symbolicate/v5). Into DIR go requests, answers, crash data and
# signatures; without it only the signatures are printed, in siggen's FORM (tsv).
# A ping that is none, or without an answer, does not stop the others: the exit status is the worst of all; 2: wrong usage.
set -u
umask 077
form=tsv lists='' folder='' command='' url='' worst=0

usage()
{
	sed -n '2,3s/^# //p' "$0" >&2
	exit 2
}

while getopts f:l:o:s:u: option; do
	case $option in
	f) form=$OPTARG ;;
	l) lists=$OPTARG ;;
	o) folder=$OPTARG ;;
	s) command=$OPTARG ;;
	u) url=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
if [ $# -eq 0 ] || [ -z "$command$url" ]; then
	usage
fi

scratch=$(mktemp -d) || exit 3
trap 'rm -rf "$scratch"' EXIT
trap 'exit 3' HUP INT TERM

code() # of the command before
{
	[ "$1" -le "$worst" ] || worst=$1
}

# A request a line. There is none for a ping without a stack, and none is an answer then.
ask()
{
	if [ -n "$command" ]; then
		sh -c "$command"
		return
	fi
	while IFS= read -r request; do
		answer=null
		if [ "$request" != null ]; then
			answer=$(printf '%s' "$request" | curl -sS --fail --max-time 60 --data-binary @- "$url") || {
				answer=null
				failed=3
			}
		fi
		printf '%s\n' "$answer" | tr '\n' ' '
		echo
	done
	return "${failed:-0}"
}

signatures() # OPTION...
{
	siggen -i ping --answers "$scratch/answers" ${lists:+-l "$lists"} "$@"
	code $?
}

# All of them in one file, so that they can come through a pipe and be read twice.
cat -- "$@" >"$scratch/pings" || exit 3
siggen -i ping -f request "$scratch/pings" 2>/dev/null >"$scratch/requests"
ask <"$scratch/requests" >"$scratch/answers"
code $?
if [ -n "$folder" ]; then
	signatures -f data "$scratch/pings" 2>/dev/null >"$scratch/data"
	signatures "$scratch/pings" 2>/dev/null >"$scratch/signatures"
	mkdir -p -- "$folder" || exit 3
	for name in requests answers data signatures; do
		cp -- "$scratch/$name" "$folder/$name.jsonl" || exit 3
	done
fi
signatures -f "$form" "$scratch/pings"
exit "$worst"
