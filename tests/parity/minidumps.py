"""Compares stackwalk --compat with the goldens of the corpus.

Usage: minidumps.py [-v] EXCEPTIONS CORPUS EVIL_STORE     (stackwalk from PATH)

JSON is compared as data: keys of ours that the peer has not are ignored, limits are sorted by name. Text is compared
line by line. EXCEPTIONS has lines "minidumps TAB SET/NAME.KIND TAB reason", with * and ? as in the shell; one that is
not needed any more is an error, too. -v prints what differs.
"""
import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

WALKED = ('amd64', 'x86', 'arm', 'arm64')
STORES = {'symbolic': 'symbols', 'breakpad': 'symbols', 'rust-minidump': 'symbols', 'synth': 'symbols-synth'}


def stackwalk(*args, cwd=None):
    """Standard output, standard error, exit status."""
    p = subprocess.run(['stackwalk', '--compat', '--no-cache', *args], cwd=cwd, capture_output=True, check=False)
    return p.stdout, p.stderr, p.returncode


def differ(ours, want, path=''):
    """The places where two JSON values differ, as text."""
    if isinstance(want, dict) and isinstance(ours, dict):
        for key, value in want.items():
            if key not in ours:
                yield f'{path}.{key}: missing'
            else:
                yield from differ(ours[key], value, f'{path}.{key}')
    elif isinstance(want, list) and isinstance(ours, list) and len(want) == len(ours):
        for i, (one, other) in enumerate(zip(ours, want)):
            yield from differ(one, other, f'{path}[{i}]')
    elif isinstance(want, float) and isinstance(ours, (int, float)):
        if abs(ours - want) > 1e-6:
            yield f'{path}: {ours} for {want}'
    elif ours != want or isinstance(ours, bool) != isinstance(want, bool):
        yield f'{path}: {str(ours)[:200]!r} for {str(want)[:200]!r}'


def normal(report):
    """A report with its limits sorted: the peer's order changes from run to run."""
    if report.get('proc_limits'):
        report['proc_limits']['limits'].sort(key=lambda limit: limit['name'])
    return report


def compare_json(out, golden):
    try:
        ours = normal(json.loads(out))
    except ValueError as e:
        return [f'not JSON: {e}: {out[:100]!r}']
    return list(differ(ours, normal(json.loads(golden))))


def compare_text(out, golden):
    ours, want = (text.decode(errors='surrogateescape').split('\n') for text in (out, golden))
    if ours == want:
        return []
    for i, (one, other) in enumerate(zip(ours + [None], want + [None])):
        if one != other:
            return [f'line {i + 1}: {one!r} for {other!r}']
    return [f'{len(ours)} lines for {len(want)}']


def store_arguments(set_name, kind):
    store = {'json': None, 'txt': None, 'sym': STORES[set_name], 'inl': 'symbols-inlines'}[kind.split('.')[0]]
    return ['--symbols-path', store] if store else []


def golden_cases(root):
    """(SET/NAME.KIND, dump, arguments, golden file) of every golden that stackwalk is compared with."""
    for set_name in STORES:
        folder = os.path.join(root, 'golden', set_name)
        for name in sorted(os.listdir(folder)):
            base, kind = re.fullmatch(r'(.*?)((?:\.(?:sym|inl|bp|m|dump))*\.\w+)$', name).groups()
            kind = kind[1:]
            dump = f'dumps/{set_name}/{base}.dmp'
            if kind == 'err':
                yield f'{set_name}/{name}', dump, [], os.path.join(folder, name)
            elif kind in ('json', 'txt', 'sym.json', 'sym.txt', 'inl.json', 'inl.txt'):
                form = ['--json', '--pretty'] if kind.endswith('json') else []
                args = form + store_arguments(set_name, kind)
                yield f'{set_name}/{name}', dump, args, os.path.join(folder, name)


def read(path):
    with open(path, 'rb') as f:
        return f.read()


def cpu_of(root, case):
    """The CPU by the dump's JSON golden; '-' where the peer fails."""
    path = os.path.join(root, 'golden', re.sub(r'(\.sym|\.inl)?\.(json|txt|err)$', '.json', case))
    return json.loads(read(path))['system_info']['cpu_arch'] if os.path.exists(path) else '-'


def run_golden(root, case, dump, args, golden):
    """(area, case, differences, whether equal as bytes)"""
    kind = re.search(r'((?:sym|inl)\.)?\w+$', case).group()
    out, err, code = stackwalk(*args, dump, cwd=root)
    want = read(golden)
    cpu = cpu_of(root, case)
    if kind == 'err':
        ours = b'exit %d\n%s' % (code, err)
        found = [] if ours.strip() == want.strip() and not out else [f'{ours!r} for {want!r}']
    elif code != 0:
        found = [f'exit status {code}: {err!r}']
    else:
        found = (compare_json if kind.endswith('json') else compare_text)(out, want)
    return kind, cpu, case, found, out == want


# The command lines of tools/mkcli.sh; golden/cli/NAME.out, .err, and the .json or .log written to WRITTEN.
TEST = 'dumps/rust-minidump/test.dmp'
EVIL = ['--evil-json', 'dumps/rust-minidump/evil.json']
ARGS = ['--symbols-path', 'symbols-synth', 'dumps/synth/x86-win-00.dmp']
INVALID = 'dumps/rust-minidump/invalid-range.dmp'
WRITTEN = 'WRITTEN'
CLI = {
    'default': [TEST],
    'brief': ['--brief', TEST],
    'brief-sym': ['--brief', '--symbols-path', 'symbols', TEST],
    'positional-sym': ['--brief', TEST, 'symbols'],
    'symfile': ['--brief', '--symbols-path',
                'symbols/test_app.pdb/5A9832E5287241C1838ED98914E9B7FF1/test_app.sym', TEST],
    'symfile-wrong': ['--brief', '--symbols-path',
                      'symbols/crash.pdb/3249D99D0C4049318610F4E4FB0B69361/crash.sym', TEST],
    'json-compact': ['--json', TEST],
    'json-brief': ['--json', '--brief', '--no-color', TEST],
    'json-human': ['--json', '--human', TEST],
    'human-pretty': ['--human', '--pretty', '--no-color', TEST],
    'nosuchfile': ['--no-color', 'dumps/nosuchfile.dmp'],
    'nofile': [],
    'directory': ['--no-color', 'dumps'],
    'evil-json': ['--json', '--pretty', *EVIL, TEST],
    'evil-human': ['--human', *EVIL, TEST],
    'evil-missing': ['--json', '--pretty', '--no-color', '--evil-json', 'nosuchfile.json', TEST],
    'args': ['--human', '--recover-function-args', *ARGS],
    'args-features': ['--human', '--features', 'unstable-all', *ARGS],
    'args-json': ['--json', '--pretty', '--recover-function-args', *ARGS],
    'cyborg': ['--cyborg', WRITTEN, TEST],
    'output-file': ['--json', '--output-file', WRITTEN, TEST],
    'log-file': ['--no-color', '--log-file', WRITTEN, INVALID],
    'color-error': [INVALID],
    'verbose-warn': ['--json', '--no-color', '--verbose', 'warn', 'dumps/synth/dir-duplicate.dmp'],
    'badverbose': ['--verbose', 'loud', TEST],
    'version': ['--version'],
    'dump-full': ['--dump', TEST],
}


def run_cli(root, name):
    golden = os.path.join(root, 'golden/cli', name)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        written = os.path.join(folder, 'written')
        out, err, code = stackwalk(*(written if arg == WRITTEN else arg for arg in CLI[name]), cwd=root)
        for kind in '.json', '.log':
            if os.path.exists(golden + kind) and read(written) != read(golden + kind):
                found.append(f'another {kind}')
    if out != read(golden + '.out'):
        found.append('another output')
    if b'%sexit %d\n' % (err, code) != read(golden + '.err'):
        found.append(f'{err!r}, exit status {code}')
    return 'cli', 'all', f'cli/{name}', found, not found


def run_own(own, evil, name):
    out, err, code = stackwalk('--json', '--pretty', '--symbols-path', f'{own}/symbols', '--symbols-path', evil,
                               f'{own}/dumps/{name}.dmp')
    want = read(f'{own}/golden/{name}.json')
    found = compare_json(out, want) if code == 0 else [f'exit status {code}: {err!r}']
    return 'own.json', 'amd64', f'own/{name}.json', found, out == want


def read_exceptions(path):
    with open(path, encoding='utf-8') as f:
        rows = (line.rstrip('\n').split('\t') for line in f if line.strip() and not line.startswith('#'))
        return {row[1]: row[2] for row in rows if row[0] == 'minidumps'}


def run_all(corpus, evil):
    root, own = os.path.join(corpus, 'minidumps'), os.path.join(corpus, 'own')
    names = sorted(n[:-5] for n in os.listdir(f'{own}/golden') if n.endswith('.json'))
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(run_golden, root, *case) for case in golden_cases(root)]
        jobs += [pool.submit(run_cli, root, name) for name in CLI]
        jobs += [pool.submit(run_own, own, evil, name) for name in names]
        return [job.result() for job in jobs]


def main():
    verbose = '-v' in sys.argv
    exceptions_path, corpus, evil = [a for a in sys.argv[1:] if a != '-v']
    exceptions = read_exceptions(exceptions_path)
    areas, bad, used = {}, [], set()
    for kind, cpu, case, found, same_bytes in run_all(os.path.realpath(corpus), os.path.realpath(evil)):
        row = areas.setdefault((kind, cpu if cpu in WALKED or cpu in '-all' else 'other CPUs'), [0, 0, 0, 0])
        listed = [pattern for pattern in exceptions if found and fnmatch.fnmatchcase(case, pattern)]
        row[0 if not found else 2 if listed else 1] += 1
        row[3] += same_bytes
        used.update(listed)
        if found and not listed:
            bad.append(f'{case}: {found[0]}' if not verbose else '\n    '.join([case + ':', *found[:20]]))
    for case in sorted(set(exceptions) - used):
        bad.append(f'{case}: listed as an exception, but equal ({exceptions[case]})')
    print('kind, CPU: equal / different / listed; of the equal ones byte for byte')
    for (kind, cpu), (equal, different, listed, same_bytes) in sorted(areas.items()):
        print(f'{kind}, {cpu}: {equal} / {different} / {listed}; {same_bytes}')
    print(*bad, sep='\n' if bad else '')
    total = [sum(row[i] for row in areas.values()) for i in range(4)]
    print(f'{total[0]} equal, {total[1]} different, {total[2]} listed; {total[3]} byte for byte')
    sys.exit(1 if bad else 0)


main()
