"""Objects or functions of the SavedModel cannot be brought back.

**What happens.** `Op type not registered 'DisableCopyOnRead'`, `NodeDef mentions attr … not in Op`, `Unable to restore
custom object of type _tf_keras_metric`, `Could not find matching function to call loaded from the SavedModel`,
`'AutoTrackable' object has no attribute 'summary'`, a JSONDecodeError in `_recreate_base_user_object`.

**Why.** A SavedModel holds a graph of a TensorFlow release: older ones lack its operations and attributes. Its Keras
part is in keras_metadata.pb from TensorFlow 2.5 on, where older ones do not look. Objects whose classes are unknown are
revived from traces, which fit only the shapes and types that they were traced for.

**How to mend.** Load it with the TensorFlow that saved it or a newer one; give custom classes in custom_objects.
Without Keras's metadata call its signature, or rebuild the model and load the variables.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD905", "savedmodel-objects", "savedmodel-revive", "error", ())

EXAMPLES = (
    Said(
        "tensorflow.python.framework.errors_impl.NotFoundError: Op type not registered 'DisableCopyOnRead' in "
        "binary running on vm. Make sure the Op and Kernel are registered in the binary running in this "
        "process."
    ),
    Said(
        "ValueError: Could not find matching function to call loaded from the SavedModel. Got:\n  Positional "
        "arguments (1 total):"
    ),
)
