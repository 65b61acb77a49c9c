"""`diagnose`: the loader's steps, each shown to the rules that listen to it."""

from __future__ import annotations

import os

from keras_doctor.artifacts import read
from keras_doctor.document.model import ModelDocument
from keras_doctor.environments import Environment
from keras_doctor.findings import Diagnosis
from keras_doctor.loaders import LOADED, Options, trace
from keras_doctor.records import replace
from keras_doctor.rules._index import TRIGGERS
from keras_doctor.rules.rule import Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from keras_doctor.findings import Finding
    from keras_doctor.rules.rule import RuleModule


def diagnose(
    artifact: str | PathLike[str] | ModelDocument,
    env: Environment | None = None,
    *,
    compile: bool = True,  # noqa: A002 - Keras's own name
    safe_mode: bool = True,
    custom_objects: tuple[str, ...] = (),
    everything: bool = True,
) -> Diagnosis:
    """Say what a plain load of `artifact` in `env` (default: the current one) would do.

    `artifact` is a path or a document that `read` returned. `custom_objects` are the names that would be given to the
    loader. Without `everything` the walk ends where the load is certain to fail: the same verdict and decisive finding,
    sooner. Never raises for what a file holds.
    """
    document = artifact if isinstance(artifact, ModelDocument) else read(os.fspath(artifact))
    context = Context(document, env or Environment.current(), Options(compile, safe_mode, tuple(custom_objects)))
    findings: list[Finding] = []
    unknowns: list[str] = []
    loaded = False
    for order, step in enumerate(trace(context.document, context.environment, context.options)):
        loaded = loaded or LOADED in step.tags
        if step.unexamined:
            unknowns.append(step.unexamined)
        for name in dict.fromkeys(name for tag in step.tags for name in TRIGGERS.get(tag, ())):
            findings.extend(replace(finding, order=order) for finding in _rule(name).examine(step, context))
        if not everything and any(finding.effect == "fails" for finding in findings):
            break
    if not loaded and not any(finding.effect for finding in findings):
        unknowns.append("the loader stops before the model is loaded, and no rule says why")
    return Diagnosis(context.document, context.environment, findings, unknowns)


def _rule(name: str) -> RuleModule:
    # Not importlib.import_module: importing that costs as much as reading a small model.
    module: RuleModule = __import__(f"keras_doctor.rules.{name}", None, None, ("RULE",))
    return module
