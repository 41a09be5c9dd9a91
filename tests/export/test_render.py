"""The contract for scripts, sentence by sentence, on real files."""

import csv
import json
import math
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from landscape_app.cli import main
from landscape_app.core.arrays import FloatArray
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.core.synthetic import GENERATORS
from landscape_app.session.config import FORMAT_VERSION

ROOT = Path(__file__).parents[2]
QUICK = ("--grid", "5", "--formats", "none")

Render = Callable[..., int]


@pytest.fixture
def render(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Render:
    """Return the command, run in an empty folder, with a small map and no figures unless asked for."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, out: str = "out", quick: bool = True) -> int:
        return main(["render", "--out", out, *(QUICK if quick else ()), *words])

    return run


def trajectory(folder: str = "out") -> tuple[list[str], FloatArray]:
    with Path(folder, "trajectory.csv").open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return head, np.array(rows, dtype=np.float64)


def session(folder: str = "out") -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Path(folder, "session.json").read_text(encoding="utf-8"))
    return content


def write_points(name: str = "my.csv") -> tuple[list[float], list[float]]:
    xs, ys = [0.5, -1.25, 2.0, 3.5, -0.75], [1.0, -2.0, 3.25, 6.5, -0.5]
    lines = ["x,y", *(f"{x},{y}" for x, y in zip(xs, ys, strict=True))]
    Path(name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return xs, ys


# --- what is written -------------------------------------------------------------------------------------------------


def test_that_all_files_are_written_and_named(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    assert render("--grid", "9", "--formats", "png,svg,pdf,png", quick=False) == 0
    figures = [f"{name}.{ext}" for name in ("contour", "surface", "gradients") for ext in ("png", "svg", "pdf")]
    files = sorted(["session.json", "trajectory.csv", "landscape.npz", *figures])
    assert sorted(path.name for path in Path("out").iterdir()) == files
    assert capsys.readouterr().out.split("\n") == [str(Path("out", name)) for name in files] + [""]
    assert Path("out").stat().st_mode & 0o777 == 0o777 & ~_umask()
    assert Path("out/session.json").stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_that_a_png_of_each_figure_is_the_default(render: Render) -> None:
    assert render("--grid", "5", "--iterations", "2", quick=False) == 0
    assert sorted(path.name for path in Path("out").glob("*.*g")) == ["contour.png", "gradients.png", "surface.png"]


def test_that_other_files_stay_and_old_results_are_replaced(render: Render) -> None:
    Path("out").mkdir()
    Path("out/mine.txt").write_text("mine", encoding="utf-8")
    Path("out/session.json").write_text("old", encoding="utf-8")
    assert render() == 0
    assert sorted(path.name for path in Path("out").iterdir()) == [
        "landscape.npz", "mine.txt", "session.json", "trajectory.csv",
    ]  # fmt: skip
    assert session()["version"] == FORMAT_VERSION


def test_that_parents_of_the_folder_are_made(render: Render) -> None:
    assert render(out="a/b/c") == 0
    assert len(list(Path("a/b/c").iterdir())) == 3


# --- the numbers -----------------------------------------------------------------------------------------------------


def test_that_the_path_is_the_section_s_equations(render: Render) -> None:
    xs, ys = write_points()
    Path("start.json").write_text('{"w": 0.5, "b": 0}', encoding="utf-8")
    assert render("--data", "my.csv", "--start", "start.json", "--learning-rate", "0.05", "--iterations", "30") == 0
    head, rows = trajectory()
    assert head == ["iteration", "loss", "w", "b", "dL/dw", "dL/db"]
    assert len(rows) == 31
    w, b, m = 0.5, 0.0, len(xs)
    for iteration, row in enumerate(rows):
        errors = [w * x + b - y for x, y in zip(xs, ys, strict=True)]
        loss = math.fsum(e * e for e in errors) / m
        dw = 2.0 / m * math.fsum(e * x for e, x in zip(errors, xs, strict=True))
        db = 2.0 / m * math.fsum(errors)
        np.testing.assert_allclose(row, [iteration, loss, w, b, dw, db], rtol=1e-12, atol=1e-14)
        w, b = w - 0.05 * dw, b - 0.05 * db


def test_that_the_map_is_the_slice_through_the_last_point(render: Render) -> None:
    words = ("--data", "product", "--model", "two-layer-sigmoid", "--hidden", "2", "--examples", "6")
    assert render(*words, "--plane", "W1[1,0], w2[0]", "--x-range", "-4:5", "--y-range=-1e-1:.5", "--grid", "7") == 0
    head, rows = trajectory()
    last = dict(zip(head, rows[-1], strict=True))
    with np.load("out/landscape.npz", allow_pickle=False) as content:
        x, y, loss = content["x"], content["y"], content["loss"]
        assert (str(content["x_name"]), str(content["y_name"])) == ("W1[1,0]", "w2[0]")
    assert (x[0], x[-1], y[0], y[-1]) == (-4.0, 5.0, -0.1, 0.5)
    assert loss.shape == (7, 7)
    data = GENERATORS["product"].generate(6, None, 0)
    for i, j in ((0, 0), (3, 5), (6, 6), (2, 0)):
        p = {**last, "W1[1,0]": x[j], "w2[0]": y[i]}
        squares = []
        for (x1, x2), target in zip(data.X.T, data.y[0], strict=True):
            units = [1 / (1 + math.exp(-(p[f"W1[{k},0]"] * x1 + p[f"W1[{k},1]"] * x2 + p[f"b1[{k}]"]))) for k in (0, 1)]
            yhat = math.fsum([p["w2[0]"] * units[0], p["w2[1]"] * units[1], p["b2"]])
            squares.append((yhat - target) ** 2)
        np.testing.assert_allclose(loss[i, j], math.fsum(squares) / 6, rtol=1e-12)


def test_that_row_n_holds_the_gradient_of_the_batch_that_would_be_next(render: Render) -> None:
    assert render("--data", "line", "--examples", "7", "--batch-size", "3", "--iterations", "4") == 0
    short = trajectory()[1]
    assert render("--data", "line", "--examples", "7", "--batch-size", "3", "--iterations", "9") == 0
    np.testing.assert_array_equal(short, trajectory()[1][:5])


def test_that_a_session_gives_the_same_bytes_again(render: Render) -> None:
    write_points()
    options = ("--data", "my.csv", "--optimizer", "adam", "--set", "beta1=0.8", "epsilon=1e-7", "--batch-size", "2")
    assert render(*options, "--seed", "5", "--iterations", "60", "--x-range", "-1:3", "--scale", "standard") == 0
    assert render("--session", "out/session.json", out="deeper/again") == 0
    for name in ("trajectory.csv", "landscape.npz"):
        assert Path("out", name).read_bytes() == Path("deeper/again", name).read_bytes()
    assert session("deeper/again")["data"]["path"] == "../../my.csv"
    Path("deeper/again/session.json").replace("session.json")
    assert render("--session", "session.json", out="third") == 0  # so few data are in the session itself
    assert Path("third/trajectory.csv").read_bytes() == Path("out/trajectory.csv").read_bytes()


@pytest.mark.parametrize("model", ["univariate", "multivariate", "two-layer-linear", "two-layer-sigmoid"])
@pytest.mark.parametrize("rule", OPTIMIZERS)
def test_that_every_model_runs_with_every_rule(rule: str, model: str, render: Render) -> None:
    assert render("--model", model, "--optimizer", rule, "--iterations", "12", "--batch-size", "16") == 0
    head, rows = trajectory()
    assert len(rows) == 13
    first = {"univariate": "w", "multivariate": "w[0]"}.get(model, "W1[0,0]")
    assert head[2] == first
    assert np.isfinite(rows).all()


def test_that_the_default_is_the_experiment_of_the_window(render: Render) -> None:
    assert render("--iterations", "5") == 0
    assert session()["run"]["optimizer"] == "momentum"
    assert render("--data", "line") == 0
    assert session()["run"] == {
        "optimizer": "gradient-descent", "hyper": {}, "semantics": "pytorch",
        "schedule": {"kind": "constant", "values": {}, "warmup": 0},
        "batch_size": None, "arithmetic": "equations", "seed": 0, "iterations": 100, "changes": [],
    }  # fmt: skip


def test_that_the_model_follows_the_number_of_features(render: Render) -> None:
    assert render("--data", "diabetes", "--scale", "standard") == 0
    assert trajectory()[0][2:4] == ["w[0]", "w[1]"]
    assert render("--data", "diabetes", "--scale", "standard", "--features", "bmi") == 0
    assert trajectory()[0][2:4] == ["w", "b"]


def test_that_columns_with_commas_in_their_names_can_be_chosen(render: Render) -> None:
    Path("my.csv").write_text('"a, b",c,"d"\n1,2,3\n2,1,5\n4,4,4\n', encoding="utf-8")
    assert render("--data", "my.csv", "--features", '"a, b",d', "--target", "c") == 0
    assert session()["data"]["features"] == ["a, b", "d"]
    assert session()["data"]["target"] == "c"


def test_that_the_seed_is_that_of_everything(render: Render) -> None:
    assert render("--seed", "7", "--batch-size", "5") == 0
    assert [session()[part]["seed"] for part in ("data", "start", "run")] == [7, 7, 7]


def test_that_keras_momentum_remembers_the_rates_of_a_schedule(render: Render) -> None:
    xs, ys = write_points()
    Path("start.json").write_text('{"w": 0.5, "b": 0}', encoding="utf-8")
    words = ("--data", "my.csv", "--start", "start.json", "--optimizer", "momentum", "--learning-rate", "0.02")
    rule = ("--semantics", "keras", "--schedule", "cosine:steps=20,final=0.25,warmup=3", "--iterations", "30")
    assert render(*words, *rule) == 0
    _, rows = trajectory()
    w, b, vw, vb, m = 0.5, 0.0, 0.0, 0.0, len(xs)
    for i, row in enumerate(rows):
        np.testing.assert_allclose(row[2:4], [w, b], rtol=1e-11, atol=1e-13)
        errors = [w * x + b - y for x, y in zip(xs, ys, strict=True)]
        dw = 2.0 / m * math.fsum(e * x for e, x in zip(errors, xs, strict=True))
        db = 2.0 / m * math.fsum(errors)
        wave = 0.25 + 0.75 * (1.0 + math.cos(math.pi * min(i - 3, 20) / 20)) / 2
        rate = 0.02 * ((i + 1) / 4 if i < 3 else wave)
        vw, vb = 0.9 * vw - rate * dw, 0.9 * vb - rate * db
        w, b = w + vw, b + vb
    run = session()["run"]
    assert run["semantics"] == "keras"
    assert run["schedule"] == {"kind": "cosine", "values": {"steps": 20.0, "final": 0.25}, "warmup": 3}
    assert render("--session", "out/session.json", out="again") == 0
    assert Path("again/trajectory.csv").read_bytes() == Path("out/trajectory.csv").read_bytes()


def test_that_another_library_leaves_out_what_it_does_not_have(
    render: Render, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render("--optimizer", "momentum", "--set", "dampening=0.3", "--learning-rate", "0.01") == 0
    assert render("--session", "out/session.json", "--semantics", "optax", out="b") == 0
    assert session("b")["run"]["hyper"] == {"learning_rate": 0.01}
    assert "Dampening is left out: optax has none." in capsys.readouterr().err


def test_that_a_schedule_without_a_rate_has_no_effect_and_that_is_said(
    render: Render, capsys: pytest.CaptureFixture[str]
) -> None:
    assert render("--optimizer", "random-search", "--schedule", "exponential", "--iterations", "3") == 0
    assert "--schedule has no effect" in capsys.readouterr().err


# --- what is said ----------------------------------------------------------------------------------------------------


def test_that_a_run_that_diverges_ends_well_and_says_so(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    assert render("--data", "line", "--learning-rate", "3", "--iterations", "5000") == 0
    _, rows = trajectory()
    assert np.isfinite(rows).all()
    assert 10 < len(rows) < 5000
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"after iteration {len(rows) - 1}" in said
    assert "learning rate below" in said


def test_that_a_start_without_a_finite_loss_is_an_error(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    Path("start.json").write_text('{"w": 1e200, "b": 0}', encoding="utf-8")
    assert render("--data", "line", "--start", "start.json") == 2
    assert "start" in capsys.readouterr().err
    assert not Path("out").exists()


def test_that_options_without_effect_are_mentioned(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    assert render("--optimizer", "random-search", "--learning-rate", "0.1", "--hidden", "3") == 0
    said = capsys.readouterr().err
    assert "--learning-rate has no effect" in said
    assert "--hidden has no effect" in said


def test_that_rows_left_out_are_mentioned(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    Path("my.csv").write_text("x,y\n1,2\n,3\n3,5\n4,4\n", encoding="utf-8")
    assert render("--data", "my.csv") == 0
    assert "1 of 4 rows left out" in capsys.readouterr().err
    assert render("--data", "my.csv", "--missing", "mean") == 0
    assert "filled in" in capsys.readouterr().err


# --- a session and options that override it --------------------------------------------------------------------------


def test_that_other_data_drop_what_belonged_to_the_old(render: Render) -> None:
    assert render("--data", "line", "--noise", "2", "--examples", "9", "--scale", "standard", "--seed", "4") == 0
    assert render("--session", "out/session.json", "--data", "sine", out="b") == 0
    kept = session("b")["data"]
    assert (kept["noise"], kept["examples"], kept["scale"], kept["seed"]) == (None, None, "standard", 4)


def test_that_another_rule_keeps_what_it_has_too(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    assert render("--optimizer", "momentum", "--set", "momentum=0.5", "learning_rate=0.02") == 0
    content = session()
    content["run"]["changes"] = [
        {"iteration": 3, "name": "momentum", "value": 0.1},
        {"iteration": 4, "name": "learning_rate", "value": 0.01},
    ]
    Path("out/session.json").write_text(json.dumps(content), encoding="utf-8")
    assert render("--session", "out/session.json", "--optimizer", "adam", out="b") == 0
    assert session("b")["run"]["hyper"] == {"learning_rate": 0.02}
    assert [change["name"] for change in session("b")["run"]["changes"]] == ["learning_rate"]
    assert "change of momentum at iteration 3" in capsys.readouterr().err


def test_that_a_start_and_axes_that_no_longer_fit_are_left_out(
    render: Render, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("start.json").write_text('{"w": 0.5, "b": 0}', encoding="utf-8")
    assert render("--start", "start.json", "--plane", "b,w", "--x-range", "-1:1") == 0
    assert render("--session", "out/session.json", "--model", "two-layer-linear", out="b") == 0
    said = capsys.readouterr().err
    assert "start does not fit" in said
    assert "map of b and w" in said
    assert session("b")["start"]["method"] == "normal"
    assert session("b")["plane"]["x_range"] is None


def test_that_a_session_s_univariate_model_becomes_multivariate_with_more_features(render: Render) -> None:
    assert render("--data", "line") == 0
    assert render("--session", "out/session.json", "--data", "plane", out="b") == 0
    assert session("b")["model"]["name"] == "multivariate"


def test_that_other_axes_drop_the_ranges_of_the_old(render: Render) -> None:
    assert render("--data", "plane", "--plane", "w[0],w[1]", "--x-range", "-1:1", "--y-range", "0:1") == 0
    assert render("--session", "out/session.json", "--plane", "w[0],b", "--y-range", "2:3", out="b") == 0
    plane = session("b")["plane"]
    assert (plane["axes"], plane["x_range"], plane["y_range"], plane["grid"]) == (["w[0]", "b"], None, [2.0, 3.0], 5)


# --- what is refused -------------------------------------------------------------------------------------------------

FILES = {
    "ragged.csv": "x,y\n1,2\n1,2,3\n",
    "inf.csv": "x,y\n1,2\ninf,3\n4,5\n",
    "words.csv": "x,y\na,b\nc,d\n",
    "two.csv": "x,z,y\n1,2,4\n2,3,3\n3,3,3\n",
    "broken.json": "{",
    "list.json": "[1]",
    "unknown.json": '{"w": 1, "c": 2}',
    "partial.json": '{"w": 1}',
    "shape.json": '{"w": [1, 2], "b": 0}',
    "deep.json": '{"w": [[[1]]], "b": 0}',
    "nan.json": '{"w": NaN, "b": 0}',
    "huge.json": '{"w": 1e999, "b": 0}',
    "text.json": '{"w": "1", "b": 0}',
    "true.json": '{"w": true, "b": 0}',
    "null.json": '{"w": null, "b": 0}',
    "newer.json": f'{{"version": {FORMAT_VERSION + 1}}}',
    "stranger.json": '{"version": 1, "colour": "red"}',
}

REFUSED = [
    "--nonsense", "stray", "--model cubic", "--model Univariate", "--mod univariate", "--optimizer sgd",
    "--data nowhere.csv", "--data lin", "--data .", "--data ragged.csv", "--data inf.csv", "--data words.csv",
    "--data two.csv --model univariate", "--data two.csv --target q", "--data two.csv --features x,q",
    "--data two.csv --features x,", "--data two.csv --target x --features x", "--data two.csv --examples 5",
    "--data diabetes --noise 1", "--data plane --target x1", "--data line --features x",
    "--examples 0", "--examples 1.5", "--examples -3", "--noise -1", "--noise nan", "--missing maybe", "--scale log",
    "--hidden 0 --model two-layer-linear", "--hidden 257 --model two-layer-linear", "--hidden x",
    "--start nowhere.json", "--start broken.json", "--start list.json", "--start unknown.json",
    "--start partial.json", "--start shape.json", "--start deep.json", "--start nan.json", "--start huge.json",
    "--start text.json", "--start true.json", "--start null.json", "--start text.json --init zeros", "--init ones",
    "--seed -1", "--seed x", "--learning-rate -1e-3", "--learning-rate inf", "--learning-rate", "--learning-rate 1_0",
    "--set momentum=0.9", "--set", "--set alpha", "--set =1", "--set learning_rate=-1", "--set nonsense=1",
    "--optimizer momentum --set momentum=1", "--optimizer adam --set beta1=x", "--optimizer adam --set beta2=nan",
    "--optimizer random-search --set radius=0", "--optimizer random-search --set learning_rate=1",
    "--optimizer adam --set beta1=0.9 momentum=0.9",
    "--semantics jax", "--semantics", "--optimizer momentum --semantics keras --set dampening=0.5",
    "--schedule", "--schedule bogus", "--schedule cosine:", "--schedule cosine:steps", "--schedule cosine:steps=0",
    "--schedule cosine:steps=1.5", "--schedule cosine:every=3", "--schedule step:every=5,every=6",
    "--schedule exponential:factor=1.1", "--schedule inverse:half=0", "--schedule constant:warmup=-1",
    "--schedule constant:warmup=1.5", "--schedule cosine:final=x", "--schedule cosine;steps=5",
    "--batch-size 0", "--batch-size half", "--iterations -1", "--iterations 1e3", "--iterations 999999999999",
    "--plane w", "--plane w,b,b", "--plane w,w", "--plane w,q", "--plane w[0],b", "--plane ,",
    "--x-range 5:-4", "--x-range 1:1", "--x-range 1", "--x-range a:b", "--x-range -inf:5", "--x-range nan:1",
    "--x-range -1.7e308:1.7e308", "--y-range 1:", "--x-range --y-range 1:2",
    "--grid 1", "--grid 99999", "--grid 4.5", "--formats gif", "--formats png,none", "--formats ,",
    "--session nowhere.json", "--session broken.json", "--session newer.json", "--session stranger.json",
    "--session .",
]  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
@pytest.mark.parametrize("before", ["absent", "present"])
def test_that_what_is_wrong_gets_one_sentence_and_leaves_the_folder_alone(
    words: str, before: str, render: Render, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in FILES.items():
        Path(name).write_text(content, encoding="utf-8")
    if before == "present":
        Path("out").mkdir()
        Path("out/session.json").write_text("old", encoding="utf-8")
    everything = sorted(Path().rglob("*"))
    status = render(*words.split())
    said = capsys.readouterr()
    assert status == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert said.err.endswith((".\n", "?\n"))  # "did you mean 'line'?"
    assert "usage" not in said.err.lower()
    assert sorted(Path().rglob("*")) == everything
    if before == "present":
        assert Path("out/session.json").read_text(encoding="utf-8") == "old"


def test_that_the_folder_has_to_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render"]) == 2
    assert "--out is missing" in capsys.readouterr().err


def test_that_a_file_in_the_folder_s_place_stays(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").write_text("mine", encoding="utf-8")
    assert render() == 2
    assert render(out="out/deeper") == 2
    assert capsys.readouterr().err.count("\n") == 2
    assert Path("out").read_text(encoding="utf-8") == "mine"
    assert sorted(Path().iterdir()) == [Path("out")]


def test_that_a_disk_that_fills_up_leaves_the_folder_as_it_was(
    render: Render, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("landscape_app.export.render.write_landscape", full)
    assert render() == 2
    assert "No space left on device" in capsys.readouterr().err
    assert list(Path().iterdir()) == []
    Path("out").mkdir()
    Path("out/trajectory.csv").write_text("old", encoding="utf-8")
    assert render() == 2
    assert [path.name for path in Path("out").iterdir()] == ["trajectory.csv"]
    assert Path("out/trajectory.csv").read_text(encoding="utf-8") == "old"


def test_that_a_move_that_fails_half_way_is_undone(render: Render, capsys: pytest.CaptureFixture[str]) -> None:
    Path("out/trajectory.csv").mkdir(parents=True)  # comes last; the others have been moved by then
    Path("out/session.json").write_text("old", encoding="utf-8")
    assert render() == 2
    assert "trajectory.csv is a folder" in capsys.readouterr().err
    assert sorted(path.name for path in Path("out").iterdir()) == ["session.json", "trajectory.csv"]
    assert Path("out/session.json").read_text(encoding="utf-8") == "old"


# --- without Qt ------------------------------------------------------------------------------------------------------


def test_that_neither_qt_nor_matplotlib_nor_pandas_is_needed_for_the_data_files(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "for name in ('PySide6', 'pyqtgraph', 'OpenGL', 'matplotlib', 'pandas'): sys.modules[name] = None\n"
        "from landscape_app.cli import main\n"
        "sys.exit(main(['render', '--out', 'out', '--formats', 'none', '--data', 'galton']))\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "out" / "landscape.npz").exists()
