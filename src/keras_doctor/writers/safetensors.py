"""Safetensors: tensors by name, for other tools. The header states the era of the weights and their order.

Source: the format's own description (github.com/huggingface/safetensors, README).
"""

from __future__ import annotations

from keras_doctor.wire.errors import FormatError
from keras_doctor.writers.evaluation import pieces
from keras_doctor.writers.json_text import dumps
from keras_doctor.writers.refused import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, BinaryIO

    from keras_doctor.document.model import ModelDocument

_TYPES = {
    "bool": "BOOL", "int8": "I8", "uint8": "U8", "int16": "I16", "uint16": "U16", "int32": "I32", "uint32": "U32",
    "int64": "I64", "uint64": "U64", "float16": "F16", "bfloat16": "BF16", "float32": "F32", "float64": "F64",
    "float8_e4m3fn": "F8_E4M3", "float8_e5m2": "F8_E5M2",
}  # fmt: skip


def emit(document: ModelDocument, form: str, file: BinaryIO) -> None:
    """Write the weights under "owner/name", in stored order. Raises `Refused` for dtypes that the format lacks."""
    metadata = {"format": "keras", "written_as": document.format}
    if document.provenance.keras_version:
        metadata["keras_version"] = document.provenance.keras_version
    header: dict[str, Any] = {"__metadata__": metadata}
    tensors = []
    end = 0
    for group in document.weights:
        for tensor in group.tensors:
            key = f"{group.owner}/{tensor.name}" if group.owner else tensor.name
            if key in header:
                raise Refused(f"{key} is the name of two tensors")
            if tensor.dtype not in _TYPES:
                raise Refused(f"{tensor.path}: safetensors has no {tensor.dtype}")
            offsets = [end, end + tensor.nbytes]
            header[key] = {"dtype": _TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": offsets}
            end += tensor.nbytes
            tensors.append(tensor)
    text = dumps(header).encode()
    text += b" " * (-len(text) % 8)
    file.write(len(text).to_bytes(8, "little") + text)
    for tensor in tensors:
        written = 0
        for piece in pieces(tensor):
            written += len(piece)
            file.write(piece)
        if written != tensor.nbytes:
            raise FormatError(f"{tensor.path}: the bytes do not fit the shape {list(tensor.shape)}")
