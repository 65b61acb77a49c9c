"""An inspection as text: summary, layer table, training, what is unusual."""

from __future__ import annotations

from keras_doctor.reports.diagnosis import facts
from keras_doctor.reports.terminal import clean, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from keras_doctor.reports.inspection import Inspection, LayerRow
    from keras_doctor.reports.terminal import Terminal

_ROWS = 400  # more layers than anyone reads at once; --json has them all
_DEPTH = 8  # of losses by output


def show(inspection: Inspection, terminal: Terminal) -> None:
    """Print an inspection."""
    document = inspection.document
    terminal.print(terminal.style(clean(document.path), "bold"))
    for name, text in facts(document):
        _line(terminal, name, text)
        if name == "saved by":
            for evidence in document.provenance.evidence[:6]:
                _line(terminal, "", f"{evidence.what}{f' ({evidence.where})' if evidence.where else ''}", dim=True)
    if inspection.model_class:
        _line(terminal, "model", f"{inspection.model_class} {inspection.model_name}")
    _training(inspection, terminal)
    if inspection.custom:
        _line(terminal, "custom", ", ".join(inspection.custom))
    for damage in document.damage[:20]:
        _line(terminal, "damage", f"{damage.what}{f' ({damage.part})' if damage.part else ''}")
    for text in inspection.unusual:
        _line(terminal, "unusual", text)
    if inspection.rows:
        terminal.print()
        table(inspection.rows, terminal)
    elif document.weights:
        terminal.print()
        _weights(inspection, terminal)


def _line(terminal: Terminal, name: str, text: str, dim: bool = False) -> None:
    shown = clean(text)
    terminal.paragraph(
        f"{terminal.style(f'{name:<10}', 'dim')} {terminal.style(shown, 'dim') if dim else shown}", 2, 13
    )


def _training(inspection: Inspection, terminal: Terminal) -> None:
    training = inspection.document.training
    if not training.config and not training.slots:
        return
    optimizer = training.optimizer
    name = optimizer.get("class_name") if isinstance(optimizer, dict) else optimizer
    words = [f"optimizer {name}" if name else "no optimizer config"]
    for what, value in (("loss", training.loss), ("metrics", training.metrics)):
        if value:
            words.append(f"{what} {_short(value)}")
    if training.slots:
        words.append(number(len(training.slots), "optimizer tensor"))
    _line(terminal, "training", ", ".join(words))


def _short(value: Any, depth: int = 0) -> str:
    """Return a loss or metric in few words: names instead of whole configs."""
    if depth > _DEPTH:
        return "…"
    if isinstance(value, dict):
        inner = value.get("config")
        if isinstance(inner, dict):
            return str(inner.get("name") or value.get("class_name"))
        return str(
            value.get("class_name")
            or ", ".join(f"{key}: {_short(item, depth + 1)}" for key, item in list(value.items())[:4])
        )
    if isinstance(value, list):
        return "[" + ", ".join(_short(item, depth + 1) for item in value[:6]) + ("…" if len(value) > 6 else "") + "]"
    return str(value)


def table(rows: tuple[LayerRow, ...], terminal: Terminal) -> None:
    """Print the layer table; nested layers are indented below the model or wrapper that holds them."""
    shown = rows[:_ROWS]
    cells = [("layer", "class", "output", "parameters", "fed by")]
    for row in shown:
        name = "  " * row.depth + (row.name or "·")
        kind = row.class_name + (" *" if row.custom else "") + ("" if row.trainable else " (frozen)")
        parameters = "?" if row.parameters is None else f"{row.parameters:,}"
        cells.append(
            (clean(name), clean(kind), shape_text(row.output), parameters, clean(", ".join(row.inbound), limit=60))
        )
    widths = [min(36, max(len(line[column]) for line in cells)) for column in range(4)]
    for index, line in enumerate(cells):
        columns = [_fit(cell, width) for cell, width in zip(line[:3], widths[:3], strict=True)]
        text = "  ".join([*columns, line[3].rjust(widths[3]), line[4]]).rstrip()
        terminal.print("  " + (terminal.style(text, "bold") if not index else text))
    if len(rows) > _ROWS:
        terminal.print(f"  … and {len(rows) - _ROWS:,} more; --json has them all")
    if any(row.custom for row in shown):
        terminal.print(terminal.style("  * not Keras's own class", "dim"))


def _fit(cell: str, width: int) -> str:
    return cell.ljust(width) if len(cell) <= width else cell[: width - 1] + "…"


def shape_text(shape: Any) -> str:
    """Return a shape as people write it: "(None, 10)", several of them side by side, "?" when not known."""
    if shape is None:
        return "?"
    if isinstance(shape, tuple) and shape and isinstance(shape[0], (tuple, list)):
        return " ".join(shape_text(one) for one in shape)
    return "(" + ", ".join(str(length) for length in shape) + ("," if len(shape) == 1 else "") + ")"


def _weights(inspection: Inspection, terminal: Terminal) -> None:
    for group in inspection.document.weights[:_ROWS]:
        for tensor in group.tensors:
            owner = clean(f"{group.owner}/{tensor.name}" if group.owner else tensor.name)
            terminal.print(f"  {owner:<60}  {clean(tensor.dtype):<9} {shape_text(tensor.shape)}")


def layer(inspection: Inspection, wanted: str, terminal: Terminal) -> bool:
    """Print everything about the layers of one name; return whether there is one."""
    import json

    document = inspection.document
    rows = [row for row in inspection.rows if row.name == wanted or row.path == wanted]
    for row in rows:
        terminal.print(f"{terminal.style(clean(row.name), 'bold')}  {clean(row.class_name)}")
        _line(terminal, "at", row.path)
        _line(terminal, "module", row.module or "not stated")
        _line(terminal, "output", shape_text(row.output))
        _line(terminal, "fed by", ", ".join(row.inbound) or "nothing")
        for group in document.weights:
            if group.owner == wanted or group.owner.rsplit("/", 1)[-1] == wanted:
                for tensor in group.tensors:
                    _line(
                        terminal,
                        "tensor",
                        f"{tensor.path}  {tensor.dtype} {shape_text(tensor.shape)}  {tensor.nbytes:,} bytes",
                    )
        node = document.root.at(row.path)
        terminal.print(clean(json.dumps(node.value, indent=2, default=str), keep_lines=True, limit=200_000))
    return bool(rows)
