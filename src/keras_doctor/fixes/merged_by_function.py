"""A Merge of Keras 1 whose mode is a function is what every release since calls a Lambda of several inputs.

Source: `Merge.call` and `get_config` of keras/engine/topology.py (1.2.2).
"""

from __future__ import annotations

from keras_doctor.fixes.parts import layers_with_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.fixes.draft import Draft

SLUG = "merge-function"


def merge_by_function(draft: Draft) -> Iterator[str]:
    """Make Lambdas of such layers; yield their names."""
    if draft.era != "keras-1":
        return
    for _, _, entry in layers_with_parts(draft.config):
        config = entry.get("config")
        if entry.get("class_name") != "Merge" or not isinstance(config, dict) or config.get("mode_type") != "lambda":
            continue
        name = str(config.get("name") or entry.get("name") or "merge")
        told = {key: config[key] for key in ("output_shape", "output_shape_type") if key in config}
        function = {"function": config.get("mode"), "function_type": "lambda", "arguments": config.get("arguments")}
        entry.update(class_name="Lambda", config={"name": name, "trainable": True, **function, **told})
        yield name
