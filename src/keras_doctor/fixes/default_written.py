"""A keyword that the config leaves out, and whose default has changed since, is written down.

The file says nothing, and the two releases take that for two things: `reset_after` of a GRU is False where Keras 2 says
nothing and True where TensorFlow 2 reads it. What the release that wrote the file took is written into the config.
"""

from __future__ import annotations

from keras_doctor.fixes.dialects import objects
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.knowledge import plain, written_by
from keras_doctor.fixes.tables import ABSENT, rows

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step
    from keras_doctor.releases.api import Api

FIX = Fix("default-written", ("draft",))


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write down what the release that wrote the file took for granted, where the target takes something else."""
    source = written_by(draft.source.provenance)
    for entry, kind in objects(draft.config):
        config = entry.get("config")
        if kind != "layers" or not isinstance(config, dict):
            continue
        for name, value in _changed(entry["class_name"], set(config), source, target.api):
            config[name] = value
            yield Change(FIX.slug, f"write down {name} = {value!r} of {entry['class_name']}, which was its default")


def _changed(class_name: str, given: set[str], source: Api, target: Api) -> Iterator[tuple[str, object]]:
    """Yield the keywords that are left out, and what that meant."""
    after = target.find(class_name, "layers")
    before = source.find(class_name, "layers")
    if after is None:
        return
    known = dict(source.accepts(before).optional) if before else {}
    older = {old for old, _ in source.accepts(before).renamed} if before else set()
    for name, default in target.accepts(after).optional:
        if name in given or name in older:
            continue
        if name in known:
            value, allowed = plain(known[name]), target.values(after, name)
            unheard = value is None and allowed is not None and not allowed.accepts(None)  # the user's settings said it
            if known[name] != default and value is not NotImplemented and not unheard:
                yield name, value
        else:
            for kind, owner, keyword, value in rows("absent.tsv"):
                if (kind, owner, keyword) == ("layers", class_name, name):
                    yield name, ABSENT[value]
