"""Models of Hugging Face: transformers, and the hub's files."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import DOWNLOAD, LEGACY_KERAS, LFS, PATH, SAME_CODE
from keras_doctor.symptoms.symptom import Reading, Symptom

_PRETRAINED = Remedy(
    "Models of transformers are saved with save_pretrained (a folder with config.json and tf_model.h5), and loaded "
    "with "
    "from_pretrained of that folder, not with model.save and load_model.",
    'model.save_pretrained("folder")  # then: TFAutoModel.from_pretrained("folder")',
)
_FROM_PT = Remedy(
    "Where the folder has weights of PyTorch only (pytorch_model.bin, model.safetensors): convert them while loading.",
    'TFAutoModel.from_pretrained("folder", from_pt=True)',
)
_FUNCTIONAL = Remedy(
    "Under Keras 3, models of transformers (which are Keras 2) do not take Keras 3's tensors: install tf-keras, set "
    "TF_USE_LEGACY_KERAS=1, and build the model around them with tf_keras; or wrap the call in a layer of your own.",
    "pip install tf-keras; export TF_USE_LEGACY_KERAS=1",
)

SYMPTOMS = (
    row(
        "path-problem",
        "KD101",
        "the folder that from_pretrained was given has not the files that it wants",
        (
            "error no file named",
            "can't load config for",
            "can't load the configuration of",
            "can't load tokenizer for",
            "can't load weights for",
            "can't load the model for",
            "is not a local folder and is not a valid model identifier",
            "does not appear to have a file named",
            "make sure you don't have a local directory with the same name",
        ),
        _PRETRAINED,
        _FROM_PT,
        PATH,
        sure="medium",
    ),
    Symptom(
        ("unable to load weights from h5 file", "set from_pt=true", "unable to load weights from pytorch checkpoint"),
        (
            Reading(
                "damaged-file",
                "the file of weights is there and is no HDF5 file that can be read: a Git LFS pointer, a broken "
                "download, "
                "or weights of PyTorch",
                (DOWNLOAD, LFS, _FROM_PT, _PRETRAINED),
                "medium",
                "the file is some hundred bytes of text, or shorter than it should be",
            ),
            Reading(
                "weights-mismatch",
                "the weights are of another model",
                (SAME_CODE, _PRETRAINED),
                "low",
                "the file is whole",
            ),
        ),
        strength=7,
        question="How large is the file? keras-doctor check PATH says what it is",
    ),
    Symptom(
        ("(type keraslayer)", "(type tf", "only input tensors may be passed as positional"),
        (
            Reading(
                "mixed-keras",
                "a layer of TensorFlow Hub or transformers, which is Keras 2, is called with a tensor (or put "
                "beside a model) "
                "of Keras 3",
                (_FUNCTIONAL, LEGACY_KERAS),
                "medium",
                code="KD208",
            ),
        ),
        pattern=r"\(type (?:KerasLayer|TF[A-Z]\w+)\)[^\n]{0,400}(?:KerasTensor|build a TypeSpec)"
        r"|positional arguments\.[^\n]{0,200}(?:tf_keras|tensorflow_hub|keras\.engine)",
        strength=8,
    ),
    row(
        "mixed-keras",
        "KD208",
        "a model of transformers, which is Keras 2, is called with tensors of Keras 3",
        (
            "is not allowed only (<class 'tensorflow.python",
            "is not allowed only (",
            "is accepted for input_ids",
        ),
        _FUNCTIONAL,
        LEGACY_KERAS,
    ),
)
