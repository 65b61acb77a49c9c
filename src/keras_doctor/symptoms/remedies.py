"""Ways out that several symptoms share."""

from __future__ import annotations

from keras_doctor.findings import Remedy

LEGACY_KERAS = Remedy(
    "To load a model of Keras 2 as it is: tf_keras, which is Keras 2 (2.15) for today's TensorFlow. Set "
    "TF_USE_LEGACY_KERAS=1 before TensorFlow is imported, or import tf_keras itself.",
    "pip install tf-keras\nTF_USE_LEGACY_KERAS=1 python your_script.py",
)
NEWER_KERAS_3 = Remedy(
    "Load it with Keras 3 (TensorFlow>=2.16 brings it), of the version that saved it or newer:",
    'pip install -U "keras>=3" "tensorflow>=2.16"',
)
UPGRADE = Remedy("Upgrade to a newer release of TensorFlow and Keras, not older than the one that saved the file.")
INSPECT = Remedy("See which release saved the file and what is in it:", "keras-doctor inspect PATH")
CHECK = Remedy("Let the file be checked for your environment, all its problems at once:", "keras-doctor check PATH")
COMPILE_FALSE = Remedy(
    "If you only predict, load it without its training state, and compile it again yourself when you want to train:",
    "model = load_model(PATH, compile=False)",
)
CUSTOM_OBJECTS = Remedy(
    "Import (or define) your class or function before loading, and pass it by the name that the message gives:",
    'model = load_model(PATH, custom_objects={"Name": Name})',
)
REGISTER = Remedy(
    "For the next save: register it, so that importing its module is enough, and give a class a get_config that returns "
    "all arguments of its __init__.",
    '@keras.saving.register_keras_serializable(package="my_package")',
)
REBUILD = Remedy(
    "If you have the code that built the model: build it anew with it, and load only the weights into it.",
    "model = build_model()\nmodel.load_weights(PATH)",
)
