#!/usr/bin/env python3
"""limits.py DIR: minidumps of amd64 whose parts are shared by many threads or modules, so that work could grow faster
than the file (rust-minidump takes gigabytes for some)."""
import os
import struct
import sys

STACK, CODE = 0x7FFF0000, 0x400123


def write(name, stack=b'', threads=0, modules=1, module_name='m'):
    """One dump: all threads claim the same stack, all modules the same name."""
    out = bytearray(32 + 3 * 12)

    def put(data):
        out.extend(bytes(-len(out) % 8))
        out.extend(data)
        return len(out) - len(data)

    context = bytearray(1232)
    struct.pack_into('<I', context, 0x30, 0x10001F)
    struct.pack_into('<Q', context, 0x98, STACK)
    struct.pack_into('<Q', context, 0xA0, STACK)
    struct.pack_into('<Q', context, 0xF8, CODE)
    context_at, stack_at = put(context), put(stack)
    text = module_name.encode('utf-16-le')
    name_at = put(struct.pack('<I', len(text)) + text + b'\0\0')
    lists = (
        (7, struct.pack('<HHHBBIIIIIHH', 9, 0, 0, 1, 1, 0, 0, 0, 0x8201, name_at, 0, 0) + bytes(24)),
        (
            3,
            struct.pack('<I', threads)
            + b''.join(
                struct.pack('<IIIIQQIIII', i, 0, 0, 0, 0, STACK, len(stack), stack_at, 1232, context_at)
                for i in range(threads)
            ),
        ),
        (
            4,
            struct.pack('<I', modules)
            + b''.join(
                struct.pack('<QIIII', 0x400000 + i * 0x1000, 0x1000, 0, 0, name_at) + bytes(84)
                for i in range(modules)
            ),
        ),
    )
    struct.pack_into('<4sIIIIIQ', out, 0, b'MDMP', 0xA793, len(lists), 32, 0, 0, 0)
    for i, (kind, data) in enumerate(lists):
        at = put(data)
        struct.pack_into('<III', out, 32 + 12 * i, kind, len(data), at)
    with open(os.path.join(sys.argv[1], name + '.dmp'), 'wb') as file:
        file.write(out)


def frames(size):
    """A chain of frame pointers without an end."""
    return b''.join(struct.pack('<QQ', STACK + at + 16, CODE) for at in range(0, size, 16))


os.makedirs(sys.argv[1], exist_ok=True)
write('shared-16k', frames(16 << 10), threads=1000)
write('shared-32k', frames(32 << 10), threads=200)
write('shared-1m', frames(1 << 20), threads=2000)
write('scanned-32k', struct.pack('<QQ', CODE, 3) * 2048, threads=1000)
write('overflow-8m', frames(8 << 20), threads=1)
write('name-60000', modules=1500, module_name='n' * 60000)
write('threads-200000', threads=200000)
