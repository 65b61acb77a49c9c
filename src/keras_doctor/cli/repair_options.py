"""The options of `repair` that say what goes into the file: declared, and understood."""

from __future__ import annotations

from keras_doctor.cli.entry import Usage
from keras_doctor.rescue.filling import FILLS
from keras_doctor.rescue.verification import MODES
from keras_doctor.rescue.verification.checking import SECONDS
from keras_doctor.rescue.wishes import KINDS, Wishes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser


def add_wishes(parser: ArgumentParser) -> None:
    """Declare the options."""
    group = parser.add_argument_group("what goes into the file")
    group.add_argument(
        "--to", choices=sorted(KINDS), default="", help="format, where the ending of DST does not say it"
    )
    group.add_argument("--weights-only", action="store_true", help="write the weights alone (as --to weights)")
    group.add_argument("--inference-only", action="store_true", help="leave out the training state")
    group.add_argument("--strip-optimizer", action="store_true", help="leave out the variables of the optimizer")
    group.add_argument(
        "--dequantize", action="store_true", help="make int8 layers plain ones: outputs differ by a hundredth or so"
    )
    group.add_argument(
        "--rename", action="append", default=[], metavar="OLD=NEW", help="give a layer another name (may be repeated)"
    )
    group.add_argument(
        "--architecture", default="", metavar="FILE", help="model or JSON whose config is borrowed for SRC's weights"
    )
    group.add_argument(
        "--fill",
        choices=FILLS,
        default="",
        help="what stands in for tensors that a damaged file lost (default: refuse)",
    )


def add_verification(parser: ArgumentParser) -> None:
    """Declare the options that say how source and result are compared."""
    group = parser.add_argument_group("comparing what source and result compute")
    group.add_argument(
        "--verify",
        choices=MODES,
        default=MODES[0],
        help="in real releases, by NumPy, or not at all (default auto: in releases when the target's interpreter is at "
        "hand, else by NumPy)",
    )
    group.add_argument(
        "--source-python", default="", metavar="PATH", help="interpreter or environment that loads SRC as it is"
    )
    group.add_argument(
        "--verify-with",
        action="append",
        default=[],
        metavar="PATH[,PATH]",
        help="interpreters or environments that may be used for either",
    )
    group.add_argument(
        "--verify-env",
        choices=("build",),
        help="make the environments that are not at hand, with uv or venv, in your cache folder (downloads them)",
    )
    group.add_argument(
        "--verify-timeout",
        type=float,
        default=SECONDS,
        metavar="SECONDS",
        help=f"what one model may take in one of them (default {SECONDS:g})",
    )
    group.add_argument(
        "--custom-code",
        action="append",
        default=[],
        metavar="FILE.py",
        help="Python file that defines the model's custom objects: run by the interpreters that load the model for the "
        "comparison, and nowhere else (may be repeated)",
    )
    group.add_argument(
        "--trust-source", action="store_true", help="load SRC in a release also where it brings code (findings KD8xx)"
    )


def others_of(verify_with: list[str]) -> tuple[str, ...]:
    """Return the paths that `--verify-with` names."""
    return tuple(path for one in verify_with for path in one.split(",") if path)


def wishes_of(
    to: str,
    weights_only: bool,
    inference_only: bool,
    strip_optimizer: bool,
    rename: list[str],
    fill: str,
    dequantize: bool,
) -> Wishes:
    """Return what the options ask for. Raises `Usage` where they contradict each other or cannot be understood."""
    if weights_only and to not in ("", "weights", "safetensors"):
        raise Usage(f"--weights-only and --to {to} contradict each other")
    pairs = []
    for one in rename:
        old, equals, new = one.partition("=")
        if not (old and equals and new):
            raise Usage(f"--rename takes OLD=NEW, such as --rename dense_1=classifier, not {one}")
        pairs.append((old, new))
    kind = to or ("weights" if weights_only else "")
    return Wishes(kind, fill, strip_optimizer, inference_only, tuple(pairs), dequantize)
