#!/usr/bin/env python3
"""Pack a folder of generated model files for the test suite, with a manifest of who wrote each.

    pack_corpus.py CORPUS tests/data

CORPUS holds SAVER/ARCH/ folders with a meta.json each, as real releases wrote them (and pathology/CASE/, made from
those). Writes corpus.tar.xz, the same bytes for the same input, and corpus-manifest.tsv.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import sys
import tarfile
import tempfile


def main(corpus: str, out: str) -> None:
    rows = []
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for saver in sorted(os.listdir(corpus)):
            for arch in sorted(os.listdir(os.path.join(corpus, saver))):
                folder = os.path.join(corpus, saver, arch)
                with open(os.path.join(folder, "meta.json"), encoding="utf-8") as file:
                    meta = json.load(file)
                rows.append(row(saver, arch, meta))
                for here, folders, files in os.walk(folder):
                    folders.sort()
                    for name in sorted(files):
                        add(tar, corpus, os.path.join(here, name))
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "corpus.tar.xz"), "wb") as file:
        file.write(lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    with open(os.path.join(out, "corpus-manifest.tsv"), "w", encoding="utf-8") as file:
        file.write("folder\twritten by\tnote\n")
        file.writelines("\t".join(columns) + "\n" for columns in rows)


def row(saver: str, arch: str, meta: dict) -> tuple[str, str, str]:
    """Return a folder, who wrote it, and what was done to it."""
    if saver == "pathology":
        return f"{saver}/{arch}", f"made from {meta['made_from']}", meta["note"]
    versions = meta["versions"]
    by = f"{versions['module']} {versions['keras']}, Python {versions['python']}, {versions['backend']}"
    if versions.get("tf"):
        by += f", TensorFlow {versions['tf']}"
    return f"{saver}/{arch}", by, ""


def add(tar: tarfile.TarFile, corpus: str, path: str) -> None:
    info = tarfile.TarInfo(os.path.relpath(path, corpus))
    with open(path, "rb") as file:
        data = file.read()
    if info.name.endswith("/meta.json"):
        data = json.dumps(without_errors(json.loads(data)), indent=1, sort_keys=True).encode()
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


def without_errors(value: object) -> object:
    """Return what a meta.json says without the texts of failed saves: they name folders of the machine that made it."""
    if isinstance(value, dict):
        return {key: without_errors(item) for key, item in value.items() if not _names_folders(item)}
    return [without_errors(item) for item in value if not _names_folders(item)] if isinstance(value, list) else value


def _names_folders(value: object) -> bool:
    return isinstance(value, str) and ("Traceback" in value or tempfile.gettempdir() in value)


if __name__ == "__main__":
    main(*sys.argv[1:])
