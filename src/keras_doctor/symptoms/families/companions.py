"""Packages beside Keras that look for something by name, and do not find it: presets, policies, hidden imports."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import AGAIN, LEGACY_KERAS, PATH, REBUILD, SAME_VERSION, UPGRADE, VERSIONS

SYMPTOMS = (
    row(
        "path-problem",
        "",
        "no preset has that name: it is of a newer release of the package, or a folder that is not there",
        ("unknown preset identifier", "a preset must be a one of"),
        Remedy(
            "Upgrade keras-hub (newer releases know more presets), or name it in full (kaggle://, hf://).",
            "pip install -U keras-hub",
        ),
        PATH,
        sure="medium",
        strength=9,
    ),
    row(
        "environment-broken",
        "KD908",
        "PyInstaller's hooks do not find modules that TensorFlow makes when they are asked for",
        ("error: hidden import 'tensorflow", "error: hidden import 'keras"),
        Remedy(
            "Upgrade PyInstaller and its hooks, and collect the package whole.",
            "pip install -U pyinstaller pyinstaller-hooks-contrib\npyinstaller --collect-all tensorflow your_script.py",
        ),
        sure="medium",
        strength=7,
    ),
    row(
        "environment-broken",
        "KD908",
        "a package with operations of its own was built for another release of TensorFlow than the one installed",
        ("is compatible with the following tensorflow versions",),
        Remedy(
            "Install the very version that the warning names (matching to the last number).",
            "pip install tensorflow==X.Y.Z",
        ),
        VERSIONS,
        sure="medium",
        strength=6,
    ),
    row(
        "environment-broken",
        "KD908",
        "the installed Rasa has no policy of that name: the model or configuration is of an older one",
        ("module for policy 'keraspolicy'", "invalidpolicyconfig"),
        Remedy("Use the older Rasa of the model (rasa==1.*), or train with TEDPolicy.", 'pip install "rasa<2"'),
        sure="medium",
        strength=7,
    ),
    row(
        "path-problem",
        "",
        "no checkpoint is in that folder (latest_checkpoint found none): a wrong path, or a download that was cut",
        ("can't load save_path when it is none",),
        Remedy("Print what is found there, and download it again when it is empty.", "tf.train.latest_checkpoint(DIR)"),
        PATH,
        AGAIN,
        sure="medium",
        strength=9,
    ),
    row(
        "graph-reconstruction",
        "",
        "a nested layer or model has no nodes, or no layers, of the number that the graph names",
        ("in _should_skip_first_node",),
        UPGRADE,
        REBUILD,
        SAME_VERSION,
        LEGACY_KERAS,
        sure="medium",
        strength=6,
    ),
)
