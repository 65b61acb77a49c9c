"""The config names a function or class of a module that is no part of a model.

**What happens.** The module is imported, and what it has under that name is called with values of the file's choosing:
`{"module": "subprocess", "class_name": "function", "config": "run"}` starts a command.

**Why.** A `.keras` archive names each object by module and name. Until Keras 3.9 any module was imported for that
(CVE-2025-1550, GHSA-48g7-3x6r-xfhp); tf.keras 2.12 to 2.15 and every tf-keras do so to this day. Later releases import
none, and the load fails with `Could not locate`.

**How to mend.** Do not load it. No saved layer names such a module.
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

    from keras_doctor.loaders.survey import Find
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD806", "foreign-module", "security-refused", "error", ("survey:module",))


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the module and the name, and whether the release imports it."""
    found: Find = step.subject
    danger = hazard(context.environment, "module-import")
    does = "imports no such module" if danger.works is False else "imports it and uses what it finds there"
    yield RULE.finding(
        step,
        f"the config names {shown(found.module, 60)}.{shown(found.name, 60)}: {danger.who} {does}",
        evidence=danger.evidence,
        severity=danger.severity(),
    )


EXAMPLES = (
    Ill(
        lambda: sequential(
            ("Lambda", {"function": {"module": "subprocess", "class_name": "function", "config": "run"}}),
            env="keras==3.8.0 tensorflow==2.18.0",
        ),
        "subprocess.run",
    ),
    Well(lambda: sequential(("Scale", {}), module="my_project")),
)
