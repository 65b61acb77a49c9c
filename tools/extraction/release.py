"""All facts about one release: its modules, its classes and functions, the names that its loaders look up."""

from __future__ import annotations

import ast
import hashlib
import warnings
from typing import Any

from extraction.definitions import Facts, class_facts, exports_of, function_facts
from extraction.program import Class, Function, Module, Program

# file → section → key → value
Release = dict[str, dict[str, dict[str, tuple[str, ...]]]]

PRESENT = ""  # the key of a section's own presence

_ROOTS = (
    "tf_keras.src", "tf_keras", "keras.src", "tensorflow.python.keras._impl.keras", "tensorflow.python.keras",
    "tensorflow.contrib.keras.python.keras", "keras",
)  # fmt: skip

# What a class is, by the first of these names among it and its bases.
_KINDS = (
    ("metrics", {"Metric"}),
    ("losses", {"Loss"}),
    ("layers", {"Layer"}),
    ("operations", {"Operation"}),
    ("initializers", {"Initializer"}),
    ("regularizers", {"Regularizer"}),
    ("constraints", {"Constraint"}),
    ("schedules", {"LearningRateSchedule"}),
    ("optimizers", {"Optimizer", "BaseOptimizer", "OptimizerV2", "_BaseOptimizer"}),
    ("policies", {"DTypePolicy", "Policy", "PolicyV1", "DTypePolicyMap"}),
)

_TABLES = {
    "layers": ("layers.serialization:deserialize", "layers:deserialize", "utils.layer_utils:layer_from_config"),
    "activations": ("activations:deserialize", "activations:get"),
    "constraints": ("constraints:deserialize", "constraints:get"),
    "initializers": ("initializers:deserialize", "initializations:get"),
    "losses": ("losses:deserialize", "objectives:get"),
    "metrics": ("metrics:deserialize", "metrics:get"),
    "optimizers": ("optimizers:deserialize", "optimizers:get"),
    "regularizers": ("regularizers:deserialize", "regularizers:get"),
    "schedules": (
        "optimizers.schedules.learning_rate_schedule:deserialize", "optimizer_v2.learning_rate_schedule:deserialize",
        "optimizers.schedules:deserialize",
    ),
    "policies": (
        "dtype_policies:deserialize", "mixed_precision.policy:deserialize",
        "mixed_precision.experimental.policy:deserialize",
    ),
}  # fmt: skip

# Rooms of functions whose arguments stand in files.
_CALLED = ("ops", "activations", "losses", "metrics", "initializers", "regularizers", "constraints", "layers", "random")

_trees: dict[str, ast.Module] = {}
_older: dict[str, ast.Module] = {}


def parsed(sources: dict[str, str]) -> dict[str, ast.Module]:
    """Parse the modules of a release; what the release before it had too is not parsed again."""
    global _trees, _older
    _older, _trees = _trees, {}
    found = {}
    for path, text in sources.items():
        digest = path + hashlib.sha256(text.encode()).hexdigest()
        tree = _older.get(digest)
        if tree is None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.parse(text)
        found[path] = _trees[digest] = tree
    return found


def extract(sources: dict[str, str], tf2: bool, early: frozenset[str] = frozenset()) -> Release:
    """Return the facts about the release that these sources are. `early`: modules that see TensorFlow 1's behaviour."""
    return _Reading(Program(parsed(sources), tf2, early)).release


class _Reading:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.root = next(r for r in _ROOTS if r in program.modules)
        self.release: Release = {}
        self.names: dict[int, str] = {}  # of a class or function → "layers/Dense"
        self.kept: dict[int, Class | Function] = {}
        self.exported: dict[int, tuple[list[str], list[str]]] = {}
        for path in sorted(program.modules):
            package, _, name = path.rpartition(".")
            if path.startswith(("keras", "tf_keras", self.root)):
                self.put("modules", package or ".", name, ())
        self.tables = self.all_tables()
        self.looked_up = {id(value) for table in self.tables.values() for value in table.values()}
        things = list(self.own())
        for table in self.tables.values():
            things += [value for value in table.values() if isinstance(value, (Class, Function))]
        self.name(things)
        for thing in list(self.kept.values()):
            self.describe(thing)
        for kind, table in self.tables.items():
            for name, value in table.items():
                if id(value) in self.names:
                    self.put("tables", kind, name, (self.names[id(value)],))
        for name, text in self.outside().items():
            if name not in self.tables.get("activations", {}):
                self.put("tables", "activations", name, ("functions/!" + text,))
        for key, exported in self.exported.items():
            for name in exported[0] if self.program.tf2 else exported[1]:
                space, _, last = name.rpartition(".")
                if key in self.names and space.startswith("keras"):
                    self.put("exports", space, last, (self.names[key],))

    def put(self, file: str, section: str, key: str, value: tuple[str, ...]) -> None:
        facts = self.release.setdefault(file, {}).setdefault(section, {PRESENT: ()})
        facts.setdefault(key, value)

    def own(self) -> Any:
        """Yield the classes and exported functions of the release's own modules."""
        for path in sorted(self.program.modules):
            if not (path == self.root or path.startswith(self.root + ".")) or ".api." in path or "_tf_keras" in path:
                continue
            module = self.program.module(path)
            for name in list(module.space) if module else ():
                thing = self.program.settled(module.space, name)  # type: ignore[union-attr]
                if not isinstance(thing, (Class, Function)) or thing.module is not module:
                    continue
                exported = exports_of(self.program, thing)
                if any(exported):
                    self.exported[id(thing)] = exported
                if isinstance(thing, Class):
                    if self.kind(thing) != "bases":
                        yield thing
                elif any(n.startswith("keras.") for n in exported[0] + exported[1]):
                    yield thing

    def kind(self, cls: Class) -> str:
        line = self.program.mro(cls)
        names = {c.name for c in line}
        for c in line:
            names.update(b.rpartition(".")[2] for b in self.program.bases(c) if isinstance(b, str))
        for kind, wanted in _KINDS:
            if names & wanted:
                return kind
        if any({"get_config", "from_config"} & set(c.methods) for c in line) or cls.name == "InputSpec":
            return "objects"
        if any(str(b).startswith("BaseMeanIoU") for b in self.program.bases(cls)):  # of the TensorFlow beside Keras 2.3
            return "metrics"
        public = [name for names in exports_of(self.program, cls) for name in names if name.startswith("keras.")]
        return "objects" if public else "bases"

    def name(self, things: list[Class | Function]) -> None:
        """Give every thing, and the bases of the classes, a name that is its own within the release."""
        waiting = list(things)
        groups: dict[str, list[Class | Function]] = {}
        while waiting:
            thing = waiting.pop(0)
            if id(thing) in self.kept:
                continue
            self.kept[id(thing)] = thing
            if isinstance(thing, Class):
                groups.setdefault(f"{self.kind(thing)}/{thing.name}", []).append(thing)
                waiting += [b for b in self.program.bases(thing) if isinstance(b, Class)]
            else:
                groups.setdefault(f"functions/{self.room(thing.module)}.{thing.name}", []).append(thing)
        for name, group in groups.items():
            first = self.primary(name, group)
            self.names[id(first)] = name
            for thing in sorted((t for t in group if t is not first), key=lambda t: t.module.name):
                tag = self.tag(thing)
                while f"{name}~{tag}" in self.names.values():
                    tag += "'"
                self.names[id(thing)] = f"{name}~{tag}"

    def room(self, module: Module) -> str:
        path = module.name.removeprefix(self.root).lstrip(".") or "keras"
        return path.removeprefix("tensorflow.python.").split(".")[0]

    def primary(self, name: str, group: list[Class | Function]) -> Class | Function:
        kind, _, own = name.partition("/")
        wanted = own.lower() if kind == "optimizers" else own
        found = self.tables.get(kind, {}).get(wanted)
        if any(found is thing for thing in group):
            return found
        public = [t for t in group if any("legacy" not in n and "experimental" not in n for n in self.of(t))]
        rest = [t for t in group if not any(w in t.module.name for w in ("legacy", "experimental", "_v1"))]
        return sorted(public or rest or group, key=lambda t: t.module.name)[0]

    def of(self, thing: Class | Function) -> list[str]:
        return self.exported.get(id(thing), ([], []))[0 if self.program.tf2 else 1]

    def tag(self, thing: Class | Function) -> str:
        second, first = self.exported.get(id(thing), ([], []))
        path = thing.module.name
        if "legacy" in path or any("legacy" in n for n in second):
            return "legacy"
        if "_v1" in path or (first and not second):
            return "v1"
        if second and not first:
            return "v2"
        if "experimental" in path:
            return "experimental"
        return path.rpartition(".")[2]

    def describe(self, thing: Class | Function) -> None:
        file, _, section = self.names[id(thing)].partition("/")
        if isinstance(thing, Class):
            facts: Facts = class_facts(self.program, thing, lambda base: self.reference(file, base))
        else:
            facts = function_facts(thing)
            if self.room(thing.module) not in _CALLED and id(thing) not in self.looked_up:
                del facts["takes"]
        for key, value in facts.items():
            self.put(file, section, key, value)

    def reference(self, file: str, base: Class) -> str:
        return self.names[id(base)].removeprefix(file + "/")

    def all_tables(self) -> dict[str, dict[str, Any]]:
        found = {kind: self.table(places) for kind, places in _TABLES.items()}
        if "keras.src.legacy.saving.legacy_h5_format" in self.program.modules:  # Keras 3: `layers.__dict__`
            space = self.program.module("keras.src.layers")
            found["layers"] = self.cleaned(dict(space.space)) if space else {}
            models = self.program.module("keras.src.models")
            for name in ("Functional", "Model", "Sequential"):
                found["layers"][name] = self.program.attribute(models, name)
        self.add_older_names(found["layers"])
        # 2.9 to 2.15 choose between two generations; the table of a bare name is the one that `deserialize` defaults to
        by_choice = {
            "optimizers.legacy": self.table(_TABLES["optimizers"], use_legacy_optimizer=True),
            "optimizers.new": self.table(_TABLES["optimizers"], use_legacy_optimizer=False),
        }
        if by_choice["optimizers.legacy"] != by_choice["optimizers.new"]:
            found["optimizers"] = by_choice["optimizers.legacy" if self.legacy_by_default() else "optimizers.new"]
            found.update(by_choice)
        return {kind: table for kind, table in found.items() if table}

    def add_older_names(self, table: dict[str, Any]) -> None:
        """Add the names that `deserialize` of layers turns into others before it looks: BatchNormalizationV1 of
        TensorFlow 1.13 (tf.keras from 1.14 to 2.2).
        """
        module = self.program.module(f"{self.root}.layers.serialization")
        renamed = self.program.settled(module.space, "_DESERIALIZATION_TABLE") if module else None
        for old, new in renamed.items() if isinstance(renamed, dict) else ():
            if new in table:
                table.setdefault(old, table[new])

    def outside(self) -> dict[str, str]:
        """Return the activations that are functions of TensorFlow under a name of Keras: `relu6 = tf.nn.relu6`."""
        module = self.program.module(f"{self.root}.activations")
        found = {}
        for node in module.tree.body if module else ():
            if isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("tf.nn."):
                found.update({t.id: ast.unparse(node.value) for t in node.targets if isinstance(t, ast.Name)})
        return found

    def legacy_by_default(self) -> bool:
        """Tell what `deserialize` of optimizers takes where nothing says which generation is meant."""
        module = self.program.module(f"{self.root}.optimizers")
        function = self.program.settled(module.space, "deserialize") if module else None
        if not isinstance(function, Function):
            return False
        return "pop('use_legacy_optimizer', True)" in ast.unparse(function.node)

    def table(self, places: tuple[str, ...], **fixed: Any) -> dict[str, Any]:
        for place in places:
            path, _, name = place.partition(":")
            module = self.program.module(f"{self.root}.{path}")
            function = self.program.settled(module.space, name) if module else None
            if isinstance(function, Function) and (table := self.program.table(function, **fixed)):
                return self.cleaned(table)
        return {}

    def cleaned(self, table: dict[str, Any]) -> dict[str, Any]:
        for name in list(table):
            self.program.settled(table, name)
        return {n: v for n, v in table.items() if self.nameable(v) and not n.startswith("__")}

    def nameable(self, thing: Any) -> bool:
        return isinstance(thing, Function) or (isinstance(thing, Class) and self.kind(thing) != "bases")
