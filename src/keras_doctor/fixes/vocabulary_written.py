"""The vocabulary of a lookup layer, kept outside of the config, is written into it, with the weights of its words.

A SavedModel keeps it in a table, an archive in a text file under the writer's name for the layer. Every release reads a
list in the config. The words are those that the constructor takes: without the mask and the out-of-vocabulary token,
which the layer puts in front itself. Where words weigh (output_mode "tf_idf"), each of the list has its weight in the
config; a release makes that of unknown words from these, or reads it from the weights.
"""

from __future__ import annotations

from keras_doctor.fixes.dialects import objects
from keras_doctor.fixes.fix import Change, Fix
from keras_doctor.fixes.weighed_words import held_weights, read_weights, stated_weights, unknown_words
from keras_doctor.layers.stored_order import LOOKUPS, WEIGHED
from keras_doctor.layers.stored_vocabularies import vocabularies_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("vocabulary-written", ("draft",), rank=-2)  # the source's own layout is still known
_GONE = ("has_input_vocabulary", "vocabulary_size")  # what stood for a list that is not there


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write vocabularies into the configs of their layers; leave their dtype to each release, which has its own."""
    for entry, kind in objects(draft.config):
        if kind == "layers" and entry["class_name"] in LOOKUPS and isinstance(entry.get("config"), dict):
            entry["config"].pop("dtype", None)
    for place, words in vocabularies_of(draft.source, draft.source.provenance.era).items():
        entry, _ = draft.leaf(draft.config, place)
        config = entry.get("config") if isinstance(entry, dict) else None
        if not isinstance(config, dict) or entry.get("class_name") not in LOOKUPS or not words:
            continue
        for key in _GONE:
            config.pop(key, None)
        if isinstance(config.get("vocabulary"), list):
            continue
        config["vocabulary"] = _own(entry["class_name"], config, words)
        name = config.get("name", entry["class_name"])
        yield Change(FIX.slug, f"write the {len(config['vocabulary'])} words of {name} into its config")
    for entry, _ in objects(draft.config):
        if entry["class_name"] in LOOKUPS and isinstance(entry.get("config"), dict) and _weigh(draft, entry):
            name = entry["config"].get("name", entry["class_name"])
            yield Change(FIX.slug, f"write the weights of the words of {name}, which the file holds, into its config")
    if vocabularies_of(draft.source, draft.source.provenance.era):
        draft.assets = ()


def _weigh(draft: Draft, entry: dict[str, Any]) -> bool:
    """Write the weights of words that the file holds into the config, and tell whether it has others. Unknown words,
    which stand first, are not stated there, as long as they have the mean of all.
    """
    config, tensor = entry["config"], held_weights(draft, entry)
    words, unknown = config.get("vocabulary"), unknown_words(config)
    if tensor is None or not isinstance(words, list) or config.get("output_mode") not in WEIGHED:
        return False
    weights, stated = read_weights(tensor), stated_weights(config)
    if stated is not None and _near(stated, weights):
        return False
    if [str(word) for word in words[: len(unknown)]] == [str(word) for word in unknown]:
        words = words[len(unknown) :]
    count = len(unknown) + len(words)
    if not words or len(weights) < count:
        return False
    config.update(vocabulary=words, idf_weights=weights[len(unknown) : count])
    if not _near(stated_weights(config) or [], weights):
        config.update(vocabulary=[*unknown, *words], idf_weights=weights[:count])
    return True


def _near(one: list[float], other: list[float]) -> bool:
    """Tell whether weights are the same but for the order in which a mean was summed."""
    return len(one) == len(other) and all(abs(a - b) <= 1e-6 * abs(b) for a, b in zip(one, other, strict=True))


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
