"""In which interpreter a model can be run for real, of those that are at hand."""

from __future__ import annotations

import os

from keras_doctor.environments import Environment
from keras_doctor.environments.environment import BACKENDS
from keras_doctor.records import record, replace
from keras_doctor.releases.catalog import line_of
from keras_doctor.rescue.verification.building import BuildError, build, setup_of_source, setup_of_target
from keras_doctor.rules import diagnose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.findings import Diagnosis
    from keras_doctor.releases.setups import Setup

# The packages that a release's loader is in, or computes with: where one is asked for, it has to be that version.
_DECIDING = ("keras", "tf-keras", "tensorflow", "jax", "torch", "theano")
_LOADERS = (("keras", "keras"), ("tf.keras", "tensorflow"), ("tf_keras", "tf-keras"))
_SHOWN, _SAID = 3, 160  # reasons, and characters of each
_HAZARD = "KD8"  # the family of what a file would do to whoever loads it


@record
class Choice:
    """An environment whose interpreter runs a model, None when there is none; `why` then says why not."""

    environment: Environment | None = None
    why: str = ""


class Interpreters:
    """The interpreters that were named, and the user's own. `trust`: load what brings code of its own, too; `build`:
    make environments where there are none that suit; `given`: names of custom objects that each load is given.
    """

    def __init__(
        self,
        source: str = "",
        others: Sequence[str] = (),
        trust: bool = False,
        build: bool = False,
        given: tuple[str, ...] = (),
    ) -> None:
        self.given = given
        self.source = source
        self.others = tuple(others)
        self.trust = trust
        self.build = build
        self._asked: dict[str, Environment] = {}

    def for_result(self, target: Environment, diagnosis: Diagnosis) -> Choice:
        """Return what runs the result: the target itself, or an environment that is as the target is said to be."""
        if diagnosis.verdict in ("fails", "loads-not-runnable"):
            why = diagnosis.decisive.message if diagnosis.decisive else diagnosis.verdict
            return Choice(None, f"the result cannot be run there as it is: {why}")
        hazard = self._hazard(diagnosis)
        if hazard:
            return Choice(None, f"the result {hazard}")
        if target.interpreter:
            return Choice(target)
        misfits = self._unusable()
        for environment in self._at_hand():
            misfit = _misfit(environment, target)
            if not misfit:
                return Choice(replace(environment, loader=target.loader, backend=target.backend))
            misfits.append(f"{environment.interpreter}: {misfit}")
        if self.build:
            made = self._built(lambda: setup_of_target(target))
            if made.environment is None:
                return made
            return Choice(replace(made.environment, loader=target.loader, backend=target.backend))
        told = f" ({'; '.join(misfits[:_SHOWN])})" if misfits else ""
        return Choice(None, f"no interpreter is at hand that is as the target: --verify-with PATH names one{told}")

    def for_source(self, document: ModelDocument, target: Environment) -> Choice:
        """Return what loads the source as it is: the interpreter that was named for it, else one that is at hand."""
        if not os.path.exists(document.path) or document.container == "none":
            return Choice(None, "the source is no file that can be loaded")
        why: list[str] = []
        for environments in self._sources(document, target, why):
            for environment in _as_saved(environments, document):
                diagnosis = diagnose(
                    document, environment, compile=False, custom_objects=self.given
                )  # only what it computes
                # What custom objects own, no rule knows: it is tried.
                if diagnosis.verdict == "loads" or (self.given and diagnosis.verdict == "unknown"):
                    hazard = self._hazard(diagnosis)
                    return Choice(None, f"the source {hazard}") if hazard else Choice(environment)
                finding = diagnosis.decisive
                said = f"{finding.code} {finding.message[:_SAID]}" if finding else diagnosis.verdict
                why.append(f"{environment.interpreter} would not load it as it is: {said}")
        told = f" ({'; '.join(list(dict.fromkeys(why))[:_SHOWN])})" if why else ""
        return Choice(None, f"no interpreter is at hand that loads the source: --source-python PATH names one{told}")

    def _sources(self, document: ModelDocument, target: Environment, why: list[str]) -> Iterator[list[Environment]]:
        """Yield the environments in which a source may load: the named one; or those at hand, then a made one."""
        if self.source:
            named = self._of(self.source)
            if named.problem:
                why.append(f"{named.interpreter}: {named.problem}")
            yield [] if named.problem else [named]
            return
        why += self._unusable()
        yield [*self._at_hand(), *([target] if target.interpreter else [])]
        if self.build:
            made = self._built(lambda: setup_of_source(document))
            if made.environment is None:
                why.append(made.why)
            yield [made.environment] if made.environment else []

    def _built(self, setup: Callable[[], Setup]) -> Choice:
        try:
            environment = self._of(build(setup()))
        except BuildError as error:
            return Choice(None, f"no environment could be made: {error}")
        return Choice(None, environment.problem) if environment.problem else Choice(environment)

    def _hazard(self, diagnosis: Diagnosis) -> str:
        """Return what a model would do to whoever loads it, "" when nothing is known or that is trusted."""
        found = [f for f in diagnosis.findings if f.code.startswith(_HAZARD) and f.severity != "info"]
        if self.trust or not found:
            return ""
        return f"brings code or reaches out ({found[0].code} {found[0].message}): --trust-source loads it all the same"

    def _at_hand(self) -> list[Environment]:
        named = [self._of(path) for path in self.others]
        return [one for one in (*named, self._users()) if one.interpreter and not one.problem]

    def _unusable(self) -> list[str]:
        """Return what is wrong with interpreters that were named."""
        return [f"{path}: {problem}" for path in self.others if (problem := self._of(path).problem)]

    def _of(self, path: str) -> Environment:
        if path not in self._asked:
            self._asked[path] = Environment.of(path)
        return self._asked[path]

    def _users(self) -> Environment:
        if "" not in self._asked:
            self._asked[""] = Environment.default()
        return self._asked[""]


def _misfit(environment: Environment, target: Environment) -> str:
    """Return in what an environment is not as the target is said to be, "" when it is."""
    if target.python and line_of(environment.python) != line_of(target.python):
        return f"Python {environment.python}"
    for name in _DECIDING:
        asked, installed = target.package(name), environment.package(name)
        if asked and asked != installed:
            return f"{name} {installed}" if installed else f"no {name}"
    variant = replace(environment, loader=target.loader, backend=target.backend)
    return "" if variant.release == target.release else "another Keras"


def _as_saved(environments: Sequence[Environment], document: ModelDocument) -> Iterator[Environment]:
    """Yield the environments with each Keras that is in them, those like the writer's first."""
    provenance = document.provenance
    found = []
    for environment in environments:
        for loader, package in _LOADERS:
            backends = _backends(environment, provenance.backend) if loader == "keras" else ["tensorflow"]
            for backend in backends if environment.package(package) else ():
                one = replace(environment, loader=loader, backend=backend)
                if one.release[0]:
                    likeness = (one.keras_version == provenance.keras_version, loader == provenance.library)
                    found.append((likeness, one))
    found.sort(key=lambda pair: pair[0], reverse=True)
    return (one for _, one in found)


def _backends(environment: Environment, saved: str | None) -> list[str]:
    """Return what Keras can compute with in an environment: that of the writer, the one that is configured, others."""
    configured = environment.backend if environment.loader == "keras" else ""
    wished = dict.fromkeys((saved, configured, *BACKENDS))
    return [one for one in wished if one and environment.package(one)] or [configured or "tensorflow"]
