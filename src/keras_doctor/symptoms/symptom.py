"""What a symptom is: a shape that messages have, and what it is the symptom of.

A module of `families/` has a table `SYMPTOMS`. To add one, add a row (or a module) and an example to its tests, then
`make index`.
"""

from __future__ import annotations

from keras_doctor.findings import Remedy
from keras_doctor.records import record

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable

    from keras_doctor.symptoms.scene import Scene

    Tell = Callable[["Scene", "re.Match[str]"], "Reading | tuple[Reading, ...] | None"]


@record
class Reading:
    """One story that a text can be told as.

    `cause`: of the vocabulary of causes. `what`: what happened, in plain words. `confidence`: that this is it, once the
    shape is there. `when`: what would make this the right reading, told where there are several. `code`: the page of a
    rule, "" for the first that has the cause.
    """

    cause: str
    what: str
    remedies: tuple[Remedy, ...] = ()
    confidence: str = "high"
    when: str = ""
    code: str = ""
    evidence: tuple[str, ...] = ()


@record
class Symptom:
    """One shape.

    `marks`: pieces of text in lower case without backticks, one of which stands in every message of this shape;
    `pattern`: a regular expression that decides when they do not. `tells`: the readings, the likeliest first, or a
    function of the scene and the match that returns them (None: it was another shape after all). `strength` 1 to 9: how
    much the shape says, compared with another one in the same text. `question`: the one question or command that
    decides between the readings.
    """

    marks: tuple[str, ...]
    tells: tuple[Reading, ...] | Tell
    pattern: str = ""
    strength: int = 5
    question: str = ""
    everywhere: bool = True  # False: not in prose, only in what an exception says
