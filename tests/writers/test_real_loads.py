"""Files written again, loaded by the releases that saved them: tools/check_rewrites.py for a few files of each.

The whole run is recorded in tests/data/rewrites.tsv.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETUPS = "KERAS_DOCTOR_SETUPS"


@pytest.mark.lab
def test_written_files_load_in_the_releases_that_saved_them(corpus):
    setups = os.environ.get(SETUPS)
    if not setups:
        pytest.skip(f"{SETUPS} names no file of environments (tools/in_releases.py says what is in it)")
    command = [sys.executable, ROOT / "tools/check_rewrites.py", corpus, setups, "--every", "9"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_recorded_run_found_no_file_that_is_another():
    with open(ROOT / "tests/data/rewrites.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert len({row["saver"] for row in rows}) > 30
    for row in rows:
        assert row["load"] == row["load again"], row
        assert int(row["same"]) + int(row["not to be told"]) == int(row["load"]), row
