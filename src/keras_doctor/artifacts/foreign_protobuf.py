"""Models of other libraries, and parts of TensorFlow's own, that are bare protocol buffer messages.

A message has no signature. It is known by which fields stand at its top, and by what the first of them hold. The
numbers are those of the published schemas: onnx.proto, tensorflow/core/framework/graph.proto,
tensorflow/core/protobuf/meta_graph.proto, caffe.proto, caffe2.proto, Model.proto of Core ML,
keras/protobuf/saved_metadata.proto.
"""

from __future__ import annotations

from keras_doctor.artifacts.foreign_kinds import document
from keras_doctor.records import record
from keras_doctor.wire.protobuf import Decoder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.source import Source

FORMATS = ("onnx", "frozen-graph", "metagraph", "keras-metadata", "fingerprint", "coreml", "caffe", "caffe2")
KIND = "binary"
MAGIC = ()
PRIORITY = 55

_VARINT, _FIXED64, _LENGTH, _FIXED32 = 0, 1, 2, 5
_WIDTHS = {_FIXED64: 8, _FIXED32: 4}
_FIELDS = 64  # top fields that are enough to know a message by
_LONGEST_NAME = 1024

_ONNX = {
    1: ("ir", "int", ""),
    2: ("producer", "text", ""),
    3: ("version", "text", ""),
    8: ("opsets", {1: ("domain", "text", ""), 2: ("version", "int", "")}, "list"),
}


@record
class Field:
    """A field of a message: its number, wire type, and the bytes of its value in the source."""

    number: int
    wire: int
    start: int
    end: int


def outline(source: Source, start: int = 0, end: int | None = None, most: int = _FIELDS) -> tuple[Field, ...] | None:
    """Return the first fields of the message in a stretch of the source; None when the bytes are no message.

    The last one may be cut off by the end of the source.
    """
    stop = source.size if end is None else end
    fields: list[Field] = []
    position = start
    while position < stop and len(fields) < most:
        head = source.read_up_to(position, min(20, stop - position))
        tag, used = _varint(head, 0)
        if used < 0 or not 0 < tag >> 3 < 1 << 29:
            return None
        wire = tag & 7
        if wire == _LENGTH:
            length, after = _varint(head, used)
            first, position = position + after, position + after + length
        elif wire == _VARINT:
            _, after = _varint(head, used)
            first, position = position + used, position + after
        elif wire in _WIDTHS:
            after = used
            first, position = position + used, position + used + _WIDTHS[wire]
        else:
            return None
        if after < 0 or (position > stop and end is not None):
            return None
        fields.append(Field(tag >> 3, wire, first, min(position, stop)))
    return tuple(fields)


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return the varint at `at` and where the next byte stands, -1 when it does not end in 10 bytes."""
    value = 0
    for index in range(10):
        if at + index >= len(data):
            break
        byte = data[at + index]
        value |= (byte & 127) << 7 * index
        if byte < 128:
            return value, at + index + 1
    return 0, -1


class _Message:
    """The outline of one message, with questions about it."""

    def __init__(self, source: Source, fields: tuple[Field, ...]) -> None:
        self.source = source
        self.fields = fields
        self.numbers = {field.number for field in fields}

    def has_only(self, **wires: set[int]) -> bool:
        """Tell whether every field is one of those that are named by wire type: `varint`, `length`."""
        known = {(number, _VARINT) for number in wires.get("varint", ())} | {
            (number, _LENGTH) for number in wires.get("length", ())
        }
        return all((field.number, field.wire) in known for field in self.fields)

    def text(self, number: int) -> str:
        """Return the printable text of the first field of that number, "" when there is none."""
        for field in self.fields:
            if field.number == number and field.wire == _LENGTH and field.end - field.start <= _LONGEST_NAME:
                data = self.source.read_up_to(field.start, field.end - field.start)
                try:
                    text = data.decode("utf-8")
                except UnicodeDecodeError:
                    return ""
                return text if text.isprintable() else ""
        return ""

    def inner(self, number: int) -> _Message | None:
        """Return the first message in the fields of that number, None when it is none."""
        for field in self.fields:
            if field.number == number and field.wire == _LENGTH:
                fields = outline(self.source, field.start, field.end)
                return _Message(self.source, fields) if fields else None
        return None


def _onnx(message: _Message) -> bool:
    first = message.fields[0]
    ir = message.source.read_up_to(first.start, 2)
    return (
        message.has_only(varint={1, 5}, length={2, 3, 4, 6, 7, 8, 14, 20, 25, 26})
        and bool(message.numbers & {7, 8})
        and first.number == 1
        and len(ir) == 2
        and 1 <= ir[0] < 100
    )


def _core_ml(message: _Message) -> bool:
    kinds = [field for field in message.fields if field.number >= 200]
    others = message.numbers - {field.number for field in kinds}
    return (
        message.fields[0].number == 1
        and message.fields[0].wire == _VARINT
        and others <= {1, 2, 10}
        and len(kinds) == 1
        and kinds[0].number <= 3000
        and kinds[0].wire == _LENGTH
    )


def _keras_metadata(message: _Message) -> bool:
    node = message.inner(1)
    return message.has_only(length={1}) and node is not None and node.text(4).startswith("_tf_keras_")


def _fingerprint(message: _Message) -> bool:
    return (
        message.source.size <= 256
        and message.source.name.endswith("fingerprint.pb")
        and message.numbers <= {1, 2, 3, 4, 5, 6}
    )


def _graph(message: _Message) -> bool:
    node = message.inner(1)
    if (
        node is None
        or not message.has_only(varint={3}, length={1, 2, 4})
        or not node.has_only(length={1, 2, 3, 4, 5, 6, 7})
    ):
        return False
    operation = node.text(2)
    return bool(node.text(1)) and operation[:1].isupper() | operation.startswith("_") and operation.isidentifier()


def _meta_graph(message: _Message) -> bool:
    about = message.inner(1)
    graph = message.inner(2)
    return (
        message.has_only(length={1, 2, 3, 4, 5, 6, 7})
        and about is not None
        and graph is not None
        and about.has_only(varint={7}, length={1, 2, 3, 4, 5, 6, 8})
        and about.text(5)[:1].isdigit()
        and _graph(graph)
    )


def _caffe(message: _Message) -> bool:
    layer = message.inner(100) or message.inner(2)
    return (
        message.has_only(varint={4, 5, 7}, length={1, 2, 3, 6, 8, 100})
        and layer is not None
        and (
            bool(layer.text(1) and layer.text(2))
            if 100 in message.numbers
            else bool(layer.text(4)) and {4, 5} <= layer.numbers
        )
    )


def _caffe2(message: _Message) -> bool:
    operation = message.inner(2)
    return (
        message.has_only(varint={4}, length={1, 2, 3, 5, 6, 7, 8})
        and operation is not None
        and operation.has_only(varint={8}, length={1, 2, 3, 4, 5, 6, 7, 9})
        and operation.text(4)[:1].isupper()
        and operation.text(4).isidentifier()
    )


_TESTS: tuple[tuple[str, Callable[[_Message], bool]], ...] = (
    ("onnx", _onnx),
    ("coreml", _core_ml),
    ("keras-metadata", _keras_metadata),
    ("fingerprint", _fingerprint),
    ("frozen-graph", _graph),
    ("metagraph", _meta_graph),
    ("caffe2", _caffe2),
    ("caffe", _caffe),
)


def kind_of(source: Source) -> str | None:
    """Return the kind of the message that the bytes are, None when it is none of ours."""
    fields = outline(source)
    if not fields:
        return None
    message = _Message(source, fields)
    return next((kind for kind, test in _TESTS if test(message)), None)


def recognises(probe: Probe) -> bool:
    """Tell whether the bytes are a message of one of these schemas."""
    return kind_of(probe.source) is not None


def read(probe: Probe) -> ModelDocument:
    """Return a document that names the kind, and for ONNX who wrote it."""
    kind = kind_of(probe.source) or FORMATS[0]
    return document(probe, kind, _onnx_detail(probe) if kind == "onnx" else "")


def _onnx_detail(probe: Probe) -> str:
    # The graph holds the weights and may be large; it is stepped over.
    found: dict[str, Any] = Decoder(probe.source, probe.limits).message(_ONNX)
    writer = " ".join(
        word for word in (found.get("producer", ""), found.get("version", "")) if word and word.isprintable()
    )[:80]
    opset = max((entry.get("version", 0) for entry in found.get("opsets", ()) if not entry.get("domain")), default=0)
    return (f", written by {writer}" if writer else "") + (f" (opset {opset})" if opset else "")
