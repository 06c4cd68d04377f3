"""Runs siggen --compat in the place of Socorro's signature and of signify, and compares what they print byte by byte.

Usage: siggen_cli.py EXCEPTIONS CORPUS     (siggen from PATH)

The crashes that signature fetches by their ids come from standard input. EXCEPTIONS has lines "siggen-cli TAB RUN TAB
reason"; one that is not needed any more is an error, too.
"""
import json
import os
import subprocess
import sys


def exceptions(path):
    with open(path, encoding='utf-8') as lines:
        rows = (line.rstrip('\n').split('\t') for line in lines)
        return {row[1] for row in rows if row[0] == 'siggen-cli'}


def main():
    listed = exceptions(sys.argv[1])
    corpus = sys.argv[2]
    cli = os.path.join(corpus, 'siggen', 'cli')
    lists = os.path.join(corpus, 'siglists')
    with open(os.path.join(cli, 'processed.ndjson'), encoding='utf-8') as lines:
        crashes = {json.loads(line)['uuid']: line for line in lines}
    with open(os.path.join(cli, 'index.json'), encoding='utf-8') as text:
        runs = json.load(text)
    equal = different = 0
    for run in runs:
        name = run['name']
        args = ['siggen', '--compat', '-l', lists]
        if name.startswith('signify'):
            args += ['-f', 'signify']
            text = run['stdin']
        else:
            text = ''.join(crashes[a] for a in run['argv'] if a in crashes)
        args += ['-d' if a == '-v' else a for a in run['argv'] if a.startswith('-')]
        ours = subprocess.run(args, input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        with open(os.path.join(cli, name + '.stdout'), 'rb') as golden:
            theirs = golden.read()
        # The peer ran with the lists that it includes.
        got = ours.stdout.replace(b'signature lists from ' + lists.encode(), b'included signature lists')
        if got == theirs:
            equal += 1
        else:
            different += 1
        if (got == theirs) == (name in listed):
            print(name + (': equal, but listed' if name in listed else ': differs'))
            sys.exit(1)
    print('%d runs: %d equal, %d listed' % (len(runs), equal, different))


main()
