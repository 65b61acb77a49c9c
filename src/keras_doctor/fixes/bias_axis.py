"""The bias of a convolution with channels first, which Keras since 3.7 adds along the last axis where that is as long.

That is a mistake of those releases with TensorFlow (KD705), which they make outside of graphs and with `jit_compile`
alone, and no other release repeats it: what such a model computes there changes, and it is said.
Source: `add` of keras/src/backend/tensorflow/numpy.py (3.7).
"""

from __future__ import annotations

from keras_doctor.fixes.fix import APPROXIMATE, Change, Fix
from keras_doctor.layers.graph import infer
from keras_doctor.releases.behaviours import has
from keras_doctor.rules.writers import writer_did

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.provenance import Provenance
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.layers.graph import LayerShape
    from keras_doctor.loaders.tracing import Step

FIX = Fix("bias-axis", ("draft",))
_BEHAVIOUR = "adds-bias-along-last-axis"


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Say which layers are concerned."""
    there = adds_along_last(draft.source.provenance)
    if there is False or lasts(target):
        return
    for shape in infer(draft.config, draft.era_read):
        config = draft.config_at(shape.path)
        if config is None or config.get("data_format") != "channels_first" or not _is_square(shape):
            continue
        if config.get("use_bias") is not False and "Conv" in draft.at(shape.path)["class_name"]:
            what = "the release that saved it " + ("added it" if there else "may have added it") + " along the last one"
            yield Change(
                FIX.slug, f"add the bias of {config.get('name')} along its channels", kind=APPROXIMATE, note=what
            )


def adds_along_last(provenance: Provenance) -> bool | None:
    """Tell whether the release that saved a model adds the bias so; None where that is not known."""
    there = writer_did(_BEHAVIOUR, provenance)
    if there and provenance.backend not in (None, "", "tensorflow"):
        return False
    return None if there and not provenance.backend else there


def lasts(target: Target) -> bool:
    """Tell whether a target does."""
    return has(_BEHAVIOUR, target.api.library, target.api.version) and target.environment.backend in ("", "tensorflow")


def _is_square(shape: LayerShape) -> bool:
    """Tell whether a layer puts out as many channels as its last dimension is long."""
    made = shape.output_shape
    return bool(made) and len(made or ()) > 2 and isinstance(made[1], int) and made[1] == made[-1] > 1  # type: ignore[index, operator]
