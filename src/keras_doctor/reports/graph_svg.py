"""The graph of a model as an SVG picture: boxes in rows from input to output, curves between them. No dependency, no
script.

Rows are the longest way from an input; within a row, boxes are ordered by where their producers stand, twice down and
up, which keeps crossings few.
"""

from __future__ import annotations

from keras_doctor.reports.inspection_text import shape_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.reports.inspection import Inspection, LayerRow

_WIDTH, _HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 190, 52, 24, 44, 20
_MOST = 5000
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#1b1f24}.c{font-weight:600}.s{fill:#57606a;font-size:11px}"
    "rect{fill:#f6f8fa;stroke:#8c959f}.x rect{fill:#fff8c5;stroke:#9a6700}.i rect{fill:#ddf4ff;stroke:#0969da}"
    "path{fill:none;stroke:#57606a;stroke-width:1.2}"
    "@media(prefers-color-scheme:dark){svg{background:#0d1117}text{fill:#e6edf3}.s{fill:#9198a1}rect{fill:#161b22;stroke:#6e7681}"
    ".x rect{fill:#3d2e00}.i rect{fill:#0c2d6b}path{stroke:#9198a1}}"
)


def svg(inspection: Inspection) -> str:
    """Return the picture of the model's outermost layers; a Sequential is drawn as a chain."""
    rows = [row for row in inspection.rows if row.depth == 0][:_MOST]
    names = {row.name: index for index, row in enumerate(rows)}
    feeds = [
        [names[name] for name in row.inbound if name in names and names[name] != index]
        for index, row in enumerate(rows)
    ]
    if not any(feeds):
        feeds = [[index - 1] if index else [] for index in range(len(rows))]
    levels = _levels(feeds)
    order = _order(levels, feeds)
    wide = max((len(level) for level in order), default=1)
    width = 2 * _MARGIN + wide * _WIDTH + (wide - 1) * _GAP_X
    height = 2 * _MARGIN + len(order) * _HEIGHT + max(0, len(order) - 1) * _GAP_Y
    place: dict[int, tuple[float, float]] = {}
    for depth, level in enumerate(order):
        start = (width - len(level) * _WIDTH - (len(level) - 1) * _GAP_X) / 2
        for position, index in enumerate(level):
            place[index] = (start + position * (_WIDTH + _GAP_X), _MARGIN + depth * (_HEIGHT + _GAP_Y))
    label = escape(f"{inspection.model_class} {inspection.model_name}: {len(rows)} layers")
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} role="img" aria-label="{label}">',
        f"<title>{label}</title><style>{_STYLE}</style>",
    ]
    for index, producers in enumerate(feeds):
        parts += (_edge(place[producer], place[index]) for producer in producers)
    parts += (_box(row, *place[index]) for index, row in enumerate(rows))
    return "\n".join([*parts, "</svg>", ""])


def _levels(feeds: list[list[int]]) -> list[int]:
    """Return each box's row: one below the lowest of its producers. Cycles, which only a broken file has, are cut."""
    waiting = [len(producers) for producers in feeds]
    levels = [0] * len(feeds)
    done = [False] * len(feeds)
    consumers = _consumers(feeds)
    ready = [index for index, count in enumerate(waiting) if not count]
    first = 0
    while True:
        while ready:
            index = ready.pop()
            done[index] = True
            for consumer in consumers[index]:
                waiting[consumer] -= 1
                if not done[consumer]:
                    levels[consumer] = max(levels[consumer], levels[index] + 1)
                    if not waiting[consumer]:
                        ready.append(consumer)
        while first < len(feeds) and done[first]:
            first += 1
        if first == len(feeds):
            return levels
        ready.append(first)  # what is left waits for itself: the cycle is cut here


def _consumers(feeds: list[list[int]]) -> list[list[int]]:
    consumers: list[list[int]] = [[] for _ in feeds]
    for index, producers in enumerate(feeds):
        for producer in producers:
            consumers[producer].append(index)
    return consumers


def _order(levels: list[int], feeds: list[list[int]]) -> list[list[int]]:
    rows: list[list[int]] = [[] for _ in range(max(levels, default=-1) + 1)]
    for index, level in enumerate(levels):
        rows[level].append(index)
    consumers = _consumers(feeds)
    for _ in range(2):
        for near, sweep in ((feeds, rows), (consumers, rows[::-1])):
            at: dict[int, float] = {}
            for row in sweep:
                row.sort(key=lambda index: _mean([at[other] for other in near[index] if other in at]))
                at.update((index, position / max(1, len(row) - 1)) for position, index in enumerate(row))
    return [row for row in rows if row]


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.5


def _edge(start: tuple[float, float], end: tuple[float, float]) -> str:
    x0, y0 = start[0] + _WIDTH / 2, start[1] + _HEIGHT
    x1, y1 = end[0] + _WIDTH / 2, end[1]
    middle = (y0 + y1) / 2
    return f'<path d="M{x0:g} {y0:g}C{x0:g} {middle:g} {x1:g} {middle:g} {x1:g} {y1:g}"/>'


def _box(row: LayerRow, x: float, y: float) -> str:
    kind = ' class="x"' if row.custom else ' class="i"' if row.class_name == "InputLayer" else ""
    count = "" if row.parameters is None or not row.parameters else f" · {row.parameters:,}"
    lines = (("c", row.class_name), ("", row.name), ("s", f"{shape_text(row.output)}{count}"))
    texts = "".join(
        f'<text class="{style}" x="{x + _WIDTH / 2:g}" y="{y + 16 + 14 * line:g}" text-anchor="middle">'
        f"{escape(_cut(text))}</text>"
        for line, (style, text) in enumerate(lines)
    )
    rect = f'<rect x="{x:g}" y="{y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>'
    return f"<g{kind}><title>{escape(row.path)}</title>{rect}{texts}</g>"


def _cut(text: str, most: int = 28) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def escape(text: str) -> str:
    """Return text as it can stand in XML: no markup, no control characters."""
    shown = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
