"""`model.load_weights(path)` on a model that is built from another file.

The model comes first, as `model_from_json` (a JSON file) or `load_model` (a whole model) of the release builds it; then
the weights file is opened, and what is in it goes into the model. Nothing is compiled.
"""

from __future__ import annotations

from keras_doctor.document.joining import alone
from keras_doctor.document.locus import Locus
from keras_doctor.loaders.eras import steps_of
from keras_doctor.loaders.graphs import shapes
from keras_doctor.loaders.legacy_view import View
from keras_doctor.loaders.load import Load, api_of
from keras_doctor.loaders.surroundings import reader_signs
from keras_doctor.loaders.tracing import Options, Step
from keras_doctor.loaders.weights_opening import weights_opening

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment

# What a whole load does after the model is built; of these only what is not known counts for the model alone.
_AFTER = ("weights", "compile", "call")


def steps(document: ModelDocument, environment: Environment, options: Options) -> Iterator[Step]:
    """Yield the building of the model, the opening of the weights file, and what becomes of its tensors."""
    library, version = environment.release
    if not library:
        yield Step("resolve", (), unexamined="which release would load it is not known")
        return
    api = api_of(library, version)
    options = Options(False, options.safe_mode, options.custom_objects)
    architecture = alone(document.architecture or document)
    reader = _builder(architecture, api.line)
    build = Load(architecture, environment, options, api, reader)
    follow = steps_of(build)
    if follow is None:
        yield Step("resolve", (), unexamined=f"how {library} {version} builds a model from such a file is not known")
        return
    for step in follow(build):
        if step.stage not in _AFTER or step.unexamined:
            yield step
    found = weights_opening(document, library, version)
    hdf5 = reader_signs(environment) if found.reader in ("hdf5", "keras-v3") else ()
    yield Step("weights", ("opening:" + (found.reader or "refused"), *hdf5), Locus(part=document.path), found)
    if not found.reader:
        return
    fill = Load(document, environment, options, api, found.reader)
    if found.reader == "hdf5":
        from keras_doctor.loaders import weights_hdf5

        config = View(build).config if api.line == "keras-3" and reader == "hdf5" else document.config
        yield from weights_hdf5.steps(fill, shapes(fill, config), config)
    elif found.reader == "keras-v3":
        from keras_doctor.loaders import weights_v3

        yield from weights_v3.steps(fill, shapes(fill, document.config))
    else:
        yield Step("weights", (), unexamined="tensors of a checkpoint are not compared with an architecture")


def _builder(architecture: ModelDocument, line: str) -> str:
    """Return the reader in whose way the model is built.

    Text is built by `model_from_json`: Keras 3 takes the way of archives, and so does tf.keras from 2.12 on for entries
    that state their module; every older one the way of HDF5 files.
    """
    if architecture.format in ("keras-v3", "keras-v3-directory"):
        return "keras-v3"
    if architecture.container != "text":
        return "hdf5"
    modern = isinstance(architecture.config, dict) and "module" in architecture.config
    return "keras-v3" if line == "keras-3" or (modern and line in ("keras-2.6", "tf-keras")) else "hdf5"
