#!/bin/sh
# A share of make faults: every 31st failure of every kind in each of its commands.
head -c 16 /dev/zero >counts
if ! FAULT=malloc:0:ENOMEM FAULT_COUNT=counts LD_PRELOAD=$BUILD/tests/faults/faults.so stackwalk --version >version 2>&1; then
	echo "skipped: calls cannot be made to fail here, or a sanitizer is in the way"
	exit 77
fi
python3 "$ROOT/tests/faults/faults.py" -e 31 "$BUILD"
