"""The vocabulary of a lookup layer, which the file keeps outside of the config, is written into the config.

A SavedModel keeps it in a table, an archive in a text file under the writer's name for the layer. Every release reads a
list in the config. The words are those that the constructor takes: without the mask and the out-of-vocabulary token,
which the layer puts in front itself.
"""

from __future__ import annotations

from keras_doctor.fixes.dialects import objects
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.layers.stored_vocabularies import vocabularies_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("vocabulary-written", ("draft",), rank=-2)  # the source's own layout is still known
_LOOKUPS = ("StringLookup", "IntegerLookup", "TextVectorization")
_GONE = ("has_input_vocabulary", "vocabulary_size")  # what stood for a list that is not there


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write vocabularies into the configs of their layers; leave their dtype to each release, which has its own."""
    for entry, kind in objects(draft.config):
        if kind == "layers" and entry["class_name"] in _LOOKUPS and isinstance(entry.get("config"), dict):
            entry["config"].pop("dtype", None)
    for place, words in vocabularies_of(draft.source, draft.source.provenance.era).items():
        entry, _ = draft.leaf(draft.config, place)
        config = entry.get("config") if isinstance(entry, dict) else None
        if not isinstance(config, dict) or entry.get("class_name") not in _LOOKUPS or not words:
            continue
        for key in _GONE:
            config.pop(key, None)
        if isinstance(config.get("vocabulary"), list):
            continue
        config["vocabulary"] = _own(entry["class_name"], config, words)
        name = config.get("name", entry["class_name"])
        yield Change(FIX.slug, f"write the {len(config['vocabulary'])} words of {name} into its config")
    if vocabularies_of(draft.source, draft.source.provenance.era):
        draft.assets = ()


def _own(class_name: str, config: dict[str, Any], words: list[Any]) -> list[Any]:
    """Return the words without the tokens that the layer puts in front."""
    count = config.get("num_oov_indices", 1)
    out = config.get("oov_token", -1 if class_name == "IntegerLookup" else "[UNK]")
    mask = config.get("mask_token", "" if class_name == "TextVectorization" else None)
    special = {str(token) for token in (out, mask) if token is not None}
    front = (count if isinstance(count, int) else 1) + (mask is not None)
    left = list(words)
    for _ in range(front):
        if left and str(left[0]) in special:
            left.pop(0)
    return [int(word) for word in left] if class_name == "IntegerLookup" else left
