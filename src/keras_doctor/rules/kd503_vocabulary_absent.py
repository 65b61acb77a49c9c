"""The vocabulary of a layer is not where this release looks for it.

**What happens.** `expected str, bytes or os.PathLike object, not NoneType`, `keys and values cannot be empty tensors`,
or an error about `vocabulary.txt`.

**Why.** A vocabulary that was learnt with `adapt` is a file in the archive, under the name of its layer's group.
Releases name those groups differently, as those of the variables. A layer that was saved before it was adapted has a
vocabulary without words, and TensorFlow makes no table of that. And Keras before 3.14 forgets the weights of a
vocabulary that was adapted for tf_idf.

**How to mend.** Load the file with the release that saved it, or repair it: the file is put where the release looks. A
layer that was never adapted has to be adapted before the model is saved.
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

RULE = Rule(
    "KD503",
    "vocabulary-absent",
    "weights-mismatch",
    "error",
    ("asset:absent", "asset:empty", "asset:weighted"),
    effect="fails",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report where the vocabulary should be, and where one is."""
    missing: NoAsset = step.subject
    if "asset:empty" in step.tags:
        says = f"the vocabulary {shown(missing.place)} has no words: the layer was never adapted"
    elif "asset:weighted" in step.tags:
        says = (
            f"{release_of(missing.api)} does not get the weights of the vocabulary {shown(missing.place)} back (tf_idf)"
        )
    else:
        says = f"{release_of(missing.api)} looks for a vocabulary in {shown(missing.place)}, where the file has none"
    yield RULE.finding(
        step,
        says,
        evidence=(f"a vocabulary stands in: {shown(missing.elsewhere)}",) if missing.elsewhere else (),
        remedies=(fresh(context.document, context.environment.python),),
    )


_TEXT = ("TextVectorization", {"name": "text", "vocabulary": None})
_WEIGHTED = ("TextVectorization", {"name": "text", "vocabulary": None, "output_mode": "tf_idf"})


def _kept(*folders: str, words: bytes = b"a\nb\n") -> tuple[Asset, ...]:
    return tuple(Asset(f"assets/{folder}/vocabulary.txt", len(words), lambda: words) for folder in folders)


_HERE = ("layers/text_vectorization", "layers/text_vectorization/_lookup_layer")


EXAMPLES = (
    Ill(
        lambda: sequential(_TEXT, assets=_kept("_layer_checkpoint_dependencies/text_vectorization")),
        "looks for a vocabulary in assets/layers/text_vectorization",
    ),
    Ill(lambda: sequential(_TEXT, assets=_kept(*_HERE, words=b"\r\n[UNK]")), "has no words"),
    Ill(
        lambda: sequential(_WEIGHTED, assets=_kept(*_HERE), env="keras==3.13.2 tensorflow==2.20.0"),
        "does not get the weights",
    ),
    Well(lambda: sequential(_WEIGHTED, assets=_kept(*_HERE))),
    Well(lambda: sequential(_TEXT, assets=_kept(*_HERE))),
)
