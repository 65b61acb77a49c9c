"""Python code stands in the config, and would be run.

**What happens.** Loading or first calling the model runs code that its author wrote: a Lambda layer's, or code hidden
in a text of any other layer's config.

**Why.** A Lambda layer is stored as the marshalled code of its function. `.keras` archives have been refused that since
2.13 (CVE-2024-3660), unless the archive switched safe mode off itself (before 3.11: CVE-2025-9906); HDF5 files were
read without asking until Keras 3.11.3 (CVE-2025-9905) and still are by tf.keras and tf-keras; a layer made from its
config alone until 3.12.3 and 3.15.0 (CVE-2026-12481). Most Lambda layers are harmless: the finding says what names the
code uses.

**How to mend.** Look at the code before you load a file from elsewhere; have a repair put a layer in the place of a
Lambda whose code is a known operation.
"""

from __future__ import annotations

from keras_doctor.findings import Finding
from keras_doctor.layers.lambda_body import code_bytes
from keras_doctor.rules.hazards import CODE, hazard
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import PLAIN_CODE, lambda_model, sequential
from keras_doctor.rules.spoken import shown
from keras_doctor.wire.bytecode import inner_codes
from keras_doctor.wire.errors import FormatError
from keras_doctor.wire.marshalled import read_code

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.survey import Find
    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD805", "code-in-config", "security-refused", "warning", ("survey:code",))

# Names by which code reaches out of its arithmetic.
_REACHING = frozenset((
    "__builtins__", "__class__", "__globals__", "__import__", "__subclasses__", "builtins", "check_output", "compile",
    "ctypes", "eval", "exec", "execfile", "fork", "getattr", "globals", "importlib", "marshal", "open", "os", "pickle",
    "popen", "Popen", "remove", "requests", "rmtree", "run_path", "runpy", "setattr", "shutil", "socket", "spawn",
    "subprocess", "sys", "system", "tempfile", "unlink", "urllib", "urlopen", "write_file", "py_function",
    "numpy_function", "read_file",
))  # fmt: skip
_SLOTS = ("function", "output_shape", "mask", "code", "config")


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report code with the names that it uses, and whether the release runs it."""
    found: Find = step.subject
    names = _names(context, step.where.path)
    reaching = sorted(_REACHING.intersection(names or ()))
    alarming = names is None or bool(reaching) or found.name not in _SLOTS
    danger = hazard(context.environment, CODE.get(context.document.format, "lambda-json"))
    does = "refuses to read it" if danger.works is False else "runs it when the model is built or called"
    what = f"; it uses {', '.join(reaching)}" if reaching else ""
    shown_names = ", ".join(shown(name, 30) for name in (names or ())[:16])
    yield RULE.finding(
        step,
        f"the config holds Python code: {danger.who} {does}{what}",
        evidence=(
            f"names in the code: {shown_names or 'none'}" if names is not None else "the code could not be read",
            *danger.evidence,
        ),
        severity=danger.severity(alarming),
    )


def _names(context: Context, path: str) -> tuple[str, ...] | None:
    """Return the names in the code at a place of the config, None when it cannot be read."""
    training = context.document.training
    root = {training.path: training.config} if training.path and path.startswith(training.path) else None
    try:
        value = (context.document.root if root is None else type(context.document.root)(root)).at(path).value
        codes = [read_code(code_bytes(value))]
    except (FormatError, KeyError, ValueError):
        return None
    names: dict[str, None] = {}
    while codes:
        code = codes.pop()
        names.update(dict.fromkeys(code.names))
        codes.extend(inner_codes(code))
    return tuple(names)


_LONG = "4words_are_no_code_at_all_even_if_they_are_very_long_names"

EXAMPLES = (
    Ill(lambda: lambda_model(PLAIN_CODE), "refuses to read it"),
    Ill(
        lambda: lambda_model(PLAIN_CODE, env="python==3.11 keras==3.8.0 tensorflow==2.18.0", form="hdf5-model"),
        "runs it",
    ),
    Well(lambda: sequential(("Dense", {"units": 3, "name": _LONG}))),
)
