"""What a name is that a release does not know: questions that the rules about names share."""

from __future__ import annotations

from keras_doctor.releases.api_text import text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.loaders.objects import Reference
    from keras_doctor.loaders.tracing import Step

# Classes by which tf.keras stored calls of TensorFlow's functions on Keras tensors.
OP_LAYERS = ("TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceMethod", "InstanceProperty")
_TRAINING = {
    "optimizers": "optimizer-unresolvable", "schedules": "optimizer-unresolvable",
    "losses": "loss-or-metric-unresolvable", "metrics": "loss-or-metric-unresolvable",
}  # fmt: skip


def is_operation(reference: Reference) -> bool:
    """Tell whether a reference is a node of a graph that stands for an operation: of TensorFlow, or of Keras 3."""
    if reference.kind != "layers":
        return False
    if reference.name in OP_LAYERS:
        return True
    module = reference.module or ""
    if module:
        return module.startswith("keras.") and ".ops" in module
    # HDF5 files leave the module out; an operation's config has nothing that every layer has.
    plain = not isinstance(reference.config, dict) or "trainable" not in reference.config
    return plain and f"\n={reference.name}\t" in text_of("keras-3/operations.tsv")


def stage_cause(step: Step, reference: Reference) -> str:
    """Return the cause of what cannot be restored of a training config, "" for what belongs to the model."""
    if step.stage != "compile":
        return ""
    holder = "optimizers" if ".optimizer" in reference.path else "losses"  # of a policy, an initializer
    return _TRAINING.get(reference.kind, _TRAINING[holder])
