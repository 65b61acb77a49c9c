"""What is read of a command line without argparse is what argparse reads."""

from __future__ import annotations

import random

import pytest

from keras_doctor.cli.arguments import parse
from keras_doctor.cli.entry import COMMANDS, Usage, load
from keras_doctor.cli.plain import Declared

VALUES = ["a.h5", "b", "-", "", "keras==3.0", "error", "auto", "json", "a=b", "-1", "--", "--none", "-x", "two words"]


def plain(name, words):
    declared = Declared()
    load(name).arguments(declared)
    return declared, declared.read(words)


@pytest.mark.parametrize("name", COMMANDS)
def test_words_mean_what_argparse_makes_of_them(name):
    draw = random.Random(name)
    options = [*plain(name, [])[0]._options, "--help"]
    read = 0
    for _ in range(150):
        words = []
        for _ in range(draw.randrange(5)):
            option = draw.choice(options)
            cut = option[: draw.randint(4, len(option))]
            words += draw.choice(
                [[option, draw.choice(VALUES)], [f"{option}={draw.choice(VALUES)}"], [option], [cut]]
                + [[draw.choice(VALUES)]] * 3
            )
        found = plain(name, words)[1]
        if found is not None:
            read += 1
            assert parse([name, *words])[1] == found, words
    assert read or name == "run"


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["check", "a.h5", "--env", "keras==3.0"], {"paths": ["a.h5"], "env": "keras==3.0"}),
        (["check", "--env=keras==3.0", "a", "b"], {"paths": ["a", "b"], "env": "keras==3.0"}),
        (["check", "a", "--no-compile", "--json"], {"paths": ["a"], "compile": False, "output_format": "json"}),
        (["check", "a", "--ignore", "KD1", "--ignore", "KD2"], {"paths": ["a"], "ignore": ["KD1", "KD2"]}),
        (["explain", "-"], {"file": "-"}),
        (["rules"], {}),
    ],
)
def test_plain_words_are_read(words, values):
    assert plain(words[0], words[1:])[1] == values


@pytest.mark.parametrize(
    "words",
    [
        ["check"],
        ["check", "a", "--nonsense"],
        ["check", "a", "--env"],
        ["check", "a", "--env", "x", "--python", "y"],
        ["check", "a", "--deep=1"],
        ["check", "a", "--deep="],
        ["check", "a", "--fail-on", "nothing"],
        ["diff", "a"],
        ["demo", "a"],
    ],
)
def test_what_is_wrong_is_left_to_argparse(words):
    assert plain(words[0], words[1:])[1] is None
    with pytest.raises(Usage):
        parse(words)


def test_files_may_stand_between_options():
    words = ["check", "a", "--deep", "b"]
    assert plain(words[0], words[1:])[1] is None
    assert parse(words)[1] == {"paths": ["a", "b"], "deep": True}
