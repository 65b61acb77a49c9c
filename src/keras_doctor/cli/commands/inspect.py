"""`keras-doctor inspect FILE`: what is in a model file."""

from __future__ import annotations

from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.cli.targets import read_target
from keras_doctor.reports.inspection import Inspection
from keras_doctor.reports.inspection_text import layer as show_layer
from keras_doctor.reports.inspection_text import show
from keras_doctor.reports.terminal import Terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("paths", nargs="+", metavar="FILE", help="model files or folders; - for standard input")
    parser.add_argument("--layer", metavar="NAME", help="show one layer: config, tensors, connections")
    parser.add_argument(
        "--tree", action="store_true", help="show the raw structure: members, groups, datasets, attributes"
    )
    parser.add_argument("--svg", metavar="OUT", help="write a picture of the graph")
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def run(paths: list[str], layer: str = "", tree: bool = False, svg: str = "", as_json: bool = False) -> int:
    """Show files; return the exit status."""
    terminal = Terminal()
    status = OK
    results = []
    if svg and len(paths) > 1:
        raise Usage("--svg draws one model at a time")
    for number, path in enumerate(paths):
        if number and not as_json:
            terminal.print()
        if tree:
            from keras_doctor.reports.raw_tree import show as show_tree

            show_tree(path, terminal)
            continue
        inspection = Inspection(read_target(path))
        if inspection.document.config is None and not inspection.document.weights:
            status = FOUND
        if as_json:
            results.append(inspection.to_json())
        elif layer:
            if not show_layer(inspection, layer, terminal):
                raise Usage(f"{path} has no layer {layer!r}; there are: {_names(inspection)}")
        else:
            show(inspection, terminal)
        if svg:
            _draw(inspection, svg)
    if as_json:
        terminal.json(results if len(results) > 1 else results[0])
    return status


def _names(inspection: Inspection) -> str:
    names = [row.name for row in inspection.rows]
    return ", ".join(names[:20]) + (" …" if len(names) > 20 else "")


def _draw(inspection: Inspection, out: str) -> None:
    """Write the picture beside its place and move it there, so that there is never half of one."""
    import os

    from keras_doctor.reports.graph_svg import svg

    text = svg(inspection)
    fresh = f"{out}.{os.getpid()}.tmp"
    try:
        with open(fresh, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(fresh, out)
    except OSError as problem:
        if os.path.exists(fresh):
            os.unlink(fresh)
        raise Usage(f"{out}: {problem.strerror}") from None
