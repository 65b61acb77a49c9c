"""Products of Keras 1 that came out in another shape than it declared.

With TensorFlow, a Merge of mode "dot" or "cos" multiplied matrices: for inputs of four dimensions and more it put out
one product for each place of the axes in front, where the layer declared one for each pair of places; before 1.2 it
multiplied each example of a batch with every other one where the inputs were vectors. Later releases compute what was
declared, as Keras 1 did with Theano.
Sources: `batch_dot` of keras/backend/tensorflow_backend.py and `Merge.get_output_shape_for` of keras/engine/topology.py
(1.1.2, 1.2.2).
"""

from __future__ import annotations

from keras_doctor.fixes.entries import layers_wanted
from keras_doctor.fixes.fix import APPROXIMATE, Change
from keras_doctor.fixes.theano_kernels import trained_by
from keras_doctor.releases.behaviours import has

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from keras_doctor.fixes.draft import Draft

SLUG = "merge-dot"
_NOTE = "with TensorFlow, the release put out another shape, {}; the result computes what the layer declares"
_PLACES = "one product for each place of the axes in front"
_EXAMPLES = "products of each example with every other one of its batch"


def tell_products(draft: Draft) -> Iterator[Change]:
    """Yield the products that may compute something else than they did."""
    if draft.era != "keras-1" or trained_by(draft) == "theano":
        return
    stated = draft.source.provenance
    by_example = has("multiplies-examples", "keras", stated.keras_version or stated.latest)
    for layer, shape in layers_wanted(draft, _is_product):
        ranks = [len(one) for one in shape.input_shapes if one is not None]
        if max(ranks, default=0) > 3 or (by_example and ranks == [2, 2]):
            what = f"make the Merge {layer['config'].get('name')} the product that it declares"
            note = _NOTE.format(_EXAMPLES if ranks == [2, 2] else _PLACES)
            yield Change(SLUG, what, kind=APPROXIMATE, note=note)


def _is_product(layer: dict[str, Any]) -> bool:
    return layer.get("class_name") == "Merge" and layer["config"].get("mode") in ("dot", "cos")
