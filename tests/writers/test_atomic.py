"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from keras_doctor.cli.targets import search
from keras_doctor.writers import atomic
from keras_doctor.writers.atomic import placed
from keras_doctor.writers.refused import Refused


def put(path, content: bytes, force: bool = False) -> None:
    with placed(str(path), force=force) as file:
        file.write(content)


def test_a_new_file(tmp_path):
    put(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o666 & ~umask


def test_an_earlier_file_is_replaced_with_force_alone(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o640)
    with pytest.raises(Refused, match="--force"):
        put(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    put(tmp_path / "a", b"new", force=True)
    assert (tmp_path / "a").read_bytes() == b"new"
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def put_late(path) -> None:
    with placed(str(path)) as file:
        file.write(b"new")
        path.write_bytes(b"quicker")


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_comes_in_the_meantime_is_not_replaced(tmp_path, monkeypatch, links):
    if not links:
        monkeypatch.setattr(os, "link", lambda *names: (_ for _ in ()).throw(PermissionError()))
    with pytest.raises(Refused):
        put_late(tmp_path / "a")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"quicker")]


def test_what_a_killed_process_left_is_in_nobodys_way(tmp_path):
    name = "ä" * 120  # 240 bytes
    (tmp_path / f"{name[:50]}.{os.getpid()}-0.partial").write_bytes(b"half")
    put(tmp_path / name, b"new")
    assert (tmp_path / name).read_bytes() == b"new"
    assert len(list(tmp_path.iterdir())) == 2


def test_what_a_killed_process_left_is_no_model(tmp_path):
    for name in ("m.h5", "m.h5.12-0.partial", "other"):
        (tmp_path / name).write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(600))
    assert [os.path.basename(path) for path in search(str(tmp_path))] == ["m.h5", "other"]


def test_without_hard_links(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "link", lambda *names: (_ for _ in ()).throw(PermissionError()))
    put(tmp_path / "a", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"new")]


def test_a_link_stays_and_what_it_leads_to_is_replaced(tmp_path):
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "b").symlink_to("a")
    put(tmp_path / "b", b"new", force=True)
    assert (tmp_path / "b").is_symlink()
    assert (tmp_path / "a").read_bytes() == b"new"


def put_half(path, error) -> None:
    with placed(str(path), force=True) as file:
        file.write(b"half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_leaves_everything_as_it_was(tmp_path, error):
    (tmp_path / "a").write_bytes(b"old")
    with pytest.raises(error):
        put_half(tmp_path / "a", error)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"old")]


def test_bytes_are_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    told = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: told.append(os.fstat(descriptor)))
    monkeypatch.setattr(atomic, "_move", lambda fresh, path, force: told.append(os.rename(fresh, path)))
    put(tmp_path / "a", b"x" * 5000)
    assert stat.S_ISREG(told[0].st_mode)
    assert told[0].st_size == 5000
    assert told[1] is None
    assert stat.S_ISDIR(told[2].st_mode)


_REPLACING = """
import sys
from keras_doctor.writers.atomic import placed
number = 0
while True:
    number = 1 - number
    with placed(sys.argv[1], force=True) as file:
        for _ in range(50):
            file.write(b"%d" % number * 100_000)
            file.flush()
"""


def test_killed_at_any_instant(tmp_path):
    """benchmarks/kill.py does this with models, a thousand times."""
    target = tmp_path / "a"
    target.write_bytes(b"0" * 5_000_000)
    for number in range(8):
        process = subprocess.Popen([sys.executable, "-S", "-c", _REPLACING, str(target)], env={"PYTHONPATH": _SOURCE})
        time.sleep(0.05 + number * 0.013)
        process.send_signal(signal.SIGKILL)
        process.wait()
        content = target.read_bytes()
        assert content in (b"0" * 5_000_000, b"1" * 5_000_000)


_SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(atomic.__file__))))
