"""Plain messages that Keras itself raises: their words say all, so that a row needs no look at the rest of the text."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import (
    CHECK,
    COMPILE_FALSE,
    CUSTOM_OBJECTS,
    GET_CONFIG,
    INSPECT,
    LEGACY_KERAS,
    OWN_NAMES,
    REBUILD,
    SAME_VERSION,
    SIGNATURE,
    UPGRADE,
)
from keras_doctor.symptoms.symptom import Reading, Symptom

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from keras_doctor.symptoms.scene import Scene


def _nothing_to_look_in(scene: Scene, match: re.Match[str]) -> Reading | None:
    """Tell of the loaders of Keras 2 that look for a function's name where there is nothing to look in."""
    if not scene.calls("lambda", "Lambda", "module_objects", "function_name", "core.py") and (
        scene.parsed.frames or not scene.calls("load_model", "model_from_json", "from_config")
    ):
        return None
    return Reading(
        "custom-object-missing",
        "a Lambda layer holds a function (or a method of a class) by its name, and the loader was not given it",
        (
            Remedy(
                "Pass the function in custom_objects by its name.",
                'model = load_model(PATH, custom_objects={"custom_layer": custom_layer})',
            ),
            Remedy("Or write it as a layer of its own, for the next save.", "class MyLayer(Layer): …"),
            REBUILD,
        ),
        "high" if scene.calls("module_objects") else "medium",
    )


SYMPTOMS = (
    row(
        "weights-mismatch",
        "",
        "the weights (of Darknet, YOLO or another converter) are not those of this .cfg, class list or set of anchors: "
        "the numbers of them do not come out even",
        (
            "failed to read all data",
            "buffer is too small for requested array",
            "mismatch between model and given anchor and class sizes",
        ),
        Remedy(
            "Give the .cfg, classes and anchors that belong to these weights (number of classes, tiny or not), and "
            "convert again; make sure that the download is complete.",
            "python convert.py yolov3.cfg yolov3.weights model.h5",
        ),
        INSPECT,
        sure="medium",
    ),
    Symptom(
        ("cannot reshape array of size",),
        lambda scene, match: (
            Reading(
                "weights-mismatch",
                "the stored numbers are not as many as the layer's weights: another number of classes or filters, or a "
                "file that is cut",
                (INSPECT, REBUILD, SAME_VERSION),
                "medium",
            )
            if scene.calls("weights", "convert", ".h5", "load_") or match["shape"].count(",") >= 3
            else None
        ),
        pattern=r"cannot reshape array of size \d+ into shape \((?P<shape>[\d, ]+)\)",
        strength=4,
    ),
    row(
        "config-value",
        "",
        "a lookup layer (StringLookup, TextVectorization) is made from its config with an empty vocabulary: the words "
        "are not in the config in this form",
        ("cannot set an empty vocabulary",),
        Remedy(
            "Set the vocabulary anew, after the layer is made.",
            "layer.set_vocabulary(words)",
        ),
        SAME_VERSION,
        UPGRADE,
        REBUILD,
        sure="medium",
    ),
    Symptom(
        ("'nonetype' object is not callable",),
        lambda scene, match: (
            Reading(
                "mixed-keras",
                "transformers builds its TensorFlow models with Keras 2, and Keras 3 is the one that answers here",
                (LEGACY_KERAS, UPGRADE),
            )
            if scene.calls("modeling_tf_utils")
            else None
        ),
        strength=5,
    ),
    row(
        "weights-not-loaded",
        "",
        "some layers found nothing in the checkpoint and stay at random: usual for a new head, wrong for a model that "
        "was trained already",
        ("were not initialized from the model checkpoint", "are newly initialized:"),
        Remedy(
            "For a model that was fine-tuned: load the folder of the fine-tuned model, with the class it was saved by.",
            'TFAutoModelForSequenceClassification.from_pretrained("my-model")',
        ),
        INSPECT,
    ),
    row(
        "savedmodel-revive",
        "KD905",
        "a function of the SavedModel (a layer's traced call) is not in the file, or is looked up by the name it had "
        "in the process that saved it: layers wrapped for quantization or by a custom class do so",
        ("keyerror '__inference_", "keyerror: '__inference_", 'keyerror: "__inference_'),
        CUSTOM_OBJECTS,
        Remedy("Save it as HDF5 or .keras, which store no functions.", 'model.save("model.h5")'),
        UPGRADE,
        REBUILD,
    ),
    Symptom(
        ("decodeerror: protobuf decoding consumed too few bytes", "onnx.load"),
        lambda scene, match: (
            Reading(
                "converter-incompatible",
                "the file is no ONNX model: it has to be loaded with Keras, and converted",
                (
                    Remedy(
                        "Convert the model, do not hand over its file.", "python -m tf2onnx.convert --saved-model …"
                    ),
                    CHECK,
                ),
                code="KD902",
            )
            if scene.calls("onnx")
            else None
        ),
        strength=7,
    ),
    Symptom(
        ("'nonetype' object has no attribute 'get'", "nonetype object has no attribute get"),
        _nothing_to_look_in,
        strength=6,
    ),
    row(
        "optimizer-state",
        "",
        "a checkpoint with the state of an optimizer from before TensorFlow 2.11 is restored into one of 2.11 or later",
        ("restore a checkpoint from a legacy keras optimizer", "checkpoint from a legacy keras optimizer"),
        Remedy(
            "Compile with the legacy optimizer (tf.keras.optimizers.legacy.Adam), or load the weights before compile.",
            "model.compile(optimizer=tf.keras.optimizers.legacy.Adam())",
        ),
        COMPILE_FALSE,
        SAME_VERSION,
    ),
    row(
        "weights-mismatch",
        "",
        "the checkpoint has other variables than the graph that is to be restored: names or shapes differ",
        ("restoring from checkpoint failed", "variable name or other graph key that is missing"),
        Remedy("Compare the names.", "keras-doctor inspect PATH"),
        REBUILD,
        SAME_VERSION,
    ),
    row(
        "savedmodel-revive",
        "KD118",
        "the SavedModel lacks the metadata of Keras: it was written by tf.saved_model.save, by export or by another "
        "tool, and gives back functions, no Keras model",
        ("lacks the keras metadata", "unable to create a keras model from", "does not contain keras metadata"),
        SIGNATURE,
        REBUILD,
        LEGACY_KERAS,
    ),
    row(
        "savedmodel-revive",
        "KD905",
        "models or layers inside the SavedModel could not be made again: their class is not known here, or has no "
        "config that this release can use",
        (
            "the following models could not be initialized",
            "error when loading from savedmodel",
            "could not be loaded from the savedmodel",
            "unable to revive",
            "error when deserializing loss",
        ),
        CUSTOM_OBJECTS,
        SAME_VERSION,
        REBUILD,
        UPGRADE,
        sure="medium",
    ),
    row(
        "damaged-file",
        "",
        "keras_metadata.pb of the SavedModel is damaged, or of a newer release",
        ("cannot parse keras metadata",),
        Remedy("Copy the whole folder again, as binary files.", "keras-doctor check PATH"),
        UPGRADE,
        sure="medium",
    ),
    row(
        "custom-object-broken",
        "KD917",
        "a custom layer has no config that could be read back: its get_config raised, or it has none",
        ("unable to decode keras layer config", "unable to decode config for object"),
        GET_CONFIG,
        CUSTOM_OBJECTS,
        REBUILD,
    ),
    row(
        "loss-or-metric-unresolvable",
        "",
        "a loss or metric is stored in a form that this release does not read; the model itself is fine",
        ("saved configuration not understood", "configuration passed to deserialize"),
        COMPILE_FALSE,
        UPGRADE,
        CUSTOM_OBJECTS,
        sure="medium",
    ),
    row(
        "optimizer-unresolvable",
        "",
        "the optimizer of the file (one that scales the loss, for mixed precision) cannot be made again here; the "
        "model itself is fine",
        ("lossscaleoptimizer", "loss_scale_optimizer", "must be an instance of tf.keras.optimizers.optimizer"),
        COMPILE_FALSE,
        UPGRADE,
        SAME_VERSION,
        sure="medium",
    ),
    row(
        "name-invalid",
        "",
        "two layers have the same name, which this release does not allow",
        (
            "layers added to a sequential model should have unique names",
            "all layer names should be unique",
            "name of a layer has to be unique",
        ),
        OWN_NAMES,
        SAME_VERSION,
        UPGRADE,
        CHECK,
        sure="medium",
    ),
    row(
        "graph-reconstruction",
        "",
        "the layers of the graph do not connect: a node hangs in a cycle, or names a layer that is not there, or "
        "merges shapes that do not match",
        (
            "is part of a cycle",
            "due to missing dependencies",
            "can only merge layers with matching output shapes",
            "only layers of same output shape can be merged",
            "merge must be called on a list of tensors",
            "merge can only be called on a list of tensors",
            "the specified batch sizes of the input layers are incompatible",
            "asked to get input at node",
            "asked to get output at node",
            "layer has only 0 inbound nodes",
        ),
        LEGACY_KERAS,
        SAME_VERSION,
        REBUILD,
        CHECK,
        sure="medium",
    ),
    row(
        "weights-mismatch",
        "",
        "the weights in the file do not have the shape (or the old form) that the layer wants",
        (
            "weights must be of equal size to apply a reshape",
            "invalid bias shape",
            "is in a legacy format that does not support name-based",
            "layer weight shape",
            "not compatible with provided weight shape",
            "does not match the number of weights of the layer",
        ),
        INSPECT,
        REBUILD,
        SAME_VERSION,
        LEGACY_KERAS,
    ),
    row(
        "backend-missing",
        "",
        "paths on Google Cloud Storage (gs://) need TensorFlow, which is not installed here",
        ("google cloud storage file transfer requires tensorflow", "gcs file transfer requires"),
        Remedy("Install TensorFlow, or copy the file here first.", "gsutil cp gs://bucket/model.h5 ."),
    ),
)
