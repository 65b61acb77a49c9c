"""The file went through a transfer in text mode.

**What happens.** Every line feed of the binary file became a carriage return and a line feed, or every byte that is no
ASCII became the replacement character. Nothing in it is at its place any more: `file signature not found`, `File is
not a zip file`, `Bad magic number`.

**Why.** FTP in ASCII mode, git with `core.autocrlf` and no `*.h5 binary` in `.gitattributes`, a script that read the
file as text and wrote it again.

**How to mend.** Line ends can be put back exactly, and are while this tool reads. Replaced characters are lost for
good: get the file again, in binary mode.
"""

from __future__ import annotations

from keras_doctor.findings import Finding, Remedy
from keras_doctor.rules.rule import Context, Ill, Rule, Well
from keras_doctor.rules.samples import sample
from keras_doctor.rules.shell import quote
from keras_doctor.wire.errors import Damage

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from keras_doctor.loaders.tracing import Step

RULE = Rule("KD117", "text-transfer", "damaged-file", "error", ("damage:text-transfer",), effect="fails")


_PUT_BACK = """python - {source} {target} <<'END'
import sys
data = open(sys.argv[1], "rb").read()
open(sys.argv[2], "xb").write(data.replace(b"\\r\\n", b"\\n"))
END"""


def examine(step: Step, context: Context) -> Iterator[Finding]:
    """Report a conversion of line ends or characters. A damage of length 0 can be undone exactly."""
    damage = step.subject
    folder, slash, name = context.document.path.rpartition("/")
    again = "Copy or download the file again in binary mode (git: `*.h5 binary`, `*.keras binary` in .gitattributes)."
    remedies = [Remedy(again)]
    if damage.length == 0:
        command = _PUT_BACK.format(source=quote(context.document.path), target=quote(f"{folder}{slash}mended-{name}"))
        remedies.append(Remedy("Where there is no other copy: put the line ends back, which is exact here.", command))
    yield RULE.finding(step, f"converted as if it were text: {damage.what}", remedies=tuple(remedies))


EXAMPLES = (
    Ill(
        lambda: sample(
            damage=Damage("text-transfer", "every line feed became carriage return and line feed", length=0)
        ),
        "as if it were text",
    ),
    Well(sample),
)
