"""Failures of saving: nothing (or only half a file) was written."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row, unsaved
from keras_doctor.symptoms.remedies import UPGRADE, WEIGHTS_ONLY
from keras_doctor.symptoms.symptom import Symptom

_KERAS = Remedy("Save with a name that ends in .keras (or .h5).", 'model.save("model.keras")')
_EXPORT = Remedy("For a SavedModel (serving, TFLite): use model.export.", 'model.export("folder")')
_WEIGHTS = Remedy("Name weights so that they end in .weights.h5.", 'model.save_weights("model.weights.h5")')
_NO_OPTIMIZER = Remedy("Or leave the optimizer's state out.", "model.save(PATH, include_optimizer=False)")
_NAMES = Remedy(
    "Give every layer and variable a name of its own (layers that are used twice, models nested in each other).",
    'layer._name = "other"',
)


SYMPTOMS = (
    row(
        "save-refused",
        "KD901",
        "the name (or the monitor) of ModelCheckpoint asks for a metric that is not in the logs: it is called "
        "otherwise in this release (acc, accuracy), is not compiled, or there are no validation data",
        (
            "can save best model only with",
            "early stopping conditioned on metric",
            "failed to format this callback filepath",
        ),
        Remedy(
            "Use a name that the training log shows: compile with metrics=['accuracy'], give validation_data, and "
            "monitor "
            "val_accuracy (val_acc before TensorFlow 2) or val_loss.",
            'ModelCheckpoint("model.{epoch:02d}-{val_accuracy:.4f}.keras", monitor="val_accuracy")',
        ),
        strength=8,
    ),
    Symptom(
        ("keyerror: 'val_", "keyerror: 'acc'", "keyerror: 'accuracy'", 'keyerror: "val_'),
        lambda scene, match: (
            unsaved(
                "the pattern of ModelCheckpoint's file name asks for a metric that is not in the logs",
                Remedy(
                    "Use a name that the training log shows: compile with metrics=['accuracy'], give validation "
                    "data, and "
                    "write val_accuracy (val_acc before TensorFlow 2) or val_loss.",
                    'ModelCheckpoint("model.{epoch:02d}-{val_accuracy:.4f}.keras", monitor="val_accuracy")',
                ),
            )
            if scene.calls("on_epoch_end", "ModelCheckpoint", "filepath")
            else None
        ),
        pattern=r"KeyError: ['\"](?:val_\w+|acc|accuracy)",
        strength=8,
    ),
    row(
        "save-refused",
        "KD901",
        "this TensorFlow and this Python (or wrapt) do not go together when a SavedModel is written: 2.16 under "
        "Python 3.12",
        ("this __dict__ descriptor does not support", "_dictwrapper"),
        Remedy(
            "Upgrade TensorFlow (tensorflow>=2.17), or take an older wrapt (wrapt<1.15), or Python 3.11.",
            'pip install -U "tensorflow>=2.17"  # or: pip install "wrapt<1.15"',
        ),
        WEIGHTS_ONLY,
        strength=8,
    ),
    row(
        "save-refused",
        "KD901",
        "an exported function uses a variable or a table that is no attribute of what is exported",
        ("references 'untracked' resource", "which references an untracked", "must be 'tracked' by assigning"),
        Remedy(
            "Make what it uses an attribute (self.table = …) of the model, the layer or the module that is "
            "exported, so that "
            "it is tracked.",
            "self.table = table",
        ),
        WEIGHTS_ONLY,
        strength=8,
    ),
    row(
        "save-refused",
        "KD901",
        "a model that was never built cannot be exported",
        ("must be built before export", "the model must be built before", "is not built. please call the model"),
        Remedy("Call it on data (or build it) first, then model.export.", 'model(example); model.export("folder")'),
        strength=8,
    ),
    Symptom(
        ("cannot be saved either because", "cannot be saved because", "can not be saved because"),
        (
            unsaved(
                "the model was never called or built, so that its inputs are not known",
                Remedy("Call it on data (or build it) first.", 'model(example); model.save("model.keras")'),
                WEIGHTS_ONLY,
            ),
        ),
        strength=8,
    ),
    Symptom(
        (
            "filename must end in .weights.h5",
            "must end in .weights.h5",
            "must end in .keras",
            "invalid filepath extension for saving",
            "must end in .weights.json",
            "please add either a .keras extension",
            "the filepath provided must end",
        ),
        lambda scene, match: unsaved(
            "this release wants a certain ending of the name, and does not save under this one",
            *((_WEIGHTS, _KERAS) if ".weights" in match[0].lower() else (_KERAS, _EXPORT, _WEIGHTS)),
        ),
        pattern=r"(?:file(?:name|path)[^\n]{0,40} must end in \.?[\w.]+|invalid filepath extension for saving"
        r"|please add either a \.keras|must end in \.(?:weights\.h5|keras))",
        strength=8,
    ),
    Symptom(
        ("object header message is too large",),
        (
            unsaved(
                "HDF5 stores the names of layers and weights as attributes, which hold 64 KB at most: the "
                "model has too many, or too long names (or the optimizer has)",
                Remedy(
                    "Save in the .keras format, or in TensorFlow's, which know no such limit.",
                    'model.save("model.keras")',
                ),
                Remedy("Or give the layers shorter names.", 'Dense(10, name="d1")'),
                _NO_OPTIMIZER,
                WEIGHTS_ONLY,
                UPGRADE,
            ),
        ),
        strength=9,
    ),
    Symptom(
        (
            "name already exists",
            "unable to create link",
            "unable to create dataset",
            "unable to create group",
            "object already exists",
        ),
        (
            unsaved(
                "two weights would be stored under the same name",
                _NAMES,
                Remedy("Or save in the .keras format, which numbers them.", 'model.save("model.keras")'),
                _NO_OPTIMIZER,
                WEIGHTS_ONLY,
                UPGRADE,
            ),
        ),
        pattern=r"(?:name|object) already exists|unable to create (?:link|dataset|group)",
        strength=8,
    ),
    Symptom(
        (
            "saving the model to hdf5 format requires",
            "requires the model to be a functional model or a sequential",
            "doesn't support saving",
            "saving requires the model",
            "because it is a subclassed",
            "saving of subclassed",
            "model cannot be saved because the input shapes have not been set",
            "cannot be saved because",
            "not supported for subclassed",
        ),
        (
            unsaved(
                "a subclassed model (or one that was never called) cannot be saved in this form",
                Remedy(
                    "Save it in the .keras format, or as a SavedModel; call it on data first, so that its "
                    "shapes are known.",
                    'model(example); model.save("model.keras")',
                ),
                WEIGHTS_ONLY,
            ),
        ),
        pattern=r"saving the model to HDF5 format requires|to be a Functional model or a Sequential"
        r"|cannot be saved because|saving requires|not supported for subclassed",
        strength=8,
    ),
    Symptom(
        (
            "save_format",
            "the following argument(s) are not supported with the native keras format",
            "options argument is not supported",
            "argument is deprecated in keras 3",
        ),
        (
            unsaved(
                "this release's save does not take that argument (save_format, options, include_optimizer): "
                "the name's ending decides the format",
                _KERAS,
                _EXPORT,
                Remedy("In MLflow: upgrade mlflow, which passes save_format.", "pip install -U mlflow"),
            ),
        ),
        pattern=r"argument\(?s?\)? (?:are|is) not supported with the native Keras format"
        r"|unexpected keyword argument '?save_format|save_format[^\n]{0,60}(?:deprecated|not supported"
        r"|unexpected)|options`? argument is not supported",
        strength=7,
    ),
    Symptom(
        (
            "disk quota exceeded",
            "no space left on device",
            "errno = 28",
            "file write failed",
            "unable to flush",
            "unable to truncate",
        ),
        (
            unsaved(
                "the disk is full, or the file cannot be written",
                Remedy("Make room, or save elsewhere; the half-written file is not a model.", "df -h"),
            ),
        ),
        strength=6,
    ),
)
