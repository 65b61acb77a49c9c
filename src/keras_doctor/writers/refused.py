"""Why a document is not written."""

from __future__ import annotations


class Refused(ValueError):
    """The document cannot be written so, or must not be written there. The message is for the user."""
