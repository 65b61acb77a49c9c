#!/usr/bin/env python3
"""Peak memory and bytes read of `keras-doctor check` on a model of 1 GB, as .h5 and as .keras.

    memory.py                      makes two files of 1 GB in the cache folder, once
    memory.py --size 4000          of 4 GB each

The bytes are what the process asked of the system in all (rchar of /proc), Python's own start included; the line of a
Python that does nothing shows how much that is. No tensor byte is needed: what is read is structure. Linux only.
"""

from __future__ import annotations

import json
import statistics
import sys
import zipfile
from pathlib import Path

from measuring import Workshop, arguments, call, machine, milliseconds, run, sound, table, verdict

BAR = 40.0  # MB
_LAYERS = 10
# A process counts the memory of the one that started it as its own until it runs its program, so a small one starts it.
_STARTER = """
import os, sys
pid = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
read = open("/proc/%d/io" % pid).read().split()[1]
usage = os.wait4(pid, 0)[2]
open(sys.argv[1], "w").write("%s %d" % (read, usage.ru_maxrss))
"""


def main() -> int:
    parser = arguments(__doc__, rounds=5)
    parser.add_argument("--size", type=int, default=1000, help="MB of weights (default %(default)s)")
    options = parser.parse_args()
    shop = Workshop(options.cache)
    home = shop.ours()
    python, ours = str(home / "bin/python"), str(home / "bin/keras-doctor")
    environ = shop.environ()
    maker = shop.installed("h5py", "h5py", "numpy")
    h5, keras = make(shop, str(maker / "bin/python"), options.size)
    print(machine())
    commands = {"python -c pass": [python, "-c", "pass"]}
    for path in (h5, keras):
        commands[f"check {path.name}, {path.stat().st_size:,} bytes"] = sound([ours, "check", str(path)], environ)
    rows, kept = [], True
    for name, command in commands.items():
        peaks, counts = zip(
            *(watched(python, command, environ, shop.folder / "watched") for _ in range(3)), strict=True
        )
        runs = [run(command, environ) for _ in range(options.rounds)]
        wall, cpu = (statistics.median(getattr(one, of) for one in runs) for of in ("wall", "cpu"))
        rows.append(
            (
                name,
                f"{max(peaks):.1f} MB",
                f"{max(counts):,}",
                milliseconds(cpu),
                milliseconds(wall),
                str(runs[0].status),
            )
        )
    table(("command", "peak", "bytes read", "CPU", "wall", "status"), rows)
    for row in rows[1:]:
        kept &= verdict(f"{row[0]}: peak MB", float(row[1].split()[0]), BAR)
    return 0 if kept else 1


def watched(python: str, command: list[str], environ: dict[str, str], out: Path) -> tuple[float, int]:
    """Return the peak MB of a process, and how many bytes it read."""
    run([python, "-S", "-c", _STARTER, str(out), *command], environ)
    read, peak = out.read_text().split()
    return int(peak) / 1000, int(read)


def make(shop: Workshop, python: str, size: int) -> tuple[Path, Path]:
    """Return a .h5 and a .keras with `size` MB of weights each: a real architecture's config, dense layers of noise."""
    h5, keras = shop.folder / f"large-{size}.h5", shop.folder / f"large-{size}.keras"
    if not keras.exists():
        weights = shop.folder / "large.weights.h5"
        call(python, str(Path(__file__).resolve()), "--fill", str(size), str(h5), str(weights))
        pack(keras, weights)
        weights.unlink()
    return h5, keras


def config(width: int) -> dict:
    """Return the config of a stack of dense layers, as Keras 3 writes it."""
    first = {"batch_shape": [None, width], "dtype": "float32", "sparse": False, "name": "input"}
    layers = [{"module": "keras.layers", "class_name": "InputLayer", "config": first, "registered_name": None}]
    layers += [
        {
            "module": "keras.layers",
            "class_name": "Dense",
            "config": {"name": f"dense_{i}", "trainable": True, "dtype": "float32", "units": width, "use_bias": True},
            "registered_name": None,
            "build_config": {"input_shape": [None, width]},
        }
        for i in range(_LAYERS)
    ]
    return {
        "module": "keras",
        "class_name": "Sequential",
        "config": {"name": "large", "trainable": True, "dtype": "float32", "layers": layers},
        "registered_name": None,
        "build_config": {"input_shape": [None, width]},
    }


def width_for(size: int) -> int:
    """Return the units of each layer with which they hold `size` MB in all."""
    return int((size * 1_000_000 / 4 / _LAYERS) ** 0.5)


def fill(size: int, h5: str, weights: str) -> None:
    """Write a legacy whole-model HDF5 file, and the weights of a .keras. Runs where h5py is."""
    import h5py
    import numpy

    width = width_for(size)
    noise = numpy.random.default_rng(1).standard_normal((width, width), dtype="float32")
    with h5py.File(h5, "w") as whole, h5py.File(weights, "w") as store:
        whole.attrs["backend"] = "tensorflow"
        whole.attrs["keras_version"] = "3.15.1"
        whole.attrs["model_config"] = json.dumps(config(width))
        top = whole.create_group("model_weights")
        names = [f"dense_{i}" for i in range(_LAYERS)]
        top.attrs["layer_names"] = [name.encode() for name in names]
        top.attrs["backend"] = b"tensorflow"
        top.attrs["keras_version"] = b"3.15.1"
        for i, name in enumerate(names):
            group = top.create_group(name)
            group.attrs["weight_names"] = [f"large/{name}/kernel".encode(), f"large/{name}/bias".encode()]
            group[f"large/{name}/kernel"] = noise
            group[f"large/{name}/bias"] = noise[0]
            variables = store.create_group("layers/dense" + (f"_{i}" if i else "")).create_group("vars")
            variables["0"] = noise
            variables["1"] = noise[0]


def pack(keras: Path, weights: Path) -> None:
    """Write a .keras as Keras does: a zip whose members are stored."""
    partial = keras.with_suffix(".partial")
    size = weights.stat().st_size
    with zipfile.ZipFile(partial, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.15.1", "date_saved": "2026-01-01@00:00:00"}))
        archive.writestr("config.json", json.dumps(config(width_for(size // 1_000_000))))
        archive.write(weights, "model.weights.h5")
    partial.rename(keras)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fill"]:
        fill(int(sys.argv[2]), *sys.argv[3:])
    else:
        sys.exit(main())
