"""`Walk`: how a loader builds the objects that a config names, one after the other, each inside the one that holds it.

Eras differ in how a name is looked for (`resolve`), in what a class does before its constructor runs (`before`), in
what the loader changes in a config on its way (`keywords`), and in how a model is put together (`model`): the modules
of `eras/` say that. What is the same everywhere stands here. Steps come in the order in which the loader would meet
what they show, and go on after what would stop it, for everything wrong with a file is told at once.
"""

from __future__ import annotations

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.loaders.nested import kind_of
from keras_doctor.loaders.numbers import A_NUMBER, uncounted
from keras_doctor.loaders.objects import Built, Reference, Resolution
from keras_doctor.loaders.tracing import Step
from keras_doctor.wire.limits import DEFAULT_LIMITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.loaders.load import Load
    from keras_doctor.releases.api import Definition

MOST_OBJECTS = 200_000  # of one config
MODELS = ("Sequential", "Functional", "Model", "Container", "Network", "Graph")


class Walk:
    """The building of one model, or of what it is compiled with.

    `stage` is what its steps say: "construct" for the model, "compile" for its training config; names are looked for
    at stage "resolve" (of a training config: "compile", too).
    """

    def __init__(self, load: Load, stage: str = "construct") -> None:
        self.load = load
        self.api = load.api
        self.stage = stage
        self.left = MOST_OBJECTS
        self.later: list[Step] = []  # what happens when the layers of a graph are called

    # What eras say

    def resolve(self, reference: Reference) -> Resolution:
        """Return what the loader finds for a name."""
        raise NotImplementedError

    def keywords(self, reference: Reference, definition: Definition) -> dict[str, Any]:
        """Return the config as the class gets it: what the loader itself converts is converted."""
        return reference.config if isinstance(reference.config, dict) else {}

    def before(self, reference: Reference, definition: Definition, depth: int) -> Iterator[Step]:
        """Yield what happens in `from_config`, before the constructor: a wrapper builds the layer it holds."""
        return iter(())

    def early(self, reference: Reference, definition: Definition) -> tuple[str, ...]:
        """Return the keywords whose objects `before` has built already."""
        return ()

    def objects_first(self, definition: Definition) -> bool:
        """Tell whether a constructor builds the objects inside it before it refuses keywords."""
        return False

    def model(self, reference: Reference, definition: Definition | None, depth: int) -> Iterator[Step]:
        """Yield how a model is put together: its layers, and the graph that they make."""
        raise NotImplementedError

    # What is the same everywhere

    def entry(
        self, value: Any, kind: str, path: str, depth: int = 0, parent: str = "", key: str = ""
    ) -> Iterator[Step]:
        """Yield the steps for one entry that stands for an object of a kind."""
        if value is None or value is False:
            return
        self.left -= 1
        if depth > DEFAULT_LIMITS.depth or self.left < 0:
            yield Step(self.stage, (), Locus(path=path), unexamined="the config is too large or nested too deep")
            return
        reference = refer(value, kind, path, parent, key)
        if reference is None:
            if not isinstance(value, (str, int, float, bool, list)):
                found = Resolution(Reference(kind, "", path, value, parent=parent, key=key), self.api, problem="form")
                yield Step(self._resolving, ("object:unresolved",), Locus(path=path), found)
            return
        found = self.resolve(reference)
        if found.problem:
            yield Step(self._resolving, ("object:unresolved",), Locus(path=path), found)
            if kind == "layers" and isinstance(reference.config, dict) and "layers" in reference.config:
                yield from self.model(reference, None, depth)  # what is in it is told all the same
        elif found.custom or found.definition is None:
            yield Step(self.stage, ("object:custom",), Locus(path=path), found, _not_known(reference))
        elif kind == "layers" and found.definition.class_name in MODELS:
            yield from self.model(reference, found.definition, depth)
        elif reference.config is not None or found.definition.kind != "functions":
            yield from self.built(reference, found.definition, depth)
        else:
            yield Step(self.stage, ("function", f"function:{found.definition.class_name}"), Locus(path=path), found)

    def built(self, reference: Reference, definition: Definition, depth: int) -> Iterator[Step]:
        """Yield the construction of an object whose class is known, with the objects inside it."""
        called: list[
            Step
        ] = []  # what happens when the layer is called, which a graph does once all its layers are there
        if definition.class_name == "Lambda" and reference.kind == "layers":
            from keras_doctor.loaders import lambdas  # few models have one, and it brings twenty modules

            for step in lambdas.steps(self.load, reference, definition):
                if step.stage == "graph":
                    called.append(step)
                else:
                    yield step
        yield from self.before(reference, definition, depth)
        config = self.keywords(reference, definition)
        refused = self.refused(definition, config)
        missing = self.api.missing(definition, config)
        values = self.values(definition, config)
        tags = ["object", f"class:{definition.class_name}"]
        clashes = [tag for tag, names in (("keyword:refused", refused), ("keyword:missing", missing)) if names]
        if len(clashes) > 1 and any(field[:2] == "**" for field in self.api.parameters(definition)):
            clashes.reverse()  # Python misses an argument before the body of the constructor looks at `**kwargs`
        tags += clashes
        if values:
            tags.append("value:refused")
        made = Built(reference, definition, self.api, config, refused, missing, values)
        first = self.objects_first(definition)
        if first:
            yield from self.inside(reference, definition, config, depth)
        yield Step(self.stage, tuple(tags), Locus(path=reference.path), made)
        if not first:
            yield from self.inside(reference, definition, config, depth)
        if reference.parent == "Sequential":
            yield from called
        else:
            self.later += called

    def inside(
        self, reference: Reference, definition: Definition, config: dict[str, Any], depth: int
    ) -> Iterator[Step]:
        """Yield the objects that a constructor builds from its keywords."""
        done = self.early(reference, definition)
        for key, value in config.items():
            if value is None or key in done:
                continue
            kind = kind_of(key, value)
            if kind:
                path = f"{reference.path}.config.{key}"
                for place, one in _each(value, path):
                    yield from self.entry(one, kind, place, depth + 1, reference.name, key)

    def refused(self, definition: Definition, config: dict[str, Any]) -> tuple[str, ...]:
        """Return the keywords that the constructor does not take."""
        return self.api.refused(definition, config)

    def values(self, definition: Definition, config: dict[str, Any]) -> tuple[tuple[str, Any, tuple[object, ...]], ...]:
        """Return the keywords whose value the constructor compares with a list, and does not find there, or cannot
        calculate with.
        """
        found = []
        for key, accepted in self.api.compared(definition):
            if key in config and not accepted.accepts(config[key]):
                found.append((key, config[key], accepted.values))
        found += ((key, value, A_NUMBER) for key, value in uncounted(self.load, self.api, definition, config))
        policy = config.get("dtype")
        if isinstance(policy, str) and "_from_" in policy and not self.load.does("quantizes"):
            found.append(("dtype", policy, ("float32", "mixed_float16")))
        return tuple(found)

    @property
    def _resolving(self) -> str:
        return "resolve" if self.stage == "construct" else self.stage


def refer(value: Any, kind: str, path: str, parent: str = "", key: str = "") -> Reference | None:
    """Return what an entry names; None where it names nothing: a number, a list, a dict without a class."""
    if isinstance(value, str):
        return Reference(kind, value, path, parent=parent, key=key)
    if not isinstance(value, dict):
        return None
    name = value.get("class_name")
    if not isinstance(name, str):
        return None
    module, registered = value.get("module"), value.get("registered_name")
    config = value.get("config")
    if name == "function" and isinstance(config, str):
        return Reference(kind, config, path, None, _text(module), _text(registered), True, parent, key, True)
    modern = "module" in value or "registered_name" in value
    given = {} if config is None else config
    rebuilt = modern and bool(value.get("build_config"))
    return Reference(kind, name, path, given, _text(module), _text(registered), False, parent, key, modern, rebuilt)


def node(reference: Reference) -> ConfigNode:
    """Return the place of an object's config."""
    return ConfigNode(reference.config, f"{reference.path}.config" if reference.path else "config")


def _each(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield an entry, or the entries of a list, with their paths."""
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield f"{path}[{index}]", one
    else:
        yield path, value


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _not_known(reference: Reference) -> str:
    return f"what the custom object {reference.name[:80]} does is known to its own code alone"
