"""The graph uses an operation that this TensorFlow does not have.

**What happens.** `Op type not registered 'DisableCopyOnRead' in binary running on …`, or `NodeDef mentions attr
'exponential_avg_factor' not in Op<name=FusedBatchNormV3 …>`: nothing of the model is loaded.

**Why.** A SavedModel is a graph of TensorFlow's operations. A newer TensorFlow writes operations, or attributes of
them, that an older one was not compiled with; most models saved by TensorFlow 2.10 and later hold one of those.

**How to mend.** Load it with the TensorFlow that the finding names, or a later one.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.releases.version import version_key
from keras_doctor.rules.installing import fresh
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import revived

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD340", "operation-not-registered", "savedmodel-revive", "error", ("savedmodel:operation",), effect="fails"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the operations and attributes that are missing, and the first release that has them all."""
    found: tuple[tuple[str, str, str], ...] = step.subject
    tensorflow = context.environment.tensorflow
    words = [f"{op} (attribute {attribute})" if attribute else op for op, attribute, _ in found]
    since = max((version for _, _, version in found if version), key=lambda v: version_key(v) or (), default="")
    yield RULE.finding(
        step,
        f"TensorFlow {tensorflow} does not know {words[0]}, which the graph uses",
        evidence=(
            *((f"not known: {', '.join(words[:12])}",) if len(words) > 1 else ()),
            *((f"TensorFlow {since} knows all of it",) if since else ()),
        ),
        remedies=(fresh(context.document, context.environment.python),),
    )


EXAMPLES = (
    Ill(lambda: revived("tensorflow==2.4.4", ops=("MatMul", "DisableCopyOnRead")), "does not know DisableCopyOnRead"),
    Well(lambda: revived("tensorflow==2.15.1", ops=("MatMul", "DisableCopyOnRead"))),
)
