"""The rules about paths and stand-ins, on real folders: what is near a missing path, what refuses, what to fetch."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from keras_doctor.environments import Environment
from keras_doctor.rules import diagnose
from keras_doctor.rules.nearest import distance, similar

NEWEST = Environment.parse("python==3.11 keras==3.15.1 tensorflow==2.21.0")
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 102853048\n".format("4d" * 32)


def check(path):
    diagnosis = diagnose(path, NEWEST)
    assert diagnosis.verdict == "fails"
    return diagnosis.decisive


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("there", "asked"),
    [
        ("model.h5", "modle.h5"),
        ("model.h5", "model.hdf5"),
        ("model.keras", "model"),
        ("model.keras", "Model.Keras"),
        ("best_model.keras", "best-model.keras"),
        ("model.weights.h5", "model.h5"),
        ("model.h5.gz", "model.h5"),
        ("modèle.h5", "modele\u0300.h5"),
        ("model.h5", "model.h5 "),
        ("model.h5", "'model.h5'"),
        ("model.h5", "\u200bmodel.h5"),
        ("a/b/model.h5", "a\\b\\model.h5"),
        ("models/model.h5", "model.h5"),
        ("models/model.h5", "modles/model.h5"),
        ("model.h5", "/model.h5"),
        ("model.h5", "there/model.h5"),
        ("saved/model.h5", "$KERAS_DOCTOR_TEST/model.h5"),
    ],
)
def test_what_is_near_is_named(here, monkeypatch, there, asked):
    monkeypatch.setenv("KERAS_DOCTOR_TEST", str(here / "saved"))
    (here / there).parent.mkdir(parents=True, exist_ok=True)
    (here / there).write_bytes(b"x")
    finding = check(asked)
    assert (finding.code, finding.cause) == ("KD101", "path-problem")
    named = finding.remedies[0].command
    assert os.path.basename(there) in named, finding
    shell = subprocess.run(f'set -- {named}; printf %s "$3"', shell=True, capture_output=True, text=True, check=True)
    assert os.path.samefile(shell.stdout, here / there)


def test_home(here, monkeypatch):
    (here / "model.h5").write_bytes(b"x")
    monkeypatch.setenv("HOME", str(here))
    monkeypatch.setenv("USERPROFILE", str(here))
    finding = check("~/model.h5")
    assert "expanduser" in finding.remedies[0].text
    assert str(here) in check("~/modle.h5").remedies[0].command


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("C:\temp\\model.h5", "control character"),
        ("ckpt/model-{epoch:02d}.h5", "template"),
        ("runs/*.h5", "pattern"),
    ],
)
def test_paths_that_are_none(here, path, says):
    assert any(says in remedy.text for remedy in check(path).remedies)


def test_parts_that_do_not_exist(here):
    (here / "model.keras").write_bytes(b"x")
    assert any("model.keras is a file" in line for line in check("model.keras/config.json").evidence)
    assert any("the folder nowhere does not exist" in line for line in check("nowhere/at/all.h5").evidence)
    assert any(f"looked for in {here}" in line for line in check("x.h5").evidence)
    assert check("").message == "the path is empty"


def test_an_address_is_not_a_missing_file(here):
    diagnosis = diagnose("hf://user/model", NEWEST)
    assert diagnosis.verdict == "unknown"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_links(here):
    os.symlink("gone.h5", "model.h5")
    assert "a link to gone.h5" in check("model.h5").message
    os.symlink("b.h5", "a.h5")
    os.symlink("a.h5", "b.h5")
    finding = check("a.h5")
    assert finding.code == "KD102"
    assert any("point to each other" in remedy.text for remedy in finding.remedies)


def test_an_unfinished_download_beside_it(here):
    (here / "model.h5.crdownload").write_bytes(b"x")
    assert "still to be fetched" in check("model.h5").remedies[0].text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(here):
    os.mkfifo("model.h5")
    finding = check("model.h5")
    assert (finding.code, finding.cause) == ("KD102", "path-problem")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
def test_rights(here):
    (here / "model.h5").write_bytes(b"x")
    (here / "model.h5").chmod(0)
    finding = check("model.h5")
    assert finding.code == "KD102"
    subprocess.run(finding.remedies[0].command, shell=True, check=True)
    assert (here / "model.h5").read_bytes() == b"x"


def test_text_in_place_of_a_path(here):
    finding = check('{"class_name": "Sequential", "config": [' + '{"class_name": "Dense"},' * 200 + "]}")
    assert "not a path" in finding.message or "nothing at" in finding.message
    assert check("model\0.h5").code == "KD102"


def test_lfs_pointer_in_a_clone_and_outside(here):
    (here / "model.h5").write_text(LFS)
    finding = check("model.h5")
    assert (finding.code, finding.cause) == ("KD119", "not-a-model")
    assert finding.evidence == ("the real file has 102,853,048 bytes, this one has 134",)
    if not any((folder / ".git").exists() for folder in here.parents):
        assert "git clone" in finding.remedies[0].command
    (here / ".git").mkdir()
    assert check("model.h5").remedies[0].command == "git lfs install && git -C . lfs pull"


def test_other_stand_ins(here):
    (here / "model.h5").write_text("/annex/objects/SHA256E-s31390--f50d.h5\n")
    assert check("model.h5").remedies[0].command == "git -C . annex get model.h5"
    assert "31,390 bytes" in check("model.h5").evidence[0]
    (here / "model.h5.dvc").write_text("outs:\n- md5: a3\n  size: 37\n  path: model.h5\n")
    assert check("model.h5.dvc").remedies[0].command == "dvc pull model.h5.dvc"
    (here / "real.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    (here / "._real.h5").write_bytes(b"\0\5\x16\7" + bytes(100))
    assert check("._real.h5").remedies[0].command == "keras-doctor check real.h5"


def test_a_download_under_way(here, corpus):
    whole = (corpus / "py311_tf215/mlp_seq/model.h5").read_bytes()
    (here / "model.h5.part").write_bytes(whole[: len(whole) // 2])
    codes = [finding.code for finding in diagnose("model.h5.part", NEWEST).findings]
    assert "KD104" in codes
    assert "KD119" in codes


def test_space_that_a_download_reserved(here):
    (here / "model.h5").write_bytes(bytes(5000))
    assert [finding.code for finding in diagnose("model.h5", NEWEST).findings] == ["KD103"]
    (here / "model.h5.aria2").write_bytes(b"x")
    diagnosis = diagnose("model.h5", NEWEST)
    assert [finding.code for finding in diagnosis.findings] == ["KD103", "KD119"]
    assert (diagnosis.verdict, diagnosis.cause) == ("fails", "damaged-file")


def test_a_rescued_model_is_the_one_in_the_pickle(here):
    import pickle
    import zipfile

    class Model:
        """Pickles as a model of Keras 3 does: as a call with the archive's bytes."""

        def __reduce__(self):
            import io

            return io.BytesIO, (archive,)

    out = here / "inner.keras"
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("config.json", "{}")
    archive = out.read_bytes()
    data = pickle.dumps(Model(), 4).replace(b"\x8c\x03_io", b"\x8c\x09keras.src")
    (here / "model.pkl").write_bytes(data)
    finding = check("model.pkl")
    assert "a pickle of a Keras model" in finding.message.replace("Python ", "")
    command = finding.remedies[0].command.replace("python -c", f"{sys.executable} -c")
    subprocess.run(command, shell=True, check=True)
    assert (here / "model-rescued.keras").read_bytes() == archive


@pytest.mark.parametrize(
    ("first", "second", "away"),
    [
        ("", "", 0),
        ("model", "model", 0),
        ("model", "modle", 1),
        ("model", "models", 1),
        ("model", "mode1", 1),
        ("ab", "ba", 1),
        ("model", "xyz", 3),
    ],
)
def test_distance(first, second, away):
    assert distance(first, second, 2) == min(away, 3)
    assert distance(second, first, 2) == min(away, 3)


def test_similar_takes_the_nearest_first():
    names = ["other.txt", "model.keras", "models.h5", "model_old.h5", "MODEL.H5"]
    assert similar("model.h5", names) == [(0, "MODEL.H5"), (1, "model.keras"), (2, "models.h5")]
    assert similar("x.h5", ["y.h5", "weights.h5"]) == [(2, "y.h5")]
