"""The signatures of crash data on standard input, a line each, by Socorro's module: socorro.signature, or siggen."""
import json
import sys

try:
    from socorro.signature.generator import SignatureGenerator
except ImportError:
    from siggen.generator import SignatureGenerator

generator = SignatureGenerator()
for line in sys.stdin:
    print(generator.generate(json.loads(line)).signature)
