"""A few thousand of the fuzz harness's inputs keep every promise; and the harness notices when one is broken."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
SEED = 20260
EACH = 1000

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the harness watches a process through Linux's /proc")


@pytest.mark.parametrize("first", range(0, 4 * EACH, EACH))
def test_no_promise_is_broken(first):
    options = ["--seed", SEED, "--first", first, "--inputs", EACH, "--jobs", 1, "--json", "-"]
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "fuzz.py"), *map(str, options)], capture_output=True, text=True, check=False
    )
    assert done.stdout, done.stderr
    result = json.loads(done.stdout)
    assert result["failures"] == []
    assert done.returncode == 0
    assert sum(row["inputs"] for row in result["formats"].values()) == EACH


@pytest.mark.parametrize(
    "which", ["3:126539", "3:137573", "4:541816", "5:12187", "5:838307", "88:7826", "2:4034", "2:230177", "77:27588"]
)
def test_what_once_broke_a_promise_keeps_it(which):
    words = [sys.executable, str(BENCHMARKS / "fuzz.py"), "--replay", which]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


DIGEST = """
import hashlib, sys
sys.path.insert(0, {path!r})
from fuzzing.inputs import make
from fuzzing.seeds import load
bases = load()
digest = hashlib.sha256()
for index in range(300):
    item = make(bases, 1, index)
    digest.update(repr((item.base.name, sorted(item.files.items()), item.others, item.notes, item.door)).encode())
print(digest.hexdigest())
"""


def test_an_input_follows_from_its_seed_and_index():
    code = DIGEST.format(path=str(BENCHMARKS))
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


# What a reader must not do, planted in the place of `read`: code, what the harness calls it.
PLANTS = {
    "exception": ("raise KeyError('x')", "KeyError"),
    "recursion": ("return planted(*given, **options)", "RecursionError"),
    "write": ("open('written', 'w')", "Forbidden"),
    "swallowed": (
        "try: open('written', 'w')\n    except BaseException: pass\n    return real(*given, **options)",
        "Forbidden",
    ),
    "read elsewhere": ("open('/etc/passwd')", "Forbidden"),
    "list elsewhere": ("os.listdir('/etc')", "Forbidden"),
    "connect": ("import socket; socket.socket()", "Forbidden"),
    "start": ("os.system('true')", "Forbidden"),
    "import": ("import numpy", "Forbidden"),
    "run code": ("exec('1')", "Forbidden"),
    "unpickle": ("import pickle; pickle.loads(b'cos\\nsystem\\n.')", "Forbidden"),
    "hang": ("while True: pass", "Overtime"),
    "wait": ("import time; time.sleep(100)", "Overtime"),
    "open file": ("os.dup(0); return real(*given, **options)", "open file"),
    "memory": ("found = real(*given, **options); bytearray(b'x') * (300 << 20); return found", "peak"),
}
PLANTED = """
import json, os, shutil, sys, tempfile
sys.path.insert(0, {path!r})
from fuzzing import guard, trial
from fuzzing.inputs import make
from fuzzing.seeds import load
guard._ALARM, guard._AGAIN = 0.4, 2.0
bases = load()
real = trial.read
folder = tempfile.mkdtemp(dir=trial.scratch() or None)
running = trial.Trial(folder)
running.warm_up(bases)
item = next(item for item in (make(bases, 1, index) for index in range(100)) if item.base.format == "json")
found = {{"nothing": [failure.kind for failure in running.run(item).failures]}}
for name, (code, _) in json.load(sys.stdin).items():
    exec("def planted(*given, **options):\\n    " + code)
    trial.read = planted
    found[name] = [failure.kind for failure in running.run(item).failures]
found["written"] = os.path.exists("written")
print(json.dumps(found))
os.chdir("/")
shutil.rmtree(folder)
"""


def test_the_harness_notices_what_is_planted():
    done = subprocess.run(
        [sys.executable, "-c", PLANTED.format(path=str(BENCHMARKS))],
        input=json.dumps(PLANTS),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found.pop("nothing"), found.pop("written")) == ([], False)
    assert {name: kinds[:1] for name, kinds in found.items()} == {name: [kind] for name, (_, kind) in PLANTS.items()}


WORKER = """
import faulthandler, signal, sys, time
sys.path.insert(0, {path!r})
import fuzz
from fuzzing import trial
real = trial.Trial.run
def run(self, item):
    if item.index == 7:
        faulthandler._sigsegv()
    if item.index == 13:
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        time.sleep(300)
    return real(self, item)
trial.Trial.run = run
sys.exit(fuzz.main())
"""


def test_a_crash_and_a_hang_cost_one_input_each(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import fuzz

    script = tmp_path / "worker.py"
    script.write_text(WORKER.format(path=str(BENCHMARKS)))
    monkeypatch.setattr(fuzz.Worker, "SCRIPT", script)
    monkeypatch.setattr(fuzz, "HANG", 3.0)
    result = fuzz.run(SEED, 0, 20, 1, (), False)
    found = {failure["kind"]: failure["indices"] for failure in result["failures"]}
    assert found == {"crash (SIGSEGV)": [7], "hang": [13]}
    assert sum(row["inputs"] for row in result["formats"].values()) == 18
