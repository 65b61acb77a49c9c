"""Keras models within scikit-learn, other processes and R sessions."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.readings import row
from keras_doctor.symptoms.remedies import SAME_VERSION, UPGRADE
from keras_doctor.symptoms.symptom import Reading, Symptom

_SCIKERAS = Remedy(
    "The wrappers of Keras have ended: use SciKeras (scikeras), of the time of your scikit-learn (upgrade scikeras; "
    "scikit-learn 1.6 and later want 0.13).",
    "pip install -U scikeras  # then: from scikeras.wrappers import KerasClassifier",
)
_FIT_FIRST = Remedy(
    "The wrapper makes its model in fit. For a model that was loaded, use the model itself, or put it into the "
    "wrapper.",
    "classifier.model = keras.models.load_model(PATH)  # or predict with the loaded model",
)
_SPAWN = Remedy(
    "TensorFlow does not survive a fork: load the model within each process (worker), after it was started, or start "
    "processes with spawn; threads can share one model.",
    'multiprocessing.set_start_method("spawn")  # and load_model in the worker',
)
_ONE_JOB = Remedy(
    "Or let nothing be sent to other processes: n_jobs=1, or a threading backend.",
    'with joblib.parallel_backend("threading"): search.fit(x, y)',
)
_R_SAVE = Remedy(
    "Save it with save_model (save_model_hdf5, save_model_tf in the old package), or serialize_model for an RDS file: "
    "saveRDS and save.image keep a pointer only, which is dead in the next session.",
    'save_model_hdf5(model, "model.h5"); model <- load_model_hdf5("model.h5")  # or serialize_model, unserialize_model',
)
_R_PYTHON = Remedy(
    "Say which Python is meant before anything of Python is used, in a fresh session (restart R): "
    "RETICULATE_PYTHON, or "
    "use_python.",
    'Sys.setenv(RETICULATE_PYTHON = "/path/to/python")  # or reticulate::use_python(…, required = TRUE)',
)
_R_UPDATE = Remedy(
    "The function is of another release of the R package (keras, or its successor keras3): update it, or use the other "
    "one's name (load_model, load_model_hdf5).",
    'install.packages("keras3"); library(keras3)',
)


SYMPTOMS = (
    row(
        "pickled-model",
        "KD904",
        "an R object holds only a pointer to the Python model: it was saved with saveRDS, save or the workspace, "
        "and its "
        "Python session is over",
        (
            "object is from previous session",
            "external pointer is not valid",
            "null externalptr",
            "<pointer: 0x0>",
            "attempt to apply non-function in externalptr",
            "xptr",
        ),
        _R_SAVE,
    ),
    row(
        "environment-broken",
        "KD909",
        "R is bound to another Python than the one that was asked for",
        (
            "has already been initialized. please restart",
            "another version of python",
            "cannot be used, as another version of python",
            "python shared library not found",
        ),
        _R_PYTHON,
        Remedy("Install TensorFlow and Keras into the Python that R uses.", "keras3::install_keras()"),
    ),
    Symptom(
        ("could not find function",),
        (
            Reading(
                "wrong-api-use",
                "R does not know that function: the package that has it is not attached, or is another release",
                (_R_UPDATE,),
                "medium",
                code="KD903",
            ),
        ),
        pattern=r"could not find function \W?(?:load_model|save_model|keras|model_from|load_text|layer_|install_keras)",
        strength=7,
    ),
    Symptom(
        ("'nonetype' object has no attribute", "nonetype object has no attribute"),
        (
            Reading(
                "environment-broken",
                "the program has no console (R's GUI, pythonw, a frozen program without a window), and Keras writes "
                "its "
                "progress bar to stdout",
                (
                    Remedy(
                        "Give it one, or keep Keras quiet (verbose=0); run a download once in a terminal.",
                        "import os, sys; sys.stdout = sys.stdout or open(os.devnull, 'w')",
                    ),
                ),
                "medium",
                code="KD909",
            ),
        ),
        pattern=r"NoneType'? object has no attribute '?(?:write|flush|isatty|encoding)\b",
        strength=6,
    ),
    row(
        "save-refused",
        "KD901",
        "the model holds an R function (in layer_lambda, a loss or a metric), which cannot be written into a config",
        ("pycapsule", "r object cannot be serialized"),
        Remedy(
            "Save the weights alone (save_model_weights_hdf5), and rebuild the model with its code; or use layers of "
            "Keras in place of the lambda.",
            'save_model_weights_hdf5(model, "weights.h5")',
        ),
    ),
    row(
        "wrong-api-use",
        "KD903",
        "a wrapper for scikit-learn has no model before fit was called; what was loaded is not in it",
        (
            "'kerasclassifier' object has no attribute 'model'",
            "'kerasregressor' object has no attribute 'model'",
            "'kerasclassifier' object has no attribute 'classes_'",
            "'kerasregressor' object has no attribute 'classes_'",
            "'kerasclassifier' object has no attribute 'predict_proba'",
            "kerasclassifier instance is not fitted yet",
            "kerasregressor instance is not fitted yet",
            "estimator needs to be fit before",
        ),
        _FIT_FIRST,
        _SCIKERAS,
    ),
    row(
        "environment-broken",
        "KD909",
        "the wrapper and scikit-learn are not of one time",
        (
            "__sklearn_tags__",
            "'kerasclassifier' object has no attribute '_validate_data'",
            "got an unexpected keyword argument 'force_all_finite'",
        ),
        _SCIKERAS,
        Remedy(
            "Clone by settings: give the function that builds the model, not a model.", "KerasClassifier(model=build)"
        ),
        UPGRADE,
        sure="medium",
    ),
    row(
        "wrong-api-use",
        "KD903",
        "scikit-learn copies an estimator by its settings, and this one (a model, or a wrapper around one that is made "
        "already) cannot be copied so",
        (
            "does not implement a 'get_params' method",
            "does not implement a get_params method",
            "either does not set or modifies parameter",
            "is not a legal parameter",
        ),
        Remedy(
            "Clone by settings: give the wrapper the function that builds the model, and its arguments, not a model.",
            "KerasClassifier(model=build, hidden=100)",
        ),
        _SCIKERAS,
    ),
    row(
        "pickled-model",
        "KD904",
        "a model was to be sent to another process, and cannot be pickled",
        (
            "could not pickle the task to send it to the workers",
            "terminatedworkererror",
            "brokenprocesspool",
            "a task has failed to un-serialize",
            "a result has failed to un-serialize",
        ),
        _ONE_JOB,
        _SPAWN,
        Remedy("Let the other process load the model from its file.", 'model.save("model.keras")'),
        UPGRADE,
        sure="medium",
    ),
    row(
        "pickled-model",
        "KD904",
        "the pickle holds NumPy's or Python's own objects in the form of another release",
        (
            "is not a known bitgenerator module",
            "__randomstate_ctor()",
            "__generator_ctor()",
            "__bit_generator_ctor()",
            "code expected at least",
            "code() takes at most",
            "code() takes at least",
            "code() argument 13 must be",
        ),
        Remedy(
            "Read it with the NumPy and the Python of the machine that wrote it (same version; numpy<2 or newer, "
            "python "
            "3.x), and save the model with model.save there.",
            "keras-doctor env",
        ),
        SAME_VERSION,
        UPGRADE,
        sure="medium",
    ),
    Symptom(
        ("multiprocessing", "joblib", "fork", "in parallel", "process pool", "celery", "gunicorn"),
        (
            Reading(
                "wrong-api-use",
                "a model (or session) that was made before a process forked is used in the forked one, where it "
                "waits for "
                "threads that are not there",
                (_SPAWN, _ONE_JOB),
                "low",
                code="KD903",
            ),
        ),
        pattern=r"(?:multiprocessing|joblib|fork\w*|in parallel|pool|celery|gunicorn)[^\n]{0,400}(?:hang|hung|hard lock"
        r"|deadlock|freez|stuck|never return|get[s]? locked|does(?: not|n't) return)"
        r"|(?:hang|hung|hard lock|deadlock|freez|stuck)[^\n]{0,300}(?:multiprocessing|joblib|fork\w*|in parallel"
        r"|pool|celery"
        r"|gunicorn)",
        strength=3,
    ),
    Symptom(
        ("flask", "fastapi", "django", "streamlit", "web server", "request context"),
        (
            Reading(
                "wrong-api-use",
                "the model is used in another thread of the web server than it was loaded in: graph and session (of "
                "TensorFlow 1) belong to a thread",
                (
                    Remedy(
                        "Load it once, at the start; keep graph and session of that moment and use them in every "
                        "request "
                        "(graph.as_default()); or use TensorFlow 2; clear_session before loading again.",
                        "graph = tf.get_default_graph()  # then, in the request: with graph.as_default(): "
                        "model.predict(x)",
                    ),
                    Remedy("Or serve with one thread.", "app.run(debug=False, threaded=False)"),
                ),
                "low",
                code="KD903",
            ),
        ),
        pattern=r"(?:fail|error|hang|does not work|doesn't work|not work|crash)[^\n]{0,200}(?:flask|fastapi|django"
        r"|streamlit"
        r"|web server|request context)|(?:flask|fastapi|django|streamlit|web server|request context)[^\n]{0,200}(?:fail"
        r"|hang|does not work|doesn't work|crash)",
        strength=1,
    ),
)
