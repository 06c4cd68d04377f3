#!/usr/bin/env python3
"""faults.py [-e EVERY] [-j N] BUILD [NAME...]

Runs the commands of scenarios beside this file, or those whose name holds a NAME, again and again, each time with one
call failing (faults.c): every allocation, then every call of every class of HOWS; with -e every EVERYth only. Allowed:
exit 3, what failed on standard error, and no file that is cut; or exit 0 and the output and files of a run in which
nothing failed. Anything else is a failure: a signal, another exit code, other output, a temporary file that is left. The
last line is "N faults in N commands, N failed".
"""

import concurrent.futures
import getopt
import json
import os
import shlex
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
HOWS = [  # class, whether all later calls fail, too, how
    ('malloc', '', 'ENOMEM'), ('map', '', 'ENOMEM'), ('fork', '', 'EAGAIN'), ('fork', '+', 'EAGAIN'),
    ('pipe', '', 'EMFILE'), ('poll', '', 'ENOMEM'), ('open', '', 'EMFILE'), ('open', '+', 'EMFILE'),
    ('read', '', 'EIO'), ('read', '', 'EINTR'), ('read', '', 'short'), ('write', '', 'EIO'),
    ('write', '+', 'ENOSPC'), ('write', '', 'short'), ('close', '', 'EIO'), ('sync', '', 'EIO'),
    ('rename', '', 'EXDEV'), ('truncate', '', 'ENOSPC'), ('seek', '', 'EIO'), ('stat', '', 'EIO'),
    ('mkdir', '', 'ENOSPC'), ('mode', '', 'EIO'), ('list', '', 'EIO'), ('time', '', 'EIO'), ('lock', '', 'EAGAIN'),
]  # fmt: skip


class Scenario:
    def __init__(self, line, prepared):
        self.name, self.work, lines, codes, command = line.rstrip('\n').split('\t')
        words = shlex.split(os.path.expandvars(command))
        self.lines = int(lines)
        self.codes = [int(code) for code in codes.split(',')]
        self.command = [w for w in words if not w.startswith('<')]
        self.input = next((w[1:] for w in words if w.startswith('<')), os.devnull)
        self.prepared = prepared
        found = {} if self.work == '-' else tree(os.path.join(prepared, self.work))
        self.before = {os.path.join('work', name): data for name, data in found.items()}


def tree(folder):
    """The files below it and what is in them."""
    found = {}
    for root, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(root, name)
            with open(path, 'rb') as f:
                data = f.read()
            # an index knows when its .sym was written
            found[os.path.relpath(path, folder)] = b'%d' % len(data) if name.endswith('.symx') else data
    return found


class Run:
    """One run of a scenario, in an empty folder of its own."""

    def __init__(self, build, scenario, fault):
        with tempfile.TemporaryDirectory() as box:
            place = os.path.join(box, 'place')
            os.makedirs(os.path.join(place, 'tmp'))
            if scenario.work != '-':
                shutil.copytree(os.path.join(scenario.prepared, scenario.work), os.path.join(place, 'work'))
            counts = os.path.join(box, 'counts')
            with open(counts, 'wb') as f:
                f.write(bytes(16))
            self.start(build, scenario, fault, place, counts)
            with open(counts, 'rb') as f:
                self.calls, self.failed = struct.unpack('=QQ', f.read())
            self.files = tree(place)

    def start(self, build, scenario, fault, place, counts):
        preload = os.path.join(build, 'tests/faults/faults.so')
        env = {
            **os.environ, 'LD_PRELOAD': preload, 'FAULT': fault, 'FAULT_COUNT': counts, 'CRASH_SANDBOX': 'off',
            'TMPDIR': os.path.join(place, 'tmp'), 'XDG_CACHE_HOME': os.path.join(place, 'work/cache'),
        }  # fmt: skip
        with open(scenario.input, 'rb') as stdin, open(os.path.join(place, '..', 'out'), 'w+b') as out:
            try:
                p = subprocess.run(
                    scenario.command, cwd=place, env=env, stdin=stdin, stdout=out, stderr=subprocess.PIPE, timeout=60
                )
                self.code, self.messages = p.returncode, p.stderr.decode('utf-8', 'replace')
            except subprocess.TimeoutExpired:
                self.code, self.messages = 'none: it hangs', ''
            out.seek(0)
            self.output = out.read()


def is_whole(report):
    try:
        for line in report.decode().splitlines():
            json.loads(line)
    except ValueError:
        return False
    return True


def wrong(run, clean, scenario, later):
    """What is wrong with a run in which a call failed (and all later ones), or nothing."""
    made = {name for name in run.files if not name.startswith('work/cache/')}
    strange = sorted(n for n in run.files if n not in clean.files)
    other = sorted(n for n in run.files if n in clean.files and run.files[n] != clean.files[n])
    if strange:
        return f'it leaves {strange[0]}'
    if run.code == 0:
        if run.output != clean.output:
            return 'other output with exit 0'
        if other or made != {n for n in clean.files if not n.startswith('work/cache/')}:
            return 'other files with exit 0'
        return ''
    if run.code not in scenario.codes:
        return f'exit {run.code}'
    lines = run.messages.count('\n')
    if lines == 0 or (lines > scenario.lines and not later):
        return f'{lines} lines on standard error'
    for name in other:  # as it was, or without what could not be read, but whole
        if run.files[name] != scenario.before.get(name) and not is_whole(run.files[name]):
            return f'{name} is cut'
    return ''


def try_all(build, scenario, every, pool):
    """Fails every call in turn. Returns how many failed, and what went wrong."""
    faults, bad = 0, []
    for kind, later, how in HOWS:
        clean = Run(build, scenario, f'{kind}:0:{how}')
        if clean.code != 0:
            return 0, [f'{scenario.name}: exit {clean.code} without a fault: {clean.messages}']
        plans = [f'{kind}:{n}{later}:{how}' for n in range(1, clean.calls + 1, every)]
        for plan, run in zip(plans, pool.map(lambda p: Run(build, scenario, p), plans)):
            faults += run.failed != 0
            what = wrong(run, clean, scenario, later) if run.failed else ''
            if what:
                bad.append(f'{scenario.name}: {plan}: {what}: {run.messages.strip()}')
    return faults, bad


def main():
    every, jobs = 1, os.cpu_count() or 1
    try:
        options, args = getopt.getopt(sys.argv[1:], 'e:j:')
        for name, value in options:
            every, jobs = (int(value), jobs) if name == '-e' else (every, int(value))
        build, names = os.path.abspath(args[0]), args[1:]
    except (getopt.GetoptError, ValueError, IndexError):
        sys.exit(__doc__)
    os.environ['DATA'] = os.path.join(HERE, '../data')
    os.environ['PATH'] = build + os.pathsep + os.environ['PATH']
    total, commands, bad = 0, 0, []
    with tempfile.TemporaryDirectory() as prepared, concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        os.environ['IN'] = prepared
        subprocess.run(['sh', '-eu', os.path.join(HERE, 'prepare.sh'), prepared], check=True)
        with open(os.path.join(HERE, 'scenarios'), encoding='utf-8') as f:
            scenarios = [Scenario(line, prepared) for line in f if not line.startswith('#')]
        for scenario in scenarios:
            if names and not any(name in scenario.name for name in names):
                continue
            faults, failures = try_all(build, scenario, every, pool)
            print(f'{scenario.name}: {faults} faults, {len(failures)} failed', flush=True)
            total, commands, bad = total + faults, commands + 1, bad + failures
            for line in failures:
                print(f'    {line}', flush=True)
    print(f'{total} faults in {commands} commands, {len(bad)} failed')
    return bool(bad)


if __name__ == '__main__':
    sys.exit(main())
