"""Make the release index: which releases of the packages of this field exist, for which Pythons, and what they ask of
each other.

Run from the checkout, with a network: `python tools/fetch_release_index.py [PACKAGE ...]`. Rewrites
src/keras_doctor/releases/index/*.tsv. Facts come from the package index that pip is configured for: its listing (file
names, upload dates, Requires-Python) and, read out of the wheels by byte range, METADATA and, for TensorFlow up to
2.5, the `__version__` of its own Keras. Nothing is installed or run.
"""

from __future__ import annotations

import argparse
import ast
import datetime
import email
import io
import json
import os
import re
import ssl
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "src"))

from keras_doctor.releases.catalog import MINORS  # noqa: E402
from keras_doctor.releases.version import is_final, satisfies, version_key  # noqa: E402

INDEX = ROOT / "src" / "keras_doctor" / "releases" / "index"

# Package: (names whose requirements are kept, whether pre-releases are kept, oldest release that is kept).
PACKAGES: dict[str, tuple[tuple[str, ...], bool, str]] = {
    "keras": (("tensorflow", "numpy", "h5py"), True, "0.3"),
    "tf-keras": (("tensorflow",), True, "0"),
    "tensorflow": (("keras", "tf-keras", "numpy", "h5py", "protobuf", "ml-dtypes"), True, "0"),
    "h5py": (("numpy",), False, "2"),
    "numpy": ((), False, "1.9"),
    "protobuf": ((), False, "3"),
    "jax": ((), False, "0.1"),
    "torch": ((), False, "0.4"),
    "theano": ((), False, "0.8"),
}
# Other names under which the same releases are published.
ALIASES = {"tensorflow": ("tensorflow-cpu", "tensorflow-gpu", "tensorflow-intel", "tensorflow-macos")}


def pip_setting(name: str) -> str:
    """Return a setting of pip's configuration (environment variables and files), "" when it is not set."""
    for key in (f"global.{name}", f":env:.{name}", f"install.{name}"):
        run = subprocess.run(
            [sys.executable, "-m", "pip", "config", "get", key], capture_output=True, text=True, check=False
        )
        if run.returncode == 0 and run.stdout.strip():
            return run.stdout.strip()
    return ""


class Index:
    """The package index that pip uses: JSON listings (PEP 691), files by byte range."""

    def __init__(self) -> None:
        from pip._internal.models.index import PyPI

        address = os.environ.get("PIP_INDEX_URL") or pip_setting("index-url") or PyPI.simple_url
        self.address = address.rstrip("/")
        self.context = ssl.create_default_context(cafile=os.environ.get("PIP_CERT") or pip_setting("cert") or None)

    def get(self, url: str, **headers: str) -> bytes:
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=60, context=self.context) as answer:
            return answer.read()

    def files(self, package: str) -> list[dict[str, Any]]:
        url = f"{self.address}/{package}/"
        listing = json.loads(self.get(url, Accept="application/vnd.pypi.simple.v1+json"))
        for file in listing["files"]:
            file["url"] = urllib.parse.urljoin(url, file["url"])
        return listing["files"]


class RemoteFile(io.RawIOBase):
    """A file on the index, read by byte range in blocks."""

    BLOCK = 1 << 19

    def __init__(self, index: Index, url: str, size: int) -> None:
        self.index, self.url, self.size, self.position = index, url, size, 0
        self.blocks: dict[int, bytes] = {}

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        self.position = offset + (0, self.position, self.size)[whence]
        return self.position

    def tell(self) -> int:
        return self.position

    def readinto(self, buffer: Any) -> int:
        number = self.position // self.BLOCK
        if number not in self.blocks:
            start = number * self.BLOCK
            end = min(start + self.BLOCK, self.size) - 1
            self.blocks[number] = self.index.get(self.url, Range=f"bytes={start}-{end}") if start <= end else b""
        piece = self.blocks[number][self.position % self.BLOCK :][: len(buffer)]
        buffer[: len(piece)] = piece
        self.position += len(piece)
        return len(piece)


def release_of(file: dict[str, Any]) -> str | None:
    """Return the version in a file's name."""
    name = file["filename"]
    if name.endswith(".whl"):
        return name.split("-")[1]
    found = re.fullmatch(r"[A-Za-z_.-]+?-(\d[^-]*?)(?:\.tar\.(?:gz|bz2)|\.zip|-py[\d.]+\.egg)", name)
    return found.group(1) if found else None


def pythons_of(files: list[dict[str, Any]]) -> str:
    """Return the Pythons of a release: a list of minors where its wheels are tied to them, else its Requires-Python
    ("" when it has none).
    """
    requires = next((f["requires-python"] for f in files if f["requires-python"]), "") or ""
    minors: set[str] = set()
    for file in files:
        if not file["filename"].endswith(".whl"):
            continue
        python, abi = file["filename"].split("-")[-3:-1]
        for tag in python.split("."):
            minor = re.fullmatch(r"cp(\d)(\d+)", tag)
            if tag.startswith("py"):  # py3: any CPython that Requires-Python admits
                return requires
            if minor is None:  # pp39: PyPy
                continue
            if abi == "abi3":
                minors.update(m for m in MINORS if satisfies(m, f">={minor[1]}.{minor[2]}"))
            else:
                minors.add(f"{minor[1]}.{minor[2]}")
    if minors:
        return " ".join(sorted(minors, key=lambda m: version_key(m) or ((), 0, 0, 0, 0)))
    return requires


MARKER_HERE = {
    "platform_system": "Linux", "sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix", "extra": "",
    "implementation_name": "cpython", "platform_python_implementation": "CPython",
}  # fmt: skip


def python_marker(marker: str) -> str | None:
    """Return what a marker asks of Python (">=3.12"), "" when nothing, None when it does not hold on Linux x86-64."""
    wanted = []
    for clause in re.split(r"\band\b", marker.replace("(", " ").replace(")", " ")):
        found = re.fullmatch(r"\s*(\w+)\s*(==|!=|>=|<=|<|>|in)\s*['\"]([^'\"]*)['\"]\s*", clause)
        if " or " in clause or found is None:
            if MARKER_HERE["platform_machine"] in clause:
                continue
            return None
        name, operator, value = found.groups()
        if name in ("python_version", "python_full_version"):
            wanted.append(operator + value)
        elif (MARKER_HERE.get(name) == value) != (operator == "=="):
            return None
    return ",".join(wanted)


def requirements_of(lines: list[str], kept: tuple[str, ...]) -> dict[str, str]:
    """Return, by name, what a release asks: "spec", or "spec ; python spec | spec ; python spec"."""
    found: dict[str, list[str]] = {}
    for line in lines:
        text, _, marker = line.partition(";")
        parts = re.fullmatch(r"\s*([A-Za-z0-9._-]+?)\s*(?:\[[^\]]*\])?\s*\(?([<>=!~].*?)?\)?\s*", text)
        if parts is None:
            continue
        name = re.sub(r"[-_.]+", "-", parts[1]).lower()
        python = python_marker(marker) if marker.strip() else ""
        if name in kept and python is not None:
            clauses = sorted(c.strip() for c in (parts[2] or "").split(",") if c.strip())
            found.setdefault(name, []).append(",".join(clauses) + (f" ; {python}" if python else ""))
    return {name: " | ".join(sorted(set(specs))) for name, specs in found.items()}


def looked_into(index: Index, package: str, version: str, files: list[dict[str, Any]]) -> tuple[list[str], str]:
    """Return the Requires-Dist lines of a release and, for a TensorFlow that has a Keras of its own, that Keras's
    version.
    """
    wheels = [f for f in files if f["filename"].endswith(".whl")]
    wheels.sort(key=lambda f: ("manylinux" not in f["filename"], "x86_64" not in f["filename"], f["size"]))
    if not wheels:
        return sdist_requirements(index, files), ""
    with zipfile.ZipFile(io.BufferedReader(RemoteFile(index, wheels[0]["url"], wheels[0]["size"]))) as archive:
        names = archive.namelist()
        metadata = next(n for n in names if n.endswith(".dist-info/METADATA"))
        lines = email.message_from_bytes(archive.read(metadata)).get_all("Requires-Dist") or []
        own = [n for n in names if re.search(r"tensorflow(_core)?/python/keras/(_impl/keras/)?__init__\.py$", n)]
        if package == "tensorflow" and satisfies(version, "<2.6"):
            source = b"\n".join(archive.read(name) for name in own)
            stated = [match.decode() for match in re.findall(rb"^ *__version__ = ['\"]([^'\"]+)", source, re.M)]
            # 1.15 to 2.2 state two: one for `tf2.enabled()`, then one for the rest. While 2.0 imports its Keras,
            # TensorFlow 2 behaviour is
            # not enabled yet, so 2.0 says the second; 2.1 and 2.2 say the first (seen in 1.15.0, 2.0.4, 2.1.4 and
            # 2.2.3 as they run).
            if stated:
                return lines, stated[0] if satisfies(version, ">=2.1") else stated[-1]
    return lines, ""


def sdist_requirements(index: Index, files: list[dict[str, Any]]) -> list[str]:
    """Return `install_requires` of an sdist without a wheel, read from its setup.py as text."""
    sdist = next((f for f in files if f["filename"].endswith(".tar.gz")), None)
    if sdist is None:
        return []
    with tarfile.open(fileobj=io.BytesIO(index.get(sdist["url"]))) as archive:
        setup = next((m for m in archive.getmembers() if m.name.count("/") == 1 and m.name.endswith("/setup.py")), None)
        source = archive.extractfile(setup).read().decode("utf-8", "replace") if setup else ""  # type: ignore[union-attr]
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg == "install_requires":
            try:
                return list(ast.literal_eval(node.value))
            except ValueError:
                return []
    return []


def runs(facts: list[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield (first, last, fact) for each stretch of consecutive releases with the same non-empty fact."""
    start = last = fact = ""
    for version, value in [*facts, ("", "")]:
        if value != fact or not version:
            if fact:
                yield start, last, fact
            start, fact = version, value
        last = version


def fetch(index: Index, package: str, today: str) -> list[str]:
    kept, prereleases, oldest = PACKAGES[package]
    releases: dict[str, list[dict[str, Any]]] = {}
    for file in index.files(package):
        version = release_of(file)
        if (
            version
            and version_key(version)
            and satisfies(version, f">={oldest}")
            and (prereleases or is_final(version))
        ):
            releases.setdefault(version, []).append(file)
    ordered = sorted(releases, key=lambda v: version_key(v) or ((), 0, 0, 0, 0))
    lines = [f"# {package}: made by tools/fetch_release_index.py, do not edit", f"asked\t{today}"]
    for version in ordered:
        files = releases[version]
        yanked = "\tyanked" if all(f["yanked"] for f in files) else ""
        lines.append(f"release\t{version}\t{min(f['upload-time'] for f in files)[:10]}{yanked}")
    for first, last, fact in runs([(v, pythons_of(releases[v])) for v in ordered]):
        lines.append(f"pythons\t{first}\t{last}\t{fact}")
    looked = {v: looked_into(index, package, v, releases[v]) for v in ordered} if kept else {}
    asks = {v: requirements_of(looked[v][0], kept) for v in looked}
    for name in kept:
        for first, last, fact in runs([(v, asks[v].get(name) or ("*" if name in asks[v] else "")) for v in ordered]):
            lines.append(f"needs\t{first}\t{last}\t{name}\t{fact}")
    for first, last, fact in runs([(v, looked[v][1]) for v in looked]):
        lines.append(f"keras\t{first}\t{last}\t{fact}")
    for alias in ALIASES.get(package, ()):
        own = {release_of(f) for f in index.files(alias)}
        there = [(v, "yes" if v in own else "") for v in ordered if is_final(v)]
        lines.extend(f"also\t{first}\t{last}\t{alias}" for first, last, _ in runs(there))
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", nargs="*", default=list(PACKAGES), help="which to fetch (default: all)")
    index = Index()
    today = datetime.date.today().isoformat()
    INDEX.mkdir(exist_ok=True)
    for package in parser.parse_args().packages:
        lines = fetch(index, package, today)
        (INDEX / f"{package}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        print(f"{package}: {sum(line.startswith('release') for line in lines)} releases, {len(lines)} lines")


if __name__ == "__main__":
    main()
