"""What a rule is: a module with a docstring (its page), a `RULE`, a function `examine`, and `EXAMPLES` that are run as
tests. The rules KD9xx tell of what happens around a load; they have no `examine`, and their examples are texts.
"""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.findings import Finding
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment
    from keras_doctor.findings import Remedy
    from keras_doctor.loaders.tracing import Options, Step


@record
class Rule:
    """A rule's identity.

    `on` are the tags of the steps that it examines; `effect` is what its findings usually do to a load.
    """

    code: str
    slug: str
    cause: str
    severity: str
    on: tuple[str, ...]
    effect: str = ""

    def finding(
        self,
        step: Step,
        message: str,
        *,
        where: Locus | None = None,
        evidence: tuple[str, ...] = (),
        remedies: tuple[Remedy, ...] = (),
        severity: str | None = None,
        effect: str | None = None,
        cause: str | None = None,
    ) -> Finding:
        """Return a finding of this rule at `step`."""
        return Finding(
            code=self.code,
            slug=self.slug,
            cause=self.cause if cause is None else cause,
            stage=step.stage,
            severity=self.severity if severity is None else severity,
            message=message,
            where=step.where if where is None else where,
            evidence=evidence,
            remedies=remedies,
            effect=self.effect if effect is None else effect,
        )


@record
class Context:
    """What a rule may look at besides its step."""

    document: ModelDocument
    environment: Environment
    options: Options


@record
class Ill:
    """An example that the rule must find: `make` returns a document (and environment) that is ill; `says` stands in
    the message.
    """

    make: Callable[[], tuple[ModelDocument, Environment]]
    says: str = ""


@record
class Well:
    """An example in which the rule must find nothing."""

    make: Callable[[], tuple[ModelDocument, Environment]]


@record
class Said:
    """An example of a page that no file can show (KD9xx): `text` is what a release says, and `explain` must know it
    as a symptom of this rule.
    """

    text: str


if TYPE_CHECKING:
    from typing import Protocol

    class RuleModule(Protocol):
        """A module of this room that is a rule."""

        __doc__: str
        RULE: Rule
        EXAMPLES: tuple[Any, ...]

        def examine(self, step: Step, context: Context) -> Iterator[Finding]:
            """Yield what is wrong at `step`."""
            ...
