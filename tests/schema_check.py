"""Checks JSON documents against a schema, and the schema against the documents.

Usage: schema_check.py [-u LIST] SCHEMA [FILE...]

Prints how many documents are as SCHEMA says, or what is wrong, and then exits with 1. SCHEMA must be JSON Schema, draft
7, and describe each of its keys. A FILE has any number of documents.

-u: whatever SCHEMA has (keys, values of enumerations, types where there are several) must be in some document, but for
what LIST has: lines "PATH TAB reason", with * as in the shell; one that is not needed is an error, too. A PATH is keys
with / between them, and behind = a value or a type.
"""
import fnmatch
import json
import sys

import jsonschema

SHOWN = 10
KINDS = {dict: 'object', list: 'array', str: 'string', bool: 'boolean', int: 'integer', float: 'number',
         type(None): 'null'}


class Schema:
    """A schema, and what documents have had of it."""

    def __init__(self, name):
        with open(name, encoding='utf-8') as file:
            self.root = json.load(file)
        try:
            jsonschema.Draft7Validator.check_schema(self.root)
        except jsonschema.SchemaError as error:
            sys.exit(f'{name}: no JSON Schema of draft 7: {error.message[:200]}')
        self.validator = jsonschema.Draft7Validator(self.root)
        self.branches, self.seen = {}, set()

    def pointed(self, path, node):
        """(path, node) without references: definitions have one path, wherever they are used."""
        while '$ref' in node:
            keys = node['$ref'].removeprefix('#/').split('/')
            path = '/'.join(key for key in keys if key != 'properties')
            node = self.root
            for key in keys:
                node = node[key]
        return path, node

    def parts(self):
        """(path, node) of all that documents can have, each once."""
        todo, known = [('', self.root)], set()
        while todo:
            path, node = self.pointed(*todo.pop())
            if path in known:
                continue
            known.add(path)
            yield path, node
            todo += [(f'{path}/{key}', value) for key, value in node.get('properties', {}).items()]
            todo += [(f'{path}/{i}', value) for i, value in enumerate(choices(node))]
            todo += [(f'{path}/{key}', node[key]) for key in ('items', 'additionalProperties')
                     if isinstance(node.get(key), dict)]

    def undescribed(self):
        for path, node in self.parts():
            for key, value in node.get('properties', {}).items():
                if 'description' not in self.pointed(key, value)[1]:
                    yield f'{path}/{key}: no description'

    def fits(self, path, node, value):
        """Whether value is as node says, a choice among several."""
        if path not in self.branches:
            definitions = self.root.get('definitions', {})
            self.branches[path] = jsonschema.Draft7Validator({'definitions': definitions, 'allOf': [node]})
        return self.branches[path].is_valid(value)

    def below(self, path, node, value):
        for i, choice in enumerate(choices(node)):
            if self.fits(f'{path}/{i}', choice, value):
                yield f'{path}/{i}', choice, value
        if isinstance(value, list):
            yield from ((f'{path}/items', node.get('items', {}), member) for member in value)
        for key, member in value.items() if isinstance(value, dict) else ():
            if key in node.get('properties', {}):
                yield f'{path}/{key}', node['properties'][key], member
            elif isinstance(node.get('additionalProperties'), dict):
                yield f'{path}/additionalProperties', node['additionalProperties'], member

    def see(self, value):
        todo = [('', self.root, value)]
        while todo:
            path, node, value = todo.pop()
            path, node = self.pointed(path, node)
            self.seen |= {path, f'{path}={KINDS[type(value)]}'}
            if 'enum' in node:
                self.seen.add(f'{path}={json.dumps(value)}')
            todo += self.below(path, node, value)

    def unseen(self):
        for path, node in self.parts():
            types = node['type'] if isinstance(node.get('type'), list) else []
            values = [json.dumps(value) for value in node.get('enum', [])]
            wanted = {path, *(f'{path}={name}' for name in [*types, *values])}
            yield from (path.removeprefix('/') for path in wanted - self.seen)


def choices(node):
    return node.get('anyOf', []) + node.get('oneOf', [])


def documents(name):
    """Those of a file, one after the other."""
    with open(name, encoding='utf-8') as file:
        text = file.read().strip()
    at = 0
    while at < len(text):
        value, at = json.JSONDecoder().raw_decode(text, at)
        yield value
        while text[at:at + 1].isspace():
            at += 1


def faults(schema, name, value):
    for error in list(schema.validator.iter_errors(value))[:SHOWN]:
        place = '/'.join(str(part) for part in error.absolute_path)
        yield f'{name}: {place}: {error.message[:200]}'


def missing(schema, name):
    """What is unseen and not in a list, and what of the list is needless."""
    with open(name, encoding='utf-8') as file:
        patterns = [line.rstrip('\n').split('\t')[0] for line in file]
    unseen = set(schema.unseen())
    allowed = {p: fnmatch.filter(unseen, p) for p in patterns}
    yield from (f'{path}: in no document' for path in sorted(unseen.difference(*allowed.values())))
    yield from (f'{p}: needless' for p in patterns if not allowed[p])


def main():
    listed = sys.argv[2] if sys.argv[1] == '-u' else None
    name, *files = sys.argv[3:] if listed else sys.argv[1:]
    schema, n = Schema(name), 0
    wrong = list(schema.undescribed())
    for file in files:
        for i, value in enumerate(documents(file), 1):
            wrong += faults(schema, f'{file}, document {i}', value)
            if listed:
                schema.see(value)
            n += 1
    if listed:
        wrong += missing(schema, listed)
    print('\n'.join(wrong) or f'{n} documents')
    sys.exit(bool(wrong))


main()
