#!/bin/sh
# A batch that takes more than a second shows how far it is, on a terminal only. It takes that long because its warnings
# fill the terminal, which has room for 64 KiB and which nobody reads in the first second.
cat >terminal.py <<'END'
import os, pty, re, subprocess, sys, time

# Prints how many lines of progress there were and how many messages, and whether what ends it is one of these.
try:
    master, slave = pty.openpty()
except OSError as reason:
    print("skipped:", reason)
    sys.exit(77)
child = subprocess.Popen(sys.argv[1:], stderr=slave, stdout=subprocess.DEVNULL, env=dict(os.environ, TERM="xterm"))
os.close(slave)
time.sleep(1.2)
said = b""
while True:
    try:
        more = os.read(master, 65536)
    except OSError:  # the other end is closed
        break
    if not more:
        break
    said += more
line = rb"\r\x1b\[K(?:((?:dump-sym-parse|stackwalk): [0-9]+ of 300: x*/[0-9]+)(?=\r\x1b))?"
shown = [found for found in re.findall(line, said) if found]
rest = re.sub(line, b"", said).split(b"\r\n")
good = [text for text in rest if re.fullmatch(rb"dump-sym-parse: tree/x*/.*: 705 of 705 bytes in functions have .*", text)]
print("shown" if shown else "hidden", len(good), "messages,", len(rest) - len(good) - 1, "other", rest[-1].decode())
sys.exit(child.wait())
END
python3 - "$DATA/binaries/plain-link.debug" <<'END'
import os, sys

data = open(sys.argv[1], "rb").read()
build_id = bytes.fromhex("c83b3ef3e0761d689cdbb5ed60dc7949a9482617")
folder = "tree/" + 240 * "x"
os.makedirs(folder)
for i in range(300):
    open("%s/%03d" % (folder, i), "wb").write(data.replace(build_id, i.to_bytes(2, "big") + build_id[2:]))
END
for jobs in 1 2; do
	code=0
	python3 terminal.py dump-sym-parse -j $jobs -s store tree >said || code=$?
	if [ "$code" -eq 77 ]; then
		cat said
		exit 77
	fi
	[ "$code" -eq 0 ]
	echo "shown 300 messages, 0 other " | diff -u - said
	[ "$(find store -name '*.sym' | wc -l)" -eq 300 ]
done
python3 terminal.py dump-sym-parse -q -s store tree >said
echo "hidden 0 messages, 0 other " | diff -u - said
dump-sym-parse -s store tree 2>said
[ "$(grep -c '^dump-sym-parse: tree/' said)" -eq 300 ]
[ "$(tr -d '[:print:]\n' <said | wc -c)" -eq 0 ]

# 300 files that are no minidumps
code=0
python3 terminal.py stackwalk -o report tree/x*/* >said || code=$?
[ "$code" -eq 1 ]
grep -q '^shown ' said
python3 terminal.py stackwalk --compat -o report tree/x*/* >said || true
grep -q '^hidden ' said
echo "a line on a terminal, nothing elsewhere"
