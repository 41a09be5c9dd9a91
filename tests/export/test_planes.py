"""``render --plane`` with directions: what is written is the loss at the parameters that the file names."""

import json
from pathlib import Path

import numpy as np
import pytest

from landscape_app.cli import main
from landscape_app.core.landscape import DIRECTION_KINDS, PlaneKind
from landscape_app.session.config import Experiment
from landscape_app.session.files import read_session
from landscape_app.session.problem import build_model, load_data

NETWORK = ("--data", "sine", "--model", "two-layer-sigmoid", "--optimizer", "adam", "--learning-rate", "0.05")
QUICK = ("--grid", "7", "--formats", "none", "--iterations", "25")


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loss_at(experiment: Experiment, theta: np.ndarray) -> float:
    data = load_data(experiment.data).data
    return build_model(experiment.model, data.n).loss(theta, data.X, data.y)


@pytest.mark.parametrize("kind", DIRECTION_KINDS)
def test_that_a_node_is_the_loss_at_its_parameters(kind: PlaneKind) -> None:
    assert main(["render", "--out", "out", *NETWORK, *QUICK, "--plane", kind, "--x-range", "-1:2"]) == 0
    experiment = read_session(Path("out/session.json")).experiment
    assert experiment.plane.kind == kind
    with np.load("out/landscape.npz") as file:
        x, y, loss, origin, u, v = (file[name] for name in ("x", "y", "loss", "origin", "u", "v"))
        assert str(file["x_name"]) != str(file["y_name"])
    assert (x[0], x[-1]) == (-1.0, 2.0)
    for i, j in ((0, 0), (3, 5), (6, 6)):
        assert loss[i, j] == pytest.approx(loss_at(experiment, origin + x[j] * u + y[i] * v), rel=1e-8)
    # The slice goes through the last point of the path.
    rows = np.loadtxt("out/trajectory.csv", delimiter=",", skiprows=1, usecols=range(2, 2 + origin.size), quotechar='"')
    beside = rows[-1] - origin
    coordinates = np.linalg.lstsq(np.column_stack((u, v)), beside, rcond=None)[0]
    assert np.abs(beside - np.column_stack((u, v)) @ coordinates).max() < 1e-12


def test_that_the_session_written_gives_the_same_map_again() -> None:
    assert main(["render", "--out", "a", *NETWORK, *QUICK, "--plane", "random", "--seed", "5"]) == 0
    assert main(["render", "--out", "b", "--session", "a/session.json", "--formats", "none"]) == 0
    with np.load("a/landscape.npz") as one, np.load("b/landscape.npz") as other:
        for name in one.files:
            assert np.array_equal(one[name], other[name])


def test_that_parameters_take_the_place_of_directions_and_back() -> None:
    assert main(["render", "--out", "a", *NETWORK, *QUICK, "--plane", "pca", "--x-range", "0:1"]) == 0
    assert (
        main(["render", "--out", "b", "--session", "a/session.json", "--plane", "w2[1],b2", "--formats", "none"]) == 0
    )
    plane = json.loads(Path("b/session.json").read_text(encoding="utf-8"))["plane"]
    assert (plane["kind"], plane["axes"], plane["x_range"]) == ("axes", ["w2[1]", "b2"], None)
    with np.load("b/landscape.npz") as file:
        assert sorted(file.files) == ["error", "guarantee", "loss", "method", "x", "x_name", "y", "y_name"]


def test_that_ranges_along_directions_go_with_the_model() -> None:
    assert main(["render", "--out", "a", *NETWORK, *QUICK, "--plane", "random", "--x-range", "0:1"]) == 0
    again = ["--session", "a/session.json", "--formats", "none"]
    for out, options, expected in (("b", ["--hidden", "2"], None), ("c", ["--learning-rate", "0.01"], [0.0, 1.0])):
        assert main(["render", "--out", out, *again, *options]) == 0
        plane = json.loads(Path(f"{out}/session.json").read_text(encoding="utf-8"))["plane"]
        assert (plane["kind"], plane["x_range"]) == ("random", expected)


def test_that_two_parameters_have_one_plane(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--out", "out", *QUICK, "--plane", "hessian"]) == 0
    assert "with two parameters there is one plane" in capsys.readouterr().err
    with np.load("out/landscape.npz") as file:
        assert (str(file["x_name"]), str(file["y_name"])) == ("w", "b")


@pytest.mark.parametrize("words", ["foo", "pca,hessian", "random,", "PCA "])
def test_that_other_words_get_one_sentence(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["render", "--out", "out", *NETWORK, *QUICK, "--plane", words])
    error = capsys.readouterr().err.strip()
    if words.strip().lower() == "pca":
        assert status == 0
        return
    assert status == 2
    assert error.count("\n") == 0
    assert not Path("out").exists()
