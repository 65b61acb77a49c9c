"""An Orbax checkpoint that Keras wrote (`keras.callbacks.OrbaxCheckpoint`, 3.14 and later): a folder with a folder for
each step.

Source: keras/src/callbacks/orbax_checkpoint.py, keras/src/saving/orbax_util.py. The config is JSON in a part of its
own; the arrays lie in a database (OCDBT) that is not read here.
"""

from __future__ import annotations

import os

from keras_doctor.artifacts.dating import date
from keras_doctor.document.locus import Locus
from keras_doctor.document.model import ModelDocument, TrainingState
from keras_doctor.wire.errors import Damage, FormatError
from keras_doctor.wire.jsontext import loads
from keras_doctor.wire.source import open_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.artifacts.probe import Probe

FORMATS = ("orbax",)
KIND = "directory"
MAGIC = ()
PRIORITY = 50

# By these names Keras knows the folder; a step has the others.
_INDICATORS = ("orbax.checkpoint", "pytree.orbax-checkpoint", "checkpoint_metadata")
_STEP_MARKS = ("_CHECKPOINT_METADATA", "pytree", "_METADATA", "default")
_CONFIG = "model_config/_strings.json"
_MOST_STEPS = 10_000


def recognises(probe: Probe) -> bool:
    """Tell whether the folder has Orbax's own entries, or steps that have them."""
    if any(name in probe.entries for name in _INDICATORS):
        return True
    steps = _steps(probe)
    return bool(steps) and is_step(os.path.join(probe.path, steps[-1]))


def is_step(folder: str) -> bool:
    """Tell whether a folder is one step of a checkpoint."""
    return any(os.path.exists(os.path.join(folder, mark)) for mark in _STEP_MARKS)


def _steps(probe: Probe) -> list[str]:
    """Return the names of the steps, in order; the last one is what Keras loads."""
    numbers = [name for name in probe.entries[:_MOST_STEPS] if name.isdecimal() and len(name) < 20]
    return sorted(numbers, key=int)


def read(probe: Probe) -> ModelDocument:
    """Read the config of the newest step."""
    steps = _steps(probe)
    damage: list[Damage] = []
    config = _config(probe, steps[-1], damage) if steps else None
    compiled = config.get("compile_config") if isinstance(config, dict) else None
    compiled = compiled if isinstance(compiled, dict) and compiled else None
    unfinished = tuple(name for name in probe.entries if ".orbax-checkpoint-tmp" in name)
    facts: dict[str, Any] = {"steps": tuple(steps[-50:]), "unfinished": unfinished}
    return ModelDocument(
        probe.path,
        FORMATS[0],
        "directory",
        config=config,
        config_locus=Locus(part=f"{steps[-1]}/{_CONFIG}" if steps else ""),
        provenance=date(config=config, training=compiled, facts=facts, format=FORMATS[0]),
        training=TrainingState(compiled, "compile_config" if compiled else ""),
        damage=tuple(damage),
        facts=facts,
    )


def _config(probe: Probe, step: str, damage: list[Damage]) -> Any:
    """Return the config of a step; None when it was saved without one (save_weights_only) or is broken."""
    part = f"{step}/{_CONFIG}"
    try:
        source = open_path(os.path.join(probe.path, part))
    except OSError:
        return None
    try:
        strings = loads(source.read_up_to(0, probe.limits.text_bytes + 1), probe.limits)
        text = strings.get("config") if isinstance(strings, dict) else None
        return loads(text, probe.limits) if isinstance(text, str) else None
    except FormatError as error:
        damage.append(Damage("text", f"{part}: {error.what}", part, error.offset))
        return None
    finally:
        source.close()
