"""The model is packed inside something else.

**What happens.** The file is an archive, or compressed, and the model is what comes out of it. Keras opens none of
these: it takes the file for a broken HDF5 file, or for a `.keras` archive without its parts.

**Why.** The file was compressed for the way and kept its name, a SavedModel folder was zipped to make it one file, a
download service packed it, or a `.keras` archive (which is a zip already) was put into another one.

**How to mend.** Unpack it once. A `.keras` file must not be unpacked itself.
"""

from __future__ import annotations

from keras_doctor.artifacts.contents import title_of
from keras_doctor.artifacts.foreign_kinds import KINDS, names
from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import literal, python, quote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD112",
    "wrapped",
    "format-not-supported",
    "error",
    tuple(f"format:{name}" for name in names("wrapped")),
    effect="fails",
)

# What wraps → the command that unpacks into {folder}, or writes the one file {target}.
_COMMANDS = {
    "zip": "python -m zipfile -e {path} {folder}",
    "tar": "python -m tarfile -e {path} {folder}",
    "7z": "7z x -o{folder} {path}",
    "rar": "unrar x {path} {folder}/",
    "gzip": "gzip -dc {path} > {target}",
    "bzip2": "bzip2 -dc {path} > {target}",
    "xz": "xz -dc {path} > {target}",
    "zstd": "zstd -dc {path} > {target}",
    "lz4": "lz4 -dc {path} > {target}",
    "base64": "base64 -d {path} > {target}",
}
_ARCHIVES = ("zip", "tar", "7z", "rar")
_ENDINGS = (".gz", ".bz2", ".xz", ".lzma", ".zst", ".lz4", ".zip", ".tgz", ".tar", ".7z", ".rar", ".b64", ".txt")
_WRITTEN = {
    "hdf5-model": ".h5",
    "hdf5-weights": ".h5",
    "hdf5": ".h5",
    "keras-v3": ".keras",
    "v3-weights": ".weights.h5",
}
_MODELS = (".h5", ".hdf5", ".keras")
_SHOWN = 5


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report what wraps, what is inside, and how to get it out."""
    document = context.document
    facts = document.facts
    wrapper = facts.get("wrapper", document.format.partition("-")[0])
    inside = facts.get("inside", ())
    what = KINDS[document.format].title
    if facts.get("compression", wrapper) != wrapper:
        what += f" compressed with {facts['compression']}"
    if not inside:
        message = f"this is {what}: what is in it is seen only when it is unpacked"
    elif inside[0][1] == "unknown":
        message = f"this is {what}; the beginning of what is in it, {inside[0][0]}, is no model's"
    elif inside[0][0] == ".":
        message = f"this is {what} of a whole folder: {title_of(inside[0][1])}"
    else:
        name, form = inside[0]
        message = f"this is {what}, and the model is inside it: {name}, {title_of(form)}"
    yield RULE.finding(
        step,
        message,
        evidence=tuple(f"in it: {name}: {title_of(form)}" for name, form in inside[1:_SHOWN]),
        remedies=tuple(_remedies(document, wrapper, inside)),
    )


def _remedies(document: ModelDocument, wrapper: str, inside: tuple[tuple[str, str], ...]) -> Iterator[Remedy]:
    path = document.path
    stem = _stem(path)
    form = inside[0][1] if inside else ""
    if wrapper == "zlib":
        target = stem + _WRITTEN.get(form, ".unpacked")
        code = f'import zlib; open({literal(target)}, "xb").write(zlib.decompress(open({literal(path)}, "rb").read()))'
        yield Remedy("Decompress it:", python(code))
        return
    target = stem + ("" if stem.endswith(tuple(_WRITTEN.values())) else _WRITTEN.get(form, ""))
    folder = f"{path.removesuffix('/')}-unpacked" if wrapper in _ARCHIVES and stem.endswith(_MODELS) else stem
    command = _COMMANDS[wrapper].format(path=quote(path), folder=quote(folder), target=quote(target))
    yield Remedy("Unpack it:", command)
    if inside and wrapper in _ARCHIVES:
        name = inside[0][0]
        model = folder if name == "." else f"{folder}/{name}"
        yield Remedy("Then give the loader what came out:", f"keras-doctor check {quote(model)}")


def _stem(path: str) -> str:
    """Return the path to unpack to: without the endings of the wrappers, else with another ending than the file has."""
    stem = path
    while stem.lower().endswith(_ENDINGS):
        stem = stem.rpartition(".")[0]
    if stem != path:
        return stem
    base, dot, ending = path.rpartition(".")
    return f"{base}-unpacked{dot}{ending}" if dot and "/" not in ending else f"{path}-unpacked"


EXAMPLES = (
    Ill(
        lambda: sample(
            "gzip-wrapped", container="file", facts={"wrapper": "gzip", "inside": (("model.h5", "hdf5-model"),)}
        ),
        "a gzip file, and the model is inside it: model.h5",
    ),
    Ill(
        lambda: sample(
            "zip-wrapped", container="zip", path="m.zip", facts={"wrapper": "zip", "inside": ((".", "savedmodel"),)}
        ),
        "of a whole folder",
    ),
    Ill(lambda: sample("7z-wrapped", container="file", facts={"wrapper": "7z"}), "only when it is unpacked"),
    Well(sample),
)
