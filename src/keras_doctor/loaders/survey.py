"""`survey()`: what in a document could do something when it is loaded, wherever it stands.

Everything is looked at once, at any depth: also what no loader would come to, such as the config of a class that is not
known, for a hidden level of nesting is how a scanner is fooled. Whether a release runs it is for the rules to ask.
"""

from __future__ import annotations

import sys

from keras_doctor.document.config import ConfigNode
from keras_doctor.document.locus import Locus
from keras_doctor.loaders.tracing import Step
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.document.model import ModelDocument

# Packages of Keras's own world, whose classes a config may name.
_OWN = ("keras", "tf_keras", "tensorflow", "keras_core", "keras_hub", "keras_cv", "keras_nlp", "builtins", "__main__")
# Packages in which a function of that name is no layer of anybody's: what runs commands or unpickles.
_TOOLS = (
    "numpy", "torch", "jax", "joblib", "dill", "cloudpickle", "IPython", "setuptools", "pip", "requests", "paramiko",
    "scipy", "pandas", "h5py",
)  # fmt: skip
# Public modules of Keras whose functions build or calculate: a config may well name one of them.
_CALCULATING = (
    "activations", "losses", "metrics", "initializers", "regularizers", "constraints", "ops", "optimizers", "layers",
    "legacy", "quantizers", "dtype_policies", "random", "nn",
)  # fmt: skip
_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization", "IndexLookup", "Hashing")
_FILES = ("vocabulary", "idf_weights")
# Operations that reach out of the graph: to files, to Python, to a library.
_REACHING = frozenset((
    "ReadFile", "WriteFile", "MatchingFiles", "PyFunc", "PyFuncStateless", "EagerPyFunc", "LookupTableImport",
    "TFRecordReader", "TFRecordReaderV2", "WholeFileReader", "WholeFileReaderV2", "TextLineReader", "TextLineReaderV2",
    "FixedLengthRecordDataset", "TextLineDataset", "TFRecordDataset", "LoadAndRemapMatrix", "CreateSummaryFileWriter",
    "SaveDataset", "SaveDatasetV2", "LoadDataset", "DebugIdentity", "RpcCall",
))  # fmt: skip
MOST = 400_000  # values of a config
FOUND = 200  # of one kind
_BOMB = 4 << 30


@record
class Find:
    """Something that could act. `kind`: what it is; `name`: the class or function; `module`: where it would come from;
    `value`: the rest that a finding may show.
    """

    kind: str
    name: str = ""
    module: str = ""
    value: Any = None


def survey(document: ModelDocument) -> Iterator[Step]:
    """Yield a step for everything in a document that could act when it is loaded."""
    if document.surveyed is None:
        document.surveyed = tuple(_steps(document))
    yield from document.surveyed


def _steps(document: ModelDocument) -> Iterator[Step]:
    counts: dict[str, int] = {}
    for root in (document.root, ConfigNode(document.training.config, document.training.path or "training_config")):
        for find, path in _config(root):
            counts[find.kind] = counts.get(find.kind, 0) + 1
            if counts[find.kind] <= FOUND:
                yield Step("construct", (f"survey:{find.kind}",), Locus(path=path), find)
    reaching = sorted(_REACHING.intersection(document.facts.get("ops", ())))
    if reaching:
        yield Step("call", ("survey:graph",), Locus(part="saved_model.pb"), Find("graph", reaching[0], value=reaching))
    if document.facts.get("weights_npz"):
        yield Step("weights", ("survey:npz",), Locus(part="model.weights.npz"), Find("npz"))
    for tensor in document.tensors():
        if tensor.nbytes > _BOMB and tensor.nbytes > 1000 * max(document.size, 1):
            yield Step("weights", ("survey:bomb",), tensor.locus, Find("bomb", tensor.path, value=tensor.nbytes))
            break


def _config(root: ConfigNode) -> Iterator[tuple[Find, str]]:
    """Walk a config, parents first."""
    stack: list[tuple[Any, str, str]] = [(root.value, root.path, "")]
    left = MOST
    while stack and left:
        value, path, key = stack.pop()
        left -= 1
        if isinstance(value, dict):
            for find in _object(value):
                yield find, path
            for name, held in value.items():
                if isinstance(held, (dict, list)) or (isinstance(held, str) and len(held) > 40):
                    stack.append((held, f"{path}.{name}" if path else str(name), str(name)))
        elif isinstance(value, list):
            for number, held in enumerate(value):
                if isinstance(held, (dict, list)) or (isinstance(held, str) and len(held) > 40):
                    stack.append((held, f"{path}[{number}]", key))
        elif isinstance(value, str) and _is_code(value):
            yield Find("code", key), path


def _is_code(text: str) -> bool:
    """Tell whether a text is the base64 of a marshalled code object: those begin with 0xE3 (0x63 without its flag)."""
    if not text.startswith(("4w", "Yw")):
        return False
    from keras_doctor.layers.lambda_body import code_bytes

    code = code_bytes(text)
    return len(code) > 20 and code[0] in (0xE3, 0x63)


def _object(entry: dict[str, Any]) -> Iterator[Find]:
    """Yield what one object of a config could do."""
    name, module = entry.get("class_name"), entry.get("module")
    if not isinstance(name, str):
        return
    config = entry.get("config")
    module = module if isinstance(module, str) else ""
    if name == "function" and isinstance(config, str):
        yield from _reference(config, module, True)
        return
    yield from _reference(name, module, False)
    if not isinstance(config, dict):
        return
    if name == "TFSMLayer":
        yield Find("savedmodel-layer", name, value=config.get("filepath"))
    elif name == "TorchModuleWrapper":
        yield Find("torch-module", name, value=config.get("module"))
    elif name in _LOOKUPS:
        for key in _FILES:
            if isinstance(config.get(key), str):
                yield Find("vocabulary", name, value=config[key])
    registered = entry.get("registered_name")
    if module.startswith("keras.") and isinstance(registered, str) and registered not in ("", name):
        yield Find("registered-name", name, module, registered)


def _reference(name: str, module: str, function: bool) -> Iterator[Find]:
    """Yield what a name with a module could bring in."""
    package, _, rest = module.partition(".")
    if not package or package in ("builtins", "__main__"):
        return
    if package not in _OWN:
        if package in sys.stdlib_module_names or package in _TOOLS:
            yield Find("module", name, module)
        return
    within = rest.removeprefix("src.").partition(".")[0]
    plain = function or not name[:1].isupper()
    if plain and package in ("keras", "tf_keras", "tensorflow") and within not in _CALCULATING:
        yield Find("inner-function", name, module)
