"""addresses.py N FILE...: what dump-sym-parse --lookup says of addresses of FILE beside what llvm-symbolizer reads there.

Of each FILE N addresses of its executable sections, at random, or all when there are fewer: every function with its
inlined calls, each with file and line, must be the same. Names are compared without parameters and as the demangler of
binutils writes them. Where two symbols have one address, either name is right. Prints a line a file; exit status 1 after
the first three differences of a file.
"""

import json
import os
import posixpath
import random
import re
import subprocess
import sys

SHOWN = 3
# What compilers add to names of copies and parts, and what makes a Rust name unique.
SUFFIXES = re.compile(r'( \[clone [^]]*\]|\.(cold|constprop|isra|part|llvm|lto_priv|localalias)(\.\d+)*)+$')
UNIQUE = re.compile(r'::h[0-9a-f]{16}$|\[[0-9a-f]{6,16}\]|(?<=[\de\']): ([iu](size|8|16|32|64|128)|bool|char)(?=[]>,])')


def ask(*command, lines=()):
    text = ''.join(line + '\n' for line in lines)
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f'{" ".join(command[:2])}: {done.stderr}')
    return done.stdout


def program(path):
    """The address of the first loadable segment, and the address and size of each executable section but the PLT."""
    bias, found = None, []
    for line in ask('readelf', '-lSW', path).splitlines():
        words = re.sub(r'^ *\[ *\d+\]', '', line).split()
        if words[:1] == ['LOAD'] and bias is None:
            bias = int(words[2], 16)
        elif words[1:2] in (['PROGBITS'], ['NOBITS']) and 'X' in words[6] and not words[0].startswith('.plt'):
            found.append((int(words[2], 16), int(words[4], 16)))
    return bias or 0, found


def choose(sections, n):
    """N numbers of bytes, at random but always the same ones, as addresses."""
    total = sum(size for _, size in sections)
    picks = sorted(random.Random(1).sample(range(total), min(n, total)))
    chosen, before = [], 0
    for start, size in sections:
        chosen += [start + p - before for p in picks if before <= p < before + size]
        before += size
    return chosen


def plain(names):
    """Each name, demangled without parameters."""
    found = {}
    for language in 'auto', 'dlang':
        some = [n for n in names if n and (re.match(r'_D\d', n) is not None) == (language == 'dlang')]
        for i in range(0, len(some), 500):
            part = some[i : i + 500]
            shown = ask('c++filt', '-p', '-r', '-s', language, *part).splitlines()
            # of D, parameters are shown all the same
            found.update(zip(part, (re.sub(r'(?<!!)\(.*', '', t) if language == 'dlang' else t for t in shown)))
    return {name: UNIQUE.sub('', SUFFIXES.sub('', shown)) for name, shown in found.items()}


def aliases(path):
    """The names of each address that has several, and the names that it goes by elsewhere."""
    symbols = {}
    for line in ask('nm', '--defined-only', path).splitlines():
        words = line.split(maxsplit=2)
        if len(words) == 3 and words[1] in 'tTwWiuvV':
            symbols.setdefault(int(words[0], 16), set()).add(words[2])
    several = [names for names in symbols.values() if len(names) > 1]
    shown = plain({name for names in several for name in names})
    groups = {}
    for names in several:
        group = {shown[name] for name in names}
        for name in group:
            groups.setdefault(name, set()).update(group)
    return groups


def theirs(path, addresses):
    """A stack, innermost first, of (function, file, line) for each address; an empty one where only a symbol is known."""
    text = ask(
        'llvm-symbolizer', '--output-style=JSON', '--no-demangle', '--inlines', f'--obj={path}',
        lines=[hex(a) for a in addresses],
    )  # fmt: skip
    stacks = []
    for line in text.splitlines():
        frames = [(f['FunctionName'], f['FileName'], f['Line']) for f in json.loads(line).get('Symbol', [])]
        function, source, number = frames[0] if len(frames) == 1 else ('?', '/', 1)
        # a function without a name is padding; a file without a folder comes from the symbol table
        stacks.append([] if not function or (number == 0 and '/' not in source) else frames)
    shown = plain({f for stack in stacks for f, _, _ in stack})
    return [[(shown[f], source, number) for f, source, number in stack] for stack in stacks]


def ours(path, addresses, bias):
    ask('dump-sym-parse', '--style=name', '-o', 'symbols', path)
    text = ask('dump-sym-parse', '--json', '--lookup', '-', 'symbols', lines=[f'{a - bias:x}' for a in addresses])
    answers = [json.loads(line) for line in text.splitlines()]
    return [
        [] if o.get('public') else [(f['function'], f.get('file', ''), f.get('line', 0)) for f in o['frames']]
        for o in answers
    ]


def is_same(a, b, groups):
    """Frames; a debugger may know a name without its namespace."""
    name, other = SUFFIXES.sub('', a[0]), b[0]
    return (
        (name == other or name.endswith('::' + other) or other in groups.get(name, ()))
        and a[2] == b[2]
        and (a[2] == 0 or posixpath.normpath(a[1]) == posixpath.normpath(b[1]))
    )


def compare(path, n):
    """How many addresses are in functions of both, and how many differ."""
    bias, sections = program(path)
    addresses = choose(sections, n)
    groups = aliases(path)
    known = different = 0
    for address, a, b in zip(addresses, ours(path, addresses, bias), theirs(path, addresses)):
        known += bool(a or b)
        if len(a) == len(b) and all(is_same(x, y, groups) for x, y in zip(a, b)):
            continue
        different += 1
        if different <= SHOWN:
            at = next((i for i, (x, y) in enumerate(zip(a, b)) if not is_same(x, y, groups)), min(len(a), len(b)))
            print(f'{path}: {address:x}: frame {at} of {len(a)} and {len(b)}:', *a[at : at + 1], *b[at : at + 1], sep='\n    ')
    print(f'{os.path.basename(path)}: {known - different} of {known}')
    return known, different


def main():
    known = different = 0
    for path in sys.argv[2:]:
        counts = compare(path, int(sys.argv[1]))
        known, different = known + counts[0], different + counts[1]
    print(f'{known} addresses in functions of {len(sys.argv) - 2} files, {different} differ')
    return different != 0 or known == 0


if __name__ == '__main__':
    sys.exit(main())
