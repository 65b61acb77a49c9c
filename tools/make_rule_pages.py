"""Write the documentation pages of the rules from their docstrings: docs/rules/KD104.md …, and a list of them; of the
fixes, docs/fixes.md.

python tools/make_rule_pages.py            writes them
python tools/make_rule_pages.py --check    exits with 1 when they are stale, and writes nothing
"""

from __future__ import annotations

import os
import sys

from keras_doctor.fixes._index import FIXES
from keras_doctor.rules import catalogue

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "docs", "rules")
FIXES_PAGE = os.path.join("..", "fixes.md")
FAMILIES = {
    "1": "the artifact",
    "2": "the environment",
    "3": "the config",
    "4": "custom objects",
    "5": "the weights",
    "6": "the training state",
    "7": "numerics",
    "8": "security",
    "9": "around the load",
}


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    found = {}
    lines = ["# Rules"]
    family = ""
    for entry in catalogue.entries():
        if entry.code[2] != family:
            family = entry.code[2]
            lines += [
                "",
                f"## KD{family}xx: {FAMILIES[family]}",
                "",
                "| code | name | severity | |",
                "|---|---|---|---|",
            ]
        lines.append(f"| [{entry.code}]({entry.code}.md) | {entry.slug} | {entry.severity} | {entry.summary} |")
        head, _, body = catalogue.page(entry).partition("\n")
        title = f"# {entry.code} · {entry.slug}"
        facts = f"Severity {entry.severity}, cause `{entry.cause}`."
        found[f"{entry.code}.md"] = "\n\n".join([title, f"**{head}**", facts, body.strip()]) + "\n"
    found["README.md"] = "\n".join(lines) + "\n"
    return found


def fixes() -> str:
    """Return the page of the fixes."""
    lines = ["# Fixes", "", "What [`keras-doctor repair`](repair.md) changes, each its own module of `fixes/`."]
    for name in sorted({name for names in FIXES.values() for name in names}):
        module = __import__(f"keras_doctor.fixes.{name}", None, None, ("FIX",))
        head, _, body = (module.__doc__ or "").strip().partition("\n")
        lines += ["", f"## {module.FIX.slug}", "", f"**{head}**", *(["", body.strip()] if body.strip() else [])]
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> int:
    wanted = pages()
    wanted[FIXES_PAGE] = fixes()
    there = {}
    if os.path.exists(os.path.join(FOLDER, FIXES_PAGE)):
        with open(os.path.join(FOLDER, FIXES_PAGE), encoding="utf-8") as file:
            there[FIXES_PAGE] = file.read()
    if os.path.isdir(FOLDER):
        for name in os.listdir(FOLDER):
            with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
                there[name] = file.read()
    if "--check" in words:
        stale = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
        if stale:
            print(f"stale: {', '.join(stale)}; run python tools/make_rule_pages.py", file=sys.stderr)
        return 1 if stale else 0
    os.makedirs(FOLDER, exist_ok=True)
    for name in there.keys() - wanted.keys():
        os.unlink(os.path.join(FOLDER, name))
    for name, text in wanted.items():
        with open(os.path.join(FOLDER, name), "w", encoding="utf-8") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
