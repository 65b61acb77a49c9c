"""What people take for a Keras model and is none: the kinds, in plain words, each with the next step.

One table for every module of this room that names such kinds. `family` says which rule speaks of it: "foreign" another
kind of file, "pointer" a stand-in for a file that is elsewhere, "wrapped" an archive or compressed file around a
model, "folder" a folder.
"""

from __future__ import annotations

from keras_doctor.document.model import ModelDocument
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.probe import Probe


@record
class Kind:
    """One kind of thing.

    `title` goes on from "this is …". A remedy may have a second line: a command, where {path} is the file's path for a
    shell, or after "python: " code, where {literal} is the path as a Python string.
    """

    title: str
    remedies: tuple[str, ...] = ()
    family: str = "foreign"
    cause: str = "not-a-model"


_ORIGINAL = (
    "Get the Keras model that it was made from (.keras, .h5 or a SavedModel folder); it is not to be had from "
    "this file."
)
_WHICH = "Check which file was meant: the model is another one."
_ARRAYS = (
    "If these are the weights: build the model with its own code, then give it the arrays with model.set_weights()."
)
_DOWNLOAD = "Download the file itself, and look at its size: a model is seldom smaller than some 10 kB."
_UNPICKLE = (
    "Unpickle it in an environment like the one where it was made, only if you trust its maker (a pickle runs "
    'code), then save the model with model.save("model.keras").'
)
_CONVERT = (
    "A converter may turn it into a Keras model, for the operators that it knows; compare the outputs afterwards."
)
_TORCH = (
    "Load it with PyTorch; weights_only keeps it from running code.\n"
    'python: import torch; print(torch.load({literal}, map_location="cpu", weights_only=True).keys())'
)
_GRAPH = (
    "Run it with TensorFlow: parse it as a GraphDef, then tf.compat.v1.import_graph_def. It holds operations and "
    "constants, not layers."
)
_LOCAL = 'Make the file available on this device ("Always keep on this device", "Download now"), then try again.'
_REBUILD = (
    "Keras 3 has no reader for it: rebuild the architecture in Keras and copy the arrays, or convert it through ONNX."
)
_TRANSFORMERS = "Load it with the library that the model comes from (often transformers)."

KINDS: dict[str, Kind] = {
    # Models of other libraries, and other forms of Keras models
    "onnx": Kind(
        "an ONNX model",
        (
            "Run it with ONNX Runtime.\npip install onnxruntime",
            "To have a Keras model, convert it (onnx2tf writes Keras models) and compare the outputs.",
            _ORIGINAL,
        ),
    ),
    "tflite": Kind(
        "a TensorFlow Lite model",
        (
            (
                "Run it with the interpreter of TensorFlow Lite; it has no layers any more and cannot be trained.\n"
                "python: import tensorflow as tf; print(tf.lite.Interpreter({literal}).get_input_details())"
            ),
            _ORIGINAL,
        ),
    ),
    "mediapipe-task": Kind(
        "a MediaPipe task bundle (TensorFlow Lite models in a zip)",
        ("Load it with the MediaPipe Tasks library.", _ORIGINAL),
    ),
    "pytorch": Kind("a PyTorch checkpoint", (_TORCH, _REBUILD)),
    "pytorch-legacy": Kind("a PyTorch checkpoint in the format before 1.6", (_TORCH, _REBUILD)),
    "torchscript": Kind(
        "a TorchScript model",
        ("Load it with torch.jit.load.\npython: import torch; print(torch.jit.load({literal}))", _CONVERT),
    ),
    "torch-export": Kind("a program exported by PyTorch (.pt2)", ("Load it with torch.export.load.", _CONVERT)),
    "torchserve": Kind("a TorchServe archive (.mar)", ("Unpack it, and load what is in it with PyTorch.",)),
    "safetensors": Kind("a safetensors file: tensors of a model without its architecture", (_TRANSFORMERS, _ARRAYS)),
    "safetensors-index": Kind(
        "the index of a sharded safetensors checkpoint",
        ("Load its folder with the library that the model comes from (often transformers).",),
    ),
    "gguf": Kind("a GGUF model (llama.cpp)", ("Run it with llama.cpp or a program built on it.", _ORIGINAL)),
    "ggml": Kind(
        "a GGML model (llama.cpp before GGUF)",
        ("Run it with a llama.cpp of its time, or convert it to GGUF.", _ORIGINAL),
    ),
    "frozen-graph": Kind("a frozen TensorFlow graph (GraphDef)", (_GRAPH, _ORIGINAL)),
    "frozen-graph-text": Kind("a TensorFlow graph as text (GraphDef, .pbtxt)", (_GRAPH, _ORIGINAL)),
    "metagraph": Kind(
        "the graph of a TensorFlow 1 checkpoint (MetaGraph, .meta)",
        ("Restore it with tf.compat.v1.train.import_meta_graph, with the .index and .data files beside it.", _ORIGINAL),
    ),
    "keras-metadata": Kind(
        "keras_metadata.pb, a part of a SavedModel",
        ("Give the folder that it lies in to the loader.",),
        cause="path-problem",
    ),
    "fingerprint": Kind(
        "fingerprint.pb, a part of a SavedModel",
        ("Give the folder that it lies in to the loader.",),
        cause="path-problem",
    ),
    "tfjs-shard": Kind(
        "a piece of the weights of a TensorFlow.js model",
        ("The model is the model.json beside it, with all its pieces; check that.",),
    ),
    "coreml": Kind("a Core ML model (.mlmodel)", ("Run it with Core ML, or read it with coremltools.", _ORIGINAL)),
    "coreml-package": Kind(
        "a Core ML package (.mlpackage)", ("Run it with Core ML, or read it with coremltools.", _ORIGINAL)
    ),
    "openvino": Kind(
        "the topology of an OpenVINO model (.xml)", ("Run it with OpenVINO, with the .bin file beside it.", _ORIGINAL)
    ),
    "openvino-weights": Kind(
        "the weights of an OpenVINO model (.bin)", ("Run the .xml file beside it with OpenVINO.", _ORIGINAL)
    ),
    "caffe": Kind("a Caffe model (.caffemodel)", (_CONVERT, _ORIGINAL)),
    "caffe-text": Kind("the architecture of a Caffe model (.prototxt)", (_CONVERT, _ORIGINAL)),
    "caffe2": Kind("a Caffe2 network (.pb)", (_CONVERT, _ORIGINAL)),
    "mxnet": Kind("the parameters of an MXNet model", ("Load it with MXNet.", _ORIGINAL)),
    "mxnet-symbol": Kind("the symbol file of an MXNet model", ("Load it with MXNet.", _ORIGINAL)),
    "darknet-weights": Kind(
        "the weights of a Darknet model (YOLO)",
        (
            "Convert it with the script of the Keras YOLO project that you use; it needs the .cfg file too.",
            "Or take a .h5 or .keras that somebody converted already.",
        ),
    ),
    "darknet-config": Kind(
        "the configuration of a Darknet model (.cfg)",
        (
            (
                "Convert it, with the .weights file that belongs to it, with the script of the Keras YOLO project "
                "that you use."
            ),
        ),
    ),
    "ncnn": Kind("the architecture of an ncnn model (.param)", (_ORIGINAL,)),
    "tensorrt": Kind("a TensorRT engine", ("Run it with the TensorRT and the GPU that it was built for.", _ORIGINAL)),
    "dl4j": Kind("a Deeplearning4j model", ("Load it with Deeplearning4j.", _ORIGINAL)),
    "xgboost": Kind("an XGBoost model", ("Load it with xgboost.Booster().load_model.",)),
    "xgboost-binary": Kind("an XGBoost model (UBJSON)", ("Load it with xgboost.Booster().load_model.",)),
    "lightgbm": Kind("a LightGBM model", ("Load it with lightgbm.Booster(model_file=…).",)),
    "skops": Kind("a scikit-learn model saved with skops", ("Load it with skops.io.load.",)),
    # Pickles
    "pickle": Kind(
        "a Python pickle",
        (
            (
                "Load it with pickle.load, only if you trust its maker: it runs code. If there is a Keras model in it, "
                'save that one with model.save("model.keras").'
            ),
        ),
    ),
    "pickled-keras": Kind("a Python pickle of a Keras model", (_UNPICKLE,)),
    "joblib": Kind(
        "a joblib file (a Python pickle)", ("Load it with joblib.load, only if you trust its maker: it runs code.",)
    ),
    # Data
    "npy": Kind("a NumPy array (.npy)", (_ARRAYS, _WHICH)),
    "npz": Kind("a NumPy archive of arrays (.npz)", (_ARRAYS, _WHICH)),
    "matlab": Kind("a MATLAB file (.mat)", ("Load it with scipy.io.loadmat.", _ARRAYS)),
    "matlab-hdf5": Kind("a MATLAB 7.3 file (.mat in HDF5)", ("Read it with h5py.", _ARRAYS)),
    "pandas-hdf5": Kind("a pandas table in HDF5", ("Read it with pandas.read_hdf.", _WHICH)),
    "pytables": Kind("a PyTables file (HDF5)", ("Read it with PyTables.", _WHICH)),
    "netcdf-hdf5": Kind("a NetCDF file (in HDF5)", ("Read it with xarray or netCDF4.", _WHICH)),
    "netcdf": Kind("a NetCDF file", ("Read it with xarray or netCDF4.", _WHICH)),
    "anndata": Kind("an AnnData file (.h5ad, in HDF5)", ("Read it with anndata.read_h5ad.", _WHICH)),
    "hdf5-empty": Kind(
        "an HDF5 file with nothing in it",
        ("The program that wrote it stopped before it had written anything: save the model again.",),
        cause="damaged-file",
    ),
    "hdf5-data": Kind("an HDF5 file of data, without any mark of Keras", (_ARRAYS, _WHICH)),
    "parquet": Kind("a Parquet table", ("Read it with pandas.read_parquet.", _WHICH)),
    "arrow": Kind("an Arrow or Feather table", ("Read it with pandas.read_feather.", _WHICH)),
    "orc": Kind("an ORC table", (_WHICH,)),
    "avro": Kind("an Avro file", (_WHICH,)),
    "csv": Kind("a table of text (CSV)", (_WHICH,)),
    "sqlite": Kind("an SQLite database", (_WHICH,)),
    "tensorboard-log": Kind(
        "a TensorBoard log", ("The model is not in the log; look where ModelCheckpoint or model.save() wrote it.",)
    ),
    "tfrecord": Kind("a TFRecord file of examples", (_WHICH,)),
    # Text that stands where a model was wanted
    "html": Kind("a web page (HTML)", (_DOWNLOAD,)),
    "xml": Kind("an XML document", (_WHICH,)),
    "xml-error": Kind(
        "the error message of a storage service (XML)",
        ("The download was refused: ask for access, or for an address that is still valid.", _DOWNLOAD),
    ),
    "http-response": Kind("a web server's answer with its headers", (_DOWNLOAD,)),
    "json-error": Kind(
        "the error message of a web service (JSON)",
        ("The download was refused: check the address, the access token and the permission.", _DOWNLOAD),
    ),
    "json": Kind("a JSON file that holds no model", (_WHICH,)),
    "json-config": Kind(
        "the JSON of a single Keras object, not of a model",
        ("Rebuild the object from it with its own class's from_config; a model has layers.", _WHICH),
    ),
    "keras-tokenizer": Kind(
        "a Keras tokenizer (JSON)",
        (
            (
                "Load it with keras.preprocessing.text.tokenizer_from_json (removed in Keras 3); the model is another"
                " file."
            ),
        ),
    ),
    "training-history": Kind("a training history (JSON)", (_WHICH,)),
    "tokenizer": Kind(
        "a tokenizer of the Hugging Face libraries (JSON)",
        ("Load the folder with transformers; the weights are another file.",),
    ),
    "transformers-config": Kind(
        "the configuration of a transformers model (JSON)",
        (
            (
                "Load the folder with transformers (TFAutoModel.from_pretrained, AutoModel.from_pretrained); it is "
                "not a Keras model."
            ),
        ),
    ),
    "coco": Kind("an image data set's annotations (COCO, JSON)", (_WHICH,)),
    "package-json": Kind("a package.json of JavaScript", (_WHICH,)),
    "notebook": Kind(
        "a Jupyter notebook", ("Run it up to the cell that saves the model, and load the file that this cell writes.",)
    ),
    "python": Kind(
        "Python source code",
        ("Run it to make the model, or import the function that builds it; then load the weights into that model.",),
    ),
    "shell-script": Kind("a script", (_WHICH,)),
    "yaml": Kind("a YAML file that holds no model", (_WHICH,)),
    "mlflow-file": Kind(
        "the MLmodel file of an MLflow model",
        (
            (
                "Load the folder that it lies in with mlflow.keras.load_model or mlflow.tensorflow.load_model, or the"
                " Keras file in its data folder."
            ),
        ),
    ),
    "text": Kind("a text file", (_WHICH,)),
    "utf16-text": Kind(
        "text in UTF-16, perhaps a file that a PowerShell redirection (>) converted",
        ("Download or copy it again without a redirection: PowerShell writes text, and a model is not text.",),
    ),
    # Pictures, documents, programs, parts of other things
    "image": Kind(
        "a picture",
        ("A picture of a model (plot_model) does not hold the model; look for the file that model.save() wrote.",),
    ),
    "pdf": Kind("a PDF document", (_WHICH,)),
    "svg": Kind(
        "a picture (SVG)",
        ("A picture of a model (plot_model) does not hold the model; look for the file that model.save() wrote.",),
    ),
    "media": Kind("a sound or video file", (_WHICH,)),
    "office": Kind("an office document", (_WHICH,)),
    "office-old": Kind("an office document of an older form", (_WHICH,)),
    "jar": Kind("a Java archive", (_WHICH,)),
    "wheel": Kind(
        "a Python package (wheel)", ("Install it with pip, if you trust it; what it brings is imported, not loaded.",)
    ),
    "zip": Kind("a zip archive that holds no Keras model", (_WHICH,)),
    "tar": Kind("a tar archive that holds no Keras model", (_WHICH,)),
    "gzip": Kind("a gzip file that holds no Keras model", (_WHICH,)),
    "bzip2": Kind("a bzip2 file that holds no Keras model", (_WHICH,)),
    "xz": Kind("an xz file that holds no Keras model", (_WHICH,)),
    "zlib": Kind("a zlib stream that holds no Keras model", (_WHICH,)),
    "executable": Kind("a program or a library", (_WHICH,)),
    "encrypted": Kind(
        "an encrypted file", ("Decrypt it first, with the tool and the key that it was encrypted with.",)
    ),
    "binary-plist": Kind("an Apple property list", (_WHICH,)),
    "hdf4": Kind("an HDF4 file (Keras uses HDF5)", (_WHICH,)),
    "zarr": Kind("a Zarr store of arrays", (_WHICH,)),
    # Nothing where a model should be
    "empty": Kind(
        "an empty file (0 bytes)",
        (
            (
                "Get the file again from where it is whole: a save, copy or download stopped before its first byte, "
                "or the disk was full."
            ),
        ),
        cause="damaged-file",
    ),
    "zero-filled": Kind(
        "a file of zeros only: its size was reserved, its bytes were never written",
        (
            (
                "Get the file again from where it is whole: a copy or download stopped, or the machine went down "
                "while it was written."
            ),
        ),
        cause="damaged-file",
    ),
    # Stand-ins for a file that is elsewhere
    "git-lfs-pointer": Kind("a Git LFS pointer: a note where the file is, not the file", family="pointer"),
    "git-annex-pointer": Kind("a git-annex pointer: a note where the file is, not the file", family="pointer"),
    "dvc-pointer": Kind("a DVC file: a note where the data is, not the data", family="pointer"),
    "icloud-placeholder": Kind("an iCloud placeholder: the file itself is in the cloud", (_LOCAL,), family="pointer"),
    "cloud-placeholder": Kind(
        "a cloud drive's placeholder: the file itself is not on this disk", (_LOCAL,), family="pointer"
    ),
    "apple-double": Kind(
        "a macOS side file (names that begin with ._): the real file lies beside it or was not copied", family="pointer"
    ),
    "shortcut": Kind(
        "a shortcut: the file that it points to is elsewhere",
        ("Give the loader the file that the shortcut points to.",),
        family="pointer",
    ),
    "internet-shortcut": Kind(
        "a link to a web address", ("Open the address and download the file itself.",), family="pointer"
    ),
    "link-as-text": Kind(
        "a link that was checked out as text",
        (
            (
                "Give the loader the file that it names, or check the repository out again where links are allowed "
                "(git config core.symlinks true)."
            ),
        ),
        family="pointer",
    ),
    "partial-download": Kind(
        "an unfinished download",
        ("Let the download finish (the browser then drops the extra ending), or start it again.",),
        family="pointer",
        cause="damaged-file",
    ),
    # Archives and compressed files around a model
    "gzip-wrapped": Kind("a gzip file", family="wrapped", cause="format-not-supported"),
    "bzip2-wrapped": Kind("a bzip2 file", family="wrapped", cause="format-not-supported"),
    "xz-wrapped": Kind("an xz file", family="wrapped", cause="format-not-supported"),
    "zlib-wrapped": Kind("a zlib stream", family="wrapped", cause="format-not-supported"),
    "tar-wrapped": Kind("a tar archive", family="wrapped", cause="format-not-supported"),
    "zip-wrapped": Kind("a zip archive", family="wrapped", cause="format-not-supported"),
    "zstd-wrapped": Kind("a Zstandard file", family="wrapped", cause="format-not-supported"),
    "lz4-wrapped": Kind("an LZ4 file", family="wrapped", cause="format-not-supported"),
    "7z-wrapped": Kind("a 7z archive", family="wrapped", cause="format-not-supported"),
    "rar-wrapped": Kind("a RAR archive", family="wrapped", cause="format-not-supported"),
    "base64-wrapped": Kind("a file written as text (base64)", family="wrapped", cause="format-not-supported"),
    # Folders
    "folder": Kind("a folder", family="folder", cause="path-problem"),
    "mlflow-model": Kind("the folder of an MLflow model", family="folder", cause="path-problem"),
    "transformers-model": Kind("the folder of a transformers model", family="folder"),
    "orbax-step": Kind("one step of an Orbax checkpoint", family="folder", cause="path-problem"),
    "huggingface-cache": Kind("a folder of the Hugging Face cache", family="folder", cause="path-problem"),
}


def names(family: str) -> tuple[str, ...]:
    """Return the names of the kinds of a family, in the order of the table."""
    return tuple(name for name, kind in KINDS.items() if kind.family == family)


def document(probe: Probe, name: str, detail: str = "", container: str = "file", **facts: Any) -> ModelDocument:
    """Return the document of a file of the kind `name`; `detail` goes on from its title."""
    kind = KINDS[name]
    return ModelDocument(
        probe.path,
        name,
        container,
        size=probe.source.size,
        title=kind.title + detail,
        facts={"family": kind.family, **facts},
    )
