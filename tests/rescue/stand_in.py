"""An environment whose Keras is a stand-in: an interpreter that runs, in which `keras` computes by our own evaluation.

For what happens around a real release (asked, answered, refused, too late). What real releases compute is recorded in
tests/data/verifications.tsv by tools/check_verification.py.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

import keras_doctor
from keras_doctor import Environment

# Its moods: how it misbehaves.
REFUSES, STUMBLES, HANGS, DIES, DRIFTS, WAVERS, UNTRAINED = MOODS = (
    "refuses", "stumbles", "hangs", "dies", "drifts at ", "wavers", "untrained",
)  # fmt: skip

KERAS = """
import os, time
from types import SimpleNamespace
import numpy as np
from keras_doctor import read
from keras_doctor.rescue.evaluation import evaluate
from keras_doctor.rescue.evaluation.inputs import input_specs

__version__ = "stand-in"
MOOD = MOOD_TEXT


class Model:
    def __init__(self, inputs, outputs=None):
        self.document, self.inputs, self.outputs = inputs[0].document, inputs, outputs
        self.input_names = [spec.name for spec in input_specs(self.document)]
        names = [layer.name for layer in self.document.layers if not layer.parent and layer.class_name != "InputLayer"]
        self.layers = [] if outputs else [SimpleNamespace(name=name, output=name) for name in names]

    def predict(self, x, batch_size, verbose):
        if MOOD == "stumbles":
            raise ValueError("cannot be run")
        made = evaluate(self.document, x if isinstance(x, list) else [x], each_layer=True)
        layers = dict(made.layers)
        drift = np.random.default_rng().random() if MOOD == "wavers" else 0
        at = MOOD.partition("drifts at ")[2]
        if at:
            for name in list(layers)[list(layers).index(at):]:
                layers[name] = [array + 1 for array in layers[name]]
            drift = 1
        if self.outputs:
            return [layers[name][0] for name in self.outputs]
        return [array + drift for array in made.outputs]


def load_model(path, compile=True, custom_objects=None):
    print("noise on standard output")
    if MOOD == "refuses" or MOOD == "untrained" and compile:
        raise ValueError("Unknown layer: 'Dense'")
    if MOOD == "hangs":
        time.sleep(60)
    if MOOD == "dies":
        os.write(2, b"Illegal instruction of the stand-in\\n")
        os._exit(3)
    return Model([SimpleNamespace(document=read(path))])


models = SimpleNamespace(load_model=load_model, Model=Model)
"""


def stand_in(prefix: Path, *packages: str, mood: str = "") -> Environment:
    """Make an environment with the packages ("keras==3.15.1"), of which `keras` and `tensorflow` are stand-ins."""
    python = Path(sys.executable).resolve()
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin/python").symlink_to(python)
    (prefix / "pyvenv.cfg").write_text(f"home = {python.parent}\nversion = {sys.version.split()[0]}\n")
    site = prefix / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
    site.mkdir(parents=True)
    for package in packages:
        name, _, version = package.partition("==")
        (site / f"{name}-{version}.dist-info").mkdir()
    (site / "keras.py").write_text(KERAS.replace("MOOD_TEXT", repr(mood)))
    (site / "tensorflow.py").write_text("import keras\n")
    ours = [os.path.dirname(os.path.dirname(module.__file__ or "")) for module in (np, keras_doctor)]
    # A line of code: folders that stand there would count as what is installed.
    (site / "ours.pth").write_text(f"import sys; sys.path += {ours!r}\n")
    return Environment.of(str(prefix))
