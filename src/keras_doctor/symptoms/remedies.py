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
    "absolute path.",
    "python -c \"import os; print(os.getcwd(), os.path.exists('PATH'))\"",
)
REINSTALL = Remedy(
    "Install again in a new environment, so that nothing of another version is left:",
    "python -m venv fresh && fresh/bin/pip install tensorflow",
)
