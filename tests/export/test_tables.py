"""The data files hold every bit and nothing that needs pickle."""

import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from landscape_app.core.landscape.accuracy import Accuracy
from landscape_app.core.models import MODELS
from landscape_app.export.tables import write_landscape, write_trajectory
from landscape_app.session.records import StepBatch, StepRecord, Timeline
from tests.export.conftest import SceneOf


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_that_every_number_reads_back_as_the_same_double(scene_of: SceneOf, tmp_path: Path) -> None:
    scene = scene_of(data={"name": "product"}, model={"name": "two-layer-sigmoid", "hidden": 2}, run={"batch_size": 7})
    path = tmp_path / "trajectory.csv"
    write_trajectory(path, scene.problem.model.layout, scene.timeline)
    head, *rows = rows_of(path)
    names = ["W1[0,0]", "W1[0,1]", "W1[1,0]", "W1[1,1]", "b1[0]", "b1[1]", "w2[0]", "w2[1]", "b2"]
    assert head == ["iteration", "loss", *names, *(f"dL/d{name}" for name in names)]
    assert [row[0] for row in rows] == [str(i) for i in range(101)]
    values = np.array([[float(cell) for cell in row[1:]] for row in rows])
    np.testing.assert_array_equal(
        values, np.column_stack((scene.timeline.loss, scene.timeline.theta[:], scene.timeline.grad[:]))
    )
    assert all(cell == repr(float(cell)) for row in rows for cell in row[1:])


def test_that_only_names_with_a_comma_are_quoted(scene_of: SceneOf, tmp_path: Path) -> None:
    scene = scene_of(model={"name": "two-layer-linear", "hidden": 1}, run={"iterations": 0})
    path = tmp_path / "trajectory.csv"
    write_trajectory(path, scene.problem.model.layout, scene.timeline)
    first = path.read_text(encoding="utf-8").split("\n")[0]
    assert first == ('iteration,loss,"W1[0,0]",b1[0],w2[0],b2,"dL/dW1[0,0]",dL/db1[0],dL/dw2[0],dL/db2')


def test_that_many_rows_of_a_hundred_columns_are_written_in_time(tmp_path: Path) -> None:
    layout = MODELS["multivariate"](48).layout
    count = 20_000
    theta = np.random.default_rng(0).standard_normal((count, 49))
    tail = StepRecord(count - 1, theta[-1], theta[-1], 1.0, 1.0, 0, 0, {})
    batch = StepBatch(0, theta, theta, theta[:, 0] ** 2, theta[:, 1], np.zeros((count, 2), dtype=np.int64), tail)
    path = tmp_path / "trajectory.csv"
    begin = time.process_time()
    write_trajectory(path, layout, Timeline.starting_with(batch))
    assert time.process_time() - begin < 15.0
    with path.open(encoding="utf-8") as file:
        assert sum(1 for _ in file) == count + 1


def test_that_the_map_is_read_without_pickle(scene_of: SceneOf, tmp_path: Path) -> None:
    scene = scene_of(run={"iterations": 3})
    path = tmp_path / "landscape.npz"
    write_landscape(path, scene.landscape)
    with np.load(path, allow_pickle=False) as content:
        assert set(content.files) == {"x", "y", "loss", "x_name", "y_name", "guarantee", "error", "method"}
        assert (str(content["x_name"]), str(content["y_name"])) == ("w", "b")
        for name, shape in (("x", (33,)), ("y", (33,)), ("loss", (33, 33))):
            assert content[name].dtype == np.float64
            assert content[name].shape == shape


def test_that_the_map_says_how_exact_it_is(scene_of: SceneOf, tmp_path: Path) -> None:
    scene = scene_of(run={"iterations": 3})
    known = Accuracy("estimated", "interpolated from 25 × 25 nodes", 0.0123)
    for landscape in (scene.landscape, replace(scene.landscape, accuracy=known)):
        write_landscape(tmp_path / "landscape.npz", landscape)
        with np.load(tmp_path / "landscape.npz", allow_pickle=False) as content:
            assert str(content["guarantee"]) == landscape.accuracy.guarantee
            assert str(content["method"]) == landscape.accuracy.method
            assert content["error"].dtype == np.float64
            assert float(content["error"]) == landscape.accuracy.error
