"""The walk of a loader over a document: one `Step` after the other, in the loader's own order."""

from __future__ import annotations

from keras_doctor.document.locus import Locus
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment

STAGES = ("import", "open", "parse", "resolve", "construct", "graph", "weights", "compile", "call")


@record
class Options:
    """How the load is called: `load_model(path, compile=…, safe_mode=…, custom_objects=…)`."""

    compile: bool = True
    safe_mode: bool = True
    custom_objects: tuple[str, ...] = ()


@record
class Step:
    """One thing that the loader does or meets.

    `stage` is one of `STAGES`; `tags` are what rules listen to ("damage:truncated", "format:onnx", "environment"); `subject` is what the step is
    about: the environment, a `Damage`, an `Oddity`, a config node. `unexamined` is a reason why what happens here is not known.
    """

    stage: str
    tags: tuple[str, ...]
    where: Locus = Locus()
    subject: Any = None
    unexamined: str = ""


def trace(document: ModelDocument, environment: Environment, options: Options) -> Iterator[Step]:
    """Yield the steps of a plain load of `document` in `environment`."""
    yield Step("import", ("environment",), subject=environment)
    yield Step(
        "open",
        ("container", f"format:{document.format}", f"container:{document.container}"),
        subject=document,
    )
    for damage in document.damage:
        yield Step(
            "parse",
            (f"damage:{damage.kind}", "damage"),
            Locus(part=damage.part, offset=damage.offset, length=damage.length),
            damage,
        )
    for oddity in document.oddities:
        yield Step("open", (f"oddity:{oddity.kind}",), Locus(part=oddity.part, offset=oddity.offset), oddity)
    yield Step("resolve", ("config",), unexamined="classes and keywords were not compared with the release")
