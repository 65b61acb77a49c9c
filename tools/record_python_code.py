"""Record the code of short functions as each Python writes it, and what every other Python makes of it:
tests/data/python-code.json.

    python tools/record_python_code.py ~/.pyenv/versions/*/bin/python

Each interpreter compiles the functions and marshals them; then each one reads the code of all others in a process of
its own (it may die of it) and calls the function with an object that writes down what is done with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "tests/data/python-code.json"
FUNCTIONS = (
    "lambda x: x * 2.0 + 1.0",
    "lambda x: (x - 127.5) / 127.5",
    "lambda x: x[:, 0]",
    "lambda x: x[0] - x[1]",
    "lambda x: tf.reduce_sum(x, 1)",
    "lambda x: tf.expand_dims(x, axis=-1)",
    "lambda x: tf.nn.relu(x) ** 2 % 3",
    "lambda x: K.sqrt(K.sum(K.square(x[0] - x[1]), axis=1, keepdims=True))",
    "lambda x, size=3: tf.image.resize(x, (size, size))",
    "lambda x: -x if x else +x",
    "lambda x: [one for one in (1, 2, 3)]",
)
WRITE = """
import base64, json, marshal, sys
print(json.dumps(["%d.%d" % sys.version_info[:2],
    [base64.b64encode(marshal.dumps(eval(one).__code__)).decode("ascii") for one in json.loads(sys.argv[1])]]))
"""
# Told: what the function does with its argument, as text.
READ = """
import base64, marshal, sys, types
class Told(object):
    def __init__(self, text): self.text = text
    def __repr__(self): return self.text
    def __getattr__(self, name):
        if name[:2] == "__": raise AttributeError(name)
        return Told("%s.%s" % (self.text, name))
    def __call__(self, *args, **kwargs):
        words = [repr(one) for one in args] + ["%s=%r" % one for one in sorted(kwargs.items())]
        return Told("%s(%s)" % (self.text, ", ".join(words)))
    def __getitem__(self, key): return Told("%s[%r]" % (self.text, key))
    def __bool__(self): return True
    __nonzero__ = __bool__
def binary(sign): return lambda self, other: Told("(%r %s %r)" % (self, sign, other))
def unary(sign): return lambda self: Told("%s%r" % (sign, self))
SIGNS = (("add", "+"), ("sub", "-"), ("mul", "*"), ("truediv", "/"), ("div", "/"), ("pow", "**"), ("mod", "%"))
for name, sign in SIGNS:
    setattr(Told, "__%s__" % name, binary(sign))
for name, sign in (("neg", "-"), ("pos", "+")):
    setattr(Told, "__%s__" % name, unary(sign))
code = marshal.loads(base64.b64decode(sys.argv[1]))
function = types.FunctionType(code, {"tf": Told("tf"), "K": Told("K"), "__builtins__": __builtins__}, "f", (3,))
print(repr(function(Told("x"))))
"""


def main() -> None:
    pythons = sys.argv[1:]
    written = {}
    for python in pythons:
        version, codes = json.loads(subprocess.check_output([python, "-c", WRITE, json.dumps(FUNCTIONS)], text=True))
        written[version] = python, codes
    order = sorted(written, key=lambda version: [int(part) for part in version.split(".")])
    rows = []
    for version in order:
        python, codes = written[version]
        for source, code in zip(FUNCTIONS, codes, strict=True):
            said = {other: told(written[other][0], code) for other in order}
            readers = [other for other in order if said[other] and said[other] == said[version]]
            rows.append({"python": version, "source": source, "code": code, "says": said[version], "read_by": readers})
    TARGET.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n", encoding="utf-8")
    print(f"{TARGET}: {len(rows)} functions")


def told(python: str, code: str) -> str:
    """Return what an interpreter says that the function does, "" when it cannot read or run it."""
    try:
        done = subprocess.run([python, "-c", READ, code], capture_output=True, text=True, timeout=20)
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


if __name__ == "__main__":
    main()
