"""Compares what stackwalk's text says of microdumps with the goldens of Breakpad's microdump_stackwalk.

Usage: microdumps.py EXCEPTIONS MINIDUMPS     (stackwalk from PATH)

The form is rust-minidump's, which knows no microdumps, so that facts are compared and not bytes: a case is the system,
the crash, the modules, or one frame, known by its stack pointer, with its registers and how it was found. Breakpad
prints what is unknown as empty, 0x0 or UNKNOWN, counts offsets on x86 from the return address, and keeps ebp in frames
that it scanned for. Of those, ours leaves out what code or symbols refute: that is counted and no difference. EXCEPTIONS has lines "microdumps TAB
CASE TAB reason", with * as in the shell; one that is not needed any more is an error, too.
"""
import fnmatch
import glob
import os
import re
import subprocess
import sys

REGISTER = re.compile(r'(\w+) = 0x([0-9a-f]+)')
FRAME = re.compile(r'^ *\d+  (\S.*)')
MODULE = re.compile(r'^0x([0-9a-f]+) - 0x([0-9a-f]+)  (.*?)(  \(WARNING.*)?$')
RENAMED = {'efl': 'eflags'}
HEAD = ('Operating system:', 'CPU:', 'GPU:', 'Crash reason:', 'Crash address:')


def head_of(lines):
    """{'GPU': [text, ...]}: what stands behind each title and, indented, below it."""
    head, title = {}, None
    for line in lines:
        found = next((t for t in HEAD if line.startswith(t)), None)
        if found:
            title = found.rstrip(':')
            head[title] = [line[len(found):].strip()]
        elif title and line.startswith('     '):
            head[title].append(line.strip())
        else:
            title = None
    return head


def cases_of(text):
    """{case: what is said}"""
    lines = text.decode(errors='surrogateescape').split('\n')
    start = next(i for i, line in enumerate(lines) if line.startswith('Thread 0'))
    cases = dict(head_of(lines[:start]))
    frame, frames, modules = None, [], []
    for line in lines[start + 1:]:
        if line.startswith('    Found by: '):
            frame['found'] = line[14:]
        elif FRAME.match(line):
            frame = {'place': FRAME.match(line)[1], 'registers': {}}
            frames.append(frame)
        elif MODULE.match(line):
            first, last, name, _ = MODULE.match(line).groups()
            modules.append((int(first, 16), int(last, 16), name))
        elif frame and REGISTER.search(line):
            frame['registers'].update((RENAMED.get(n, n), int(v, 16)) for n, v in REGISTER.findall(line))
    cases['modules'] = modules
    for i, frame in enumerate(frames):
        sp = next(frame['registers'][name] for name in ('sp', 'esp', 'rsp') if name in frame['registers'])
        cases[f'frame {sp:x}'] = {**frame, 'innermost': i == 0}
    return cases


UNKNOWN = {'Crash reason': [''], 'Crash address': ['0x0'], 'GPU': ['UNKNOWN']}


def one_more(place):
    """A place counted from the return address, not from the byte before it."""
    return re.sub(r'0x([0-9a-f]+)(\]?)$', lambda m: f'0x{int(m[1], 16) + 1:x}{m[2]}', place)


def alike(case, one, other, cpu):
    if case.startswith('frame ') and one and other:
        place = one_more(one['place']) if cpu == 'x86' and not one['innermost'] else one['place']
        known = {name: value for name, value in other['registers'].items() if name in one['registers']}
        return place == other['place'] and one['registers'] == known and one['found'] == other['found']
    return one == (None if other == UNKNOWN.get(case) else other)


REFUTED = 'a guess that ours leaves out'


def compare(root, golden):
    """(case, what differs or None) of one dump"""
    name = os.path.basename(golden)[:-len('.bp.txt')]
    p = subprocess.run(['stackwalk', '--no-cache', '-q', '-s', 'symbols', f'dumps/breakpad/{name}.dmp'], cwd=root,
                       capture_output=True, check=False)
    with open(golden, 'rb') as f:
        want = cases_of(f.read())
    ours = cases_of(p.stdout)
    for case in sorted(set(want) | set(ours)):
        one, other = ours.get(case), want.get(case)
        if case in UNKNOWN and one == ['unknown']:
            one = None
        if one is None and isinstance(other, dict) and other['found'] == 'stack scanning':
            yield f'{name} {case}', REFUTED
        else:
            yield f'{name} {case}', None if alike(case, one, other, want['CPU'][0]) else f'{one!r} for {other!r}'


def read_exceptions(path):
    with open(path, encoding='utf-8') as f:
        rows = (line.rstrip('\n').split('\t') for line in f if line.startswith('microdumps\t'))
        return [row[1] for row in rows]


def main():
    exceptions_path, root = sys.argv[1:]
    exceptions, used, bad = read_exceptions(exceptions_path), set(), []
    equal = refuted = listed_cases = 0
    for golden in sorted(glob.glob(f'{root}/golden/breakpad/microdump*.bp.txt')):
        for case, found in compare(os.path.realpath(root), os.path.realpath(golden)):
            if found == REFUTED:
                refuted += 1
                continue
            listed = [e for e in exceptions if found and fnmatch.fnmatchcase(case, e)]
            used.update(listed)
            equal += not found
            listed_cases += bool(listed)
            if found and not listed:
                bad.append(f'{case}: {found}')
    different = len(bad)
    bad += [f'{case}: listed as an exception, but equal' for case in exceptions if case not in used]
    print(*bad, sep='\n' if bad else '')
    print(f'{equal} facts equal, {different} different, {refuted} guesses left out, {listed_cases} listed')
    sys.exit(1 if bad else 0)


main()
