#!/usr/bin/env python3
"""Pack what `record_evaluations.py` wrote in several releases for the test suite.

    pack_evaluations.py RECORDED tests/data/evaluations|tests/data/variants SAVER …

RECORDED holds SAVER/CASE/ folders. Writes evaluations.tar.xz, or the other, the same bytes for the same input: of each
case one model file (`.keras` where there is one) and golden.npz with the inputs and, of each output, its shape and at
most 60 of its values, evenly spread; and evaluations-manifest.tsv, which says who wrote each saver's files.
"""

from __future__ import annotations

import io
import json
import lzma
import os
import sys
import tarfile
import zipfile

import numpy as np

VALUES = 60
LARGEST = 60_000  # bytes of a model file that is packed


def main(recorded: str, out: str, savers: list[str]) -> None:
    buffer, rows = io.BytesIO(), []
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for saver in savers:
            count, versions = 0, {}
            for case in sorted(os.listdir(os.path.join(recorded, saver))):
                folder = os.path.join(recorded, saver, case)
                model = next((n for n in ("model.keras", "model.h5") if os.path.exists(os.path.join(folder, n))), None)
                if model is None or case.startswith("app_") or os.path.getsize(os.path.join(folder, model)) > LARGEST:
                    continue
                with open(os.path.join(folder, model), "rb") as file:
                    add(tar, f"{saver}/{case}/{model}", file.read())
                add(tar, f"{saver}/{case}/golden.npz", spread(os.path.join(folder, "golden.npz")))
                with open(os.path.join(folder, "meta.json"), encoding="utf-8") as file:
                    versions = json.load(file)["versions"]
                count += 1
            rows.append((saver, str(count), json.dumps(versions, sort_keys=True)))
    with open(f"{out}.tar.xz", "wb") as file:
        file.write(lzma.compress(buffer.getvalue(), preset=9 | lzma.PRESET_EXTREME))
    with open(f"{out}-manifest.tsv", "w", encoding="utf-8") as file:
        file.write("saver\tcases\twritten by\n")
        file.writelines("\t".join(row) + "\n" for row in rows)


def spread(path: str) -> bytes:
    """Return a golden.npz with at most `VALUES` values of each output, and the outputs' shapes."""
    kept = {}
    with np.load(path) as golden:
        for name in golden.files:
            array = golden[name]
            if name.startswith("out"):
                kept["shape" + name[3:]] = np.array(array.shape, np.int64)
                array = array.ravel()[:: array.size // VALUES + 1]
            kept[name] = array
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:  # xz does better on what is not compressed
        for name in sorted(kept):
            member = io.BytesIO()
            np.lib.format.write_array(member, kept[name], allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())
    return buffer.getvalue()


def add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    tar.addfile(info, io.BytesIO(data))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
