"""An operation of the graph belongs to a package that was not imported.

**What happens.** `Op type not registered 'CaseFoldUTF8'` (or NormalizeUTF8, RegexSplitWithOffsets, SentencepieceOp …),
`KeyError: 'CaseFoldUTF8'` in `_get_op_def`.

**Why.** TensorFlow Text, TensorFlow Addons, TensorFlow I/O and others register their operations when they are imported.
A SavedModel names them, and does not bring them.

**How to mend.** Install the package in the version of your TensorFlow, and import it before loading. Outside Python,
load its op library first.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD906", "package-operation", "backend-missing", "error", ())

EXAMPLES = (
    Said(
        "FileNotFoundError: Op type not registered 'CaseFoldUTF8' in binary running on host. Make sure the Op "
        "and Kernel are registered in the binary running in this process."
    ),
    Said(
        '  File "/venv/lib/python3.8/site-packages/tensorflow/python/framework/ops.py", line 3936, in '
        "_get_op_def\n    return self._op_def_cache[type]\nKeyError: 'CaseFoldUTF8'"
    ),
)
