"""SavedModels and their signatures, as clients, TensorFlow Hub and servers ask for them."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import PATH, SIGNATURE, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

_SIGNATURES = Remedy(
    "List its signatures, and the names, types and shapes of their inputs; ask for it by those names.",
    "saved_model_cli show --dir PATH --all",
)
_EXPORT = Remedy(
    "Export it again with a signature serving_default (model.export in Keras 3, model.save in TensorFlow 2).",
    'model.export("models/NAME/1")',
)
_CACHE = Remedy(
    "TensorFlow Hub's cache has an incomplete folder (a download that was cut, or a cleaned temporary directory): "
    "delete "
    "it, and load again; set TFHUB_CACHE_DIR to a place that stays.",
    "rm -r /tmp/tfhub_modules  # on Windows: %TEMP%\\tfhub_modules; then: export TFHUB_CACHE_DIR=~/.cache/tfhub",
)
_HUB = Remedy(
    "In TensorFlow 2, modules are loaded with hub.load (a TF1 module: hub.load(url).signatures['default']) or "
    "hub.KerasLayer; hub.Module is TensorFlow 1's, with tf.compat.v1.disable_eager_execution().",
    'layer = hub.KerasLayer("https://tfhub.dev/…", signature="default", trainable=False)',
)
_SENT = Remedy(
    "Send what the signature asks for: lists of numbers for a float input (decode the image to an array, scale it); "
    'bytes as {"b64": "…"}, to a signature that takes strings and decodes them itself.',
    'requests.post(url, json={"instances": x.tolist()})',
)
_CERTIFICATE = Remedy(
    "The download failed before anything was loaded: Python has no certificates. Install them (certifi), or "
    "download the "
    "file by hand and give its path.",
    'pip install -U certifi  # macOS: "/Applications/Python 3.x/Install Certificates.command"',
)
_BY_HAND = Remedy(
    "Check the URL in a browser (tfhub.dev's models are on kaggle.com today), the proxy and the connection; "
    "download the "
    "file by hand, and give its path.",
    "curl -L -o model.tar.gz URL",
)
_TAGS = Remedy(
    'Name the tags of the graph that is meant (tags=["serve"] or tags=[]); saved_model_cli lists them.',
    'tf.saved_model.load(PATH, tags=["serve"])  # saved_model_cli show --dir PATH',
)


SYMPTOMS = (
    row(
        "wrong-api-use",
        "KD903",
        "the SavedModel has no signature (or no input or output) of that name: it was exported with others",
        (
            "serving signature key not found",
            "is missing from meta graph",
            "input tensor alias not found in signature",
            "alias not found in signature",
            "output tensor alias",
            "keyerror: 'serving_default'",
            "_signaturemap({})",
            "no operation named [",
            "serving_default' not found",
            "'serving_default' signature",
            "no serving_default",
            "refers to a tensor which does not exist",
            "fetch argument",
            "graphdef cannot be",
            "signature_def",
            "unknown signature",
            "signature not found in",
            "no signature",
            "expects to receive inputs",
            "missing inputs for signature",
            "got unexpected inputs",
        ),
        _SIGNATURES,
        SIGNATURE,
        _EXPORT,
        _HUB,
        sure="medium",
    ),
    row(
        "wrong-api-use",
        "KD903",
        "the SavedModel holds several graphs, or none with the tags that were asked for",
        (
            "requires a tags= argument if there is more than one",
            "requires a 'tags=' argument",
            "metagraphdef associated with tags",
            "could not be found in savedmodel, with available tags",
            "found 0 metagraphs",
            "cannot find meta graph def",
            "loader tags",
        ),
        _TAGS,
        _SIGNATURES,
        _HUB,
    ),
    row(
        "wrong-api-use",
        "KD903",
        "a module of TensorFlow 1's Hub is used the old way under TensorFlow 2",
        (
            "exporting/importing meta graphs is not supported when eager execution is enabled",
            "importing meta graphs is not supported when eager",
            "hub.module",
            "'tensorflow_hub' has no attribute 'module'",
        ),
        _HUB,
        Remedy("Or run it as TensorFlow 1.", "import tensorflow.compat.v1 as tf; tf.disable_eager_execution()"),
    ),
    row(
        "path-problem",
        "KD101",
        "the module that TensorFlow Hub has in its cache is not whole: it takes it for downloaded, and it is not",
        (
            "contains neither saved_model.pb nor saved_model.pbtxt",
            "contains neither 'saved_model.pb' nor 'saved_model.pbtxt'",
            "trying to load a model of incompatible/unknown type",
        ),
        _CACHE,
        PATH,
        UPGRADE,
        sure="medium",
    ),
    row(
        "wrong-api-use",
        "KD903",
        "a request has data of another type or form than the signature of the served model",
        (
            "failed to process element",
            "of 'instances' list",
            "is not of expected type",
            "json value:",
            "encountered list at unexpected size",
            "missing named input",
        ),
        _SENT,
        _SIGNATURES,
    ),
    Symptom(
        (
            "certificate_verify_failed",
            "certificate verify failed",
            "urlopen error",
            "url fetch failure on",
            "http error 4",
            "http error 5",
            "getaddrinfo failed",
            "name or service not known",
            "temporary failure in name resolution",
            "remote end closed connection",
            "connectionreseterror",
            "incomplete file was found but the md5 file hash does not match",
            "max retries exceeded",
            "entrynotfounderror",
            "repositorynotfounderror",
            "localentrynotfounderror",
            "401 client error",
            "404 client error",
            "403 client error",
        ),
        (
            Reading(
                "path-problem",
                "what was to be loaded could not be downloaded: nothing of it was read yet",
                (_BY_HAND, _CERTIFICATE, _CACHE),
                "medium",
                "",
                "KD101",
            ),
        ),
        pattern=r"certificate[_ ]verify[_ ]failed|urlopen error|URL fetch failure|HTTP Error [45]\d\d|getaddrinfo"
        r" failed"
        r"|name or service not known|failure in name resolution|end closed connection|ConnectionResetError"
        r"|md5 file hash"
        r"|max retries exceeded|(?:Local)?EntryNotFoundError|RepositoryNotFoundError|40[134] Client Error",
        strength=8,
    ),
)
