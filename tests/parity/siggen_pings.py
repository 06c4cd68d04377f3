"""Runs siggen --compat -i ping over the pings of the corpus, and compares requests, crash data and signatures.

Usage: siggen_pings.py CORPUS     (siggen from PATH)

The answers are those that a stub of a server gave to fx-crash-sig, whose signatures are made with the lists of 2024.
"""
import json
import os
import subprocess
import sys


def documents(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        document, at = decoder.raw_decode(text, at)
        yield document
        at += 1


def main():
    pings = os.path.join(sys.argv[1], 'siggen', 'ping', 'fxcs.')
    old_lists = os.path.join(sys.argv[1], 'siglists', '2024-10-29')
    with open(pings + 'ids.txt', encoding='utf-8') as text:
        names = text.read().split()
    with open(pings + 'out.ndjson', encoding='utf-8') as text:
        wanted = dict(zip(names, documents(text.read())))
    with open('answers', 'w', encoding='utf-8') as text:
        text.writelines(json.dumps(case.get('response')) + '\n' for case in wanted.values())
    compared = different = 0
    for form, key in ('request', 'request'), ('data', 'crash_data'), ('signify', 'signature'):
        args = ['siggen', '--compat', '-i', 'ping', '-l', old_lists, '-f', form, '--answers', 'answers', pings + 'in.ndjson']
        ours = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode()
        # Of what ends the peer with a traceback, signify prints nothing.
        some = [name for name in names if form != 'signify' or 'error' not in wanted[name]]
        got = [document['signature'] if form == 'signify' else document for document in documents(ours)]
        different += len(some) != len(got)
        for name, document in zip(some, got):
            compared += 1
            if document != wanted[name].get(key):
                different += 1
                print('%s: %s: %s, not %s' % (name, key, json.dumps(document), json.dumps(wanted[name].get(key))))
    print('%d pings: %d texts compared, %d differ' % (len(names), compared, different))
    sys.exit(different != 0)


main()
