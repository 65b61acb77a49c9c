"""A convolution in groups becomes one of a single group, where the target knows of none or has no kernel for them.

The kernel that all inputs share has the kernels of the groups on its diagonal and zeros elsewhere: the same sums. Only
training may put something in the place of the zeros.
Sources: `Conv.build` of keras/layers/convolutional/base_conv.py (2.10); tf.keras has `groups` since 2.3.
"""

from __future__ import annotations

from keras_doctor.document.expressions import concatenate, split, zeros
from keras_doctor.fixes.fix import LOSSY, Change, Fix
from keras_doctor.fixes.parts import Owned

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.document.tensors import TensorRef
    from keras_doctor.fixes.draft import Draft
    from keras_doctor.fixes.fix import Target
    from keras_doctor.loaders.tracing import Step

FIX = Fix("grouped", ("keyword:refused", "call:unsupported"))
_CLASSES = ("Conv1D", "Conv2D", "Conv3D")
MOST = 1 << 28  # bytes of a kernel


def mend(step: Step, draft: Draft, target: Target) -> Iterator[Change]:
    """Write the kernel for all inputs."""
    if "call:unsupported" in step.tags:
        if step.subject.keyword != "groups":
            return
        path = step.where.path.removesuffix(".config.groups")
    elif "groups" not in step.subject.refused:
        return
    else:
        path = step.subject.reference.path
    entry = draft.at(path)
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict) or entry.get("class_name") not in _CLASSES:
        return
    count = config.get("groups")
    try:
        owned = Owned(draft, entry)
    except LookupError:
        return
    kernel = owned.tensors.get(("", "kernel"))
    if type(count) is not int or count < 2 or kernel is None or len(kernel.shape) < 3:
        return
    if kernel.shape[-1] % count or kernel.nbytes * count > MOST:
        return
    owned.keep({**owned.tensors, ("", "kernel"): _diagonal(kernel, count)})
    del config["groups"]
    note = "training may let the groups see each other's inputs"
    yield Change(FIX.slug, f"make one group of the {count} of {config.get('name')}", step.where, LOSSY, note)


def _diagonal(kernel: TensorRef, count: int) -> TensorRef:
    """Return a kernel with the groups' kernels on its diagonal of inputs and outputs."""

    def silent(groups: int, part: TensorRef) -> list[TensorRef]:
        shape = (*part.shape[:-2], groups * part.shape[-2], part.shape[-1])
        return [zeros(kernel.name, shape, kernel.dtype)] if groups else []

    parts = [
        concatenate([*silent(number, part), part, *silent(count - 1 - number, part)], -2)
        for number, part in enumerate(split(kernel, -1, count))
    ]
    return concatenate(parts, -1)
