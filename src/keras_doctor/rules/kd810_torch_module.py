"""A layer of the model is a pickled PyTorch module.

**What happens.** `torch.load` unpickles it while the model is built, which runs whatever the pickle says.

**Why.** `TorchModuleWrapper` keeps its module as PyTorch pickles it. Releases before Keras 3.11.3 unpickled it without
asking (CVE-2025-49655), where torch is installed; later ones refuse it while safe mode is on.

**How to mend.** If you trust who made the file, load with `safe_mode=False`.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.hazards import hazard
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sequential

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD810", "torch-module", "security-refused", "warning", ("survey:torch-module",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the pickle, and whether the release reads it."""
    danger = hazard(context.environment, "torch-module")
    does = "refuses it in safe mode" if danger.works is False else "unpickles it where torch is installed"
    yield RULE.finding(
        step,
        f"a layer is a pickled PyTorch module: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


EXAMPLES = (
    Ill(lambda: sequential(("TorchModuleWrapper", {"module": "UEsDBA=="}), env="keras==3.8.0 torch==2.5.1"), "pickle"),
    Well(lambda: sequential(("Dense", {"units": 3}))),
)
