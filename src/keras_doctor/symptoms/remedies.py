"""Ways out that several symptoms share."""

from __future__ import annotations

from keras_doctor.findings import Remedy

LEGACY_KERAS = Remedy(
    "To load a model of Keras 2 as it is: tf_keras, which is Keras 2 (2.15) for today's TensorFlow. Set "
    "TF_USE_LEGACY_KERAS=1 before TensorFlow is imported, or import tf_keras itself.",
    "pip install tf-keras\nTF_USE_LEGACY_KERAS=1 python your_script.py",
)
NEWER_KERAS_3 = Remedy(
    "Load it with Keras 3 (keras>=3, which TensorFlow>=2.16 brings), of the version that saved it or newer:",
    'pip install -U "keras>=3" "tensorflow>=2.16"',
)
UPGRADE = Remedy(
    "Upgrade: load it with a newer release of TensorFlow and Keras, not older than the one that saved the file.",
    "pip install -U tensorflow",
)
SAME_VERSION = Remedy(
    "Load it with the same version that saved it; the file says which one that was, and the command says how "
    "to get it:",
    "keras-doctor check PATH",
)
INSPECT = Remedy("See which release saved the file and what is in it:", "keras-doctor inspect PATH")
CHECK = Remedy("Let the file be checked for your environment, all its problems at once:", "keras-doctor check PATH")
COMPILE_FALSE = Remedy(
    "If you only predict, load it without its training state (compile=False), and compile it again yourself "
    "when you want "
    "to train:",
    "model = load_model(PATH, compile=False)",
)
CUSTOM_OBJECTS = Remedy(
    "Import (or define) your class or function before loading, and pass it in custom_objects by the name that "
    "the message "
    "gives:",
    'model = load_model(PATH, custom_objects={"Name": Name})',
)
REGISTER = Remedy(
    "For the next save: register it, so that importing its module is enough, and give a class a get_config "
    "that returns "
    "all arguments of its __init__.",
    '@keras.saving.register_keras_serializable(package="my_package")',
)
REBUILD = Remedy(
    "If you have the code that built the model: rebuild it with the same code, and load only the weights into it "
    "(load_weights).",
    "model = build_model()\nmodel.load_weights(PATH)",
)
OLD_H5PY = Remedy(
    "Where the old Keras has to stay: use h5py 2 with it (h5py<3; h5py 2.10 has wheels for Python up to 3.8).",
    'pip install "h5py<3"',
)
DOWNLOAD = Remedy(
    "Look at the size and the first bytes of the file: a page of HTML or a Git LFS pointer is some hundred "
    "bytes of text. "
    "Then download or copy it again, completely.",
    "keras-doctor check PATH",
)
LFS = Remedy("When it is a Git LFS pointer: fetch the content itself.", "git lfs install && git lfs pull")
PATH = Remedy(
    "Check the path: does it exist, seen from the working directory of the program? Print both, and give an "
    "absolute path (a ~ has to be spelled out: os.path.expanduser).",
    "python -c \"import os; print(os.getcwd(), os.path.exists('PATH'))\"",
)
REINSTALL = Remedy(
    "Reinstall: install again in a new environment, so that nothing of another version is left:",
    "python -m venv fresh && fresh/bin/pip install tensorflow",
)
AGAIN = Remedy(
    "Delete the incomplete file and download or copy it again, completely; Keras's own downloads lie in ~/.keras.",
    "rm -r ~/.keras/models/NAME",
)
RENAME = Remedy(
    "When the file is good and only its name is wrong: name it after its content; keras-doctor says what it is.",
    "keras-doctor check PATH",
)
SALVAGE = Remedy("See what can still be read of it:", "keras-doctor inspect PATH")
ASCII = Remedy(
    "On Windows, HDF5 and TensorFlow of that time cannot open paths with other than ASCII letters: move the "
    "file to a path of "
    "plain ASCII letters.",
    r"move model.h5 C:\models\model.h5",
)
FOLDER = Remedy(
    "The path is a directory: a SavedModel folder, or one that has the file's name. Give the file inside, or "
    "load the folder as a "
    "SavedModel (with TensorFlow's loader, not an HDF5 one). Save with an ending (.h5 or .keras) to get a file.",
    "keras-doctor check PATH",
)
GLOB = Remedy(
    "TensorFlow takes a checkpoint's path for a glob pattern: brackets, * and ? in it do not stand for "
    "themselves. Rename the "
    "directory or file so that its path has no brackets.",
)
H5PY = Remedy(
    "Check that h5py can be imported: without it TensorFlow takes an HDF5 file for a folder.", 'python -c "import h5py"'
)
TFSM = Remedy(
    "To predict only: wrap the folder as a layer. keras.layers.TFSMLayer calls the SavedModel's signature; "
    "find its name first.",
    'layer = keras.layers.TFSMLayer(PATH, call_endpoint="serving_default")',
)
SIGNATURE = Remedy(
    "Use it as what it is, TensorFlow's object: call its signature.",
    'tf.saved_model.load(PATH).signatures["serving_default"]',
)
VERSIONS = Remedy(
    "Bring the packages to releases that belong together; keras-doctor env says which do not.", "keras-doctor env"
)
NUMPY = Remedy(
    "Install a NumPy that fits the TensorFlow and h5py that are there: numpy<2 for TensorFlow before 2.18, "
    "numpy<1.24 for "
    "TensorFlow before 2.7; or upgrade TensorFlow and h5py instead.",
    'pip install "numpy<2"',
)
BUILD_FIRST = Remedy(
    "Build the model before its weights are loaded: give the first layer an input_shape (input shape), or call "
    "the model once on data of the right shape.",
    "model.build((None, 28, 28, 1))  # or: model(example)",
)
SAME_CODE = Remedy(
    "Build the architecture with the same code and the same settings (number of classes, input shape, "
    "include_top) as when the weights were saved; put the two lists "
    "of layers side by side to see where they part. Make sure that it is the right file.",
    "keras-doctor inspect PATH",
)
CALL_FIRST = Remedy("Call the model on data (or build it) first.", "model(example)")
OWN_NAMES = Remedy("Give each layer a name of its own.", 'Dense(10, name="head")')
BY_NAME = Remedy(
    "To take over only the layers that fit (transfer learning): load by name. What does not match stays at random.",
    "model.load_weights(PATH, by_name=True, skip_mismatch=True)",
)
WEIGHTS_ONLY = Remedy(
    "Or save the weights alone (save_weights), and rebuild the model from its code.",
    'model.save_weights("model.weights.h5")',
)
GET_CONFIG = Remedy(
    "Write a get_config that returns the arguments of __init__, as plain values.",
    'def get_config(self):\n    return {**super().get_config(), "units": self.units}',
)
KERAS_FORMAT = Remedy("Save in the .keras format, which has no such limit.", 'model.save("model.keras")')
KEEP_TRACK = Remedy(
    "Where it is saved: save it anew, in the .keras format, or export it (model.export, ExportArchive) with all its "
    "variables and tables as attributes of the model (so that they are tracked); load in TensorFlow 2, no session.",
    'model.export("saved")',
)
OTHER_FORMAT = Remedy(
    "Give the tool what it was written for: upgrade it, or save the model with Keras 2 (tf_keras), or hand over a "
    "format that names no layers (a SavedModel from model.export, ONNX).",
    'model.export("saved")  # then: python -m tf2onnx.convert --saved-model saved --output model.onnx',
)
PLAIN_MODEL = Remedy(
    "Where the tool does not know a layer or an argument of it: rebuild the model without it (plain layers instead of "
    "a Lambda or a nested model, float32 and no quantization, explicit input shapes and names), load the weights, "
    "and convert that.",
    "for new, old in zip(plain.layers, model.layers): new.set_weights(old.get_weights())",
)
HELP = Remedy(
    "Compare the call with what this release takes: code from an older tutorial or for a newer version needs that "
    "version, or a rewritten call.",
    'python -c "import keras; print(keras.__version__); help(keras.models.load_model)"',
)
INSTALL = Remedy("Install the package that the message names into the Python that runs.", "python -m pip install NAME")
WITHOUT_PICKLE = Remedy(
    "Save the model itself with model.save, and pickle only what is around it.", 'model.save("model.keras")'
)
OTHER_BACKEND = Remedy(
    "Install the backend, or choose another one before Keras is imported (KERAS_BACKEND, ~/.keras/keras.json).",
    "KERAS_BACKEND=tensorflow python your_script.py",
)
ON_CPU = Remedy(
    "Run it where the operation exists: channels_last (data_format) on a CPU, or a GPU build; or use the version and "
    "device that the model was made on.",
    'python -c "import tensorflow as tf; print(tf.config.list_physical_devices())"',
)
WHOLE = Remedy("For the next time: save the whole model, not its weights alone.", 'model.save("model.keras")')
ONE_KERAS = Remedy(
    "Use one Keras throughout: import everything from tensorflow.keras (or everything from keras), in your code and in "
    "the packages that build the model.",
    "from tensorflow import keras  # in place of: import keras",
)
OLD_PAIR = Remedy(
    "Or go down instead, where the code is for TensorFlow 1 (older keras, tensorflow<2) or for Keras 2 (keras<3): "
    "releases of one time, in an environment of its own, with a Python that they run on (an older Python).",
    'pip install "tensorflow<2" "keras<2.4"  # or: "tensorflow==2.15.*", which has Keras 2',
)
PREFIX = Remedy(
    "When it is a checkpoint: give its prefix, without .index or .data-00000-of-00001, and keep these files together.",
    'model.load_weights("folder/ckpt")  # tf.train.latest_checkpoint("folder") tells it',
)
UNSAFE = Remedy(
    "When you trust whoever made the file: allow its Python code to be read.",
    "model = keras.models.load_model(PATH, safe_mode=False)  # or keras.config.enable_unsafe_deserialization()",
)
SMALLER = Remedy(
    "Give the process more memory (or swap), or a smaller model: a smaller batch, TensorFlow Lite, weights in float16.",
    "keras-doctor inspect PATH  # says how large the weights are",
)
DATA_FORMAT = Remedy(
    "Set image_data_format and the backend as they were in training (channels_first or channels_last).",
    "cat ~/.keras/keras.json",
)

# What helps for a cause, whatever the message: told after what a symptom has of its own.
USUAL: dict[str, tuple[Remedy, ...]] = {
    "unknown-class": (SAME_VERSION, UPGRADE, LEGACY_KERAS, CUSTOM_OBJECTS),
    "op-layer-unknown": (SAME_VERSION, LEGACY_KERAS, REBUILD),
    "module-moved": (SAME_VERSION, LEGACY_KERAS, UPGRADE, REBUILD),
    "unknown-keyword": (SAME_VERSION, UPGRADE, LEGACY_KERAS, REBUILD),
    "missing-keyword": (SAME_VERSION, UPGRADE, REBUILD),
    "config-value": (SAME_VERSION, UPGRADE, LEGACY_KERAS, REBUILD, CUSTOM_OBJECTS),
    "custom-object-missing": (CUSTOM_OBJECTS, REGISTER, REBUILD),
    "custom-object-broken": (GET_CONFIG, CUSTOM_OBJECTS, REBUILD),
    "third-party-object-missing": (CUSTOM_OBJECTS, SAME_VERSION, REBUILD),
    "lambda-not-runnable": (CUSTOM_OBJECTS, REBUILD, SAME_VERSION, LEGACY_KERAS),
    "bytecode-incompatible": (SAME_VERSION, REBUILD),
    "loss-or-metric-unresolvable": (COMPILE_FALSE, CUSTOM_OBJECTS, SAME_VERSION, UPGRADE),
    "optimizer-unresolvable": (COMPILE_FALSE, SAME_VERSION, UPGRADE),
    "optimizer-state": (COMPILE_FALSE, SAME_VERSION),
    "weights-mismatch": (SAME_CODE, INSPECT, REBUILD, SAME_VERSION),
    "weights-only": (REBUILD, WHOLE),
    "graph-reconstruction": (SAME_VERSION, UPGRADE, LEGACY_KERAS, REBUILD),
    "savedmodel-revive": (SIGNATURE, CUSTOM_OBJECTS, UPGRADE, KEEP_TRACK, REBUILD),
    "format-not-supported": (CHECK, LEGACY_KERAS, TFSM, UPGRADE, RENAME),
    "damaged-file": (DOWNLOAD, AGAIN, LFS),
    "not-a-model": (CHECK, DOWNLOAD, LFS),
    "path-problem": (PATH, PREFIX, DOWNLOAD, CHECK),
    "h5py-incompatible": (OLD_H5PY, UPGRADE),
    "save-refused": (KERAS_FORMAT, WEIGHTS_ONLY, UPGRADE),
    "environment-broken": (VERSIONS, UPGRADE, OLD_PAIR, ONE_KERAS, REINSTALL),
    "mixed-keras": (ONE_KERAS, LEGACY_KERAS, UPGRADE),
    "loader-bug": (UPGRADE, REBUILD),
    "assets-missing": (SAME_VERSION, REBUILD, AGAIN),
    "converter-incompatible": (OTHER_FORMAT, PLAIN_MODEL, SAME_VERSION),
    "wrong-api-use": (HELP, CALL_FIRST, UPGRADE, SAME_VERSION),
    "package-missing": (INSTALL, VERSIONS, LEGACY_KERAS),
    "pickled-model": (WITHOUT_PICKLE, WEIGHTS_ONLY, SAME_VERSION),
    "backend-missing": (OTHER_BACKEND, INSTALL),
    "backend-op-unsupported": (ON_CPU, UPGRADE, SAME_VERSION),
    "lambda-refused": (UNSAFE, REBUILD, CUSTOM_OBJECTS),
    "security-refused": (CHECK, UNSAFE, REBUILD),
    "resource-limit": (SMALLER, WEIGHTS_ONLY),
    "python-incompatible": (OLD_PAIR, VERSIONS, UPGRADE),
    "data-format": (DATA_FORMAT, SAME_VERSION),
    "loader-crash": (VERSIONS, REINSTALL, SMALLER, UPGRADE),
    "loader-hang": (UPGRADE, REBUILD),
    "name-invalid": (OWN_NAMES, LEGACY_KERAS, REBUILD),
}
MOST = 6  # ways out beyond which none of the usual ones is added
