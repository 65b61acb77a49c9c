"""Kernels of convolutions are of another backend, and the loader leaves them the wrong way round.

**What happens.** Nothing at the load. The outputs of every convolution with a kernel of more than one place are others.

**Why.** Theano turns a kernel around before it slides it over the image, TensorFlow and the others do not. Keras 2 and
tf.keras up to 2.3 turn the kernels of some layers when the file says that Theano trained them; tf.keras since 2.4 and
Keras 3 do not look, and files of Keras 1 do not say it (their variables have names without `:0`).

**How to mend.** Reverse each kernel along its rows and columns (`kernel[::-1, ::-1]`), which is exact; a repair does
so.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.rules.installing import ways_out
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import in_hdf5
from keras_doctor.rules.spoken import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.theano_kernels import Unflipped
    from keras_doctor.loaders.tracing import Step

RULE = Rule(
    "KD710",
    "kernels-reversed",
    "silent-weights-changed",
    "error",
    ("arrays:unflipped",),
    effect="loads-differently",
)


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report the layers and the two backends."""
    found: Unflipped = step.subject
    layers = ", ".join(shown(name, 40) for name in found.layers[:8]) + (", …" if len(found.layers) > 8 else "")
    yield RULE.finding(
        step,
        f"kernels of {shown(found.writer, 20)} stay the wrong way round for {shown(found.reader, 20)}: {layers}",
        remedies=ways_out(context),
    )


_CONVOLUTION = ("Conv2D", {"name": "conv", "filters": 2, "kernel_size": [3, 3], "batch_input_shape": [None, 8, 8, 1]})
_KERNEL = {"conv": ((3, 3, 1, 2), (2,))}

EXAMPLES = (
    Ill(
        lambda: in_hdf5(_KERNEL, _CONVOLUTION, env="tensorflow==2.15.1", backend="theano"),
        "the wrong way round for tensorflow: conv",
    ),
    Well(lambda: in_hdf5(_KERNEL, _CONVOLUTION, env="tensorflow==2.2.0", backend="theano")),
    Well(lambda: in_hdf5(_KERNEL, _CONVOLUTION, env="tensorflow==2.15.1")),
)
