"""What plain loads of files of the packed corpus came to in real installations (tools/record_loads.py)."""

import collections
import lzma
from pathlib import Path

from keras_doctor import Environment
from keras_doctor.rules.engine import diagnose

DATA = Path(__file__).parents[1] / "data"


def loads_of(name, endings):
    """Return the recorded loads of files with these endings by environment: file, verdict, causes that are right."""
    found = collections.defaultdict(list)
    for line in lzma.decompress((DATA / name).read_bytes()).decode().splitlines()[1:]:
        environment, file, verdict, causes = line.split("\t")
        if file.endswith(endings):
            found[environment].append((file, verdict, causes.split(",") if causes else []))
    return found


def disagreements(rows, environment, documents):
    """Return the rows whose diagnosis differs, with what it says."""
    wrong = []
    for file, verdict, causes in rows:
        found = diagnose(documents(file), Environment.parse(environment))
        if found.verdict != verdict or (causes and found.cause not in causes):
            wrong.append((file, verdict, causes[:1], found.verdict, found.cause))
    return wrong
