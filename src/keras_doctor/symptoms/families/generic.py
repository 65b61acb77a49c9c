"""Words that any program may say of a model, told with little confidence where nothing else is known."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.foreign import named_in
from keras_doctor.symptoms.remedies import CHECK, DOWNLOAD, LFS, PATH, SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene

_ELSEWHERE = Remedy(
    "Ask the author for the file, or look for it elsewhere (a release page, a drive): the repository's LFS storage "
    "does not "
    "hand it out (quota), or the pointer in it is broken (a merge conflict).",
    "git lfs ls-files --long",
)
_ABSENT = Reading(
    "path-problem",
    "a program does not find the model (or a part of it) where it looks: wrong path, or it was never downloaded or "
    "trained",
    (
        PATH,
        Remedy(
            "Download the release of the model again, to the path that the message names; or retrain it.",
            "ls -lR MODEL",
        ),
        CHECK,
    ),
    "low",
    code="KD101",
)


def _unsupported(scene: Scene, match: re.Match[str]) -> Reading | None:
    if scene.passed("load", "weights", "save", "construct", "compile"):
        return None
    tool = named_in(scene)
    if tool is not None:
        return tool.reading("low")
    return Reading(
        "converter-incompatible",
        "a program that reads the model does not know one of its layers or operations",
        (
            Remedy(
                "Upgrade the program, rebuild the model with layers that it supports (unroll recurrent layers, no "
                "Lambda), or "
                "go by another format (ONNX, a frozen graph, TFLite).",
                "python -m tf2onnx.convert --saved-model SAVED --output model.onnx",
            ),
            SAME_VERSION,
            UPGRADE,
        ),
        "low",
        code="KD902",
    )


SYMPTOMS = (
    Symptom(
        ("smudge error", "pointer parsing", "over its data quota", "lfs", "batch response"),
        (
            Reading(
                "not-a-model",
                "Git LFS did not fetch the file: what lies there is the pointer to it, not the model",
                (_ELSEWHERE, LFS, DOWNLOAD),
                "medium",
                code="KD103",
            ),
        ),
        pattern=r"smudge error|pointer parsing|over its data quota|LFS[^\n]{0,80}(?:error|fail|quota|not (?:found"
        r"|installed))"
        r"|batch response",
        strength=6,
    ),
    Symptom(
        ("find", "exist", "incorrect path", "no model", "missing implementation that supports: loader"),
        (_ABSENT,),
        pattern=r"(?:could ?n[o']t|cannot|can't|unable to|failed to|not able to) (?:find|locate|open|read)[^\n]{0,60}"
        r"(?:model|weights|checkpoint|snapshot|file|network)|path[^\n]{0,120}(?:doesn't|does not) exist|incorrect path"
        r"|(?:model|weights|checkpoint)[^\n]{0,80}(?:doesn't|does not|not) (?:exist|found)|no (?:trained )?model"
        r" (?:found|at)"
        r"|Missing implementation that supports: loader",
        strength=1,
    ),
    Symptom(
        ("not supported", "unsupported", "unknown type", "specific converter", "failed to invoke", "no conversion"),
        _unsupported,
        pattern=r"(?:type|layer|op(?:eration|erator)?|node|section|header)\b[^\n]{0,80}(?:not supported|unsupported"
        r"|unknown)"
        r"|(?:unsupported|unknown)[^\n]{0,30}(?:type|layer|op(?:eration|erator)?|node|section|header)"
        r"|specific converter|failed to invoke with status|no conversion (?:function|rule)",
        strength=1,
    ),
    Symptom(
        ("deep-copyable", "deepcopyable", "can't be pickled", "cannot be pickled", "cant be pickled", "not picklable"),
        (
            Reading(
                "pickled-model",
                "a wrapper or a search copies (pickles) what it is given, and one of these (a callback such as "
                "TensorBoard, "
                "an open file, a lock, the model) cannot be copied",
                (
                    Remedy(
                        "Take out the callback (TensorBoard, tqdm) or make it anew where it is used; save the model "
                        "itself with "
                        "model.save.",
                        'wrapper.model_.save("model.keras")',
                    ),
                    UPGRADE,
                ),
                "medium",
                code="KD904",
            ),
        ),
        pattern=r"deep-?copyable|(?:can't|cannot|cant) be (?:pickled|copied)|not pick?leable|not picklable",
        strength=5,
    ),
    Symptom(
        ("could not load file or assembly", "hresult", "system.io.fileloadexception", "dllnotfoundexception"),
        (
            Reading(
                "environment-broken",
                "the library for .NET does not load a part that it needs: another version of it, another .NET, or a "
                "missing "
                "native library",
                (
                    Remedy(
                        "Upgrade the packages together, run it on .NET Core (.NET 6 or later) rather than the .NET "
                        "Framework "
                        "(which wants strongly named assemblies, HDF5 among them), and install the native "
                        "redistributable.",
                        "dotnet add package SciSharp.TensorFlow.Redist",
                    ),
                ),
                "medium",
                code="KD909",
            ),
        ),
        strength=6,
    ),
)
