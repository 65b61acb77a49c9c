"""`model.load_weights(path)` on a model that is built from another file.

The model comes first, as `model_from_json` (a JSON file) or `load_model` (a whole model) of the release builds it; then
the weights file is opened, and what is in it goes into the model.
"""

from __future__ import annotations

from keras_doctor.artifacts.formats import ARCHITECTURE_ONLY
from keras_doctor.document.locus import Locus
from keras_doctor.loaders.eras import steps_of
from keras_doctor.loaders.graphs import shapes
from keras_doctor.loaders.load import Load, api_of
from keras_doctor.loaders.opening import Opening, opening
from keras_doctor.loaders.surroundings import reader_signs
from keras_doctor.loaders.tracing import Options, Step
from keras_doctor.loaders.weights_opening import weights_opening
from keras_doctor.records import replace
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment


def steps(document: ModelDocument, environment: Environment, options: Options) -> Iterator[Step]:
    """Yield the building of the model, the opening of the weights file, and what becomes of its tensors."""
    library, version = environment.release
    if not library:
        yield Step("resolve", (), unexamined="which release would load it is not known")
        return
    architecture = document.architecture or document
    refused = _refused(architecture, library, version)
    if refused is not None:
        yield Step("open", ("opening:refused",), Locus(part=architecture.path), refused)
        return
    api = api_of(library, version)
    reader = _builder(architecture, api.line)
    options = Options(_compiles(architecture, reader), options.safe_mode, options.custom_objects)
    load = Load(document, environment, options, api, reader, text=architecture.container == "text")
    follow = steps_of(load)
    if follow is None:
        yield Step("resolve", (), unexamined=f"how {library} {version} builds a model from such a file is not known")
        return
    later: dict[str, list[Step]] = {"weights": [], "call": []}
    for step in follow(load):
        if step.stage in later:
            later[step.stage].append(step)
        else:
            yield step
    found = weights_opening(document, library, version)
    hdf5 = reader_signs(environment) if found.reader in ("hdf5", "keras-v3") else ()
    yield Step("weights", ("opening:" + (found.reader or "refused"), *hdf5), Locus(part=document.path), found)
    if found.reader:
        yield from later["weights"] if found.reader == reader else _filled(replace(load, reader=found.reader))
        yield from later["call"]


def described(document: ModelDocument, environment: Environment, options: Options) -> Iterator[Step]:
    """Yield the building of a model that a text describes, by `model_from_json` or `model_from_yaml`."""
    library, version = environment.release
    if not library:
        yield Step("resolve", (), unexamined="which release would load it is not known")
        return
    if document.format == "yaml-architecture" and not has("reads-yaml", library, version):
        why = "this release reads no architecture in YAML, which can make any Python object"
        yield Step(
            "open", ("opening:refused",), subject=Opening("", why, "Method `model_from_yaml()` has been removed")
        )
        return
    api = api_of(library, version)
    reader = _builder(document, api.line)
    options = Options(_compiles(document, reader), options.safe_mode, options.custom_objects)
    load = Load(document, environment, options, api, reader, text=True)
    follow = steps_of(load)
    if follow is None:
        yield Step("resolve", (), unexamined=f"how {library} {version} builds a model from such a file is not known")
    elif document.config is None:
        yield Step("parse", (), unexamined="the model's config is not known")
    else:
        yield from (step for step in follow(load) if step.stage not in ("weights", "call"))


def _refused(architecture: ModelDocument, library: str, version: str) -> Opening | None:
    """Return how `load_model` refuses the file that the model is described in, None when it takes it."""
    if architecture.format in ARCHITECTURE_ONLY:
        return None
    found = opening(architecture, library, version)
    return None if found.reader else found


def _filled(load: Load) -> Iterator[Step]:
    """Yield what becomes of tensors that another reader takes than the one in whose way the model was built."""
    if load.reader == "hdf5":
        from keras_doctor.loaders import weights_hdf5

        yield from weights_hdf5.steps(load, shapes(load, load.document.config))
    elif load.reader == "keras-v3":
        from keras_doctor.loaders import weights_v3

        yield from weights_v3.steps(load, shapes(load, load.document.config))
    else:
        from keras_doctor.loaders import weights_checkpoint

        yield from weights_checkpoint.steps(load, shapes(load, load.document.config))


def _compiles(architecture: ModelDocument, reader: str) -> bool:
    """Tell whether the model is compiled as it is built: by `deserialize_keras_object` of Keras 3, and of tf.keras from
    2.12 on, which `model_from_json` calls without a word about it. Of a whole model the compiling is left out.
    """
    return architecture.container == "text" and reader == "keras-v3"


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
