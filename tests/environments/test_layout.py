"""Where environments of each kind keep what is installed."""

from __future__ import annotations

from pathlib import Path

from trees import executable, installation, installed, virtual

from keras_doctor.environments.layout import layout_of


def test_virtual_environment(tmp_path: Path) -> None:
    layout = layout_of(str(virtual(tmp_path / "venv")))
    assert layout is not None
    assert (layout.python, layout.sees_user_site) == ("3.11.9", False)
    assert layout.folders == (str(tmp_path / "venv/lib/python3.11/site-packages"),)


def test_version_info_of_virtualenv(tmp_path: Path) -> None:
    prefix = virtual(tmp_path / "venv")
    (prefix / "pyvenv.cfg").write_text("home = /usr\nversion_info = 3.11.4.final.0\n")
    layout = layout_of(str(prefix))
    assert layout is not None
    assert layout.python == "3.11.4"


def test_virtual_environment_that_sees_the_system(tmp_path: Path) -> None:
    base = installation(tmp_path / "base", "numpy==1.26.4")
    layout = layout_of(str(virtual(tmp_path / "venv", shared=True, home=str(base / "bin"))))
    assert layout is not None
    assert layout.sees_user_site
    assert layout.folders == (
        str(tmp_path / "venv/lib/python3.11/site-packages"),
        str(base / "lib/python3.11/site-packages"),
    )


def test_plain_installation_tells_its_patch_by_its_header(tmp_path: Path) -> None:
    base = installation(tmp_path / "base")
    header = base / "include" / "python3.11" / "patchlevel.h"
    header.parent.mkdir(parents=True)
    header.write_text('#define PY_MAJOR_VERSION 3\n#define PY_VERSION      \t"3.11.7+"\n')
    layout = layout_of(str(base), str(base / "bin" / "python3.11"))
    assert layout is not None
    assert layout.python == "3.11.7"


def test_pyenv_installation_tells_its_patch_by_its_name(tmp_path: Path) -> None:
    base = installation(tmp_path / "3.11.5")
    layout = layout_of(str(base), str(base / "bin" / "python3.11"))
    assert layout is not None
    assert layout.python == "3.11.5"


def test_conda(tmp_path: Path) -> None:
    base = installation(tmp_path / "conda", minor="3.9")
    (base / "conda-meta").mkdir()
    (base / "conda-meta" / "python-3.9.18-h955ad1f_0.json").write_text("{}")
    (base / "conda-meta" / "python-dateutil-2.8.2-py39_0.json").write_text("{}")
    layout = layout_of(str(base), str(base / "bin" / "python3.9"))
    assert layout is not None
    assert layout.python == "3.9.18"


def test_debian(tmp_path: Path) -> None:
    prefix = tmp_path / "usr"
    executable(prefix / "bin" / "python3.11")
    installed(prefix / "lib" / "python3" / "dist-packages", "numpy==1.24.2")
    installed(prefix / "local" / "lib" / "python3.11" / "dist-packages", "keras==3.6.0")
    layout = layout_of(str(prefix), str(prefix / "bin" / "python3.11"))
    assert layout is not None
    assert layout.python == "3.11"
    assert layout.folders[0].endswith("local/lib/python3.11/dist-packages")
    assert layout.folders[1].endswith("lib/python3/dist-packages")


def test_windows(tmp_path: Path) -> None:
    prefix = tmp_path / "venv"
    executable(prefix / "Scripts" / "python.exe")
    installed(prefix / "Lib" / "site-packages", "keras==3.6.0")
    (prefix / "pyvenv.cfg").write_text("home = C:\\Python312\nversion = 3.12.1\n")
    layout = layout_of(str(prefix))
    assert layout is not None
    assert (layout.python, layout.folders) == ("3.12.1", (str(prefix / "Lib" / "site-packages"),))


def test_what_a_folder_alone_does_not_tell(tmp_path: Path) -> None:
    assert layout_of(str(tmp_path)) is None
    for minor in ("3.10", "3.11"):
        installed(tmp_path / "lib" / f"python{minor}" / "site-packages")
    assert layout_of(str(tmp_path)) is None
    layout = layout_of(str(tmp_path), "/x/bin/python3.10")
    assert layout is not None
    assert layout.python == "3.10"


def test_hostile_settings(tmp_path: Path) -> None:
    prefix = virtual(tmp_path / "venv")
    for text in (b"", b"\0" * 100, b"version", b"version = ../../etc\n", b"home = \xff\xfe\n" * 9, b"=" * 100_000):
        (prefix / "pyvenv.cfg").write_bytes(text)
        layout_of(str(prefix))
