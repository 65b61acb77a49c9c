"""Where models are served: web servers and their threads, Streamlit, serving and cloud platforms."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import CHECK, INSPECT, PATH, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

_CACHE = Remedy(
    "A model is a resource, not data: cache the function that loads it with st.cache_resource (before Streamlit 1.18: "
    "st.experimental_singleton, or st.cache(allow_output_mutation=True)).",
    "@st.cache_resource\ndef model():\n    return keras.models.load_model(PATH)",
)
_UNDERSCORE = Remedy(
    "Where a cached function takes the model: begin its parameter's name with an underscore (_model), so that it is "
    "not "
    "hashed.",
    "@st.cache_data\ndef predict(_model, x): …",
)
_VERSIONED = Remedy(
    "Serving wants the SavedModel inside a folder whose name is a number: models/NAME/1/saved_model.pb. In Keras 3, "
    "model.export writes it; model.save writes a file that serving does not read.",
    'model.export("models/NAME/1")  # Keras 2: tf.saved_model.save(model, "models/NAME/1")',
)
_ARCHIVE = Remedy(
    "For SageMaker: model.tar.gz has the numbered folder at its top (tar from inside the parent folder), not "
    "export/Servo/… twice.",
    "tar -C models/NAME -czf model.tar.gz 1",
)

SYMPTOMS = (
    Symptom(
        (
            "unserializablereturnvalueerror",
            "cannot serialize the return value",
            "unhashableparamerror",
            "cannot hash argument",
            "cannot hash object of type",
            "unhashabletypeerror",
            "unhashabletype",
            "cachedobjectmutation",
            "streamlit cannot hash",
            "userhasherror",
            "internalhasherror",
        ),
        (
            Reading(
                "wrong-api-use",
                "Streamlit's cache copies (pickles) and hashes what a function takes and returns, and a Keras model "
                "can "
                "be neither",
                (_CACHE, _UNDERSCORE),
                code="KD903",
            ),
        ),
        pattern=r"UnserializableReturnValue|serialize the return value|UnhashableParam|cannot hash (?:argument|object)"
        r"|UnhashableType|CachedObjectMutation|(?:User|Internal)HashError",
        strength=9,
    ),
    row(
        "path-problem",
        "KD101",
        "the serving program finds no model where it looks: the folder, or the numbered version in it, is not there",
        (
            "no versions of servable",
            "could not find base path",
            "could not find valid base path",
            "no savedmodel bundles found",
            "did not find versioned directory",
            "filesystemstoragepathsource",
            "failed to start server. error: unknown",
            "is expected to contain exactly one of: [saved_model.pb",
            "could not find a saved_model.pb",
            "no model found in the",
        ),
        _VERSIONED,
        PATH,
        _ARCHIVE,
        CHECK,
    ),
    row(
        "converter-incompatible",
        "KD902",
        "the inference server does not take the model as it lies there: its platform, its layout or an operation in it",
        (
            "unable to auto-complete model configuration",
            "poll failed for model directory",
            "could not determine backend for model",
            "failed to load all models",
            "model server container terminated",
            "bad model detected with error",
            "create version failed",
            "did not pass the ping health check",
            "error hosting endpoint",
            "failed to deploy model",
            "invalid image",
            "please use a model with a valid image",
            "the model failed to load",
        ),
        _VERSIONED,
        Remedy(
            "For Triton: models/NAME/1/model.savedmodel/saved_model.pb, with platform tensorflow_savedmodel in "
            "config.pbtxt; or convert to ONNX.",
            "python -m tf2onnx.convert --saved-model SAVED --output models/NAME/1/model.onnx",
        ),
        Remedy(
            "Look in the server's own log (CloudWatch, Cloud Logging) for the first error: what stands there decides.",
            "keras-doctor explain server.log",
        ),
        Remedy(
            "Save it with a TensorFlow that is not newer than the server's: train and deploy with a release that the "
            "platform has an image (container) for, an older one if need be.",
            "keras-doctor inspect PATH",
        ),
        INSPECT,
        sure="medium",
    ),
    Symptom(
        ("worker timeout", "gunicorn", "uwsgi", "celery"),
        (
            Reading(
                "wrong-api-use",
                "a model that was loaded before the server forked its workers does not work in them: TensorFlow's "
                "threads "
                "and sessions do not survive a fork",
                (
                    Remedy(
                        "Load the model in each worker (no --preload; in celery with --pool=solo or in "
                        "worker_process_init), or use threads.",
                        "gunicorn --workers 1 --threads 4 --timeout 120 app:app",
                    ),
                    Remedy("Or set the start of processes to spawn.", 'multiprocessing.set_start_method("spawn")'),
                    UPGRADE,
                ),
                "low",
                code="KD903",
            ),
        ),
        pattern=r"WORKER TIMEOUT|(?:gunicorn|uwsgi|celery)[^\n]{0,200}(?:hang|stuck|freez|block|never returns)"
        r"|(?:hang|stuck|freez|block|never returns)[^\n]{0,200}(?:gunicorn|uwsgi|celery)",
        strength=3,
    ),
)
