"""Make the data of `keras_doctor.symptoms.guessing`: which words the reports of each cause have.

    python tools/make_guesses.py REPORTS.jsonl …          # writes src/keras_doctor/symptoms/guesses.tsv
    python tools/make_guesses.py --folds 8 REPORTS.jsonl …  # says how often it is right about reports held out

A report is a line of JSON with `traceback_or_error` (what was pasted), `cause`, `acceptable` (causes that are right,
too), `message_kind` and `determinable`. Only counts of words leave this tool, and only of words in several reports.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from keras_doctor.symptoms.guessing import Table, causes, words_of  # noqa: E402
from keras_doctor.symptoms.text import plain  # noqa: E402

DATA = ROOT / "src" / "keras_doctor" / "symptoms" / "guesses.tsv"
LEAST = 4  # reports that have a word

Report = tuple[set[str], str, frozenset[str]]


def reports(paths: list[str]) -> list[Report]:
    """Return words, cause and acceptable causes of the reports of errors, each text once."""
    found: dict[str, Report] = {}
    for path in paths:
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            text = case["traceback_or_error"]
            if case["message_kind"] != "error" or case["cause"] not in causes() or text in found:
                continue
            if case["determinable"] in ("text", "text+versions"):
                found[text] = words_of(plain(text)), case["cause"], frozenset(case["acceptable"])
    return list(found.values())


def counted(known: list[Report]) -> Table:
    """Return how many reports of each cause there are, and have each word."""
    having = Counter(word for words, _, _ in known for word in words)
    together: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for words, cause, _ in known:
        for word in words:
            if having[word] >= LEAST:
                together[word][cause] += 1
    total = Counter(cause for _, cause, _ in known)
    return Table(dict(sorted(total.items())), {word: dict(sorted(together[word].items())) for word in sorted(together)})


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("reports", nargs="+")
    parser.add_argument("--folds", type=int, default=0)
    options = parser.parse_args()
    known = reports(options.reports)
    if options.folds:
        random.Random(1).shuffle(known)
        right = 0
        for fold in range(options.folds):
            table = counted([one for place, one in enumerate(known) if place % options.folds != fold])
            right += sum(table.ranked(words)[0][1] in fine for words, _, fine in known[fold :: options.folds])
        print(f"{right} of {len(known)} reports held out ({100 * right / len(known):.1f} %)")
        return
    table = counted(known)
    rows = [
        "\t".join((word, *(f"{cause}={count}" for cause, count in counts.items())))
        for word, counts in (("", table.causes), *table.words.items())
    ]
    head = (
        f"# reports by cause, first all and then those that have a word ({len(known)}): made by tools/make_guesses.py"
    )
    DATA.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
