"""What changed between two releases for the classes and functions that files name."""

from __future__ import annotations

from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.releases.api import Api, Definition

# Tables that are compared, in the order in which differences are told.
TABLES = (
    "layers", "initializers", "regularizers", "constraints", "activations", "losses", "metrics", "optimizers",
    "schedules", "policies",
)  # fmt: skip


@record
class Change:
    """One difference. `kind`: the table; `name`: of the class or function; `what`: a word such as "removed" or "takes";
    `text`: the difference in words.
    """

    kind: str
    name: str
    what: str
    text: str


def changes(old: Api, new: Api, name: str = "") -> Iterator[Change]:
    """Yield what differs between two releases, for one class (by the name that a file gives it) or for all."""
    for kind in TABLES:
        before, after = old.table(kind), new.table(kind)
        for key in sorted({*before, *after}):
            if name and key != name:
                continue
            if key not in after:
                yield Change(kind, key, "removed", "is not known any more")
            elif key not in before:
                yield Change(kind, key, "added", "is new")
            elif name or before[key].class_name == key:
                yield from _between(kind, key, old, before[key], new, after[key])


def _between(kind: str, key: str, old: Api, before: Definition, new: Api, after: Definition) -> Iterator[Change]:
    first, second = old.accepts(before), new.accepts(after)
    names = {"before": first.names(), "after": second.names()}
    for name in names["before"]:
        if not second.takes(name):
            yield Change(kind, key, "refuses", f"does not take {name} any more")
    for name in names["after"]:
        if not first.takes(name):
            default = second.default(name)
            more = "" if default is None else f" (default {default})"
            yield Change(kind, key, "takes", f"takes {name}{more}")
    for name, default in first.optional:
        now = second.default(name)
        if now is not None and now != default:
            yield Change(kind, key, "default", f"default of {name}: {default} before, {now} now")
    for name in second.required:
        if name not in first.required and first.takes(name):
            yield Change(kind, key, "requires", f"requires {name}")
    written = old.emits(before), new.emits(after)
    gone = [k for k in written[0].names() if k not in written[1].names()]
    come = [k for k in written[1].names() if k not in written[0].names()]
    if gone:
        yield Change(kind, key, "writes", f"its config has no {', '.join(gone)} any more")
    if come:
        yield Change(kind, key, "writes", f"its config has {', '.join(come)}")
    for name in names["after"]:
        values = old.values(before, name), new.values(after, name)
        if values[0] is not None and values[1] is not None and set(values[0].values) != set(values[1].values):
            lost = sorted(str(v) for v in values[0].values if v not in values[1].values)
            won = sorted(str(v) for v in values[1].values if v not in values[0].values)
            told = [f"no longer {', '.join(lost)}"] * bool(lost) + [f"now also {', '.join(won)}"] * bool(won)
            yield Change(kind, key, "values", f"{name}: {'; '.join(told)}")
