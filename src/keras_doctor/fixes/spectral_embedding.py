"""A SpectralNormalization around an Embedding is left out: Keras 3 would make whole numbers of what comes out.

It casts what it puts out to the dtype of what came in, which is that of indices here. The normalization itself only
happens in training, and leaves the embeddings as they are when the model predicts.
Source: `SpectralNormalization.call` of keras/src/layers/normalization/spectral_normalization.py (3.15; 2.15 casts
nothing).
"""

from __future__ import annotations

from keras_doctor.fixes.fix import LOSSY, Change, Fix
from keras_doctor.fixes.parts import Owned, layers_with_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("spectral-embedding", ("draft",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Put the Embedding in the place of what is around it."""
    if target.era != "keras-3" or draft.era_read == "keras-3":
        return
    for _, _, entry in list(layers_with_parts(draft.config)):
        config = entry.get("config")
        if entry.get("class_name") != "SpectralNormalization" or not isinstance(config, dict):
            continue
        inner = config.get("layer")
        if not isinstance(inner, dict):
            continue
        if inner.get("class_name") != "Embedding" or not isinstance(inner.get("config"), dict):
            continue
        try:
            owned = Owned(draft, entry)
        except LookupError:
            continue
        name = config.get("name") or entry.get("name")
        owned.keep({("", key): tensor for (part, key), tensor in owned.tensors.items() if part == "layer"})
        kept = {key: config[key] for key in ("batch_input_shape", "batch_shape") if key in config}
        entry.update(class_name="Embedding", config={**inner["config"], **kept, "name": name})
        entry.pop("module", None)
        entry.pop("registered_name", None)
        note = "training goes on without normalizing them"
        yield Change(FIX.slug, f"let {name} look up embeddings alone", kind=LOSSY, note=note)
