"""What each release accepts: the data against what real installations said, and the questions that are asked of it."""

from __future__ import annotations

import ast
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

from keras_doctor.releases.api import Api, Keywords
from keras_doctor.releases.api_text import lines, nearest
from keras_doctor.releases.whereabouts import whereabouts

DATA = Path(__file__).resolve().parents[2] / "src" / "keras_doctor" / "releases" / "api"
TRUTH = Path(__file__).with_name("api_truth.tsv.xz")


def truths() -> dict[str, list[list[str]]]:
    """Return by installation ("tf.keras==2.4.0") the rows that tools/check_api_truth.py packed."""
    found: dict[str, list[list[str]]] = {}
    for row in lzma.decompress(TRUTH.read_bytes()).decode().splitlines():
        if not row.startswith("#"):
            where, *fields = row.split("\t")
            for installation in where.split(" "):
                found.setdefault(installation, []).append(fields)
    return found


TRUTHS = truths()


def constant(text: str) -> object:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return None


@pytest.mark.parametrize("installation", sorted(TRUTHS))
def test_the_data_says_what_the_real_installation_said(installation: str) -> None:
    library, _, version = installation.partition("==")
    api = Api(library, version)
    assert api.known
    root = "tf_keras" if library == "tf-keras" else "keras"
    wrong = []
    for place, module, name, taken, keys, *init in TRUTHS[installation]:
        space, _, public = place.rpartition(".")
        found = api.definition(module, name) or api.definition(f"{root}.{space}", public)
        if found is None:
            wrong.append(f"{place} is missing")
            continue
        ours = [] if init == ["*args", "**kwargs"] and not api.parameters(found) else init
        if [f.partition("=")[:2] for f in api.parameters(found)] != [f.partition("=")[:2] for f in ours]:
            wrong.append(f"{place} takes {api.parameters(found)}, really {init}")
        for mine, real in zip(api.parameters(found), ours, strict=False):
            values = constant(mine.partition("=")[2] or "0"), constant(real.partition("=")[2] or "0")
            if None not in values and values[0] != values[1]:
                wrong.append(f"{place}: {mine}, really {real}")
        if not taken:
            continue
        written = api.emits(found)
        real_keys = keys.split()
        if not written.open and (more := set(real_keys) - set(written.names())):
            wrong.append(f"{place} writes {more} too")
        if space != "models" and (fewer := set(written.always) - set(real_keys)):
            wrong.append(f"{place} does not write {fewer}")
        if taken == "taken" and (refused := api.refused(found, real_keys)):
            wrong.append(f"{place} takes {refused}")
    assert wrong == []


def test_every_published_line_is_there() -> None:
    assert [name for name, _ in lines().items()] == [
        "keras-1", "keras-2", "keras-2.6", "keras-3", "tensorflow", "tf-keras",
    ]  # fmt: skip
    assert len(lines()["keras-3"]) >= 40
    assert len(lines()["tensorflow"]) == 20
    assert {"3.12.0", "3.12.4", "3.13.0", "3.15.1"} <= set(lines()["keras-3"])


@pytest.mark.parametrize(
    ("library", "version", "line", "release", "exact"),
    [
        ("keras", "3.12.4", "keras-3", "3.12.4", True),
        ("keras", "3.12.99", "keras-3", "3.12.4", False),
        ("keras", "2.2.4", "keras-2", "2.2.4", True),
        ("tf.keras", "2.4.1", "tensorflow", "2.4.4", True),
        ("tf.keras", "2.10.0", "keras-2.6", "2.10.0", True),
        ("tf.keras", "2.13.0", "keras-2.6", "2.13.1", False),
        ("tf-keras", "2.21.0", "tf-keras", "2.21.0", True),
        ("keras", "1.2.2", "keras-1", "1.2.2", True),
    ],
)
def test_a_release_answers_for_itself_or_for_its_line(
    library: str, version: str, line: str, release: str, exact: bool
) -> None:
    api = Api(library, version)
    assert (api.line, api.release, api.exact) == (line, release, exact)


def test_a_release_newer_than_the_data_answers_as_the_newest() -> None:
    newest = lines()["keras-3"][-1]
    assert Api("keras", "3.999.0").release == newest
    assert not Api("keras", "3.999.0").exact
    assert nearest("keras-3", "3.0")[1]


def test_an_unknown_library_knows_nothing() -> None:
    api = Api("pytorch", "1.0")
    assert not api.known
    assert api.find("Dense") is None
    assert not api.has_module("keras")


# What is asserted below was seen in the releases themselves: the errors of real loads, and their sources.


def test_quantization_config_came_with_3_13() -> None:
    for version, takes in (("3.12.4", False), ("3.13.0", True), ("3.15.1", True)):
        api = Api("keras", version)
        dense = api.find("Dense", "layers")
        assert dense is not None
        assert api.accepts(dense).takes("quantization_config") is takes
        assert ("quantization_config" in api.emits(dense).always) is takes


def test_what_keras_3_refuses_of_an_lstm_by_tf_keras() -> None:
    new = Api("keras", "3.15.1")
    lstm = new.find("LSTM", "layers")
    assert lstm is not None
    assert new.refused(lstm, ["units", "time_major", "implementation", "name"]) == ("time_major",)


def test_base_keywords_pass_and_fixed_ones_do_not() -> None:
    api = Api("keras", "3.15.1")
    conv = api.find("Conv2D", "layers")
    assert conv is not None
    accepted = api.accepts(conv)
    assert accepted.takes("name")
    assert accepted.takes("trainable")
    assert not accepted.takes("rank")  # given by Conv2D itself
    assert not accepted.open
    assert accepted.required[:2] == ("filters", "kernel_size")
    assert accepted.default("padding") == "'valid'"


def test_whitelists_of_keras_2_and_renames_of_keras_1() -> None:
    api = Api("keras", "2.2.4")
    dense = api.find("Dense", "layers")
    assert dense is not None
    accepted = api.accepts(dense)
    assert accepted.takes("batch_input_shape")
    assert not accepted.takes("groups")
    assert ("output_dim", "units") in accepted.renamed
    assert Api("keras", "2.2.4").find("Convolution2D", "layers") == Api("keras", "2.2.4").find("Conv2D", "layers")


def test_what_keras_2_takes_apart_of_keras_1() -> None:
    api = Api("keras", "2.2.4")
    conv = api.find("Convolution2D", "layers")
    assert conv is not None
    assert api.refused(conv, ["nb_filter", "nb_row", "nb_col", "border_mode", "groups"]) == ("groups",)


def test_checked_values() -> None:
    api = Api("keras", "3.15.1")
    conv = api.find("Conv2D", "layers")
    assert conv is not None
    padding = api.values(conv, "padding")
    assert padding is not None
    assert padding.accepts("SAME")
    assert not padding.accepts("full")
    assert api.values(conv, "filters") is None
    one = api.values(api.find("VarianceScaling", "initializers"), "mode")  # type: ignore[arg-type]
    assert one is not None
    assert set(one.values) == {"fan_in", "fan_out", "fan_avg"}


@pytest.mark.parametrize("line", sorted(lines()))
def test_every_default_is_among_the_values_that_are_let_through(line: str) -> None:
    library = {"tensorflow": "tf.keras", "tf-keras": "tf-keras", "keras-2.6": "tf.keras"}.get(line, "keras")
    wrong = []
    for version in lines()[line][:: max(1, len(lines()[line]) // 6)]:
        api = Api(library, version)
        for kind in ("layers", "initializers", "losses", "metrics", "optimizers", "objects"):
            for found in api.classes(kind):
                for name, default in api.accepts(found).optional:
                    values = api.values(found, name)
                    if values is not None and default[0] in "'N" and not values.accepts(constant(default)):
                        wrong.append((version, found.name, name, default, values.values))
    assert wrong == []


def test_names_are_found_as_the_loader_finds_them() -> None:
    api = Api("keras", "3.15.1")
    assert api.find("adam", "optimizers") == api.find("Adam", "optimizers")
    assert api.find("TFOpLambda", "layers") is None
    assert api.function("losses", "mse") is not None
    assert api.function("losses", "MeanSquaredError") is None
    assert api.definition("keras.layers", "Dense") == api.definition("keras.src.layers.core.dense", "Dense")
    assert api.definition("keras.layers", "Convolution2D") == api.find("Conv2D", "layers")
    assert Api("tf.keras", "2.4.1").find("TFOpLambda", "layers") is not None
    assert Api("tf.keras", "2.2.0").find("Functional", "layers") is None
    assert Api("tf.keras", "2.4.1").find("Functional", "layers") is not None


def test_optimizers_of_two_generations() -> None:
    api = Api("tf.keras", "2.15.0")
    new, old = api.find("Adam", "optimizers"), api.find("Adam", "optimizers.legacy")
    assert new is not None
    assert old is not None
    assert new != old
    assert api.accepts(new).takes("jit_compile")
    assert not api.accepts(old).takes("jit_compile")


def test_activations_that_are_functions_of_tensorflow() -> None:
    api = Api("tf.keras", "2.15.0")
    relu6 = api.function("activations", "relu6")
    assert relu6 is not None
    assert relu6.module == "tf.nn"
    assert api.function("activations", "gelu") is not None
    assert api.find("softmax_v2", "activations") is None


def test_what_a_bare_name_of_an_optimizer_means() -> None:
    # 2.9 and 2.10 took the older generation where nothing else was said, 2.11 the newer
    old, new = Api("tf.keras", "2.10.0"), Api("tf.keras", "2.11.0")
    assert old.find("Adam", "optimizers") == old.find("Adam", "optimizers.legacy") != old.find("Adam", "optimizers.new")
    assert new.find("Adam", "optimizers") == new.find("Adam", "optimizers.new")


def test_a_graph_of_layers_is_no_constructor_s_matter() -> None:
    api = Api("tf.keras", "2.15.0")
    functional = api.find("Functional", "layers")
    assert functional is not None
    assert api.refused(functional, ["name", "layers", "input_layers", "output_layers"]) == ()


def test_what_lambda_takes_out_of_its_config() -> None:
    api = Api("tf.keras", "2.15.0")
    found = api.find("Lambda", "layers")
    assert found is not None
    assert api.refused(found, ["function", "function_type", "module", "output_shape_module"]) == ()


def test_where_modules_stand() -> None:
    assert Api("tf.keras", "2.12.0").has_module("keras.engine.functional")
    assert not Api("tf.keras", "2.13.1").has_module("keras.engine.functional")
    assert Api("tf.keras", "2.13.1").has_module("keras.src.engine.functional")
    assert not Api("keras", "3.15.1").has_module("keras.src.engine.functional")
    assert "keras.src.models.functional" in Api("keras", "3.15.1").modules()


def test_where_a_class_came_and_went() -> None:
    merge = whereabouts("Merge", "layers")
    assert "1.2.2" in merge["keras-1"]
    assert "keras-3" not in merge
    assert whereabouts("Muon", "optimizers") == {} or "keras-3" in whereabouts("Muon", "optimizers")


def test_keywords_say_no_when_refused_by_name() -> None:
    assert not Keywords(open=True, refused=("alpha",)).takes("alpha")
    assert Keywords(open=True, refused=("alpha",)).takes("beta")


def test_hostile_names_are_not_found() -> None:
    api = Api("keras", "3.15.1")
    for name in ("", "\n", "=Dense", "Dense\t", "module", "a" * 100_000, "\x00", "Dense\n=Layer", ">", "x>y"):
        assert api.find(name) is None
        assert api.definition(name, name) is None
        assert not api.has_module(name + ".x")


def test_asking_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom keras_doctor.releases.api import Api\n"
        "api = Api('keras', '3.12.4'); api.emits(api.find('Dense')); api.accepts(api.find('Adam'))\n"
        "print(sorted({'re', 'json', 'enum', 'typing', 'dataclasses', 'pathlib', 'collections'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert told.stdout.strip() == "[]"


def test_the_data_is_small_sorted_and_well_formed() -> None:
    files = list(DATA.rglob("*.tsv"))
    assert sum(file.stat().st_size for file in files) <= 1_500_000
    for file in files:
        text = file.read_text(encoding="utf-8")
        if file.name == "lines.tsv":
            continue
        releases = set(lines()[file.parent.name])
        sections = [row.split("\t")[0] for row in text.splitlines() if row.startswith("=")]
        assert sections == sorted(set(sections))
        for row in text.splitlines():
            fields = row.split("\t")
            for run in fields[1].split(",") if len(fields) > 1 and fields[1] else ():
                assert {end for end in run.split("-") if end} <= releases


@pytest.mark.parametrize("release", ["1.14.0", "1.15.5", "2.0.4", "2.1.4", "2.2.3", "2.3.4"])
def test_names_that_the_deserializer_turns_into_others_are_known(release):
    """TensorFlow 1.13 wrote BatchNormalizationV1; 1.15 and 2.1 to 2.5 really load such files."""
    api = Api("tf.keras", release)
    found = api.find("BatchNormalizationV1", "layers")
    assert found is not None
    assert found.class_name in ("BatchNormalization", "BatchNormalizationV1")
