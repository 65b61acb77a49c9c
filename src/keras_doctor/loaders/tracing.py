"""The walk of a loader over a document: one `Step` after the other, in the loader's own order."""

from __future__ import annotations

from keras_doctor.artifacts.formats import ARCHITECTURE_ONLY, TITLES, WEIGHTS_ONLY, misnamed
from keras_doctor.document.locus import Locus
from keras_doctor.loaders.opening import opening
from keras_doctor.loaders.surroundings import reader_signs, signs
from keras_doctor.records import record, replace
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment
    from keras_doctor.wire.errors import Damage

LOADED = "loaded"
NO_ARTIFACT = "none"  # the format of a document that stands for no file: the environment alone is looked at
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

    A walk that gets to the end of the load yields a step with the tag "loaded": without it nothing has been shown to
    load. `stage` is one of `STAGES`; `tags` are what rules listen to ("damage:truncated", "format:onnx",
    "environment"); `subject` is what the step is about: the environment, the document, a `Damage`, an `Oddity`, an
    `Opening`. `unexamined` is a reason why what happens here is not known.
    """

    stage: str
    tags: tuple[str, ...]
    where: Locus = Locus()
    subject: Any = None
    unexamined: str = ""


def trace(document: ModelDocument, environment: Environment, options: Options) -> Iterator[Step]:
    """Yield the steps of a plain load of `document` in `environment`."""
    around: tuple[str, ...] = ()
    if document.format in TITLES or document.format == NO_ARTIFACT:
        # Of a path with nothing at it, or with another kind of file, no environment makes a model.
        around = signs(environment, document)
        yield Step("import", ("environment", *around), subject=environment)
    # Damage comes first: the loader meets it wherever it looks, and it explains what else is wrong.
    for damage in document.damage:
        yield Step(_stage(damage), (f"damage:{damage.kind}",), _place(damage), damage)
    joined = document.architecture is not None  # then load_weights picks a reader, and weights alone are no fault
    library, version = environment.release
    found = None
    if library and document.format in TITLES and document.format not in ARCHITECTURE_ONLY and not joined:
        found = opening(document, library, version)  # no load_model is asked to open an architecture
    told = joined or (found is not None and found.ending)  # a refusal for the name's sake says it all
    named = ("misnamed",) if misnamed(document.format, document.path) and not told else ()
    form = "weights" if joined and document.format in WEIGHTS_ONLY else f"format:{document.format}"
    yield Step("open", (form, f"container:{document.container}", *named), subject=document)
    for oddity in document.oddities:
        yield Step("open", (f"oddity:{oddity.kind}",), Locus(part=oddity.part, offset=oddity.offset), oddity)
    if document.format not in TITLES:
        return  # another kind of file, or none: nothing further can be said of a load
    yield from _survey(document)
    if found is not None:
        hdf5 = reader_signs(environment) if found.reader in ("hdf5", "keras-v3") else ()
        yield Step("open", ("opening:" + (found.reader or "refused"), *hdf5), subject=found)
        if not found.reader:
            return
    if document.unverified_bytes:
        yield Step("parse", ("unverified",), subject=document)
    yield Step(
        "parse", ("config", *(f"config:{sign}" for sign in around if sign.startswith("clash:"))), subject=document
    )
    if joined:
        from keras_doctor.loaders.into_architecture import steps

        yield from steps(document, environment, options)
    elif document.format in ARCHITECTURE_ONLY:
        from keras_doctor.loaders.into_architecture import described

        yield from described(document, environment, options)
    else:
        yield from _model(document, environment, options, found.reader if found else "")
    yield Step("call", (LOADED,))


def _survey(document: ModelDocument) -> Iterator[Step]:
    """Yield what could act when the document is loaded."""
    from keras_doctor.loaders.survey import survey

    return survey(document)


def _model(document: ModelDocument, environment: Environment, options: Options, reader: str) -> Iterator[Step]:
    """Yield what the loader does with what it has read."""
    library, version = environment.release
    if not library or not reader:
        yield Step("resolve", (), unexamined="which release would load it is not known")
        return
    from keras_doctor.loaders.eras import steps_of
    from keras_doctor.loaders.load import Load, api_of

    if reader == "hdf5" and has("drops-custom-objects", library, version):
        options = replace(options, custom_objects=())
    load = Load(document, environment, options, api_of(library, version), reader)
    follow = steps_of(load)
    if follow is None:
        yield Step("resolve", (), unexamined=f"how {library} {version} loads such a file is not known")
    elif document.config is None and reader != "savedmodel":
        yield Step("parse", ("config:missing",), subject=document, unexamined="the model's config is not known")
    else:
        yield from follow(load)


def _stage(damage: Damage) -> str:
    return "parse" if damage.kind == "text" else "open"


def _place(damage: Damage) -> Locus:
    return Locus(part=damage.part, offset=damage.offset, length=damage.length)
