"""binaries.py EXCEPTIONS CORPUS: dump-sym-parse beside the goldens of dump_syms, by meaning and not by text
(dump-sym-parse.md 17): functions, names, places (address to stack), unwind rules, public symbols.
Each golden twice: with --compat, and by default, where what dump_syms does wrong (dump-sym-parse.md 15) is not wanted."""
import bisect, collections, fnmatch, gzip, os, re, shlex, subprocess, sys

AREAS = ("head", "functions", "names", "places", "unwind", "publics")
SHOWN = 3
UNKNOWN = "<unknown>"


class Func:
    def __init__(self, fields):
        self.multiple = fields[0] == "m"
        if self.multiple:
            fields = fields[1:]
        self.start, self.size = int(fields[0], 16), int(fields[1], 16)
        self.name = fields[3] if len(fields) > 3 else ""
        self.lines, self.inlines = [], []

    def edges(self):
        edges = {self.start}
        for start, size, _, _ in self.lines:
            edges |= {start, start + size}
        for ranges in self.inlines:
            for start, size in ranges[4]:
                edges |= {start, start + size}
        return {e for e in edges if self.start <= e < self.start + self.size}

    def seal(self):
        self.lines = [line for line in self.lines if line[1]]
        self.starts = [line[0] for line in self.lines]
        self.covers = collections.defaultdict(list)
        for level, line, file, origin, ranges in self.inlines:
            for start, size in ranges:
                self.covers[level].append((start, size, line, file, origin))

    def stack(self, address):
        """(name, place) from the innermost call out; the innermost place is None where no line is."""
        at = bisect.bisect_right(self.starts, address) - 1
        place = None
        if at >= 0 and address < self.lines[at][0] + self.lines[at][1]:
            place = (self.lines[at][3], self.lines[at][2])
        frames, name, level = [], None, 0
        while True:
            found = next((c for c in self.covers[level] if c[0] <= address < c[0] + c[1]), None)
            if found is None:
                break
            frames.append((name, (found[3], found[2])))
            name = found[4]
            level += 1
        frames.append((name, place))
        return frames


class Sym:
    def __init__(self, text):
        self.head, self.functions, self.publics, self.unwind = [], {}, {}, {}
        self.order = []
        files, origins = {}, {}
        func = init = None
        for line in text.split("\n"):
            kind, _, rest = line.partition(" ")
            if kind in ("MODULE", "INFO"):
                if not rest.startswith("GENERATOR"):
                    self.head.append(line)
            elif kind == "FILE":
                number, _, path = rest.partition(" ")
                files[number] = path
            elif kind == "INLINE_ORIGIN":
                number, _, name = rest.partition(" ")
                origins[number] = name
            elif kind == "FUNC":
                func = Func(rest.split(" ", 4 if rest.startswith("m ") else 3))
                self.functions[func.start] = func
                self.order.append(func.start)
            elif kind == "PUBLIC":
                fields = rest.split(" ", 3 if rest.startswith("m ") else 2)
                multiple = fields[0] == "m"
                fields = fields[multiple:]
                self.publics[int(fields[0], 16)] = (multiple, fields[1], fields[2] if len(fields) > 2 else "")
                self.order.append(int(fields[0], 16))
            elif kind == "INLINE":
                f = rest.split(" ")
                ranges = [(int(f[i], 16), int(f[i + 1], 16)) for i in range(4, len(f), 2)]
                func.inlines.append((int(f[0]), int(f[1]), files.get(f[2]), origins.get(f[3]), ranges))
            elif kind == "STACK":
                fields = rest.split(" ")
                if fields[1] == "INIT":
                    init = self.unwind.setdefault(int(fields[2], 16), (int(fields[3], 16), []))[1]
                    init.append((int(fields[2], 16), rules(fields[4:])))
                elif init is not None:
                    init.append((int(fields[1], 16), rules(fields[2:])))
            elif line:
                f = line.split(" ")
                func.lines.append((int(f[0], 16), int(f[1], 16), int(f[2]), files.get(f[3])))
        for func in self.functions.values():
            func.seal()


def rules(words):
    found, register = {}, None
    for word in words:
        if word.endswith(":"):
            register = word[:-1]
            found[register] = []
        elif register is not None:
            found[register].append(word)
    return {r: " ".join(e) for r, e in found.items()}


def in_force(rows):
    """The rules at the start of each row, each INIT with its deltas; what says REG: REG is no rule."""
    now, all_rows = {}, {}
    for address, changes in sorted(rows, key=lambda row: row[0]):
        now = {**now, **changes}
        all_rows[address] = {r: e for r, e in now.items() if e != r}
    return all_rows


def rules_at(rows, starts, address):
    return rows[starts[bisect.bisect_right(starts, address) - 1]]


def plain(name):
    """Level 2: without parameters, template arguments and the spellings of dump-sym-parse.md 7.2."""
    name = re.sub(r'operator(_\w+)::operator ""', r'operator"" \1', name)
    name = re.sub(r"operator *(<<=?|>>=?|<=>|<=|>=|<|>|->\*?|\(\))", lambda m: "operator" + str(len(m[1])), name)
    out, depth = [], 0
    for c in name.replace("(anonymous namespace)", "{anon}"):
        depth += c in "<(["
        if depth == 0:
            out.append(c)
        depth -= c in ">)]"
    return re.sub(r" const$| \[clone.*", "", "".join(out)).strip() or name


def same_name(ours, theirs, compat):
    """By default ours may say more: the scopes around a name (5.2), a name from dwz's common file (error 9)."""
    ours, theirs = ours and plain(ours), theirs and plain(theirs)
    return ours == theirs or (not compat and theirs and (ours.endswith("::" + theirs) or theirs == "<name omitted>"))


def same_stack(ours, theirs, compat):
    """By default a byte that no row covers has no line (error 23), and a row that begins before its function is cut
    and not dropped (error 10)."""
    if not compat and None in (ours[-1][1], theirs[-1][1]):
        return True
    return len(ours) == len(theirs) and all(x[1] == y[1] and same_name(x[0], y[0], compat)
                                            for x, y in zip(ours, theirs))


def compare_places(ours, theirs, compat):
    for start, func in theirs.functions.items():
        own = ours.functions.get(start)
        if own is None or own.size != func.size:
            continue
        for address in sorted(own.edges() | func.edges()):
            a, b = own.stack(address), func.stack(address)
            if not same_stack(a, b, compat):
                yield f"{address:x}: {a} not {b}"


def is_plt(rules_now):
    """What ours says of each 16 bytes of a PLT; theirs is right for the first 11 bytes only (error 3)."""
    return rules_now.get(".cfa") in ("$rsp 8 +", "$rsp 16 +", "$esp 4 +", "$esp 8 +")


def same_rules(ours, theirs, gone, later_slot):
    """By default ours undoes what is restored (error 2) and says where stacks end (8.2)."""
    theirs = {r: e for r, e in theirs.items() if r not in gone}
    if ".ra" not in theirs and ours.get(".ra") == "0":
        theirs[".ra"] = "0"
    return ours == theirs or (later_slot and is_plt(ours))


def compare_unwind(ours, theirs, compat):
    for start, (size, rows) in theirs.unwind.items():
        own = ours.unwind.get(start)
        if own is None or own[0] != size:
            yield f"{start:x} {size:x}: {own and hex(own[0])}"
            continue
        a, b = in_force(own[1]), in_force(rows)
        starts_a, starts_b = sorted(a), sorted(b)
        explicit, undone = set(), {}
        for address, changes in sorted(own[1], key=lambda row: row[0]):
            explicit |= {r for r, e in changes.items() if e == r}
            explicit -= {r for r, e in changes.items() if e != r}
            undone[address] = set(explicit)
        starts_undone = sorted(undone)
        slots = len(a) > 3 and size > 16 and all((address - start) % 16 in (0, 6, 11) for address in starts_a)
        for address in sorted(set(a) | set(b)):
            x, y = rules_at(a, starts_a, address), rules_at(b, starts_b, address)
            gone = rules_at(undone, starts_undone, address)
            if not (x == y if compat else same_rules(x, y, gone, slots and address >= start + 11)):
                yield f"{address:x}: {x} not {y}"
                break
    for start in ours.unwind.keys() - theirs.unwind.keys():
        yield f"{start:x}: too much"


def compare_publics(ours, theirs, compat):
    a, b = ours.publics, theirs.publics
    if not compat:
        # Sections that have no symbol forget the bias (error 1), Thumb symbols are odd (error 8).
        thumb = " arm " in theirs.head[0]
        b = {k - (k & 1 if thumb else 0): v for k, v in b.items() if " ELF section in " not in v[2]}
        # Slots of the PLT have names here (4).
        a = {k: v for k, v in a.items() if " ELF section in " not in v[2] and not v[2].endswith("@plt")}
    for address in sorted(a.keys() | b.keys()):
        x, y = a.get(address), b.get(address)
        if x and y and not compat and (y[0] or same_name(x[2], y[2], False)):
            continue  # another alias (4), another spelling
        if not (x and y and x[:2] == y[:2] and plain(x[2]) == plain(y[2])):
            yield f"{address:x}: {x} not {y}"


def compare(ours, theirs, compat):
    different = collections.defaultdict(list)
    if ours.head != theirs.head:
        different["head"].append(f"{ours.head} not {theirs.head}")
    if ours.order != sorted(ours.order):
        different["head"].append("not by address")
    a = {(f.start, f.size) for f in ours.functions.values()}
    b = {(f.start, f.size) for f in theirs.functions.values()}
    different["functions"] += [f"{s:x} {n:x} {side}" for side, rest in (("missing", b - a), ("too much", a - b))
                               for s, n in sorted(rest)]
    for start, func in theirs.functions.items():
        own = ours.functions.get(start)
        if own is not None and (not same_name(own.name, func.name, compat) or
                                (compat and own.multiple != func.multiple)):
            different["names"].append(f"{start:x}: {own.multiple} {own.name} not {func.multiple} {func.name}")
    different["places"] += compare_places(ours, theirs, compat)
    different["unwind"] += compare_unwind(ours, theirs, compat)
    different["publics"] += compare_publics(ours, theirs, compat)
    return different


def level_1(ours, theirs):
    """How many names are the same text."""
    shared = [(ours.functions[s].name, f.name) for s, f in theirs.functions.items() if s in ours.functions]
    return sum(a == b for a, b in shared), len(shared)


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rb") as f:
        return f.read().decode("utf-8", "replace")


def is_elf(path):
    try:
        with open(path, "rb") as f:
            return f.read(4) == b"\x7fELF"
    except OSError:
        return False


def cases(binaries, program="dump_syms"):
    with open(os.path.join(binaries, "golden", "COMMANDS.tsv")) as f:
        for line in list(f)[1:]:
            golden, folder, command = line.rstrip("\n").split("\t")
            words = re.sub(r"--extra-info (\S+) (\S+)", r"--extra-info '\1 \2'", command)
            words = words.replace("^/build/src/(.*)$", "'^/build/src/(.*)$'")
            words = shlex.split(words)
            folder = os.path.join(binaries, folder)
            if words[0] != program or not is_elf(os.path.join(folder, words[-1])):
                continue
            if not golden.endswith(".gz") and os.path.exists(os.path.join(binaries, golden + ".gz")):
                golden += ".gz"
            yield golden, folder, words[1:]


def run(folder, words):
    done = subprocess.run(["dump-sym-parse", *words], cwd=folder, capture_output=True, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def load_exceptions(path, area="binaries"):
    with open(path) as f:
        rows = [line.rstrip("\n").split("\t") for line in f if line.startswith(area + "\t")]
    return [row[1] for row in rows]


def main():
    exceptions = load_exceptions(sys.argv[1])
    binaries = os.path.join(os.path.abspath(sys.argv[2]), "binaries")
    only = sys.argv[3] if len(sys.argv) > 3 else ""
    counts = {(mode, area): [0, 0, 0] for mode in ("compat", "default") for area in AREAS}
    same = [0, 0]
    used = set()
    failed = 0
    for golden, folder, words in cases(binaries):
        if only not in golden:
            continue
        theirs = Sym(read(os.path.join(binaries, golden)))
        for mode in ("compat", "default"):
            extra = ["--compat"] if mode == "compat" else []
            if mode == "default" and "--inlines" not in words:
                extra = ["--no-inlines"]
            code, text, errors = run(folder, extra + words)
            if code not in (0, 1) or "AddressSanitizer" in errors:
                print(f"different: {golden} {mode}: exit {code}: {errors}")
                failed += 1
            ours = Sym(text)
            different = compare(ours, theirs, mode == "compat")
            if mode == "compat":
                equal, n = level_1(ours, theirs)
                same = [same[0] + equal, same[1] + n]
            for area in AREAS:
                case = f"{golden[len('golden/'):]} {mode} {area}"
                match = next((e for e in exceptions if fnmatch.fnmatch(case, e)), None)
                if not different[area]:
                    counts[mode, area][0] += 1
                elif match:
                    used.add(match)
                    counts[mode, area][2] += 1
                else:
                    counts[mode, area][1] += 1
                    print(f"different: {case}: {len(different[area])}")
                    for what in different[area][:SHOWN]:
                        print(f"    {what}")
    if not only:
        for e in exceptions:
            if e not in used:
                print(f"different: the exception {e} is of no use")
                failed += 1
    for mode in ("compat", "default"):
        print(f"{mode}: " + "; ".join(f"{area} {'/'.join(map(str, counts[mode, area]))}" for area in AREAS))
    total = [sum(c[i] for c in counts.values()) for i in range(3)]
    print(f"{total[0]} equal, {total[1]} different, {total[2]} listed; {same[0]} of {same[1]} names the same text")
    return 1 if total[1] or failed else 0


if __name__ == "__main__":
    sys.exit(main())
