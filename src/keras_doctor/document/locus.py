"""Where something stands: in which part of an artifact, at which config path, at which bytes or line."""

from __future__ import annotations

from keras_doctor.records import record


@record
class Locus:
    """A place in an artifact (or, for a pasted traceback, in a text). Every field may be absent.

    `part`: member, file or HDF5 path inside the artifact, such as "config.json" or
    "model.weights.h5:/layers/dense/vars/0". `path`: place in the config, such as "config.layers[3].config.units".
    `offset`, `length`: bytes of the file. `line`: of a text, from 1.
    """

    part: str = ""
    path: str = ""
    offset: int | None = None
    length: int | None = None
    line: int | None = None

    def __str__(self) -> str:
        words = [self.part] if self.part else []
        if self.path:
            words.append(self.path)
        if self.line is not None:
            words.append(f"line {self.line}")
        if self.offset is not None:
            words.append(f"byte {self.offset:,}")
        return ", ".join(words)
