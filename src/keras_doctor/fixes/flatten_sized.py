"""A Flatten behind a TextVectorization whose rows' length a release forgets is a Reshape that states the size.

Keras 3.0 to 3.8 pads the rows to `output_sequence_length` and does not note that they are so long; the config says it.
Source: `TextVectorization.call` of keras/src/layers/preprocessing/text_vectorization.py and `Flatten.call` of
keras/src/layers/reshaping/flatten.py (3.0).
"""

from __future__ import annotations

from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.naming import name_module
from keras_doctor.layers.graph import infer
from keras_doctor.layers.models import name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.texts import Forgotten
    from keras_doctor.loaders.tracing import Step

FIX = Fix("flatten-sized", ("texts:unsized",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put a Reshape in the place of the Flatten, where its size follows from the config."""
    found: Forgotten = step.subject
    if found.ragged:
        return
    around = step.where.path.rpartition(".layers[")[0]
    for shape in infer(draft.config, target.era):
        if shape.path.rpartition(".layers[")[0] != around or len(shape.calls) != 1:
            continue
        entry, made = draft.at(shape.path), shape.output_shape
        if entry.get("class_name") != "Flatten" or name_of(entry) != found.behind or made is None or len(made) != 2:
            continue
        if not isinstance(made[1], int):
            return
        config = {key: value for key, value in entry["config"].items() if key != "data_format"}
        entry.update(class_name="Reshape", config={**config, "target_shape": [made[1]]})
        name_module(entry, "layers", target.api)
        yield Change(FIX.slug, f"let {found.behind} state the size that it lays rows out in", step.where)
        return
