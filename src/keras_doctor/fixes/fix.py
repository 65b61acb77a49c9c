"""What a fix is: a module with a docstring (its page), a `FIX` and a function `mend`.

    FIX = Fix("keyword-dropped", ("keyword:refused",))

    def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]: ...

`mend` is shown every step of the target's loader that has one of the tags in `on`, changes the draft where it can undo
what clashes there, and yields a `Change` for each thing that it did; it yields nothing for what is not its own. It asks
the knowledge of releases what the target accepts, never which version that is. A fix that listens to "draft" is asked
once, before the loader is followed: for what the target takes without a word and computes otherwise. Fixes run one
after the other on one draft, which nobody else has: the document that the plan began with stays as it was.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    from keras_doctor.environments.environment import Environment
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.loaders.tracing import Step
    from keras_doctor.releases.api import Api
    from keras_doctor.releases.semantics import Semantics

EXACT, APPROXIMATE, LOSSY = "exact", "approximate", "lossy"


@record
class Fix:
    """A fix's identity: `slug` names the one change that it undoes, `on` the tags of the steps that it looks at.

    Of the fixes that look at one step, those of the lowest `rank` are asked first.
    """

    slug: str
    on: tuple[str, ...]
    rank: int = 0


@record
class Change:
    """One thing that a fix did.

    `kind`: "exact" (the model computes the same), "approximate" (`note` says by how much it differs), "lossy" (`note`
    says what is gone).
    """

    fix: str
    message: str
    where: Locus = Locus()
    kind: str = EXACT
    note: str = ""


@record
class Target:
    """For what is mended: an environment, the facts about its release, and the format that is written.

    `era`: whose layouts the written file has, one of `document.provenance`'s ("keras-3", "tf.keras", "keras-2").
    `format`: "keras-v3" or "hdf5-model". `semantics`: how the release computes. `dequantize`: whether it was asked for
    that int8 layers become plain ones.
    """

    environment: Environment
    api: Api
    era: str
    format: str
    semantics: Semantics
    dequantize: bool = False


if TYPE_CHECKING:

    class FixModule(Protocol):
        """A module of this room that is a fix."""

        __doc__: str
        FIX: Fix

        def mend(self, step: Step, draft: Draft, target: Target) -> Iterator[Change]:
            """Undo what clashes at a step."""
            ...
