"""A class of Keras stands in the config under the name of somebody else's.

**What happens.** Tools that look at `registered_name` see one class, the loader makes another.

**Why.** `registered_name` is for classes that are not Keras's own. Keras ignored it for its own classes until 3.15.0,
which refuses a config where the two do not fit.

**How to mend.** Set `registered_name` to null, or do not trust the file.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.hazards import hazard
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments import Environment
    from keras_doctor.loaders.survey import Find
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD815", "registered-name", "security-refused", "warning", ("survey:registered-name",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report both names, and which the release goes by."""
    found: Find = step.subject
    danger = hazard(context.environment, "registered-name")
    does = "refuses that" if danger.works is False else "goes by the class"
    yield RULE.finding(
        step,
        f"the class {shown(found.name, 60)} of Keras is registered as {shown(found.value, 60)}: {danger.who} {does}",
        evidence=danger.evidence,
    )


def _misnamed() -> tuple[ModelDocument, Environment]:
    document, environment = sequential(("Dense", {"units": 3}), env="keras==3.8.0 tensorflow==2.18.0")
    document.config["config"]["layers"][0]["registered_name"] = "Good>Dense"
    return document, environment


EXAMPLES = (
    Ill(_misnamed, "registered as Good>Dense"),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
