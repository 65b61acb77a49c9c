"""A tensor declares a size that the file cannot hold.

**What happens.** The loader makes room for it, and the process is out of memory.

**Why.** HDF5 stores a shape apart from the values, and values that were never written take no room. Keras made the
array first and asked then (CVE-2026-0897, GHSA-xfhx-r7ww-5995) until 3.12.3 and 3.15.0.

**How to mend.** Do not load it: no model that was saved declares more than a thousand times what it holds.
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

RULE = Rule("KD812", "shape-bomb", "resource-limit", "error", ("survey:bomb",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the size that is declared."""
    found: Find = step.subject
    danger = hazard(context.environment, "shape-bomb")
    does = "refuses it" if danger.works is False else "makes room for all of it"
    yield RULE.finding(
        step,
        f"{shown(found.name)} declares {found.value:,} bytes in {context.document.size:,}: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


def _bomb() -> tuple[ModelDocument, Environment]:
    from keras_doctor.document.locus import Locus
    from keras_doctor.document.tensors import TensorRef, WeightGroup

    tensor = TensorRef("0", "layers/dense/vars/0", (1 << 40,), "float32", 1 << 42, Locus(), lambda: iter(()))
    return sequential(("Dense", {"units": 3}), weights=(WeightGroup("layers/dense", "", (tensor,)),))


EXAMPLES = (
    Ill(_bomb, "declares 4,398,046,511,104 bytes"),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
