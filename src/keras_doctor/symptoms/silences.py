"""What a report without an error can be told as: it loads, and predicts, trains or evaluates otherwise."""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.symptoms.remedies import CHECK, INSPECT, SAME_VERSION
from keras_doctor.symptoms.symptom import Reading

OUTSIDE = Reading(
    "preprocessing-outside",
    "the model is as it was, and what stands around it is not: vocabulary or label order built anew in each "
    "session (set, hash, os.listdir), scaling (/255), the order of channels, a tokenizer that was not saved",
    (
        Remedy(
            "Save vocabulary, label order (class_indices) and preprocessing with the model (or as layers in it: "
            "TextVectorization, Normalization, Rescaling), and load them; normalise (normalize, scale, resize, "
            "crop) the "
            "inputs as in training: once, with the same preprocess_input (each application has its own), and the same "
            "order of channels (OpenCV reads BGR).",
            "json.dump(labels, open('labels.json', 'w'))",
        ),
        Remedy(
            "To tell: predict one fixed array in both sessions. The same numbers mean that the model is the same.",
            'np.save("x.npy", x); print(model.predict(x))',
        ),
    ),
    "medium",
    "the same array gives the same prediction in both sessions",
    "KD913",
)
NOT_LOADED = Reading(
    "weights-not-loaded",
    "the weights were not loaded, or not all: no name matched (by_name=True), a layer's weights are not "
    "tracked (made outside build, kept in a plain list), an inner model of a multi-GPU wrapper",
    (
        Remedy(
            "Compare the weights (get_weights) before and after: what stayed at random was not loaded. Names have "
            "to match "
            "(give the layers names, or clear_session before building; load in order, without by_name and "
            "skip_mismatch); "
            "make variables with add_weight and sublayers in __init__ or build (build the sublayers there too, not in "
            "call), and keep them as attributes (not in a plain list or under a reserved name such as _layers: "
            "rename it), "
            "so that Keras tracks them.",
            "keras-doctor inspect PATH",
        ),
        INSPECT,
    ),
    "medium",
    "the weights differ, or are random each time",
    "KD916",
)
METRIC = Reading(
    "metric-semantics",
    "the loss is the same and the accuracy is not: the metric was restored as another one (the string "
    "'accuracy' as plain Accuracy, not sparse or categorical accuracy), the model itself is the same",
    (
        Remedy(
            "Compile again with the metric by its full name (sparse_categorical_accuracy), or compile=False "
            "and compile yourself; shuffle=False and a fixed seed for the data.",
            'model.compile(loss=…, metrics=["sparse_categorical_accuracy"])',
        ),
    ),
    "medium",
    "the loss (and the predictions) are the same as before",
    "KD915",
)
STATE = Reading(
    "training-state-lost",
    "training does not go on where it stopped: the optimizer's state (and learning rate schedule) was not "
    "saved or not restored, only the weights were",
    (
        Remedy(
            "Save the whole model with its optimizer (model.save), and load it with load_model without "
            "compiling again (which makes a new optimizer, with the first learning rate); or use "
            "tf.train.Checkpoint with "
            "model and optimizer, or BackupAndRestore. ModelCheckpoint's best value is not in the file: give it with "
            "initial_value_threshold.",
            "checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer)",
        ),
    ),
    "medium",
    "training goes on worse after a restart, predictions are as before",
    "KD914",
)
SEMANTICS = Reading(
    "semantics-changed",
    "the releases compute something else from the same config (BatchNormalization of Keras 1, epsilon, "
    "recurrent activations, padding)",
    (
        SAME_VERSION,
        CHECK,
        Remedy(
            "Compare layer by layer to find the first one that differs; for BatchNormalization look at the "
            "moving variance and epsilon of both versions.",
            "keras-doctor check PATH",
        ),
    ),
    "medium",
    "the same file gives other predictions in another release",
    "",
)
DEFAULTS = Reading(
    "default-changed",
    "a value that the file does not state has another default in the other release (the epsilon of "
    "BatchNormalization is 1e-3 or 1e-5, hard_sigmoid, data_format)",
    (
        Remedy(
            "Set the value (epsilon, momentum, data_format) explicitly in both, and compare again.",
            "BatchNormalization(epsilon=1e-3)",
        ),
        SAME_VERSION,
    ),
    "medium",
    "two releases or two packages build the same layer differently",
    "",
)
ORDER = Reading(
    "weights-order",
    "outputs (or inputs) are in another order than expected: a signature sorts them by name, a dict has another order",
    (
        Remedy(
            "Name inputs and outputs, and take them by name from the signature, not by order.",
            'f = loaded.signatures["serving_default"]; f(a=…, b=…)["out"]',
        ),
    ),
    "medium",
    "the model has several inputs or outputs",
    "",
)
BATCH = Reading(
    "other",
    "the prediction depends on the other rows of the batch: a layer computes over the batch "
    "(BatchNormalization in training mode, a stateful layer, mode=1 of Keras 1)",
    (
        Remedy(
            "Look for BatchNormalization with training=True or mode=1, stateful RNNs, and normalisation over "
            "the batch in preprocessing; predict with the same batch size.",
            "model.predict(x, batch_size=1)",
        ),
    ),
    "medium",
    "the same row gives other results in another batch",
    "KD913",
)
FORMAT = Reading(
    "data-format",
    "the same weights mean something else under another backend or order of dimensions: Theano flips its kernels, and "
    "channels_first and channels_last (th and tf dim ordering) order images, and the weights after Flatten, "
    "differently",
    (
        Remedy(
            "Set image_data_format (image_dim_ordering in Keras 1: dim_ordering) as it was where the model was "
            "trained; "
            "between Theano and TensorFlow, flip the kernels (convert_all_kernels_in_model, convert_kernel).",
            "cat ~/.keras/keras.json  # keras.utils.layer_utils.convert_all_kernels_in_model(model)",
        ),
        SAME_VERSION,
    ),
    "medium",
    "backend or order of dimensions are others than in training",
)
QUANTIZED = Reading(
    "precision-policy",
    "the converted model calculates with less precision (quantized to int8, float16), or its input is scaled otherwise "
    "than the quantization expects",
    (
        Remedy(
            "Convert without quantization (float) and compare; then quantize with a representative_dataset that is "
            "preprocessed as in training, and scale inputs and outputs as the interpreter's details say.",
            "converter.optimizations = []",
        ),
        Remedy("Compare one fixed, preprocessed array in both.", "interpreter.get_input_details()[0]['quantization']"),
    ),
    "medium",
    "without quantization the results are the same",
)
STATEFUL = Reading(
    "other",
    "a recurrent layer keeps its state from call to call (stateful=True) here, and does not there",
    (
        Remedy(
            "Reset the state before each sequence (reset_states), or pass the state in and out as inputs and "
            "outputs of "
            "the converted model.",
            "model.reset_states()",
        ),
        SAME_VERSION,
    ),
    "medium",
    "the first step agrees and later ones do not",
    "KD913",
)
VOCABULARY = Reading(
    "weights-not-loaded",
    "the vocabulary (or the statistics) of a preprocessing layer was not saved or not put back",
    (
        Remedy(
            "Set it after loading (set_vocabulary, adapt), or save in the .keras format with a newer release, which "
            "stores it.",
            "layer.set_vocabulary(words)",
        ),
        Remedy("Upgrade.", "pip install -U keras"),
    ),
    "medium",
    "the layer's vocabulary is empty after loading",
    "KD916",
)
GLOBALS = Reading(
    "lambda-global-missing",
    "the function of a Lambda takes a value from outside (a global, a loop's variable), which is another one in the "
    "new "
    "session",
    (
        Remedy(
            "Give it as an argument of the Lambda (arguments={...}), or write a layer that has it in its config.",
            "Lambda(f, arguments={'scale': 2.0})",
        ),
        CHECK,
    ),
    "medium",
    "there is a Lambda layer",
)
NOISE = Reading(
    "semantics-changed",
    "the numbers differ in the last digits: another processor, GPU or release adds in another order",
    (
        Remedy(
            "Compare with a tolerance; float64, or the CPU alone, tell whether it is that.",
            "np.allclose(a, b, rtol=1e-4)  # CUDA_VISIBLE_DEVICES=-1, TF_ENABLE_ONEDNN_OPTS=0",
        ),
        SAME_VERSION,
    ),
    "medium",
    "the differences are tiny (1e-6 of the values)",
)
RANDOM = Reading(
    "other",
    "the model itself is not fixed: dropout, noise or BatchNormalization run as in training (training=True), or layers "
    "were not loaded and are random each time",
    (
        Remedy(
            "Call it with training=False (learning phase 0), seed what is random, and look which layer's weights "
            "differ "
            "between two loads; BatchNormalization needs its moving statistics saved (moving_mean, moving_variance).",
            "model(x, training=False)",
        ),
        INSPECT,
    ),
    "medium",
    "two predictions of the same array differ",
    "KD913",
)
