#!/usr/bin/env python3
"""symcache_peer.py SYM CACHE: writes the cache that symbolic (pip install symbolic) makes of a symbol file."""
import sys

from symbolic.debuginfo import Archive

with open(sys.argv[2], 'wb') as out:
    for module in Archive.open(sys.argv[1]).iter_objects():
        module.make_symcache().dump_into(out)
