"""The environment cannot be looked at.

**What happens.** What would load the model is not known, so nothing can be said about a load.

**Why.** The path names no interpreter, the interpreter that a virtual environment was made from is gone, a folder
cannot be read, or the interpreter does not answer.

**How to mend.** Make the environment anew, or name another one: `--python PATH`, or `--env` with the versions that
count.
"""

from __future__ import annotations

from keras_doctor.environments import Environment
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD212", "environment-unreadable", "environment-broken", "error", ("environment:unreadable",), effect="unknown"
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report why the environment could not be looked at."""
    environment: Environment = step.subject
    if environment.problem:
        path = quote(context.document.path)
        yield RULE.finding(
            step,
            environment.problem,
            evidence=(f"looked at: {environment.origin}",) if environment.origin else (),
            remedies=(
                Remedy(
                    "Name the Python that would load the model (--python PATH), or its versions:",
                    f"keras-doctor check {path} --env 'python==3.11 keras==3.15.1 tensorflow==2.21.0'",
                ),
            ),
        )


EXAMPLES = (
    Ill(lambda: (sample("keras-v3")[0], Environment(problem="there is no /opt/python")), "there is no /opt/python"),
    Well(lambda: sample("keras-v3")),
)
