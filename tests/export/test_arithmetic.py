"""``--arithmetic``: fast steps in a script, what they write, and where they are refused."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from landscape_app.cli import main
from landscape_app.core.arrays import FloatArray
from tests.export.conftest import SceneOf

Render = Callable[..., int]


@pytest.fixture
def render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Render:
    monkeypatch.chdir(tmp_path)
    return lambda *words, out="out": main(["render", "--out", out, "--grid", "5", "--formats", "none", *words])


def trajectory(folder: str = "out") -> FloatArray:
    with Path(folder, "trajectory.csv").open(encoding="utf-8", newline="") as file:
        return np.array(list(csv.reader(file))[1:], dtype=np.float64)


def arithmetic(folder: str = "out") -> str:
    return str(json.loads(Path(folder, "session.json").read_text(encoding="utf-8"))["run"]["arithmetic"])


@pytest.mark.parametrize("model", ["univariate", "multivariate", "two-layer-linear"])
def test_that_fast_steps_write_the_same_numbers_up_to_rounding(render: Render, model: str) -> None:
    words = ("--data", "line", "--model", model, "--iterations", "200", "--learning-rate", "0.02")
    assert render(*words, out="slow") == 0
    assert render(*words, "--arithmetic", "fast", out="fast") == 0
    slow, fast = trajectory("slow"), trajectory("fast")
    assert fast == pytest.approx(slow, rel=1e-9, abs=1e-9)
    assert (arithmetic("slow"), arithmetic("fast")) == ("equations", "fast")
    assert render("--session", "fast/session.json", out="again") == 0
    assert trajectory("again").tobytes() == fast.tobytes()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--model", "two-layer-sigmoid"), "linear in the features"),
        (("--batch-size", "4"), "all examples at once"),
    ],
)
def test_that_there_are_no_fast_steps_for_networks_and_mini_batches(
    render: Render, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], sentence: str
) -> None:
    assert render("--data", "line", "--arithmetic", "fast", *words) != 0
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert not Path("out").exists()


def test_that_an_unknown_arithmetic_is_refused(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    assert render("--arithmetic", "quick") != 0
    assert "fast" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("--model", "two-layer-sigmoid"), ("--batch-size", "4")])
def test_that_a_session_s_fast_steps_give_way_with_a_note(
    render: Render, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    assert render("--data", "line", "--arithmetic", "fast") == 0
    assert render("--session", "out/session.json", *words, out="other") == 0
    assert "fast steps" in capsys.readouterr().err
    assert arithmetic("other") == "equations"
    assert render("--session", "out/session.json", *words, "--arithmetic", "fast", out="no") != 0
    assert render("--session", "out/session.json", "--arithmetic", "equations", out="slow") == 0
    assert arithmetic("slow") == "equations"


def test_that_the_caption_names_fast_steps(scene_of: SceneOf) -> None:
    assert "full batch, steps through R, " in scene_of(run={"arithmetic": "fast", "iterations": 5}).caption
    assert "through R" not in scene_of(run={"iterations": 5}).caption
