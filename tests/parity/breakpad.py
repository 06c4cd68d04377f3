"""Compares the lines of stackwalk --compat -m with the goldens of Breakpad's minidump_stackwalk -m.

Usage: breakpad.py EXCEPTIONS MINIDUMPS     (stackwalk from PATH)

The lines of each kind (OS, CPU, GPU, Crash, Module) and the frames of each thread are a case: SET/NAME KIND, or
SET/NAME thread NUMBER. EXCEPTIONS has lines "breakpad TAB CASE TAB reason", with * as in the shell. The walk is
rust-minidump's, so that frames may differ where the two peers' rules do.
"""
import fnmatch
import glob
import os
import subprocess
import sys

KINDS = ('OS', 'CPU', 'GPU', 'Crash', 'Module')


def cases_of(text):
    """{kind or thread: its lines}"""
    cases = {}
    for line in text.decode(errors='surrogateescape').split('\n'):
        first = line.split('|')[0]
        if first:
            cases.setdefault(first if first in KINDS else f'thread {first}', []).append(line)
    return cases


def first_difference(ours, want):
    for i in range(max(len(ours), len(want))):
        one, other = (lines[i] if i < len(lines) else None for lines in (ours, want))
        if one != other:
            return f'{one!r} for {other!r}'
    return None


def compare(root, golden):
    """(case, what differs or None) of one dump"""
    name = os.path.relpath(golden, os.path.join(root, 'golden'))[:-len('.bp.m.txt')]
    p = subprocess.run(['stackwalk', '--compat', '--no-cache', '-m', '-s', 'symbols', f'dumps/{name}.dmp'], cwd=root,
                       capture_output=True, check=False)
    with open(golden, 'rb') as f:
        want = cases_of(f.read())
    ours = cases_of(p.stdout)
    for case in sorted(set(want) | set(ours)):
        yield f'{name} {case}', first_difference(ours.get(case, []), want.get(case, []))


def read_exceptions(path):
    with open(path, encoding='utf-8') as f:
        rows = (line.rstrip('\n').split('\t') for line in f if line.startswith('breakpad\t'))
        return [row[1] for row in rows]


def main():
    exceptions_path, root = sys.argv[1:]
    exceptions, used, bad = read_exceptions(exceptions_path), set(), []
    counts = {}
    for golden in sorted(glob.glob(f'{root}/golden/*/*.bp.m.txt')):
        for case, found in compare(os.path.realpath(root), os.path.realpath(golden)):
            listed = [e for e in exceptions if found and fnmatch.fnmatchcase(case, e)]
            used.update(listed)
            row = counts.setdefault('threads' if ' thread ' in case else 'lines', [0, 0, 0])
            row[0 if not found else 2 if listed else 1] += 1
            if found and not listed:
                bad.append(f'{case}: {found}')
    bad += [f'{case}: listed as an exception, but equal' for case in exceptions if case not in used]
    print(*bad, sep='\n' if bad else '')
    print('; '.join(f'{kind}: {equal} equal, {different} different, {listed} listed'
                    for kind, (equal, different, listed) in sorted(counts.items())))
    sys.exit(1 if bad else 0)


main()
