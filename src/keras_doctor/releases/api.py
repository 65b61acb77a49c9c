"""What a release accepts: the classes and functions that a file may name, and what their constructors take.

Facts are those of the files under `api/`, read from the sources of the releases by tools/extract_releases.py. Nothing
is read before it is asked for.

    api = Api("keras", "3.12.4")
    dense = api.find("Dense", "layers")
    api.accepts(dense).takes("quantization_config")
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.api_text import Data, line_of, lines, nearest, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

# Kinds of classes, each a file; "functions" are told by the name of the module that they stand in.
KINDS = (
    "layers", "operations", "initializers", "regularizers", "constraints", "losses", "metrics", "optimizers",
    "schedules", "policies", "objects",
)  # fmt: skip

# In which order a name without a kind is looked for.
_TABLES = (
    "layers", "optimizers", "losses", "metrics", "initializers", "regularizers", "constraints", "activations",
    "schedules", "policies",
)  # fmt: skip

# Bases outside of Keras that take no keywords of a layer or leave them alone.
_HARMLESS = (
    "Module", "AutoTrackable", "Trackable", "CheckpointableBase", "Checkpointable", "NotTrackable",
    "object", "ABC", "ABCMeta", "local", "Generic", "type", "AutoCheckpointable", "SimpleNamespace", "export", "list",
    "dict", "Exception", "ValueError",
)  # fmt: skip


@record
class Definition:
    """A class or function of a release.

    `kind`: one of `KINDS`, "bases" or "functions". `name`: its own within the kind, "GRU", or "GRU~v1" where a release
    has several. `module`: where it stands, "keras.src.layers.core.dense".
    """

    kind: str
    name: str
    module: str

    @property
    def class_name(self) -> str:
        """What the class or function is called in its module."""
        return self.name.partition("~")[0].rpartition(".")[2]


@record
class Keywords:
    """What a constructor takes by keyword.

    `required`: names without a default. `optional`: names and their defaults as source text, in order, those of the
    class first. `popped`: further names that are taken out of `**kwargs`. `whitelisted`: further names that `**kwargs`
    may hold. `renamed`: older names that a decorator translates, with the new ones; `translated`: keyword, old and
    new value as source text. `refused`: names that raise. `open`: any other name is taken too, or it is not known
    (then `why` says so); else any other name is refused.
    """

    required: tuple[str, ...] = ()
    optional: tuple[tuple[str, str], ...] = ()
    popped: tuple[str, ...] = ()
    whitelisted: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    translated: tuple[tuple[str, str, str], ...] = ()
    refused: tuple[str, ...] = ()
    open: bool = False
    why: str = ""

    def takes(self, name: str) -> bool:
        """Tell whether a keyword is taken (in an open constructor, every one is that is not refused by name)."""
        return name in self.names() or (self.open and name not in self.refused)

    def names(self) -> tuple[str, ...]:
        """Every name that is known to be taken."""
        renamed = tuple(old for old, _ in self.renamed)
        optional = tuple(name for name, _ in self.optional)
        return (*self.required, *optional, *self.popped, *self.whitelisted, *renamed)

    def default(self, name: str) -> str | None:
        """The default of a keyword as source text, None when it has none."""
        return next((default for known, default in self.optional if known == name), None)


@record
class Emitted:
    """The keys of a `get_config`: `always`, `sometimes` (under a condition), and further ones when `open`."""

    always: tuple[str, ...] = ()
    sometimes: tuple[str, ...] = ()
    open: bool = False

    def names(self) -> tuple[str, ...]:
        """Every key that is known."""
        return (*self.always, *self.sometimes)


@record
class Values:
    """The values that a constructor accepts for a keyword; `any_case`: strings are compared in lower case."""

    values: tuple[object, ...]
    any_case: bool = False

    def accepts(self, value: object) -> bool:
        """Tell whether a value is one of them. A bool is none of the integers."""
        if self.any_case and isinstance(value, str):
            return value.lower() in [v.lower() if isinstance(v, str) else v for v in self.values]
        return any(value == known and isinstance(value, bool) == isinstance(known, bool) for known in self.values)


class Api:
    """The facts about one release.

    `library` and `version` as `Environment.release` gives them. `release` is the one whose facts are told and `line`
    the line that it is stored in; `exact` says whether that is the release that was asked for: one that is newer than
    the data answers as the newest of its line. `known` is False for a library that the data does not have; then nothing
    is found.
    """

    def __init__(self, library: str, version: str) -> None:
        self.library = library
        self.version = version
        self.line = line_of(library, version)
        self.known = self.line in lines()
        position, exact = nearest(self.line, version)
        self.exact = exact and not (library == "keras" and self.line == "tensorflow")  # Keras 2.4: see `line_of`
        self.release = lines()[self.line][position] if self.known else ""
        self._data = Data(self.line, position)
        self._mros: dict[tuple[str, str], list[tuple[str, str]]] = {}
        self._accepted: dict[tuple[str, str], Keywords] = {}
        self._found: dict[tuple[str, str | None], Definition | None] = {}
        self._exported: dict[tuple[str, str], Definition | None] = {}
        self._compared: dict[tuple[str, str], tuple[tuple[str, Values], ...]] = {}
        self._wanted: dict[tuple[str, str], tuple[str, ...]] = {}
        self._checked: dict[tuple[str, str], tuple[frozenset[str], frozenset[str], bool, bool]] = {}
        self._public: dict[str, tuple[str, ...]] = {}

    # Names

    def find(self, name: str, kind: str | None = None) -> Definition | None:
        """Return what a loader of the release finds for a name: of a class, an alias, or a registered name.

        `kind`: whose table is asked ("layers", "losses", "activations", …; 2.9 to 2.15 have "optimizers.legacy" and
        "optimizers.new" too, between which `is_legacy_optimizer` of a config decides); None asks one after another.
        """
        try:
            return self._found[name, kind]
        except KeyError:
            found = self._found[name, kind] = self._find(name, kind)
            return found

    def _find(self, name: str, kind: str | None) -> Definition | None:
        for table in (kind,) if kind else _TABLES:
            found = self._data.fact("tables", table, name)
            if found is None and table.startswith("optimizers"):
                found = self._data.fact("tables", table, name.lower())
            if found is not None:
                return self._definition(found[0])
        return self._registered(name, kind) if ">" in name else None

    def table(self, kind: str) -> dict[str, Definition]:
        """Every name that the loader's table of a kind has."""
        rows = self._data.section("tables", kind) or {}
        return {name: made for name, (reference,) in rows.items() if (made := self._definition(reference))}

    def tables(self) -> tuple[str, ...]:
        """The kinds for which the release has a table."""
        return tuple(self._data.names("tables"))

    def function(self, kind: str, name: str) -> Definition | None:
        """Return the function that a name stands for in the table of a kind; None where it is a class or nothing."""
        found = self.find(name, kind)
        return found if found is not None and found.kind == "functions" else None

    def definition(self, module: str, name: str) -> Definition | None:
        """Return what a module of the release has under a name: a public one ("keras.layers", "Dense") or the one that
        it really stands in.
        """
        try:
            return self._exported[module, name]
        except KeyError:
            found = self._exported[module, name] = self._define(module, name)
            return found

    def _define(self, module: str, name: str) -> Definition | None:
        for space in (module, "keras" + module[len("tf_keras") :] if module.startswith("tf_keras") else module):
            found = self._data.fact("exports", space, name)
            if found is not None:
                return self._definition(found[0])
        for kind in (*KINDS, "functions", "bases"):
            for section in self._sections_called(kind, name):
                facts = self._data.section(kind, section)
                if facts is not None and facts.get("module") == (module,):
                    return Definition(kind, section, module)
        return None

    def public_names(self, definition: Definition) -> tuple[str, ...]:
        """The public names of a class or function: "keras.layers.Conv2D", "keras.layers.Convolution2D"."""
        reference = f"{definition.kind}/{definition.name}"
        if reference not in self._public:
            found = []
            for space in self._data.names("exports"):
                rows = self._data.section("exports", space) or {}
                found += [f"{space}.{name}" for name, value in rows.items() if value == (reference,)]
            self._public[reference] = tuple(found)
        return self._public[reference]

    def classes(self, kind: str) -> Iterator[Definition]:
        """Yield every class of a kind, also those that no table names."""
        for name in self._data.names(kind):
            made = self._definition(f"{kind}/{name}")
            if made is not None:
                yield made

    def modules(self) -> tuple[str, ...]:
        """The paths of all modules, "keras.src.layers.core.dense"."""
        found = []
        for package in self._data.names("modules"):
            names = self._data.section("modules", package) or {}
            found += [name if package == "." else f"{package}.{name}" for name in names]
        return tuple(sorted(found))

    def has_module(self, path: str) -> bool:
        """Tell whether a module can be imported by that path: a public one, or one that the release consists of."""
        package, _, name = path.rpartition(".")
        public = "keras" + path[len("tf_keras") :] if path.startswith("tf_keras") else path
        return self._data.fact("modules", package or ".", name) is not None or public in self._data.names("exports")

    # Constructors

    def accepts(self, definition: Definition) -> Keywords:
        """Return what a constructor (or a function) takes by keyword, its bases' keywords included where they pass."""
        key = definition.kind, definition.name
        found = self._accepted.get(key)
        if found is None:
            found = self._accepted[key] = self._accepts(definition)
        return found

    def _accepts(self, definition: Definition) -> Keywords:
        if definition.kind == "functions":
            facts = self._facts(definition) or {}
            return _signature(facts["takes"]) if "takes" in facts else Keywords(open=True, why="it is not known")
        required: list[str] = []
        optional: dict[str, str] = {}
        popped: list[str] = []
        allowed: list[str] = []
        refused: list[str] = []
        blocked: set[str] = set()
        renamed: tuple[tuple[str, str], ...] = ()
        translated: tuple[tuple[str, str, str], ...] = ()
        unresolved = ""
        reached = False
        why = ""
        target: tuple[str, str] | None = None  # the base whose constructor is called by name
        for kind, name in self.mro(definition):
            if target is not None and (kind, name) != target:
                continue
            target = None
            facts = self._data.section(kind, name) or {}
            unresolved = unresolved or _unresolved(facts)
            if "init" not in facts:
                continue
            if not reached:
                renamed, translated = _conversions(facts.get("legacy", ()))
                popped += [field[1:] for field in facts.get("legacy", ()) if field[0] == "-"]
            reached = True
            own = _signature(facts["init"])
            for parameter in own.required:
                if parameter not in blocked and parameter not in optional and parameter not in required:
                    required.append(parameter)
            for parameter, default in own.optional:
                if parameter not in blocked and parameter not in required:
                    optional.setdefault(parameter, default)
            popped += [p for p in facts.get("pops", ()) if p not in blocked]
            allowed += [p for p in facts.get("only", ()) if p not in blocked]
            refused += facts.get("refuses", ())
            if "passes" in facts:
                blocked.update(facts["passes"])
                if "to" in facts:
                    there, slash, base = facts["to"][0].partition("/")
                    target = (there, base) if slash else (kind, there)
                continue
            why = f"{name} takes any keyword" if "swallows" in facts else ""
            break
        else:
            why = f"its base {unresolved} is not part of Keras" if unresolved else ""
        taken = {*required, *optional}
        return Keywords(
            tuple(required),
            tuple(optional.items()),
            tuple(dict.fromkeys(p for p in popped if p not in taken)),
            tuple(dict.fromkeys(p for p in allowed if p not in taken)),
            renamed,
            translated,
            tuple(refused),
            bool(why),
            why,
        )

    def parameters(self, definition: Definition) -> tuple[str, ...]:
        """Return the constructor's own signature as fields: "units", "activation=None", "*", "**kwargs"."""
        if definition.kind == "functions":
            return (self._facts(definition) or {}).get("takes", ())
        for kind, name in self.mro(definition):
            facts = self._data.section(kind, name) or {}
            if "init" in facts:
                return facts["init"]
        return ()

    def emits(self, definition: Definition) -> Emitted:
        """Return the keys that `get_config` writes."""
        line = self.mro(definition)
        keys: dict[str, str] = {}
        dynamic = False
        position, automatic = 0, True
        while position < len(line):
            facts = self._data.section(*line[position]) or {}
            position += 1
            dynamic = dynamic or bool(_unresolved(facts))
            if "config" not in facts:
                continue
            base, default = None, False
            for field in facts["config"]:
                if field[0] == "+":
                    base = field
                elif field == "*":
                    dynamic = True
                elif field == "auto":
                    for name in _signature(self.parameters(definition)).names() if automatic else ():
                        keys.setdefault(name, "?")
                elif field == "default":
                    default = True
                elif field[0] == "-":
                    keys.setdefault(field[1:], "-")
                else:
                    keys.setdefault(field.rstrip("?"), "?" if field[-1] == "?" else "")
            if base is None:
                break
            if len(base) > 1:  # the base is named
                named = base[1:].lstrip("=").rpartition(".")[2]
                places = [n for n, (_, name) in enumerate(line) if name.partition("~")[0] == named]
                position = (places[0] + (base[1] != "=")) if places else position
            automatic = automatic and default
        return Emitted(
            tuple(k for k, mark in keys.items() if mark == ""),
            tuple(k for k, mark in keys.items() if mark == "?"),
            dynamic,
        )

    def reads_selectively(self, definition: Definition) -> bool:
        """Tell whether `from_config` takes what it knows out of a config and leaves the rest, whatever it is."""
        for kind, name in self.mro(definition):
            facts = self._data.section(kind, name) or {}
            if "from_config" in facts:
                return facts["from_config"][:1] == ("=",)
        return False

    def taken_before(self, definition: Definition) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the keys that `from_config` takes out of a config before the constructor sees it, and those that it
        sets.
        """
        for kind, name in self.mro(definition):
            facts = self._data.section(kind, name) or {}
            if "from_config" in facts:
                fields = facts["from_config"]
                return tuple(f[1:] for f in fields if f[0] == "-"), tuple(f[1:] for f in fields if f[0] == "+")
        return (), ()

    def wanted_before(self, definition: Definition) -> tuple[str, ...]:
        """Return the keys that `from_config` takes out of a config without asking whether they are there."""
        key = definition.kind, definition.name
        found = self._wanted.get(key)
        if found is None:
            own = (self._data.section(*base) or {} for base in self.mro(definition))
            fields = next((facts["from_config"] for facts in own if "from_config" in facts), ())
            found = self._wanted[key] = tuple(field[1:] for field in fields if field[0] == "!")
        return found

    def refused(self, definition: Definition, keys: Iterable[str]) -> tuple[str, ...]:
        """Return those keys of a config that the constructor does not take, in their order.

        None are where `from_config` leaves what it does not know, nor for the config of a graph of layers, which no
        constructor sees.
        """
        known, refused, is_open, selective = self._check(definition)
        if selective:
            return ()
        found = tuple(key for key in keys if (key in refused if is_open else key not in known))
        return () if found and self._is_graph(definition, tuple(keys)) else found

    def missing(self, definition: Definition, keys: Collection[str]) -> tuple[str, ...]:
        """Return the keywords without a default that a config does not give and `from_config` does not bring, and
        those that `from_config` takes out without asking whether they are there.
        """
        accepted, wanted = self.accepts(definition), self.wanted_before(definition)
        if not accepted.required and not wanted:
            return ()
        given = {*keys, *(new for old, new in accepted.renamed if old in keys)}
        taken, brought = self.taken_before(definition)
        asked = tuple(name for name in wanted if name not in keys)
        return (*asked, *(name for name in accepted.required if name not in {*given, *taken, *brought}))

    def _check(self, definition: Definition) -> tuple[frozenset[str], frozenset[str], bool, bool]:
        """Return what `refused` asks of a class: keywords taken, keywords refused by name, whether all others are
        taken, whether `from_config` picks what it knows.
        """
        key = definition.kind, definition.name
        found = self._checked.get(key)
        if found is None:
            accepted, (taken, _) = self.accepts(definition), self.taken_before(definition)
            refused = frozenset(accepted.refused).difference(taken, accepted.names())
            known = frozenset((*accepted.names(), *taken))
            found = self._checked[key] = known, refused, accepted.open, self.reads_selectively(definition)
        return found

    def _is_graph(self, definition: Definition, keys: tuple[str, ...]) -> bool:
        if any(key not in keys for key in ("layers", "input_layers", "output_layers")):
            return False
        return any(name in ("Functional", "Network", "Container", "Model") for _, name in self.mro(definition))

    def values(self, definition: Definition, keyword: str) -> Values | None:
        """Return the values that the constructor accepts for a keyword; None where it does not compare with a list."""
        accepted = self.accepts(definition)
        if keyword not in accepted.names():
            return None
        unset = (None,) if accepted.default(keyword) == "None" else ()  # what stands for the default is let through
        for kind, name in self.mro(definition):
            facts = self._data.section(kind, name) or {}
            found = facts.get("values " + keyword)
            if found is not None:
                any_case = found[:1] == ("~",)
                return Values((*(_value(text) for text in found[any_case:]), *unset), any_case)
            if "init" in facts and "passes" not in facts and keyword not in facts.get("gives", ()):
                return None
        return None

    def compared(self, definition: Definition) -> tuple[tuple[str, Values], ...]:
        """Return the keywords whose values the constructor compares with a list, and those lists."""
        key = definition.kind, definition.name
        found = self._compared.get(key)
        if found is None:
            names = {
                fact[len("values ") :]
                for kind, name in self.mro(definition)
                for fact in self._data.section(kind, name) or {}
                if fact.startswith("values ")
            }
            pairs = ((name, self.values(definition, name)) for name in sorted(names))
            found = self._compared[key] = tuple((name, values) for name, values in pairs if values is not None)
        return found

    def mro(self, definition: Definition) -> list[tuple[str, str]]:
        """Return the kinds and names of a class and its bases in the order in which Python asks them."""
        return self._mro((definition.kind, definition.name))

    def _mro(self, key: tuple[str, str]) -> list[tuple[str, str]]:
        found = self._mros.get(key)
        if found is not None:
            return found
        self._mros[key] = [key]  # a circle would end here
        bases = []
        for reference in (self._data.section(*key) or {}).get("bases", ()):
            if reference[0] != "!":
                kind, slash, name = reference.partition("/")
                bases.append((kind, name) if slash else (key[0], reference))
        lists = [list(self._mro(base)) for base in bases]
        lists.append(list(bases))
        line = [key]
        while any(lists):
            heads = [candidate[0] for candidate in lists if candidate]
            head = next((h for h in heads if not any(h in other[1:] for other in lists)), heads[0])
            line.append(head)
            lists = [[entry for entry in other if entry != head] for other in lists]
        self._mros[key] = line
        return line

    def _facts(self, definition: Definition) -> dict[str, tuple[str, ...]] | None:
        return self._data.section(definition.kind, definition.name)

    def _definition(self, reference: str) -> Definition | None:
        kind, _, name = reference.partition("/")
        if name[:1] == "!":  # a function of TensorFlow that Keras hands on: "functions/!tf.nn.relu6"
            return Definition(kind, name[1:], name[1:].rpartition(".")[0])
        facts = self._data.section(kind, name)
        return None if facts is None else Definition(kind, name, facts["module"][0])

    def _registered(self, name: str, kind: str | None) -> Definition | None:
        for file in (kind,) if kind in KINDS else KINDS:
            text = text_of(f"{self.line}/{file}.tsv")
            place = text.find(f"\t{name}\n")
            while place >= 0:
                start = text.rfind("\n=", 0, place) + 2
                section = text[start : text.index("\t", start)]
                facts = self._data.section(file, section) or {}
                if facts.get("registered") == (name,):
                    return self._definition(f"{file}/{section}")
                place = text.find(f"\t{name}\n", place + 1)
        return None

    def _sections_called(self, kind: str, name: str) -> Iterator[str]:
        """Yield the sections for a class or function of that name, "GRU" and "GRU~v1"."""
        text = text_of(f"{self.line}/{kind}.tsv")
        marks = (
            ((f".{name}\t", -1), (f".{name}~", -1))
            if kind == "functions"
            else ((f"\n={name}\t", 0), (f"\n={name}~", 0))
        )
        for mark, _ in marks:
            place = text.find(mark)
            while place >= 0:
                start = text.rfind("\n", 0, place + 1) + 1
                if text[start] == "=":
                    yield text[start + 1 : text.index("\t", start)]
                place = text.find(mark, place + 1)


def _conversions(
    fields: tuple[str, ...],
) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str, str], ...]]:
    """Return what a decorator of Keras 2 renames, and the values that it translates."""
    renamed, translated = [], []
    for field in fields:
        left, _, right = field.partition("=")
        name, colon, value = left.partition(":")
        if colon:
            translated.append((name, value, right))
        elif left[0] not in "!-":
            renamed.append((left, right))
    return tuple(renamed), tuple(translated)


def _signature(fields: tuple[str, ...]) -> Keywords:
    required, optional, takes_any = [], [], False
    for field in fields:
        if field[0] == "*":
            takes_any = takes_any or field[:2] == "**"
            continue
        name, equals, default = field.partition("=")
        if equals:
            optional.append((name, default))
        else:
            required.append(name)
    return Keywords(tuple(required), tuple(optional), open=takes_any, why="it takes any keyword" if takes_any else "")


def _unresolved(facts: dict[str, tuple[str, ...]]) -> str:
    for base in facts.get("bases", ()):
        if base[0] == "!" and base.rpartition(".")[2].partition("[")[0].lstrip("!") not in _HARMLESS:
            return base[1:]
    return ""


def _value(text: str) -> object:
    """Return the value that a constant of source text stands for; text that is no simple constant stays as it is."""
    if text[0] in "'\"" and text[-1] == text[0]:
        return text[1:-1]
    constants: dict[str, object] = {"None": None, "True": True, "False": False}
    if text in constants:
        return constants[text]
    try:
        return int(text)
    except ValueError:
        try:
            return float(text)
        except ValueError:
            return text
