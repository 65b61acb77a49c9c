"""What the benchmarks share: processes measured in turns, fresh environments to run them in, files to run them on.

Nothing here is taken from the machine but Python itself: tools and peers are installed from PyPI into a cache folder,
the wheel is built from this checkout, the model files come from tests/data.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PLAIN = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
CORPUS = ROOT / "tests/data/corpus.tar.xz"


class Run(NamedTuple):
    """One process from start to end: CPU seconds (user and system, children included), wall seconds, peak MB."""

    cpu: float
    wall: float
    rss: float
    status: int


class Comparison(NamedTuple):
    """Two commands that ran in turns: medians, their ratio, and (`paired`) the median of the ratios of neighbours."""

    ours: float
    theirs: float
    ratio: float
    paired: float


def run(command: list[str], environ: dict[str, str], output: Path | None = None) -> Run:
    """Run a command to its end and measure it. Its output goes to `output`, or nowhere."""
    sink = os.open(output or os.devnull, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    try:
        actions = [(os.POSIX_SPAWN_DUP2, sink, 1), (os.POSIX_SPAWN_DUP2, sink, 2)]
        start = perf_counter()
        pid = os.posix_spawn(command[0], command, environ, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        wall = perf_counter() - start
    finally:
        os.close(sink)
    return Run(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1000, os.waitstatus_to_exitcode(status))


def sound(command: list[str], environ: dict[str, str]) -> list[str]:
    """Return a command of keras-doctor, once it has shown that it can be carried out: a failure is quick, too."""
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1) or done.stderr:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr[-2000:]}")
    return command


def in_turns(commands: dict[str, list[str]], environ: dict[str, str], rounds: int) -> dict[str, list[Run]]:
    """Run each command once unmeasured (it warms caches), then all of them `rounds` times, one after the other."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for command in commands.values():
        run(command, environ)
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command, environ))
    return runs


def compare(ours: list[Run], theirs: list[Run], of: str = "cpu") -> Comparison:
    """Return how much more `ours` takes than `theirs`."""
    mine, other = ([getattr(one, of) for one in runs] for runs in (ours, theirs))
    a, b = statistics.median(mine), statistics.median(other)
    return Comparison(a, b, a / b, statistics.median(x / y for x, y in zip(mine, other, strict=True)))


# Environments


class Workshop:
    """A cache folder with the environments and files that the benchmarks make."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.folder.mkdir(parents=True, exist_ok=True)

    def environ(self, **more: str) -> dict[str, str]:
        """Return the variables that measured processes see: nothing of Python's own, a home without settings, and the
        environment of somebody who works with Keras.
        """
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        return {**PLAIN, "HOME": str(home), "VIRTUAL_ENV": str(self.keras_user()), **more}

    def uv(self) -> str:
        """Return the path of uv, installed here."""
        home = self.folder / "uv"
        if not (home / "bin/uv").exists():
            venv.create(home, with_pip=True, symlinks=True)
            call(str(home / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv")
        return str(home / "bin/uv")

    def wheel(self) -> Path:
        """Return the wheel of this checkout, built anew."""
        out = self.folder / "wheel"
        shutil.rmtree(out, ignore_errors=True)
        call(self.uv(), "build", "--quiet", "--wheel", "--out-dir", str(out), str(ROOT))
        return next(out.glob("*.whl"))

    def installed(self, name: str, *requirements: str, fresh: bool = False) -> Path:
        """Return an environment with these packages and nothing else (no pip, no setuptools), byte-compiled."""
        home = self.folder / f"{name}-{digest(sys.version, *requirements)}"
        if fresh:
            shutil.rmtree(home, ignore_errors=True)
        if not (home / "complete").exists():
            shutil.rmtree(home, ignore_errors=True)
            venv.create(home, with_pip=False, symlinks=True)
            python = str(home / "bin/python")
            call(self.uv(), "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *requirements)
            (home / "complete").touch()
        return home

    def ours(self) -> Path:
        """Return an environment with the wheel of this checkout, made anew."""
        return self.installed("ours", str(self.wheel()), fresh=True)

    def corpus(self) -> Path:
        """Return the folder of the packed corpus, unpacked."""
        folder = self.folder / f"corpus-{hashlib.sha256(CORPUS.read_bytes()).hexdigest()[:12]}"
        if not folder.exists():
            fresh = Path(tempfile.mkdtemp(dir=self.folder))
            with tarfile.open(CORPUS) as tar:
                tar.extractall(fresh, filter="data") if hasattr(tarfile, "data_filter") else tar.extractall(fresh)
            fresh.rename(folder)
        return folder

    def keras_user(self) -> Path:
        """Return a folder that looks like the environment of somebody who works with Keras.

        keras-doctor reads an environment from the names in site-packages: names are all there is. Nothing is measured
        that would run in it.
        """
        home = self.folder / "keras-user"
        minor = f"{sys.version_info[0]}.{sys.version_info[1]}"
        packages = home / f"lib/python{minor}/site-packages"
        for name in _KERAS_USER.split():
            (packages / f"{name}.dist-info").mkdir(parents=True, exist_ok=True)
            (packages / name.partition("-")[0]).mkdir(exist_ok=True)
        binaries = Path(sys.executable).resolve().parent
        version = platform.python_version()
        (home / "pyvenv.cfg").write_text(
            f"home = {binaries}\ninclude-system-site-packages = false\nversion = {version}\n"
        )
        (home / "bin").mkdir(exist_ok=True)
        python = home / "bin/python"
        if not python.exists():
            python.symlink_to(Path(sys.executable).resolve())
        return home


# What `pip install tensorflow pandas scikit-learn matplotlib jupyterlab` brings, in part.
_KERAS_USER = """
absl_py-2.3.1 anyio-4.11.0 argon2_cffi-25.1.0 asttokens-3.0.0 astunparse-1.6.3 attrs-25.4.0 beautifulsoup4-4.14.2
bleach-6.2.0 certifi-2025.10.5 charset_normalizer-3.4.4 comm-0.2.3 contourpy-1.3.3 cycler-0.12.1 debugpy-1.8.17
decorator-5.2.1 flatbuffers-25.9.23 fonttools-4.60.1 gast-0.6.0 google_pasta-0.2.0 grpcio-1.75.1 h5py-3.15.0
httpx-0.28.1 idna-3.10 ipykernel-7.0.1 ipython-9.6.0 jinja2-3.1.6 joblib-1.5.2 jsonschema-4.25.1 jupyterlab-4.4.9
keras-3.15.1 kiwisolver-1.4.9 libclang-18.1.1 markdown-3.9 markdown_it_py-4.0.0 markupsafe-3.0.3 matplotlib-3.10.7
ml_dtypes-0.5.3 namex-0.1.0 notebook-7.4.7 numpy-2.3.3 opt_einsum-3.4.0 optree-0.17.0 packaging-25.0 pandas-2.3.3
pillow-11.3.0 protobuf-6.32.1 psutil-7.1.0 pygments-2.19.2 pyparsing-3.2.5 python_dateutil-2.9.0 pytz-2025.2
pyyaml-6.0.3 pyzmq-27.1.0 requests-2.32.5 rich-14.2.0 scikit_learn-1.7.2 scipy-1.16.2 setuptools-80.9.0 six-1.17.0
tensorflow-2.21.0 termcolor-3.1.0 threadpoolctl-3.6.0 tornado-6.5.2 traitlets-5.14.3 typing_extensions-4.15.0
tzdata-2025.2 urllib3-2.5.0 werkzeug-3.1.3 wheel-0.45.1 wrapt-1.17.3
"""


def call(*command: str) -> str:
    """Run a command that must succeed; return what it printed."""
    done = subprocess.run(command, capture_output=True, text=True, env={**PLAIN, **_indexes()}, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def _indexes() -> dict[str, str]:
    """Return the variables by which this machine reaches its package index."""
    wanted = ("PIP_", "UV_", "SSL_", "HOME")
    return {name: value for name, value in os.environ.items() if name.startswith(wanted) or "proxy" in name.lower()}


def digest(*texts: str) -> str:
    """Return a short name for what `texts` say."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:10]


def versions(home: Path, *names: str) -> str:
    """Return the versions of packages in an environment, in words."""
    found = {}
    for info in home.glob("lib/python*/site-packages/*.dist-info"):
        name, _, version = info.name.removesuffix(".dist-info").partition("-")
        found[name.lower().replace("_", "-")] = version
    return ", ".join(f"{name} {found.get(name, '?')}" for name in names)


# Words


def arguments(description: str | None, rounds: int) -> argparse.ArgumentParser:
    """Return a parser with the options that every benchmark has."""
    parser = argparse.ArgumentParser(description=(description or "").split("\n", 1)[0])
    default = Path(tempfile.gettempdir()) / "keras-doctor-bench"
    parser.add_argument(
        "--cache", type=Path, default=default, help="where environments and files are kept (default %(default)s)"
    )
    parser.add_argument(
        "--rounds", type=int, default=rounds, help="how often each command is run (default %(default)s)"
    )
    return parser


def machine() -> str:
    """Return where this runs, in one line."""
    model = platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            model = next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, load {load}; {system}"


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print rows in columns; the first column leans left, the others right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    for row in [head, tuple("-" * width for width in widths), *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("  ".join(cells).rstrip())


def milliseconds(seconds: float) -> str:
    """Return a time for a table."""
    return f"{seconds * 1000:,.1f} ms"


def verdict(name: str, value: float, bar: float, at_least: bool = False) -> bool:
    """Print whether a figure keeps to its bar; return it."""
    kept = value >= bar if at_least else value <= bar
    print(f"{'kept' if kept else 'MISSED'}: {name}: {value:.2f}, {'at least' if at_least else 'at most'} {bar:g}")
    return kept
