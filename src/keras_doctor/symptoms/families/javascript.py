"""TensorFlow.js: what loadLayersModel, loadGraphModel, tfjs-node and the converter say."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.symptom import Reading, Symptom

_LAYERS = Remedy(
    "A model.json that was converted from Keras (format: layers-model) is loaded with tf.loadLayersModel.",
    'const model = await tf.loadLayersModel("model/model.json");',
)
_GRAPH = Remedy(
    "A model.json that was converted from a SavedModel (format: graph-model) is loaded with tf.loadGraphModel.",
    'const model = await tf.loadGraphModel("model/model.json");',
)
_SERVED = Remedy(
    "Open the URL of model.json in the browser: the server must give the JSON itself (not a page of HTML), and the "
    ".bin "
    "files beside it, over http; check the path and the capital letters.",
    "curl -I http://HOST/model/model.json",
)
_NODE = Remedy(
    "In Node.js, file:// needs tfjs-node (import it in place of tfjs), with an absolute path; plain tfjs has no "
    "handler "
    "for files.",
    "const tf = require('@tensorflow/tfjs-node'); tf.loadLayersModel('file:///abs/model.json')",
)
_REBUILD = Remedy(
    "Build its native part again for this Node.js: rebuild or reinstall tfjs-node (a Node.js that it supports, "
    "Python and "
    "a compiler).",
    "npm rebuild @tensorflow/tfjs-node --build-addon-from-source",
)
_NEWER = Remedy(
    "Upgrade TensorFlow.js: newer releases know more operations; register the rest yourself (tf.registerOp), or "
    "convert "
    "the model without them.",
    "npm install @tensorflow/tfjs@latest",
)
_BACKEND = Remedy(
    "Choose another backend (webgl, cpu, wasm): not every operation is there in each.", 'await tf.setBackend("webgl");'
)
_CAST = Remedy("Give the input in the type that the model wants.", 'model.execute({input_tensor: tf.cast(x, "int32")})')
_FORMATS = Remedy(
    "--input_format says what the file is: keras (.h5), keras_saved_model or tf_saved_model (a folder), keras_keras "
    "(.keras, "
    "tensorflowjs 4.13 and later), tfjs_layers_model (model.json, back to Keras).",
    "tensorflowjs_converter --input_format=keras --output_format=tfjs_layers_model model.h5 OUT",
)


def _tfjs(what: str, marks: tuple[str, ...], *remedies: Remedy, cause: str = "converter-incompatible") -> Symptom:
    reading = Reading(cause, what, remedies, "medium", code="KD902" if cause == "converter-incompatible" else "KD903")
    return Symptom(marks, (reading,), strength=8)


SYMPTOMS = (
    row(
        "wrong-api-use",
        "KD903",
        "a model of layers is loaded as a graph model",
        (
            "(reading 'producer')",
            "reading 'producer'",
            "cannot read property 'producer'",
            "'producer' of undefined",
        ),
        _LAYERS,
        _GRAPH,
    ),
    row(
        "wrong-api-use",
        "KD903",
        "a graph model is loaded as a model of layers",
        (
            "'classname' and 'config' must set",
            "classname and config must set",
            'improper config format: {"node"',
        ),
        _GRAPH,
        _LAYERS,
        strength=9,
    ),
    _tfjs(
        "TensorFlow.js gets something else than the JSON of the model from the server",
        (
            "request to model.json failed",
            "please verify this url points to the model json",
            "failed to parse model json of response",
            "please make sure the server is serving valid json",
            "unexpected token < in json",
            "unexpected token '<'",
            "failed to fetch",
            "request for group1-shard",
            "please verify this url points to the weights",
        ),
        _SERVED,
        cause="path-problem",
    ),
    _tfjs(
        "the files of weights are not as long as model.json says: a shard is missing, was cut, or is a page of HTML",
        (
            "byte length of float32array should be a multiple",
            "byte length of int32array should be a multiple",
            "offset is out of bounds",
            "invalid typed array length",
            "elements but the buffer has",
        ),
        Remedy(
            "Look at each shard (.bin): it must be served with status 200 (not 404), as binary, with the size that it "
            "has on disk (no text conversion by git or FTP); then download or convert it again.",
            "curl -sI http://HOST/model/group1-shard1of1.bin",
        ),
        _SERVED,
        cause="damaged-file",
    ),
    _tfjs(
        "TensorFlow.js has no way of loading from that kind of address here",
        (
            "only absolute urls are supported",
            "cannot find any load handlers for url",
            "cannot find any save handlers for url",
            "only http(s) protocols are supported",
            'url scheme "file" is not supported',
        ),
        _NODE,
        _SERVED,
        cause="wrong-api-use",
    ),
    row(
        "environment-broken",
        "KD908",
        "the compiled part of tfjs-node is not there, or is for another Node.js",
        ("tfjs_binding.node", "node.js native addon module"),
        _REBUILD,
    ),
    _tfjs(
        "this TensorFlow.js (or its backend) does not have an operation of the model",
        ("unknown op '", "not registered for backend", "custom execution with tf.registerop"),
        _NEWER,
        _BACKEND,
    ),
    _tfjs(
        "the input has another type, name or shape than the model wants",
        ("provided in model.execute(dict) must be", "of dict['", "input placeholders", "expected input_1 to have"),
        _CAST,
        cause="wrong-api-use",
    ),
    Symptom(
        ("argument --input_format: invalid choice", "argument --output_format: invalid choice", "--input_format"),
        (
            Reading(
                "wrong-api-use",
                "the converter was told another format than it knows or the file has",
                (_FORMATS,),
                code="KD903",
            ),
        ),
        pattern=r"argument --(?:in|out)put_format: invalid choice",
        strength=8,
    ),
    Symptom(
        ("command not found", "is not recognized as an internal or external command", "no such command"),
        (
            Reading(
                "package-missing",
                "the program is not installed, or the folder of Python's programs is not on the PATH",
                (
                    Remedy(
                        "Install the package that has it (tensorflowjs for tensorflowjs_converter, tensorflow for "
                        "saved_model_cli and tflite_convert, tf2onnx), and start it through Python when it is not "
                        "on the PATH.",
                        "pip install tensorflowjs && python -m tensorflowjs.converters.converter --help",
                    ),
                ),
                code="KD910",
            ),
        ),
        pattern=r"(?:command not found|is not recognized)[^\n]{0,80}(?:tensorflowjs|tflite|saved_model|tf2onnx|keras"
        r"|mlflow"
        r"|tensorboard)|(?:tensorflowjs|tflite|saved_model|tf2onnx|keras|mlflow"
        r"|tensorboard)[\w' :.-]{0,40}(?:command not "
        r"found|is not recognized)",
        strength=8,
    ),
)
