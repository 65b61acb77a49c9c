"""The vocabulary of a layer is not where this release looks for it.

**What happens.** `expected str, bytes or os.PathLike object, not NoneType`, or an error about `vocabulary.txt`.

**Why.** A vocabulary that was learnt with `adapt` is a file in the archive, under the name of its layer's group.
Releases name those groups differently, as those of the variables.

**How to mend.** Load the file with the release that saved it, or repair it: the file is put where the release looks.
"""

from __future__ import annotations

from keras_doctor.document.model import Asset
from keras_doctor.findings import Finding
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import release_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step
    from keras_doctor.loaders.weights_v3 import NoAsset

RULE = Rule("KD503", "vocabulary-absent", "weights-mismatch", "error", ("asset:absent",), effect="fails")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report where the vocabulary should be, and where one is."""
    missing: NoAsset = step.subject
    yield RULE.finding(
        step,
        f"{release_of(missing.api)} looks for a vocabulary in {shown(missing.place)}, where the file has none",
        evidence=(f"a vocabulary stands in: {shown(missing.elsewhere)}",) if missing.elsewhere else (),
        remedies=(fresh(context.document, context.environment.python),),
    )


_TEXT = ("TextVectorization", {"name": "text", "vocabulary": None})


def _kept(*folders: str) -> tuple[Asset, ...]:
    return tuple(Asset(f"assets/{folder}/vocabulary.txt", 4, lambda: b"a\nb\n") for folder in folders)


EXAMPLES = (
    Ill(
        lambda: sequential(_TEXT, assets=_kept("_layer_checkpoint_dependencies/text_vectorization")),
        "looks for a vocabulary in assets/layers/text_vectorization",
    ),
    Well(
        lambda: sequential(_TEXT, assets=_kept("layers/text_vectorization", "layers/text_vectorization/_lookup_layer"))
    ),
)
