"""Snapshots of real runs, for the tests of views."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset, Truth
from landscape_app.core.landscape import axis_plane
from landscape_app.core.least_squares import least_squares
from landscape_app.core.models import MODELS
from landscape_app.session.backprop import Passes, passes_at
from landscape_app.session.config import Experiment, PlaneConfig, RunConfig
from landscape_app.session.framing import frame_at_once
from landscape_app.session.map_view import MapView
from landscape_app.session.problem import Loaded, Problem
from landscape_app.session.records import StepBatch, StepRecord, Timeline
from landscape_app.session.settings import base_settings
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import Run, first_record, steps
from landscape_app.views.plotting import MINUS


def made_data(n: int = 1, m: int = 40, seed: int = 0, **changes: Any) -> Dataset:
    """Return a noisy plane in ``n`` features with its truth."""
    rng = np.random.default_rng(seed)
    X, w = rng.uniform(-2, 2, (n, m)), rng.normal(size=(1, n))
    names = ("x",) if n == 1 else tuple(f"x{i + 1}" for i in range(n))
    data = Dataset(X, w @ X - 0.6 + 0.3 * rng.normal(size=(1, m)), names, "y")
    return replace(data, **{"truth": Truth(lambda X: w @ X - 0.6, w, -0.6), **changes})


def moment(
    model: str = "univariate",
    data: Dataset | None = None,
    hidden: int = 2,
    iterations: int = 30,
    cursor: int = 14,
    batch_size: int | None = None,
    theta: FloatArray | None = None,
) -> Snapshot:
    """Return the snapshot of a run of momentum."""
    data = made_data() if data is None else data
    chosen = MODELS[model](data.n, hidden)
    problem = Problem(Loaded(data), chosen, None if chosen.has_hidden else least_squares(data))
    config = RunConfig(optimizer="momentum", hyper={"learning_rate": 0.02}, batch_size=batch_size)
    start = np.random.default_rng(1).normal(size=chosen.layout.size) * 0.5 if theta is None else theta
    run = Run.of(config, chosen, data)
    first = first_record(run, start)
    records = [r for r in itertools.islice(steps(run, first), iterations) if isinstance(r, StepRecord)]
    timeline = Timeline.starting_with(StepBatch.of([first, *records]))
    names = chosen.layout.scalar_names
    view = MapView(axis_plane(chosen.layout, (names[0], names[1]), start), (-1.0, 1.0), (-1.0, 1.0))
    experiment = Experiment(run=config)
    return Snapshot(experiment, experiment, base_settings(config), problem, timeline, cursor, view)


def held(snapshot: Snapshot, through: int) -> Snapshot:
    """Return the snapshot with its slice held at iteration ``through``."""
    experiment = snapshot.experiment.but(plane=PlaneConfig(through=through))
    plane = snapshot.map_view.plane.frame.through(snapshot.timeline.theta[through])
    view = replace(snapshot.map_view, plane=plane, held=through)
    return replace(snapshot, experiment=experiment, wanted=experiment, map_view=view)


def three_points(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot on the plane through start, cursor and best point."""
    experiment = snapshot.experiment.but(plane=PlaneConfig(kind="three-points", anchor=snapshot.cursor))
    plane = frame_at_once(experiment, snapshot.problem, snapshot.timeline).through(snapshot.theta)
    return replace(snapshot, experiment=experiment, wanted=experiment, map_view=replace(snapshot.map_view, plane=plane))


def further(snapshot: Snapshot, count: int = 1) -> Snapshot:
    """Return the snapshot ``count`` steps after the last, the cursor at its end."""
    run = Run.of(snapshot.experiment.run, snapshot.problem.model, snapshot.problem.data)
    tail = snapshot.timeline.tail
    assert tail is not None
    records = [r for r in itertools.islice(steps(run, tail), count) if isinstance(r, StepRecord)]
    timeline = snapshot.timeline.appended(StepBatch.of(records))
    return replace(snapshot, timeline=timeline, cursor=timeline.last)


def with_losses(snapshot: Snapshot, losses: list[float]) -> Snapshot:
    """Return the snapshot with a timeline of these losses, the same for batches."""
    theta = snapshot.theta
    assert snapshot.timeline.tail is not None
    state = snapshot.timeline.tail.state
    records = [StepRecord(i, theta, theta, loss, loss, 0, 0, state) for i, loss in enumerate(losses)]
    return replace(snapshot, timeline=Timeline.starting_with(StepBatch.of(records)), cursor=0)


def click(widget: QWidget, place: QPoint | None = None) -> None:
    """Click with the left button, in the middle if no place is given."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place or widget.rect().center())


def number_in(text: str) -> float:
    """Return the last number of a text, as a reader would understand it."""
    return float(text.split()[-1].replace(MINUS, "-"))


def passes_of(shown: Snapshot) -> Passes:
    """Return the terms at the cursor of small data, which are always there."""
    found = passes_at(shown)
    assert found is not None
    return found
