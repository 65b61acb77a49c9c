"""Operations of a graph that this TensorFlow does not have."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.foreign import named_in
from keras_doctor.symptoms.remedies import SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


# Prefixes and names of operations that come with a package, which registers them when it is imported.
_OPS = (
    (
        (
            "CaseFold",
            "Normalize",
            "Wordpiece",
            "Sentencepiece",
            "Unicode",
            "RegexSplit",
            "Tokenizer",
            "TokenizerFromLogits",
            "FastWordpiece",
            "FastBert",
            "ConstrainedSequence",
            "Ngrams",
            "SplitMerge",
            "RougeL",
            "Whitespace",
            "Roundtrip",
            "MaxSpanning",
            "BertTokenizer",
            "Trimmer",
            "PhraseTokenizer",
            "TFText",
        ),
        "tensorflow_text",
        "tensorflow-text",
    ),
    (("Addons>", "Addons"), "tensorflow_addons", "tensorflow-addons"),
    (("IO>",), "tensorflow_io", "tensorflow-io"),
    (("SimpleMLCreate", "SimpleML", "InferenceOp"), "tensorflow_decision_forests", "tensorflow-decision-forests"),
    (("TPU",), "", ""),
    (("Trt", "TRT"), "", ""),
    (("Recommenders>", "Scann"), "tensorflow_recommenders", "tensorflow-recommenders"),
)


_PYTHON = Reading(
    "savedmodel-revive",
    "the graph calls a Python function (py_func, py_function, numpy_function), which is not in the SavedModel: it "
    "cannot run "
    "outside the program that made it",
    (
        Remedy(
            "Rewrite that step in TensorFlow operations (native ones, no py_func), and export again.",
            'model.export("folder")',
        ),
        Remedy("Or do the step in Python, before or after the model.", "x = step(x); model.predict(x)"),
    ),
    code="KD905",
)


def _operation(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...]:
    name = match["name"]
    if "PyFunc" in name:
        return _PYTHON
    for starts, module, package in _OPS:
        if name.startswith(starts) and module:
            tool = named_in(scene)
            cause = "converter-incompatible" if tool and tool.cause == "converter-incompatible" else "backend-missing"
            return Reading(
                cause,
                f"the graph uses the operation {name} of {module}, which registers it when it is imported",
                (
                    Remedy(
                        f"Install {module} ({package}) in the version of your TensorFlow, and import it before "
                        f"loading.",
                        f"pip install {package}\npython -c 'import {module}'",
                    ),
                    Remedy("Outside Python: load the package's op library first.", "TensorFlow.loadLibrary(…)"),
                ),
                code="KD902" if cause.startswith("conv") else "KD906",
            )
    return Reading(
        "savedmodel-revive",
        f"the graph uses the operation {name}, which this TensorFlow does not have: it was saved by a newer "
        f"one, or with a package that registers it",
        (
            UPGRADE,
            SAME_VERSION,
            Remedy(
                "When a package has the operation: import it before loading; when a library of your own has it: load "
                "that "
                "first.",
                'import tensorflow_text  # or: tf.load_op_library("ops.so")',
            ),
        ),
        code="KD905",
    )


def _missing_operation(scene: Scene, match: re.Match[str]) -> Reading | tuple[Reading, ...] | None:
    """Tell of "KeyError: 'CaseFoldUTF8'": an operation of a known package."""
    named = any(match["name"].startswith(starts) for starts, module, _ in _OPS if module)
    return _operation(scene, match) if named else None


SYMPTOMS = (
    Symptom(("keyerror",), _missing_operation, pattern=r"KeyError: ?'(?P<name>[A-Z][\w>]+)'", strength=5),
    Symptom(
        ("experimental_io_device",),
        (
            Reading(
                "savedmodel-revive",
                "the graph of the SavedModel could not be imported: the lines before say which operation this "
                "TensorFlow does not have",
                (
                    UPGRADE,
                    Remedy(
                        "Import the package that has the operation (tensorflow_text …) before loading.",
                        "import tensorflow_text",
                    ),
                ),
                "low",
                code="KD905",
            ),
        ),
        strength=2,
    ),
    Symptom(("op type not registered",), _operation, pattern=r"Op type not registered '?(?P<name>[\w>]+)", strength=9),
    Symptom(("_get_op_def", "_op_def_cache"), _operation, pattern=r"KeyError: '(?P<name>[A-Z][\w>]+)'", strength=5),
)
