"""The model is the same, and what stands around it is not.

**What happens.** It loads without an error and predicts nonsense in a new session, or in another program, while the
same array gives the same prediction as before.

**Why.** Vocabulary, label order, tokenizer and scaling are often made anew in each session: from a set, from the order
of a folder, from hash(). They are not in the file.

**How to mend.** Save them with the model, or make them layers of it (TextVectorization, StringLookup, Normalization,
Rescaling). To tell: store one input and its prediction, and compare after loading.
"""

from __future__ import annotations

from keras_doctor.rules.rule import Rule, Said

RULE = Rule("KD913", "around-the-model", "preprocessing-outside", "warning", ())

EXAMPLES = (
    Said("The model has 95 % accuracy, but after loading it in a new python session it predicts random classes."),
)
