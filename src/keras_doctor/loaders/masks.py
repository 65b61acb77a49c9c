"""Layers that go by other masks in the release that loads a model than in the one that saved it."""

from __future__ import annotations

from keras_doctor.layers.graph import infer
from keras_doctor.layers.masking import Flow, compared
from keras_doctor.layers.semantics import semantics_in, semantics_of
from keras_doctor.loaders.graphs import ERA_OF_LINE
from keras_doctor.loaders.load import api_of
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.environments.environment import Environment

_STATE = "state"  # of `Flow.repeats`


@record
class Place:
    """A layer that goes by another mask. `name`, `path` in the config. `aside`: the steps that it passes over are the
    same, and only what it puts out at the first of them differs, where nobody looks as a rule.
    """

    name: str
    path: str
    aside: bool


def differing(document: ModelDocument, environment: Environment) -> tuple[Place, ...]:
    """Return each such layer, in the order in which they are called.

    () where that is not known: no release is, or the config of one that saved it differently.
    """
    library, version = environment.release
    era = document.provenance.era
    if not library or not era or not isinstance(document.config, dict):
        return ()
    api = api_of(library, version)
    after = semantics_in(environment)
    before = semantics_of(document.provenance, era)
    loading = ERA_OF_LINE.get(api.line, "keras-3").removesuffix("-v3")
    saving = era.removesuffix("-v3")
    if saving == loading and before == after:
        return ()
    shapes = {shape.path: shape.input_shapes for shape in infer(document.config, era)}
    saved = Flow(saving, before, dict(shapes)).follow(document.config)
    loaded = Flow(loading, after, dict(shapes)).follow(document.config)
    found: dict[str, Place] = {}
    for key, use in saved.items():
        other = loaded.get(key)
        if other is not None and compared(use.masks) != compared(other.masks):
            aside = compared(use.masks, _STATE) == compared(other.masks, _STATE)
            found.setdefault(key[1] or use.name, Place(key[1] or use.name, use.path, aside))
    return tuple(found.values())
