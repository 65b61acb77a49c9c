"""The list of rules, from the generated index: no rule is imported until its page is asked for."""

from __future__ import annotations

from keras_doctor.records import as_dict, record
from keras_doctor.rules._pages import RULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@record
class Entry:
    """One rule as the index has it. `summary` is the first line of its page."""

    code: str
    module: str
    slug: str
    cause: str
    severity: str
    summary: str

    def as_json(self) -> dict[str, Any]:
        """Return the entry as plain JSON."""
        return {name: value for name, value in as_dict(self).items() if name != "module"}


def entries() -> list[Entry]:
    """Return every rule, in order of the codes."""
    return [Entry(code, *fields) for code, fields in sorted(RULES.items())]


def page(entry: Entry) -> str:
    """Return a rule's documentation page: the docstring of its module."""
    module = __import__(f"keras_doctor.rules.{entry.module}", fromlist=["__doc__"])
    return str(module.__doc__).strip()
