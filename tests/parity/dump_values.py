"""dump_values.py CORPUS: the values that our reader finds in each minidump beside those of minidump-stackwalk --dump."""
import glob
import os
import re
import subprocess
import sys

HEADING = re.compile(r'(MDRawHeader|MINIDUMP_\w+|CONTEXT\w*)$')
FIELD = re.compile(r'  (\S.*?) += (.*)$')
# One kind under two names.
SAME = {'MINIDUMP_MEMORY_DESCRIPTOR64': 'MINIDUMP_MEMORY_DESCRIPTOR'}


def value(field, raw):
    """Numbers without their explanation; debug identifiers in one spelling."""
    if re.match(r'(0x[0-9a-f]+|0|[1-9]\d*)( |$)', raw):
        return int(raw.split()[0], 0)
    raw = raw.strip('"')
    if field == '(debug_identifier)':
        if raw.count('-') == 4:
            raw += '-0'
        raw = raw.replace('-', '').lower()
        return '' if set(raw) <= {'0'} else raw
    return raw


def records(text):
    """Headings with a list of records, each a dictionary."""
    found, current = {}, {}
    for line in text.split('\n'):
        heading, field = HEADING.match(line), FIELD.match(line)
        if heading:
            kind = heading.group(1)
            kind = 'CONTEXT' if kind.startswith('CONTEXT') else SAME.get(kind, kind)
            current = {}
            found.setdefault(kind, []).append(current)
        elif field:
            current.setdefault(field.group(1), value(field.group(1), field.group(2)))
        else:
            current = {}
    return found


def compare(ours, theirs, name):
    """The number of equal values; prints the others."""
    equal = different = 0
    for kind, list_ in ours.items():
        others = theirs.get(kind, [])
        if not others and 'MINIDUMP_SYSTEM_INFO' not in theirs:
            continue  # the peer's print ends at a CPU without contexts
        if len(list_) != len(others):
            print(f'{name}: {len(list_)} {kind} for {len(others)}')
            different += 1
        for record, other in zip(list_, others):
            for field, v in record.items():
                if field not in other:
                    continue
                if v == other[field]:
                    equal += 1
                else:
                    print(f'{name}: {kind}: {field}: {v!r} for {other[field]!r}')
                    different += 1
    return equal, different


def main():
    corpus = os.path.join(sys.argv[1], 'minidumps')
    dumps = equal = different = 0
    for golden in sorted(glob.glob(corpus + '/golden/*/*.dump.txt')):
        name = os.path.relpath(golden, corpus + '/golden')[:-len('.dump.txt')]
        if name.endswith('.bp'):
            continue
        run = subprocess.run(['dump_values', f'{corpus}/dumps/{name}.dmp'], capture_output=True, check=False)
        if run.returncode != 0:
            continue
        with open(golden, encoding='utf-8', errors='replace', newline='') as f:
            theirs = records(f.read())
        more, wrong = compare(records(run.stdout.decode('utf-8', 'replace')), theirs, name)
        dumps, equal, different = dumps + 1, equal + more, different + wrong
    print(f'{dumps} dumps: {equal} values equal, {different} different')
    sys.exit(different != 0)


main()
