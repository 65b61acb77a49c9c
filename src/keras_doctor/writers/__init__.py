"""A `ModelDocument` becomes a file again: `write(document, path, format="", *, force=False)`.

    >>> from keras_doctor.writers import write
    >>> write(document, "mended.keras", "keras-v3")

Formats: those of `document.format` that a file has, and "safetensors" (`writing.FORMATS`); without `format` the
document's own. What is written is what the document says:

- `config`: the model's config. `training`: written as `training_config` (HDF5) or in place of the config's
  `compile_config` (v3); an empty `TrainingState()` leaves out both, and the optimizer's variables.
- `provenance.keras_version` and `.backend` are stated in the file as they are; `.saved_at` in `metadata.json`.
- `weights`: in legacy HDF5 `WeightGroup.owner` is the layer's name and `TensorRef.name` the entry of `weight_names`,
  with one group for every layer, also those without tensors; the group `top_level_model_weights` is not listed. In a v3
  store `owner` is the inner path ("layers/dense", "" for the model's own) and `name` the key below `vars` ("0").
  `path` is not looked at. `facts["object_names"]` gives, by owner, the name that Keras 3 notes beside a v3 group.
- `training.slots`, `metric_state`: under their `name` in legacy HDF5; in a v3 store where their `path` has them below
  `optimizer/` or `metrics/`, else as `optimizer/vars/0`, `1` ….
- `assets`, in a `.keras`.

Weights of one layout are not written as the other: a fix that lays them out anew gives the document the new `format`.
Tensors may be `document.expressions`; those that calculate need NumPy (`pip install keras-doctor[repair]`).

A file appears whole or not at all: it is written beside its place, brought to the disk, then moved there. The same
document gives the same bytes. Memory: one chunk, or the largest tensor whose values change places.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.writers.refused import Refused
    from keras_doctor.writers.writing import write

__all__ = ["Refused", "write"]


def __getattr__(name: str) -> object:
    if name == "write":
        from keras_doctor.writers.writing import write

        return write
    if name == "Refused":
        from keras_doctor.writers.refused import Refused

        return Refused
    raise AttributeError(name)
