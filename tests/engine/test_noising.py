"""The batch beside all the data, in step with the cursor: never another step's."""

import numpy as np
import pytest
from PySide6.QtCore import QThread
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import IntArray
from landscape_app.core.rng import batch_order
from landscape_app.session import backprop, epochs, noise, transitions
from landscape_app.session.backprop import batch_at_hand, passes_at
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, RunConfig, StartConfig
from landscape_app.session.snapshot import Snapshot
from tests.engine.conftest import SessionMaker

NETWORK = Experiment(
    data=DataConfig(name="sine"),
    model=ModelConfig(name="two-layer-sigmoid", hidden=3),
    start=StartConfig(method="normal", seed=1),
    run=RunConfig(hyper={"learning_rate": 0.1}, batch_size=7),
)


def assert_its_own(shown: Snapshot) -> None:
    """Check that what a snapshot says of the batch is of the step from its cursor."""
    if shown.noise is None:
        return
    m, size = shown.problem.data.m, shown.settings.batch_size
    assert size is not None
    epoch, position = shown.timeline.place(shown.cursor)
    order = batch_order(shown.experiment.run.seed, epoch, m)
    assert np.array_equal(shown.noise.examples, order[position : position + size])
    assert shown.noise.wish.iteration == shown.cursor
    if shown.noise.full_grad is not None:
        _, grad = shown.problem.model.loss_and_gradient(shown.theta, shown.problem.data.X, shown.problem.data.y)
        np.testing.assert_allclose(shown.noise.full_grad, grad, rtol=1e-9, atol=1e-12)
    if shown.noise.lines is not None:
        assert shown.noise.wish.view.same_as(shown.map_view)


@pytest.mark.parametrize("large", [False, True])
def test_that_the_batch_is_that_of_the_cursor_at_every_moment(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr(noise, "ORDERED_AT_ONCE", 10)
    s = session(NETWORK)
    seen: list[Snapshot] = []
    s.snapshot_changed.connect(seen.append)
    s.watch_noise(True)
    qtbot.waitUntil(lambda: s.snapshot.noise is not None and s.snapshot.noise.complete, timeout=10_000)
    s.play()
    qtbot.waitUntil(lambda: s.snapshot.cursor > 8, timeout=10_000)
    s.pause()
    s.go_to(3)
    qtbot.waitUntil(lambda: s.snapshot.noise is not None and s.snapshot.noise.complete, timeout=10_000)
    assert s.snapshot.cursor == 3
    s.set_ranges((-1.0, 1.0), (-2.0, 2.0))
    s.change_setting("batch_size", 3)
    qtbot.waitUntil(
        lambda: s.snapshot.noise is not None and s.snapshot.noise.complete and s.snapshot.noise.wish.size == 3,
        timeout=10_000,
    )
    for shown in seen:
        assert_its_own(shown)
    assert sum(shown.noise is not None and shown.noise.lines is not None for shown in seen) > 2
    if not large:
        assert all(shown.noise is not None for shown in seen[1:] if noise.in_batches(shown))


def test_that_the_ghost_is_computed_only_while_somebody_looks(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(NETWORK)
    qtbot.waitUntil(lambda: s.snapshot.landscape is not None)
    qtbot.wait(200)
    assert s.snapshot.noise is not None
    assert s.snapshot.noise.lines is None
    assert s.snapshot.noise.full_grad is None
    s.watch_noise(True)
    qtbot.waitUntil(lambda: s.snapshot.noise is not None and s.snapshot.noise.complete)
    s.watch_noise(False)
    assert s.snapshot.noise is not None
    assert s.snapshot.noise.lines is None
    s.change_setting("batch_size", None)
    assert s.snapshot.noise is None


def test_that_no_panel_waits_for_the_order_of_an_epoch_of_large_data(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An order costs tens of milliseconds there: the worker draws it, and until then nothing is told of the batch."""
    monkeypatch.setattr(epochs, "ORDERED_AT_ONCE", 10)
    monkeypatch.setattr(noise, "ORDERED_AT_ONCE", 10)
    orders = epochs.EpochOrders()
    drawn_on: list[bool] = []

    def order(seed: int, epoch: int, m: int) -> IntArray:
        drawn_on.append(QThread.currentThread().isMainThread())
        return batch_order(seed, epoch, m)

    monkeypatch.setattr(epochs, "batch_order", order)
    for module in (transitions, backprop):
        monkeypatch.setattr(module, "ORDERS", orders)
    s = session(NETWORK)  # the first experiment is there before there is a window
    drawn_on.clear()
    s.watch_gradient(True)
    s.open_entry(0)
    s.step(100)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 100, timeout=10_000)
    qtbot.waitUntil(lambda: s.snapshot.shares is not None and s.snapshot.check is not None, timeout=10_000)
    for epoch in range(1000, 1000 + epochs.KEPT):  # a late answer may have asked for the first epoch again
        orders.order(s.snapshot.experiment.run.seed, epoch, s.snapshot.problem.data.m)
    drawn_on.clear()
    seen: list[tuple[bool, bool]] = []

    def look() -> None:
        known = passes_at(s.snapshot)
        seen.append((batch_at_hand(s.snapshot), known is not None))
        if known is not None:
            epoch, position = s.snapshot.timeline.place(s.snapshot.cursor)
            own = batch_order(s.snapshot.experiment.run.seed, epoch, s.snapshot.problem.data.m)[position : position + 7]
            assert np.array_equal(known.examples, own)

    s.snapshot_changed.connect(look)
    s.go_to(1)
    assert seen[0] == (False, False)
    qtbot.waitUntil(lambda: seen[-1] == (True, True), timeout=10_000)
    qtbot.waitUntil(lambda: s.snapshot.shares is not None and s.snapshot.check is not None, timeout=10_000)
    assert drawn_on
    assert not any(drawn_on)
