"""`keras-doctor releases [show LIBRARY VERSION | diff OLD NEW]`: what each release of Keras accepts."""

from __future__ import annotations

from keras_doctor.cli.entry import FOUND, OK, Usage
from keras_doctor.releases.api import KINDS, Api, Definition
from keras_doctor.releases.api_text import line_of, lines
from keras_doctor.releases.version import in_line, version_key
from keras_doctor.releases.whereabouts import whereabouts
from keras_doctor.reports.terminal import Terminal, clean, number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser


_LIBRARIES = {
    "keras-1": "keras", "keras-2": "keras", "keras-2.6": "keras", "keras-3": "keras", "tf-keras": "tf-keras",
    "tensorflow": "tf.keras",
}  # fmt: skip
_USE = "say `releases`, `releases show LIBRARY VERSION` or `releases diff OLD NEW`"


def arguments(parser: ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="show LIBRARY VERSION | diff OLD NEW",
        help="LIBRARY is keras, tf-keras or tf.keras (up to TensorFlow 2.5 by TensorFlow's version); OLD and NEW are "
        "versions of keras, or LIBRARY==VERSION; 3.12 is the newest patch of that line",
    )
    parser.add_argument("--class", dest="class_name", metavar="NAME", help="only this class or function")
    parser.add_argument("--json", dest="as_json", action="store_true", help="print JSON")


def run(words: list[str] | None = None, class_name: str = "", as_json: bool = False) -> int:
    """List the releases, show one, or compare two; return the exit status."""
    terminal = Terminal()
    match words or []:
        case []:
            return _where(class_name, terminal, as_json) if class_name else _list(terminal, as_json)
        case ["show", library, version]:
            return _show(_api(f"{library}=={version}"), class_name, terminal, as_json)
        case ["show", spec]:
            return _show(_api(spec), class_name, terminal, as_json)
        case ["diff", old, new]:
            return _diff(_api(old), _api(new), class_name, terminal, as_json)
    raise Usage(_USE)


def _api(spec: str) -> Api:
    """Return the facts of "3.12", "keras==3.12.4" or "tf.keras==2.4". Raises `Usage` for what there is none of."""
    library, _, version = spec.rpartition("==")
    library = {"tf_keras": "tf-keras", "tensorflow": "tf.keras", "": "keras"}.get(library, library)
    if version_key(version) is None:
        raise Usage(f"{version!r} is no version")
    line = line_of(library, version)
    known = lines().get(line, ())
    if not known:
        raise Usage(f"{library!r} is none of keras, tf-keras, tf.keras")
    newest = [release for release in known if in_line(release, version)]
    if not newest:
        near = [release for release in known if in_line(release, version.partition(".")[0])] or list(known)
        raise Usage(f"there is no {library} {version} in the data; there are {', '.join(near[-8:])}")
    return Api(library, newest[-1])


def _title(api: Api) -> str:
    return f"tf.keras of TensorFlow {api.release}" if api.line == "tensorflow" else f"{api.library} {api.release}"


def _list(terminal: Terminal, as_json: bool) -> int:
    if as_json:
        terminal.json([{"library": _LIBRARIES[n], "line": n, "releases": list(r)} for n, r in lines().items()])
        return OK
    for line, releases in lines().items():
        terminal.print(terminal.style(f"{_LIBRARIES[line]:<9}", "bold") + f" {number(len(releases), 'release')}")
        terminal.paragraph(" ".join(releases), 10, 10)
    return OK


def _where(name: str, terminal: Terminal, as_json: bool) -> int:
    """Tell which releases know a class."""
    from keras_doctor.releases.changes import TABLES

    found = {kind: places for kind in TABLES if (places := whereabouts(name, kind))}
    if as_json:
        terminal.json({kind: {line: list(have) for line, have in places.items()} for kind, places in found.items()})
    for kind, places in found.items() if not as_json else ():
        terminal.print(terminal.style(f"{clean(name)}, of {kind}", "bold"))
        for line, have in places.items():
            lost = [release for release in lines()[line] if release not in have]
            told = f"{have[0]} to {have[-1]}" if len(have) > 1 else have[0]
            holes = [
                r for r in lost if (version_key(have[0]) or ()) < (version_key(r) or ()) < (version_key(have[-1]) or ())
            ]
            told += f", not {' '.join(holes)}" if holes else ""
            terminal.print(f"  {_LIBRARIES[line]:<9} {told if lost else 'all of ' + told}")
    if not found and not as_json:
        terminal.print(f"no release knows {clean(name)}")
    return OK if found else FOUND


def _show(api: Api, class_name: str, terminal: Terminal, as_json: bool) -> int:
    if not class_name:
        tables = {kind: sorted(api.table(kind)) for kind in api.tables()}
        if as_json:
            terminal.json({"library": api.library, "version": api.release, "names": tables})
            return OK
        terminal.print(terminal.style(f"{_title(api)}: what its loader knows by name", "bold"))
        for kind, names in tables.items():
            terminal.print(f"  {terminal.style(kind, 'bold')} ({len(names)})")
            terminal.paragraph(" ".join(names), 4, 4)
        return OK
    found = _named(api, class_name)
    if as_json:
        terminal.json([_as_json(api, table, entry) for table, entry in found])
    for table, entry in found if not as_json else ():
        _class(api, table, entry, terminal)
    if not found and not as_json:
        terminal.print(f"{_title(api)} does not know {clean(class_name)}")
    return OK if found else FOUND


def _named(api: Api, name: str) -> list[tuple[str, Definition]]:
    """Return what a name stands for in each table, and the classes of that name that no table has."""
    found = [(kind, entry) for kind in api.tables() if (entry := api.find(name, kind))]
    if not found:
        for kind in KINDS:
            found += [(kind, entry) for entry in api.classes(kind) if entry.class_name == name]
    return list({entry: (kind, entry) for kind, entry in reversed(found)}.values())[::-1]


def _class(api: Api, table: str, entry: Definition, terminal: Terminal) -> None:
    accepted, written = api.accepts(entry), api.emits(entry)
    terminal.print(terminal.style(f"{entry.class_name}, of {table}, in {_title(api)}", "bold"))
    terminal.print(f"  stands in   {entry.module}")
    bases = [name for _, name in api.mro(entry)[1:]]
    rows = [
        ("bases", ", ".join(bases)),
        ("takes", ", ".join([*accepted.required, *(f"{name}={default}" for name, default in accepted.optional)])),
        ("also takes", ", ".join([*accepted.popped, *accepted.whitelisted])),
        ("renames", ", ".join(f"{old} to {new}" for old, new in accepted.renamed)),
        ("others", f"taken: {accepted.why}" if accepted.open else "refused"),
        ("writes", ", ".join([*written.always, *(f"{key} (sometimes)" for key in written.sometimes)])),
    ]
    checked = ((name, api.values(entry, name)) for name in accepted.names())
    rows += [("values", f"{name}: {', '.join(map(str, found.values))}") for name, found in checked if found]
    for head, text in rows:
        if text:
            terminal.paragraph(f"  {head:<11} {text}", 0, 14)


def _as_json(api: Api, table: str, entry: Definition) -> dict[str, object]:
    accepted, written = api.accepts(entry), api.emits(entry)
    values = {name: list(v.values) for name in accepted.names() if (v := api.values(entry, name))}
    return {
        "kind": table, "name": entry.class_name, "module": entry.module, "bases": [n for _, n in api.mro(entry)[1:]],
        "required": list(accepted.required), "optional": dict(accepted.optional), "popped": list(accepted.popped),
        "whitelisted": list(accepted.whitelisted), "renamed": dict(accepted.renamed), "open": accepted.open,
        "writes": list(written.always), "writes_sometimes": list(written.sometimes), "values": values,
    }  # fmt: skip


def _diff(old: Api, new: Api, class_name: str, terminal: Terminal, as_json: bool) -> int:
    from keras_doctor.records import as_dict
    from keras_doctor.releases.changes import changes

    found = list(changes(old, new, class_name))
    if as_json:
        terminal.json([as_dict(change) for change in found])
        return OK
    if class_name and not _named(old, class_name) and not _named(new, class_name):
        terminal.print(f"neither {_title(old)} nor {_title(new)} knows {clean(class_name)}")
        return FOUND
    terminal.print(terminal.style(f"from {_title(old)} to {_title(new)}", "bold"))
    last = ("", "")
    for change in found:
        if (change.kind, change.name) != last:
            terminal.print(f"  {terminal.style(change.name, 'bold')}, of {change.kind}")
            last = change.kind, change.name
        terminal.paragraph(f"    {change.text}", 0, 6)
    if not found:
        terminal.print("  no difference")
    return OK
