"""`repair()`: a file that the target environment loads, from one that it does not."""

from __future__ import annotations

import os

from keras_doctor.artifacts import read
from keras_doctor.document.model import ModelDocument
from keras_doctor.environments import Environment
from keras_doctor.fixes.planning import Plan, plan
from keras_doctor.records import record
from keras_doctor.rescue.verifying import Verification
from keras_doctor.rescue.verifying import verify as check
from keras_doctor.rules import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from os import PathLike

    from keras_doctor.findings import Diagnosis, Finding
    from keras_doctor.fixes.fix import Change

_FORMATS = {".keras": "keras-v3", ".h5": "hdf5-model", ".hdf5": "hdf5-model"}


# What whoever loads the file brings: the repair has done its part.
_GIVEN = ("custom-object-missing", "third-party-object-missing")


@record
class RepairReport:
    """What a repair did.

    `path`: the file that was written, "" when none was. `changes`: what was changed, in order. `remaining`: what
    stands in the way still. `diagnosis`: what the target does with the result, by the rules that judge any file.
    `verification`: whether it computes the same, and how that is known.
    """

    source: str
    path: str
    plan: Plan
    diagnosis: Diagnosis
    verification: Verification

    @property
    def changes(self) -> tuple[Change, ...]:
        """What was changed, in order."""
        return self.plan.changes

    @property
    def lost(self) -> tuple[tuple[str, str], ...]:
        """Groups of tensors that could not be told apart, with the reason."""
        return self.plan.lost

    @property
    def remaining(self) -> tuple[Finding, ...]:
        """What stands in the way of a load still."""
        return tuple(finding for finding in self.diagnosis.findings if finding.effect)


def repair(
    source: str | PathLike[str] | ModelDocument,
    destination: str | PathLike[str],
    target: Environment | None = None,
    *,
    verify: str = "auto",
    force: bool = False,
    dry: bool = False,
) -> RepairReport:
    """Write `source` to `destination` so that `target` (default: the current environment) loads it with plain defaults.

    The ending of `destination` says the format: `.keras`, `.h5`, `.hdf5`. `verify`: "auto", "numpy" or "none", as
    `verifying.verify` takes it. Nothing is written with `dry`, nor over a file that is there without `force`, nor where
    the target would refuse the result for anything but custom objects that are to be given: then `path` of the report
    is "" and `remaining` says why. Raises ValueError for another ending or an environment without a Keras,
    `writers.Refused` for what cannot be written.
    """
    document = source if isinstance(source, ModelDocument) else read(os.fspath(source))
    path = os.fspath(destination)
    ending = os.path.splitext(path)[1].lower()
    if ending not in _FORMATS:
        raise ValueError(f"the ending {ending or 'of ' + path} names no format: write .keras or .h5")
    if document.config is None:
        raise ValueError(f"there is no model in it to be written: {document.title or document.format}")
    environment = target or Environment.current()
    made = plan(document, environment, _FORMATS[ending], path)
    diagnosis = diagnose(made.document, environment)
    refused = any(finding.effect == "fails" and finding.cause not in _GIVEN for finding in diagnosis.findings)
    verification = check(document, made.document, verify)
    write_it = not dry and not refused
    if write_it:
        from keras_doctor.writers import write

        made.document.path = document.path  # which the writer never writes over
        write(made.document, path, made.target.format, force=force)
    return RepairReport(document.path, path if write_it else "", made, diagnosis, verification)
