"""Lambdas whose code a release without operations cannot run, as graphs of layers.

Code of another Python, code that looks for names which the release does not give it, and code in the form of Keras 3 is
read, never run, as `lambda_rewritten` does for other targets. What the release can run stays a Lambda.
"""

from __future__ import annotations

from keras_doctor.fixes.draft import copied, layers_of
from keras_doctor.fixes.graphs import is_operation
from keras_doctor.fixes.lambda_rewritten import rewritten
from keras_doctor.layers.graph import infer
from keras_doctor.layers.lambda_body import body
from keras_doctor.layers.models import name_of
from keras_doctor.layers.shapes import CannotInferError
from keras_doctor.releases.lambda_globals import names_found
from keras_doctor.wire.bytecode import WRITERS, global_name, instructions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.fixes.fix import Target
    from keras_doctor.fixes.plain.graph import Plain
    from keras_doctor.layers.graph import LayerShape

    Compose = Callable[[dict[str, Any], LayerShape, frozenset[str]], Plain | None]


def is_foreign(layer: dict[str, Any], target: Target) -> bool:
    """Tell whether a layer is a Lambda whose code can be read here and not be run by the target."""
    config = layer.get("config")
    if layer.get("class_name") != "Lambda" or not isinstance(config, dict):
        return False
    value = config.get("function")
    try:
        code, _ = body(value)
    except (CannotInferError, ValueError):
        return False
    python = ".".join(target.environment.python.split(".")[:2])
    steps = instructions(code, python) if python in WRITERS[code.layout] else None
    if steps is None or not isinstance(value, list):
        return True
    import builtins

    given = {*names_found(target.api.library, target.api.version), *dir(builtins)}
    names = (global_name(one, code, python) for one in steps)
    return any(name is not None and name not in given for name in names)


def composed(
    layer: dict[str, Any], shape: LayerShape, era: str, centered: bool, target: Target, compose: Compose
) -> list[Plain] | None:
    """Make a Lambda a graph of layers; return the graphs of its operations, None where one is no layers."""
    made = copied(layer)
    if not rewritten(made, shape, (era, target.api, centered), chained=False, writes=lambda entry, api: True):
        return None
    graphs: list[Plain] = []
    if layers_of(made):
        shapes = {one.path: one for one in infer(made, "keras-3")}
        names = frozenset(name_of(one) for one in layers_of(made))
        for number, entry in enumerate(layers_of(made)):
            if is_operation(entry):
                graph = compose(entry, shapes[f"config.layers[{number}]"], names)
                if graph is None:
                    return None
                graphs.append(graph)
    layer.update(made)
    return graphs
