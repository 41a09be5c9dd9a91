"""Figures are real files that open, also where there is little or far too much to see."""

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from landscape_app.core.arrays import frozen
from landscape_app.core.errors import ConfigError
from landscape_app.core.landscape import Accuracy, PlaneKind
from landscape_app.export import style
from landscape_app.export.contour_figure import contour_figure
from landscape_app.export.figures import FIGURES, write_figure, write_figures
from landscape_app.export.marks import marked_points
from landscape_app.export.style import drawable, drawing
from landscape_app.session.config import PlaneConfig
from landscape_app.session.framing import frame_at_once
from landscape_app.session.records import StepBatch, Timeline
from tests.export.conftest import SceneOf

SIGMOID = {"name": "two-layer-sigmoid", "hidden": 3}
SHORT = {"iterations": 5}

every_figure = pytest.mark.parametrize("name", FIGURES)


def colours_in(path: Path) -> int:
    """Return how many colours a PNG has."""
    with Image.open(path) as image:
        image.load()
        assert image.format == "PNG"
        return len(image.convert("RGB").getcolors(1 << 24) or [])


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw with fewer pixels, where it is enough to know that it can be drawn."""
    monkeypatch.setattr(style, "DPI", 40)


@every_figure
def test_that_a_png_is_a_picture_of_more_than_a_few_colours(name: str, scene_of: SceneOf, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.png"
    write_figure(name, scene_of(run=SHORT), path)
    assert colours_in(path) > 100
    with Image.open(path) as image:
        assert min(image.size) >= 1000


@every_figure
def test_that_an_svg_is_xml_and_stays_small(name: str, scene_of: SceneOf, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.svg"
    write_figure(name, scene_of(run=SHORT), path)
    assert ElementTree.parse(path).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert path.stat().st_size < 2_000_000


@every_figure
def test_that_a_pdf_has_head_and_tail(name: str, scene_of: SceneOf, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.pdf"
    write_figure(name, scene_of(run=SHORT), path)
    content = path.read_bytes()
    assert content.startswith(b"%PDF-")
    assert content.rstrip().endswith(b"%%EOF")


@pytest.mark.parametrize("extension", ["png", "svg", "pdf"])
def test_that_the_same_scene_gives_the_same_bytes(extension: str, scene_of: SceneOf, tmp_path: Path) -> None:
    first, second = tmp_path / f"1.{extension}", tmp_path / f"2.{extension}"
    write_figure("contour", scene_of(run=SHORT), first)
    write_figure("contour", scene_of(run=SHORT), second)
    assert first.read_bytes() == second.read_bytes()


def test_that_an_unknown_suffix_is_refused_and_leaves_nothing(scene_of: SceneOf, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ends in"):
        write_figure("contour", scene_of(run=SHORT), tmp_path / "contour.bmp")
    assert list(tmp_path.iterdir()) == []


DEGENERATE: dict[str, dict[str, Any]] = {
    "no iterations": {"run": {"iterations": 0}},
    "one iteration": {"run": {"iterations": 1}},
    "already at the optimum": {"data": {"noise": 0.0}, "start": {"method": "values", "values": {"w": 1.5, "b": -0.6}}},
    "diverged at once": {"run": {"hyper": {"learning_rate": 1e200}}},
    "diverged slowly": {"run": {"hyper": {"learning_rate": 3.0}, "iterations": 2000}},
    "diverged, momentum": {"run": {"optimizer": "momentum", "hyper": {"learning_rate": 30.0}, "iterations": 999}},
    "a start far away": {"start": {"method": "values", "values": {"w": 1e150, "b": -1e150}}, "run": SHORT},
    "a tiny step": {"run": {"hyper": {"learning_rate": 1e-14}}},
    "a narrow range": {"plane": {"x_range": (1.0, 1.0 + 1e-12), "y_range": (-1e-12, 1e-12)}, "run": SHORT},
    "a minute range": {"plane": {"x_range": (-1e-300, 1e-300), "y_range": (0.0, 1e-300)}, "run": SHORT},
    "a huge range": {"plane": {"x_range": (-1e300, 1e300), "y_range": (-1e10, 1e300)}, "run": SHORT},
    "a range far from the path": {"plane": {"x_range": (500.0, 501.0), "y_range": (-9e6, -8e6)}, "run": SHORT},
    "a grid of four points": {"plane": {"grid": 2}, "run": SHORT},
    "a grid of nine points": {"plane": {"grid": 3}, "run": SHORT},
    "an odd grid": {"plane": {"grid": 200}, "run": SHORT},
    "one example": {"data": {"examples": 1}, "run": SHORT},
    "small batches": {"run": {"batch_size": 3, "iterations": 40}},
    "random search": {"run": {"optimizer": "random-search", "iterations": 40}},
    "many features": {
        "data": {"name": "plane", "knobs": {"features": 20}},
        "model": {"name": "multivariate"},
        "run": SHORT,
    },
    "a slice": {"data": {"name": "sine"}, "model": SIGMOID, "run": SHORT, "plane": {"axes": ("w2[1]", "b2")}},
    "a saddle": {"model": SIGMOID, "start": {"method": "zeros"}, "run": SHORT},
    "256 units": {"data": {"name": "sine"}, "model": {**SIGMOID, "hidden": 256}, "run": SHORT, "plane": {"grid": 9}},
    "badly scaled": {"data": {"kind": "bundled", "name": "longley"}, "model": {"name": "multivariate"}, "run": SHORT},
}


@every_figure
@pytest.mark.parametrize("case", DEGENERATE)
def test_that_nothing_is_too_odd_to_be_drawn(
    case: str, name: str, scene_of: SceneOf, tmp_path: Path, coarse: None
) -> None:
    path = tmp_path / f"{name}.png"
    write_figure(name, scene_of(**DEGENERATE[case]), path)
    assert colours_in(path) > 20


@pytest.mark.parametrize("name", ["contour", "surface"])
@pytest.mark.parametrize("hole", ["everywhere", "in a corner", "flat", "zero", "ten to the three hundred"])
def test_that_a_landscape_with_holes_or_without_shape_is_drawn(
    hole: str, name: str, scene_of: SceneOf, tmp_path: Path, coarse: None
) -> None:
    scene = scene_of(run=SHORT)
    loss = scene.landscape.loss.copy()
    match hole:
        case "everywhere":
            loss[:] = np.inf
        case "in a corner":
            loss[:12, :12] = np.inf
        case "flat":
            loss[:] = 3.25
        case "zero":
            loss[:] = 0.0
        case _:
            loss *= 1e306 / loss.max()
    holed = replace(scene, landscape=replace(scene.landscape, loss=frozen(loss)))
    path = tmp_path / f"{name}.png"
    write_figure(name, holed, path)
    assert colours_in(path) > 20


def test_that_names_with_dollars_and_foreign_letters_are_drawn(scene_of: SceneOf, tmp_path: Path, coarse: None) -> None:
    scene = scene_of(run=SHORT)
    data = replace(scene.problem.data, title="$x_1^ 价格 \n" + "long " * 40)
    loaded = replace(scene.problem.loaded, data=data)
    odd = replace(scene, problem=replace(scene.problem, loaded=loaded))
    write_figures(odd, tmp_path, ["png", "svg", "pdf"])
    assert len(list(tmp_path.iterdir())) == 9
    assert drawable("价格 €") == "?? €"


def test_that_a_hundred_thousand_iterations_make_a_small_svg(scene_of: SceneOf, tmp_path: Path) -> None:
    scene = scene_of(run=SHORT)
    count, tail = 100_000, scene.timeline.tail
    assert tail is not None
    theta = np.random.default_rng(0).standard_normal((count, 2)) * 0.03 + (1.5, -0.5)  # around the optimum
    loss = np.exp(theta[:, 0])
    batch = StepBatch(0, theta, theta, loss, loss + 1.0, np.zeros((count, 2), dtype=np.int64), tail)
    restless = replace(scene, timeline=Timeline.starting_with(batch), cursor=count - 1)
    write_figures(restless, tmp_path, ["svg"])
    assert all(path.stat().st_size < 5_000_000 for path in tmp_path.iterdir())


def test_that_a_moment_in_mid_run_is_marked_as_such(scene_of: SceneOf, tmp_path: Path) -> None:
    scene = replace(scene_of(run={"iterations": 50}), cursor=20)
    write_figures(scene, tmp_path, ["png"])
    with drawing():
        labels = [text.get_text() for text in contour_figure(scene).legends[0].get_texts()]
    assert "current point, iteration 20" in labels
    assert "20 iterations" in scene.caption


def test_that_the_map_marks_only_what_lies_on_it(scene_of: SceneOf) -> None:
    everything = marked_points(scene_of(run=SHORT))
    assert set(everything) == {"start", "current", "optimum", "truth"}
    away = marked_points(scene_of(run=SHORT, plane={"x_range": (50.0, 60.0), "y_range": (0.0, 1.0)}))
    assert away == {}


def test_that_a_slice_says_so_and_a_whole_landscape_does_not(scene_of: SceneOf) -> None:
    whole, part = scene_of(run=SHORT), scene_of(model=SIGMOID, run=SHORT)
    assert whole.slice_note("and so on") == ""
    assert "Slice through the last point" in part.slice_note("and so on")
    assert "the other 8 parameters" in part.slice_note("and so on")


def test_that_the_caption_says_rule_settings_and_outcome(scene_of: SceneOf) -> None:
    caption = scene_of(run={"optimizer": "momentum", "hyper": {"learning_rate": 0.04}, "batch_size": 8}).caption
    for words in ("Momentum", "η = 0.04", "μ = 0.9", "batches of 8", "100 iterations", "seed 0"):
        assert words in caption


def test_that_the_caption_says_whose_rule_it_is_and_how_the_rate_changes(scene_of: SceneOf) -> None:
    schedule = {"kind": "cosine", "values": {"steps": 80, "final": 0.5}, "warmup": 10}
    run = {"optimizer": "rmsprop", "semantics": "keras", "hyper": {"learning_rate": 0.04}, "schedule": schedule}
    caption = scene_of(run=run).caption
    for words in ("RMSprop as in Keras", "η = 0.04, α = 0.9", "η × cosine (steps = 80, final = 0.5)", "(now 0.02)"):
        assert words in caption
    assert "after a warm-up of 10 iterations" in caption
    assert "Keras" not in scene_of(run={**run, "optimizer": "gradient-descent"}).caption  # it is the same everywhere


def test_that_drawing_needs_neither_pyplot_nor_qt(tmp_path: Path) -> None:
    script = (
        "import sys\n"
        "for name in ('PySide6', 'pyqtgraph', 'OpenGL', 'matplotlib.pyplot'): sys.modules[name] = None\n"
        "from landscape_app.export.render import render\n"
        "render(['--out', 'out', '--grid', '9', '--formats', 'png,svg,pdf'])\n"
    )
    root = str(Path(__file__).parents[2])
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": root, "PATH": "", "MPLCONFIGDIR": str(tmp_path / "config")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stderr == ""
    assert len(list((tmp_path / "out").iterdir())) == 12


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("random", "along two random directions"),
        ("pca", "of the path's variance"),
        ("hessian", "The eigenvalues are"),
        ("three-points", "parallel to the plane through the start, the last and the best point"),
    ],
)
@pytest.mark.parametrize(
    ("accuracy", "error"),
    [
        (Accuracy("exact", "direct sums"), ""),
        (Accuracy("estimated", "nodes", 2e-8), " Losses are off by about 2e-08 (estimated)."),
        (Accuracy("bounded", "nodes", 3e-9), " Losses are off by at most 3e-09 (proved)."),
    ],
)
def test_that_a_figure_says_what_its_plane_is_and_how_exact(
    scene_of: SceneOf, kind: PlaneKind, words: str, accuracy: Accuracy, error: str
) -> None:
    scene = scene_of(model=SIGMOID, run=SHORT)
    experiment = scene.experiment.but(plane=PlaneConfig(kind=kind))
    plane = frame_at_once(experiment, scene.problem, scene.timeline).through(scene.timeline.theta[scene.cursor])
    scene = replace(scene, experiment=experiment, landscape=replace(scene.landscape, plane=plane, accuracy=accuracy))
    note = scene.slice_note("and so on")
    assert words in note
    assert note.endswith(error)
    assert ("Losses are off" in note) == bool(error)
