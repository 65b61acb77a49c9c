"""Record what the numbers of Python's bytecode stand for: src/keras_doctor/wire/opcodes.tsv.

Each interpreter given (`python3.9 python3.12 …`) is asked for its `opcode` module; nothing else is run. Run again with
all of them when a Python is added:

    python tools/record_opcodes.py ~/.pyenv/versions/*/bin/python
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src/keras_doctor/wire/opcodes.tsv"
HEAD = """\
# Python's bytecode: number, name, entries of cache that follow (3.11 on), Pythons. Made by tools/record_opcodes.py.
"""
ASK = """
import json, opcode, sys
caches = getattr(opcode, "_inline_cache_entries", [])
rows = []
for name, number in sorted(opcode.opmap.items(), key=lambda item: item[1]):
    if number > 255:
        continue
    if isinstance(caches, dict):
        count = caches.get(name, 0)
    else:
        count = caches[number] if number < len(caches) else 0
    rows.append([number, name, count])
print(json.dumps(["%d.%d" % sys.version_info[:2], rows]))
"""


def main() -> None:
    found = [json.loads(subprocess.check_output([python, "-c", ASK], text=True)) for python in sys.argv[1:]]
    found.sort(key=lambda one: [int(part) for part in one[0].split(".")])
    rows: dict[tuple[int, str, int], list[str]] = {}
    for version, listed in found:
        for number, name, caches in listed:
            rows.setdefault((number, name, caches), []).append(version)
    lines = [
        f"{number}\t{name}\t{caches}\t{' '.join(pythons)}" for (number, name, caches), pythons in sorted(rows.items())
    ]
    TARGET.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{TARGET}: {len(lines)} rows of {', '.join(version for version, _ in found)}")


main()
