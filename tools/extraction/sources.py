"""The sources of the releases: fetched once, checked against the index's sha256, kept as slim archives.

A release of Keras or tf-keras is fetched whole (its wheel, or the sdist where there is no wheel). Of a TensorFlow,
hundreds of megabytes, only the members that its Keras consists of are read, by byte range; the sha256 in the manifest
is then what the index states for the whole file.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "src"))

from keras_doctor.releases.catalog import catalog  # noqa: E402
from keras_doctor.releases.version import in_line, is_final, satisfies, version_key  # noqa: E402

MANIFEST = ROOT / "tools" / "extraction" / "manifest.tsv"

# Of a TensorFlow: its Keras, and the modules in which bases, initializers and losses of its classes stand.
_OF_TENSORFLOW = re.compile(
    r"tensorflow(_core)?/(python/keras/|contrib/keras/python/|python/layers/|python/feature_column/"
    r"|python/ops/(init_ops|init_ops_v2|rnn_cell_impl|losses/[a-z_]+|math_ops|nn_ops|nn|nn_impl)\.py$"
    r"|python/module/module\.py$|python/training/(tracking|checkpointable)/[a-z_]+\.py$|python/training/checkpointable\.py$"
    r"|python/training/optimizer\.py$|python/training/experimental/loss_scale\.py$|contrib/cudnn_rnn/python/layers/"
    r"|python/util/(tf_inspect|tf_export|tf_decorator)\.py$)"
)
_TESTS = re.compile(
    r"(_test|_tests|test_utils|_testing|conftest)\.py$|/tests?/|/integration_tests?/|/benchmarks?/|/testing_infra/"
)


def wanted(only: list[str] | None = None) -> list[tuple[str, str]]:
    """Return (package, version) of all releases that are data, oldest first; `only` keeps some ("keras==3.15.1")."""
    index = catalog()
    found = [("keras", v) for v in index.versions("keras") if is_final(v) and satisfies(v, ">=1.0.0")]
    found += [("tf-keras", v) for v in index.versions("tf-keras") if is_final(v)]
    newest: dict[str, str] = {}
    for version in index.versions("tensorflow"):
        if is_final(version) and satisfies(version, ">=1.2,<2.6"):
            newest[".".join(version.split(".")[:2])] = version
    found += [("tensorflow", v) for v in newest.values()]
    return [pair for pair in found if not only or "==".join(pair) in only or pair[0] in only]


def _fetcher() -> Any:
    """Return tools/fetch_release_index.py as a module: it knows how to ask the index."""
    spec = importlib.util.spec_from_file_location("fetch_release_index", ROOT / "tools" / "fetch_release_index.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Sources:
    """Slim archives in a folder, and the manifest of what they were made from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.tools: Any = None
        self.index: Any = None
        self.listings: dict[str, list[dict[str, Any]]] = {}
        self.manifest: dict[tuple[str, str], tuple[str, str]] = {}
        if MANIFEST.exists():
            for line in MANIFEST.read_text(encoding="utf-8").splitlines():
                if not line.startswith("#"):
                    package, version, name, digest = line.split("\t")
                    self.manifest[package, version] = name, digest

    def save_manifest(self) -> None:
        """Write the manifest, in the order of packages and versions."""
        lines = ["# package, version, file that was read, its sha256: made by tools/extract_releases.py"]
        for package, version in sorted(self.manifest, key=lambda pair: (pair[0], version_key(pair[1]) or ())):
            lines.append("\t".join((package, version, *self.manifest[package, version])))
        MANIFEST.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def read(self, package: str, version: str) -> dict[str, str]:
        """Return the modules of a release: path with slashes → source text."""
        path = self.folder / f"{package}-{version}.zip"
        if not path.exists():
            self._fetch(package, version, path)
        with zipfile.ZipFile(path) as archive:
            return {n: archive.read(n).decode("utf-8", "replace") for n in archive.namelist()}

    def _fetch(self, package: str, version: str, path: Path) -> None:
        if self.index is None:
            self.tools = _fetcher()
            self.index = self.tools.Index()
        if package not in self.listings:
            self.listings[package] = self.index.files(package)
        files = [f for f in self.listings[package] if self.tools.release_of(f) == version]
        wheels = [f for f in files if f["filename"].endswith(".whl")]
        wheels.sort(key=lambda f: ("manylinux" not in f["filename"], "x86_64" not in f["filename"], f["filename"]))
        file = (wheels or [f for f in files if f["filename"].endswith(".tar.gz")])[0]
        digest = file["hashes"]["sha256"]
        known = self.manifest.get((package, version))
        if known and known != (file["filename"], digest):
            raise SystemExit(f"{package} {version}: the index has {file['filename']} {digest}, the manifest {known}")
        if package == "tensorflow":
            members = self._members(io.BufferedReader(self.tools.RemoteFile(self.index, file["url"], file["size"])))
        else:
            data = self.index.get(file["url"])
            if hashlib.sha256(data).hexdigest() != digest:
                raise SystemExit(f"{file['filename']} is not what the index says it is")
            members = self._members(io.BytesIO(data)) if wheels else self._unpacked(data)
        waiting = path.with_suffix(".part")
        with zipfile.ZipFile(waiting, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in sorted(members):
                archive.writestr(zipfile.ZipInfo(name), members[name], zipfile.ZIP_DEFLATED)
        waiting.rename(path)
        self.manifest[package, version] = file["filename"], digest

    @staticmethod
    def _members(file: Any) -> dict[str, bytes]:
        with zipfile.ZipFile(file) as archive:
            named = ((i, re.sub(r"^[^/]+\.data/(purelib|platlib)/", "", i.filename)) for i in archive.infolist())
            return {name: archive.read(i) for i, name in named if _kept(name)}

    @staticmethod
    def _unpacked(data: bytes) -> dict[str, bytes]:
        found = {}
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for member in archive.getmembers():
                name = member.name.partition("/")[2]
                stream = archive.extractfile(member) if member.isfile() and _kept(name) else None
                if stream:
                    found[name] = stream.read()
        return found


def _kept(name: str) -> bool:
    if not name.endswith(".py") or _TESTS.search("/" + name):
        return False
    return name.startswith(("keras/", "tf_keras/")) or bool(_OF_TENSORFLOW.match(name))


def line_of(package: str, version: str) -> str:
    """Return the line of releases that a release's facts are stored with."""
    if package != "keras":
        return {"tf-keras": "tf-keras", "tensorflow": "tensorflow"}[package]
    if in_line(version, "1"):
        return "keras-1"
    if in_line(version, "2"):
        return "keras-2" if satisfies(version, "<2.6") else "keras-2.6"
    return f"keras-{version.split('.')[0]}"
