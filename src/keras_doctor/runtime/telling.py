"""What is said under the traceback of an exception that Keras raised."""

from __future__ import annotations

import sys
import traceback

from keras_doctor.environments import Environment
from keras_doctor.records import replace
from keras_doctor.reports.explanation import show
from keras_doctor.reports.terminal import Terminal
from keras_doctor.runtime.failed_load import FailedLoad, failed_load, near_a_load, of_import, touches_keras
from keras_doctor.symptoms import explain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from keras_doctor.symptoms import Explanation

_LINES = 60  # of a traceback, its end


def tell(error: BaseException, stream: TextIO | None = None) -> bool:
    """Write the explanation of an exception; return whether there was anything to say."""
    load = failed_load(error)
    if load is None and not touches_keras(error):
        return False
    explanation = explained(error, load)
    if load is None and not _worth_saying(explanation, error):
        return False
    terminal = Terminal(stream or sys.stderr)
    terminal.print()
    terminal.print(terminal.style("keras-doctor", "bold", "cyan"))
    show(explanation, terminal)
    return True


def _worth_saying(explanation: Explanation, error: BaseException) -> bool:
    """Tell whether an exception that ended no load is of this program's subject: most that Keras raises are not."""
    if explanation.cause is None or explanation.confidence == "low":
        return False
    return explanation.confidence == "high" or of_import(error) or near_a_load(error)


def explained(error: BaseException, load: FailedLoad | None) -> Explanation:
    """Return the explanation of an exception: with the very file and this very environment, where it ended a load."""
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__)[-_LINES:])
    if load is None or not load.path:
        return explain(text)
    environment = Environment.current()
    if load.package == "tf_keras":
        environment = replace(environment, loader="tf_keras")
    elif load.package.startswith("tensorflow"):
        environment = replace(environment, loader="tf.keras")
    return explain(
        text,
        load.path,
        environment,
        compile=load.compile,
        safe_mode=load.safe_mode,
        custom_objects=load.custom_objects,
    )
