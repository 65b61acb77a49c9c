"""A file that belongs to the model is not there.

**What happens.** `Vocabulary file /home/me/vocab.txt does not exist`, `Requested the loading of a vocabulary file
outside of the model archive`, `SavedModel file does not exist at: …/tfhub_modules/…`.

**Why.** A lookup layer may store the path of its vocabulary instead of the words, and the path is of the machine that
saved it; newer releases refuse paths outside the archive. TensorFlow Hub keeps modules in a temporary folder, which is
cleaned in parts.

**How to mend.** Put the file where the model looks, or set the vocabulary anew (set_vocabulary) and save again. Delete
the cache folder of TensorFlow Hub, and set TFHUB_CACHE_DIR.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD911", "assets-absent", "assets-missing", "error", ())

EXAMPLES = (
    Said(
        "OSError: SavedModel file does not exist at: "
        "/tmp/tfhub_modules/602d30248ff7929470db09f7385fc895e9ceb4c0/{saved_model.pbtxt|saved_model.pb}"
    ),
    Said("ValueError: Vocabulary file /home/me/vocab.txt does not exist."),
)
