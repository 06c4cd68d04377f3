"""binaries-breakpad.py EXCEPTIONS CORPUS: dump-sym-parse beside the goldens of Breakpad's dump_syms, where both say the
same (dump-sym-parse.md 11): each function that it has, places at each address of these (of all inlined calls with -d),
unwind rules, public symbols. Names are not compared: Breakpad loses scopes and leaves Rust as it is."""
import collections, fnmatch, os, posixpath, sys

from binaries import Sym, cases, in_force, is_plt, load_exceptions, read, rules_at, run

AREAS = ("functions", "places", "unwind", "publics")
SHOWN = 3


def compare_functions(ours, theirs):
    a = {(f.start, f.size) for f in ours.functions.values()}
    for func in theirs.functions.values():
        if (func.start, func.size) not in a:
            own = ours.functions.get(func.start)
            yield f"{func.start:x} {func.size:x} {func.name}: {own and hex(own.size)}"


def places(stack):
    """From the outermost call in. Breakpad writes folders as they are."""
    return [place and (posixpath.normpath(place[0] or ""), place[1]) for _, place in stack]


def compare_places(ours, theirs, inlines):
    for start, func in theirs.functions.items():
        own = ours.functions.get(start)
        if own is None or own.size != func.size:
            continue
        for address in sorted(func.edges()):
            a, b = places(own.stack(address)), places(func.stack(address))
            lost = not inlines or len(b) < len(a)  # inlined calls in DW_AT_ranges of DWARF 3 and 5
            if (a[-1:] != b[-1:] if lost else a != b) and None not in (a[-1], b[-1]):
                yield f"{address:x}: {a} not {b}"


def same_rules(ours, theirs):
    """Ours says where stacks end, and what holds in each slot of a PLT: Breakpad leaves expressions out."""
    if ours.get(".ra") == "0":
        theirs = {**theirs, ".ra": "0"}
    return ours == theirs or is_plt(ours)


def compare_unwind(ours, theirs):
    for start, (size, rows) in theirs.unwind.items():
        own = ours.unwind.get(start)
        if own is None or own[0] != size:
            yield f"{start:x} {size:x}: {own and hex(own[0])}"
            continue
        a, b = in_force(own[1]), in_force(rows)
        starts_a, starts_b = sorted(a), sorted(b)
        for address in sorted(set(a) | set(b)):
            x, y = rules_at(a, starts_a, address), rules_at(b, starts_b, address)
            if not same_rules(x, y):
                yield f"{address:x}: {x} not {y}"
                break


def compare_publics(ours, theirs):
    known = ours.publics.keys() | ours.functions.keys()
    for address, public in theirs.publics.items():
        if address not in known and address & ~1 not in known:
            yield f"{address:x}: {public[2]}"


def compare(ours, theirs, inlines):
    return {
        "functions": list(compare_functions(ours, theirs)),
        "places": list(compare_places(ours, theirs, inlines)),
        "unwind": list(compare_unwind(ours, theirs)),
        "publics": list(compare_publics(ours, theirs)),
    }


def main():
    exceptions = load_exceptions(sys.argv[1], "binaries-breakpad")
    binaries = os.path.join(os.path.abspath(sys.argv[2]), "binaries")
    counts = collections.Counter()
    used, failed = set(), 0
    for golden, folder, words in cases(binaries, "breakpad-dump_syms"):
        if not os.path.exists(os.path.join(binaries, golden)) or set(words[:-1]) - {"-m", "-d"}:
            continue
        code, text, errors = run(folder, words[-1:])
        if code not in (0, 1):
            print(f"different: {golden}: exit {code}: {errors}")
            failed += 1
        found = compare(Sym(text), Sym(read(os.path.join(binaries, golden))), "-d" in words)
        for area in AREAS:
            case = f"{golden[len('golden/'):]} {area}"
            match = next((e for e in exceptions if fnmatch.fnmatch(case, e)), None)
            verdict = "equal" if not found[area] else "listed" if match else "different"
            counts[verdict, area] += 1
            if verdict == "listed":
                used.add(match)
            if verdict == "different":
                print(f"different: {case}: {len(found[area])}")
                for what in found[area][:SHOWN]:
                    print(f"    {what}")
    for e in exceptions:
        if e not in used:
            print(f"different: the exception {e} is of no use")
            failed += 1
    verdicts = ("equal", "different", "listed")
    print("; ".join(f"{area} {'/'.join(str(counts[v, area]) for v in verdicts)}" for area in AREAS))
    total = [sum(counts[v, area] for area in AREAS) for v in verdicts]
    print(f"{total[0]} equal, {total[1]} different, {total[2]} listed")
    return 1 if total[1] or failed else 0


sys.exit(main())
