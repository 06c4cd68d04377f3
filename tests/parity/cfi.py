"""cfi.py EXCEPTIONS CORPUS [-v]: STACK CFI of every ELF file of corpus/binaries, by cfi_print.

--compat: the text beside dump_syms' golden. By default: the rules in force at every row beside those of both goldens
(dump-sym-parse.md 17, point 5), where differences are put into classes that the exceptions list, and beside the table
that llvm-dwarfdump prints, which must be the same everywhere.
"""
import collections
import fnmatch
import gzip
import os
import re
import shutil
import subprocess
import sys

STACK = re.compile(r'STACK CFI (?:INIT ([0-9a-f]+) ([0-9a-f]+)|([0-9a-f]+)) (.*)')


def lines_of(path):
    for name, opener in ((path, open), (path + '.gz', gzip.open)):
        if os.path.exists(name):
            with opener(name, 'rt', encoding='utf-8', errors='replace') as f:
                return [line for line in f if line.startswith('STACK CFI')]
    return None


def rules_of(text):
    rules = {}
    for word in text.split():
        if word.endswith(':'):
            key = word[:-1]
            rules[key] = ''
        else:
            rules[key] = (rules[key] + ' ' + word).strip()
    return rules


def without_self(rules):
    """Rules that say "R: R" say nothing; Breakpad's ".ra: .ra" neither."""
    return {k: v for k, v in rules.items() if k != v}


def parse(lines):
    """{start: (size, [(address, rules in force)])}; what stands before the first INIT is left out."""
    inits, rows, seen = {}, None, None
    for line in lines:
        match = STACK.match(line)
        start, size, address, text = match.groups()
        if start:
            rows = [(int(start, 16), rules_of(text))]
            seen = (int(size, 16), rows)
            inits.setdefault(int(start, 16), seen)
        elif rows is not None and int(address, 16) < rows[0][0] + seen[0] and int(address, 16) >= rows[-1][0]:
            rows.append((int(address, 16), {**rows[-1][1], **rules_of(text)}))
    return inits


def at(rows, address):
    return without_self([rules for start, rules in rows if start <= address][-1])


# --- goldens -----------------------------------------------------------------------------------------------------------

def difference(key, ours, theirs, mine, other):
    """The class of one difference. That ours is right is what the tables of llvm-dwarfdump show."""
    lazy = len(mine) > 2 and mine[1][1]['.cfa'] in ('$rsp 24 +', '$esp 12 +')
    computed = ours is not None and not ours.startswith('.cfa') and ('^' in ours or '$rsp 160 +' == ours)
    if ours in ('0', '.undef'):
        return 'end of stack'
    if len(other) == 1 < len(mine):
        return 'unknown instruction'
    if key == '.cfa' and lazy:
        return 'procedure linkage table'
    if computed and (theirs is None or key in ('.cfa', '.ra')):
        return 'expression'
    if key == '.ra' and theirs is None:
        return '.ra: .ra'
    if theirs is not None and (ours is None or key == '.ra'):
        return 'stale rule'
    return f'{key}: {ours} beside {theirs}'


def compare(name, peer, ours, theirs):
    found, n = collections.Counter(), 0
    for start in sorted(set(ours) | set(theirs)):
        if start not in theirs or start not in ours:
            found['only ours' if start in ours else 'only theirs'] += 1
            continue
        (size, mine), (their_size, other) = ours[start], theirs[start]
        found['size'] += size != their_size
        for address in sorted({a for a, _ in mine} | {a for a, _ in other}):
            n += 1
            x, y = at(mine, address), at(other, address)
            for key in sorted(set(x) | set(y)):
                if x.get(key) != y.get(key):
                    found[difference(key, x.get(key), y.get(key), mine, other)] += 1
    return n, {f'{name} {peer} {what}': count for what, count in found.items() if count}


# --- llvm-dwarfdump ----------------------------------------------------------------------------------------------------

RISCV = ('zero ra sp gp tp t0 t1 t2 s0 s1 a0 a1 a2 a3 a4 a5 a6 a7 '
         's2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6').split()
RETURN = {'x86': '$eip', 'x86_64': '$rip', 'arm': 'lr', 'arm64': 'x30', 'riscv64': 'ra', 'mips': '$ra', 'ppc64': 'lr'}


def machine(path):
    with open(path, 'rb') as f:
        head = f.read(20)
    number = int.from_bytes(head[18:20], 'little' if head[5] == 1 else 'big')
    return {3: 'x86', 8: 'mips', 21: 'ppc64', 40: 'arm', 62: 'x86_64', 183: 'arm64', 243: 'riscv64'}[number]


def spelled(cpu, name):
    if cpu in ('x86', 'x86_64'):
        return '$' + name.lower()
    if cpu == 'arm64':
        return 'sp' if name in ('WSP', 'SP') else 'x' + name[1:] if re.match(r'[WX]\d', name) else None
    if cpu == 'riscv64':
        return RISCV[int(name[1:])] if re.match(r'X\d', name) else None
    if cpu == 'mips':
        return '$' + name.split('_')[0].lower()
    if cpu == 'ppc64':
        return 'lr' if name == 'LR8' else 'r' + name[1:] if re.match(r'X\d', name) else None
    return name.lower()


def postfix(cpu, text):
    words = []
    for op in text.split(', '):
        match = re.fullmatch(r'DW_OP_breg\d+ (\w+)([+-]\d+)', op)
        if match:
            words.append(spelled(cpu, match[1]) + (f' {int(match[2])} +' if int(match[2]) else ''))
        elif op == 'DW_OP_deref':
            words.append('^')
        else:
            words.append(f'{int(re.fullmatch("DW_OP_plus_uconst (.*)", op)[1], 16)} +')
    return ' '.join(words)


def value(cpu, key, text, is_return):
    if text == 'same':
        return key
    if text == 'undefined':
        return '0' if is_return else '.undef'
    inner, loads = (text[1:-1], ' ^') if text[0] == '[' else (text, '')
    if 'DW_OP' in inner:
        return postfix(cpu, inner) + loads
    match = re.fullmatch(r'CFA([+-]\d+)?', inner)
    return f'.cfa {int(match[1] or 0)} +{loads}' if match else spelled(cpu, inner)


def expected(cpu, text):
    """One row of the table; a CFA of a procedure linkage table is None."""
    cfa, _, registers = re.fullmatch(r'CFA=(.*?)(: (?=[A-Za-z]\w*=)|$)(.*)', text).groups()
    match = re.fullmatch(r'(\w+)([+-]\d+)?', cfa)
    if match:
        rules = {'.cfa': f'{spelled(cpu, match[1])} {int(match[2] or 0)} +'}
    else:
        rules = {'.cfa': None if 'DW_OP_ge' in cfa else postfix(cpu, cfa)}
    for word in re.split(r', (?!DW_OP)', registers) if registers else []:
        name, what = word.split('=', 1)
        key = spelled(cpu, name)
        if key:
            rules['.ra' if key == RETURN[cpu] else key] = value(cpu, key, what, key == RETURN[cpu])
    if '.ra' not in rules:
        rules['.ra'] = RETURN[cpu]
    return rules


def table(path, cpu):
    """{start: (end, [(address, rules)])} of both sections; .eh_frame comes last and wins."""
    text = subprocess.run(['llvm-dwarfdump', '--eh-frame', path], capture_output=True, text=True, check=False).stdout
    entries, rows = {}, None
    for line in text.splitlines():
        match = re.search(r' FDE cie=\w+ pc=(\w+)\.\.\.(\w+)', line)
        if match:
            rows = []
            entries[int(match[1], 16)] = (int(match[2], 16), rows)
        match = re.match(r'  0x(\w+): (CFA=.*)', line)
        if match and rows is not None:
            rows.append((int(match[1], 16), expected(cpu, match[2])))
        elif ' CIE' in line:
            rows = None
    return entries


def in_table(rules, address):
    if rules['.cfa'] is not None:
        return without_self(rules)
    word = 4 if '$esp' in str(rules) or rules['.ra'] == '.cfa -4 + ^' else 8
    register = '$esp' if word == 4 else '$rsp'
    return without_self({**rules, '.cfa': f'{register} {2 * word if address % 16 >= 11 else word} +'})


def offsets(path):
    """{start: [(address, end of the CFA's rule)]} by readelf: llvm-dwarfdump 14 forgets it at DW_CFA_restore_state."""
    text = subprocess.run(['readelf', '--debug-dump=frames-interp', path], capture_output=True, text=True, check=False).stdout
    found, rows = {}, []
    for line in text.splitlines():
        match = re.search(r' FDE .* pc=(\w+)\.\.', line)
        if match:
            rows = found.setdefault(int(match[1], 16), [])
        elif ' CIE ' in line:
            rows = []
        match = re.match(r'([0-9a-f]{8,16}) (?:\w+\+(\d+)|exp) ', line)
        if match:
            rows.append((int(match[1], 16), f' {match[2]} +' if match[2] else ' ^'))
    return found


def only_offset_differs(mine, rules, rows, address):
    """Whether the CFA is the only difference, and readelf says what ours does."""
    by_readelf = [n for a, n in rows if a <= address]
    return {**mine, '.cfa': ''} == {**rules, '.cfa': ''} and by_readelf and mine['.cfa'].endswith(by_readelf[-1])


def check_table(name, path, bias, ours):
    cpu, n, wrong, by_readelf = machine(path), 0, [], offsets(path)
    for start, (end, rows) in table(path, cpu).items():
        mine = ours.get(start - bias)
        if not rows or end == start or mine is None:
            continue
        for address in sorted({a for a, _ in rows} | {a + bias for a, _ in mine[1]}):
            rules = [r for a, r in rows if a <= address][-1]
            if address >= end:
                continue
            n += 1
            said, rules = at(mine[1], address - bias), in_table(rules, address)
            if said != rules and not only_offset_differs(said, rules, by_readelf.get(start, []), address):
                wrong.append(f'{name}: 0x{address:x}: {said}, not {rules}')
    return n, wrong


# --- all files ---------------------------------------------------------------------------------------------------------

def read_exceptions(path):
    with open(path, encoding='utf-8') as f:
        rows = (line.rstrip('\n').split('\t') for line in f if line.strip() and not line.startswith('#'))
        return {row[1]: row[2] for row in rows if row[0] == 'cfi'}


def elf_files(folder):
    for where, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(where, name)
            with open(path, 'rb') as f:
                if f.read(4) == b'\x7fELF':
                    yield path


def first_load(path):
    text = subprocess.run(['readelf', '-lW', path], capture_output=True, text=True, check=False).stdout
    match = re.search(r'^ *LOAD +\w+ 0x(\w+)', text, re.M)
    return int(match[1], 16) if match else 0


def printed(*arguments):
    run = subprocess.run(['cfi_print', *arguments], capture_output=True, text=True, check=False)
    return run.stdout.splitlines(keepends=True)


def main():
    verbose = '-v' in sys.argv
    exceptions_path, corpus = [a for a in sys.argv[1:] if a != '-v']
    exceptions, used, bad = read_exceptions(exceptions_path), set(), []
    has_table = shutil.which('llvm-dwarfdump') and shutil.which('readelf')
    files = texts = rows = table_rows = different = 0
    if not has_table:
        print('skipped: the tables of llvm-dwarfdump: it or readelf is not here')
    for path in elf_files(f'{corpus}/binaries'):
        name = os.path.relpath(path, f'{corpus}/binaries')
        golden = f'{corpus}/binaries/golden/{name}'
        files += 1
        ours = parse(printed(path))
        for peer in ('rust', 'bp'):
            lines = lines_of(f'{golden}.{peer}.sym')
            if lines is None:
                continue
            if peer == 'rust':
                texts += 1
                if printed('--compat', path) != lines:
                    bad.append(f'{name}: --compat is not dump_syms\' text')
            n, found = compare(name, peer, ours, parse(lines))
            rows += n
            for what, count in found.items():
                different += count
                listed = [p for p in exceptions if fnmatch.fnmatchcase(what, p)]
                used.update(listed)
                if not listed:
                    bad.append(f'{what}: {count} times')
        if has_table:
            n, wrong = check_table(name, path, first_load(path), ours)
            table_rows += n
            bad += wrong if verbose else wrong[:1]
    for pattern in sorted(set(exceptions) - used):
        bad.append(f'{pattern}: listed as an exception, but there is none ({exceptions[pattern]})')
    print(*bad, sep='\n' if bad else '')
    print(f'{files} files; --compat: {texts} texts equal to dump_syms\'; by default: {rows} rows beside both goldens, '
          f'{different} differ and are listed; {table_rows} rows as in llvm-dwarfdump\'s tables')
    sys.exit(1 if bad else 0)


main()
