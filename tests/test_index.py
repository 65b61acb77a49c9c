"""The generated indexes are those of the modules that are there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from keras_doctor.artifacts import _index as artifacts
from keras_doctor.rules import _index as rules

ROOT = Path(__file__).parents[1]


def test_the_indexes_are_fresh():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "make_index.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_format_module_is_reached():
    listed = {name for _, _, name in artifacts.BINARY}
    listed |= {*artifacts.DIRECTORY, *artifacts.TEXT, *artifacts.FALLBACK, *artifacts.PREFIX}
    folder = ROOT / "src" / "keras_doctor" / "artifacts"
    formats = {path.stem for path in folder.glob("*.py") if "\ndef recognises(" in path.read_text()}
    assert formats == listed


def test_rules_are_in_the_order_of_their_codes():
    for names in rules.TRIGGERS.values():
        assert list(names) == sorted(names)
