"""Where a traceback went: which package's loader, of which releases, and how far it came.

What a release's modules are called is known (`releases`), so frames tell which releases have all of them; the stage
follows from the names of functions, which hardly change: the table below.
"""

from __future__ import annotations

from keras_doctor.records import record
from keras_doctor.releases.api_text import lines, text_of
from keras_doctor.releases.runs import members
from keras_doctor.symptoms.traceback import Frame

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

# Which lines of releases a package's modules can belong to.
LINES = {
    "keras": ("keras-1", "keras-2", "keras-2.6", "keras-3"),
    "tf_keras": ("tf-keras",),
    "tensorflow": ("tensorflow",),
}
_ALIASES = {"tensorflow_core": "tensorflow"}
_ROOTS = ("tf_keras/", "tensorflow_core/python/", "tensorflow/python/", "keras/", "h5py/")
_INSTALLED = ("site-packages/", "dist-packages/", "Frameworks/Python.framework/")

# Stage → the functions that are it, as "file.function", "file." for any function of a file, or ".function" for one of
# any file. The last frame that says something decides; a stage further down the table wins within one frame.
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("load", (".load_model", ".model_from_json", ".model_from_yaml", ".model_from_config", ".load_model_tf")),
    ("save", (
        ".save_model", ".save_model_to_hdf5", "models.save", "training.save", "network.save", "save.save_model",
        ".save_weights", ".save_weights_to_hdf5_group", ".save_model_tf", ".export_saved_model", "model_checkpoint.",
        ".on_epoch_end", ".to_json", ".to_yaml", ".save_attributes_to_hdf5_group", ".func_dump",
        ".serialize_keras_object",
        "export_lib.", ".export", "model.save", ".get_json_type", ".save_model_to_file", ".get_config", ".save_to_zip",
    )),
    ("open", (
        "h5f.h5py.h5f.open", "files.make_fid", "files.__init__", ".parse_saved_model", ".h5dict", "io_utils.__init__",
        "zipfile._RealGetContents", "saved_model.load_internal", "loader_impl.", "zipfile.open", "zipfile.getinfo",
    )),
    ("resolve", ("._retrieve_class_or_fn", ".class_and_config_for_serialized_keras_object", ".get_from_module")),
    ("construct", (
        ".from_config", ".deserialize_keras_object", ".layer_from_config", ".process_layer", ".deserialize",
        ".__init__",
        ".get_or_create_layer",
    )),
    ("lambda", (".func_load", "lambda_layer.", "._parse_function_from_config", ".<lambda>")),
    ("graph", (
        ".process_node", ".reconstruct_from_config", ".functional_from_config", "functional.get_tensor",
        ".deserialize_node", ".map_tensors", ".build_from_config", ".convert_revived_tensor",
    )),
    ("weights", (
        ".load_weights", ".load_weights_from_hdf5_group", ".load_weights_from_hdf5_group_by_name", "._load_state",
        "._load_container_state", ".load_own_variables", "._load_own_variables", "._raise_loading_failure",
        ".preprocess_weights_for_loading", "._convert_rnn_weights", ".batch_set_value", ".load_weights_only",
        ".load_subset_weights_from_hdf5_group", "._set_weights", ".set_weights", "legacy_h5_format._set_weights",
        ".load_store", ".convert_nested_model", "variables.assign", "functional_saver.restore", ".restore_v2",
    )),
    ("assets", (".load_assets", "index_lookup.", ".get_vocabulary_from_file")),
    ("compile", (
        ".compile", ".compile_from_config", ".compile_args_from_training_config", "._deserialize_nested_config",
        "._deserialize_metric", "._resolve_compile_arguments_compat", ".try_build_compiled_arguments",
        ".convert_custom_objects", "optimizers.", "optimizer.", "optimizer_v2.", "losses.", "metrics.",
        "base_optimizer.",
    )),
    ("revive", (
        ".revive_custom_object", "._revive_layer_or_model_from_config", "._recreate_base_user_object",
        "function_deserialization.", ".load_function_def_library", "._recreate", ".finalize_objects", "._finalize",
    )),
    ("pickle", (
        "pickle.", "_pickle.", "cloudpickle.", "joblib.", "numpy_pickle.", "pickle_utils.", "dill.", "_dill.",
        "cloudpickle_fast.", "copy.deepcopy",
    )),
)  # fmt: skip
_WORDS = {word: stage for stage, words in STAGES for word in words}
_RANKS = {stage: number for number, (stage, _) in enumerate(STAGES)}

_OF_TENSORFLOW = ("keras-2.6", "tensorflow")  # lines whose releases are numbered as those of TensorFlow


@record
class Place:
    """Where it happened. `stages`: those that the frames went through, the last one last. `packages`: the packages
    of the frames in their order. `releases`: line of releases → those that have all the modules named; {} when the
    frames tell nothing. `python`: a minor such as "3.11", "" when no path says it.
    """

    stages: tuple[str, ...]
    packages: tuple[str, ...]
    releases: tuple[tuple[str, tuple[str, ...]], ...]
    python: str = ""

    @property
    def stage(self) -> str:
        """The last stage that the frames show, "" when they show none."""
        return self.stages[-1] if self.stages else ""

    def only(self, *wanted: str) -> bool:
        """Tell whether the loader is known to be of one of these lines of releases."""
        return bool(self.releases) and all(line in wanted for line, _ in self.releases)

    def may(self, *wanted: str) -> bool:
        """Tell whether the loader can be of one of these lines: nothing in the frames speaks against it."""
        return not self.releases or any(line in wanted for line, _ in self.releases)


def place_of(frames: Iterable[Frame]) -> Place:
    """Return where the frames of a text lead."""
    stages: list[str] = []
    packages: list[str] = []
    modules: list[str] = []
    python = ""
    for frame in frames:
        package, module = _module(frame.path)
        if package:
            packages.append(package)
        if module:
            modules.append(module)
        python = _python(frame.path) or python
        stage = _stage(frame, package)
        if stage:
            stages.append(stage)
    releases = _holding(modules)
    if python and any(line in _OF_TENSORFLOW for line, _ in releases):
        releases = _running(releases, python)
    return Place(tuple(dict.fromkeys(reversed(stages)))[::-1], tuple(dict.fromkeys(packages)), releases, python)


def _running(releases: tuple[tuple[str, tuple[str, ...]], ...], python: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Leave out the releases of TensorFlow that were not published for a Python; all of them, and nothing is."""
    from keras_doctor.releases.catalog import catalog

    index = catalog()
    run = tuple(
        (line, have)
        for line, all_of_line in releases
        if (
            have := tuple(
                release
                for release in all_of_line
                if line not in _OF_TENSORFLOW or index.runs_on("tensorflow", release, python) is not False
            )
        )
    )
    return run or releases


def package_of(frame: Frame) -> str:
    """Return the installed package that a frame is in, "" when its path does not say."""
    return _module(frame.path)[0]


def _stage(frame: Frame, package: str) -> str:
    if package and package not in _LOADERS and not frame.stem.endswith(("pickle", "pickle_utils")):
        return ""
    function = frame.function.rpartition(".")[2] if not frame.function.startswith("h5py.") else frame.function
    if function == "compile" and not package and (frame.path[:1] == "/" or frame.path[1:2] == ":"):
        return ""  # a method of the user's own
    return stage_of(frame.stem, function)


def stage_of(file: str, function: str) -> str:
    """Return the stage that a function of a file (without ".py") is, "" for one that says nothing."""
    found = [_WORDS[word] for word in (f"{file}.{function}", f"{file}.", f".{function}") if word in _WORDS]
    return max(found, key=_RANKS.__getitem__) if found else ""


_LOADERS = frozenset(
    ("keras", "tf_keras", "tensorflow", "h5py", "json", "zipfile", "pickle", "joblib", "cloudpickle", "dill")
)


def _module(path: str) -> tuple[str, str]:
    """Return the package of a file's path and its module, ("", module) for a path whose beginning is cut off."""
    path = path.replace("\\", "/")
    for mark in _INSTALLED:
        _, found, rest = path.rpartition(mark)
        if found:
            break
    else:
        rest = path
        if not rest.startswith(_ROOTS):
            for root in _ROOTS:
                _, found, tail = path.rpartition("/" + root)
                if found:
                    rest = root + tail
                    break
            else:
                return "", _dotted(path) if path.startswith(("src/", "python/keras/", "legacy/")) else ""
    if ".egg/" in rest:
        rest = rest.rpartition(".egg/")[2]
    parts = rest.split("/")
    if len(parts) < 2:
        return parts[0].rpartition(".")[0], ""
    package = _ALIASES.get(parts[0], parts[0])
    if package in ("src", "python", "legacy", "saving", "engine"):  # the beginning is cut off
        return "", _dotted(rest)
    return package, _dotted("/".join([package, *parts[1:]]))


def _dotted(path: str) -> str:
    module = path.rpartition(".")[0].strip("/").replace("/", ".")
    return module.removesuffix(".__init__")


def _python(path: str) -> str:
    """Return the Python that a folder of a path is of: "python3.11", "Python311", "python-3.6"."""
    for part in path.split("/"):
        name = part.lower()
        version = name.removeprefix("pythoncore-").removeprefix("python").removeprefix("-").partition("-")[0]
        if not name.startswith("python") or version[:1] not in ("2", "3"):
            continue
        if version[1:2] == "." and version[2:].isdigit():
            return version
        if version.isdigit() and len(version) >= 2:
            return f"{version[0]}.{version[1:]}"
    return ""


def _holding(modules: Iterable[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the releases, by line, that have every one of these modules of Keras."""
    found: dict[str, tuple[str, ...]] | None = None
    for module in dict.fromkeys(modules):
        root = module.partition(".")[0]
        if root in LINES:
            candidates: tuple[str, ...] = LINES[root]
            if root == "tensorflow" and "keras" not in module:
                continue
        elif root in ("src", "python", "legacy"):
            candidates = tuple(lines())
        else:
            continue
        holding = {line: have for line in candidates if (have := _having(line, module))}
        if not holding:
            continue  # a module that the data does not have says nothing
        if found is None:
            found = holding
        else:
            both = {
                line: tuple(release for release in found[line] if release in holding[line])
                for line in found
                if line in holding
            }
            found = {line: have for line, have in both.items() if have} or found
    return tuple((found or {}).items())


def _having(line: str, module: str) -> tuple[str, ...]:
    """Return the releases of a line that have a module; its path may lack the beginning ("src.saving.saving_lib")."""
    text = text_of(f"{line}/modules.tsv")
    package, _, name = module.rpartition(".")
    releases = lines()[line]
    have: set[str] = set()
    for row in (f"\n{name}\t", f"\n{name}\n"):
        place = text.find(row)
        while place >= 0:
            head = text.rfind("\n=", 0, place + 1) + 2
            full, _, runs = text[head : text.find("\n", head)].partition("\t")
            if full == package or full.endswith("." + package) or (full == "." and not package):
                end = text.find("\n", place + 1)
                own = text[place + 1 : end if end >= 0 else len(text)].partition("\t")[2]
                have.update(members(own or runs, releases))
            place = text.find(row, place + 1)
    return tuple(release for release in releases if release in have)
