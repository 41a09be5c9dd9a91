"""Long computations beside the run, with the real worker: they advance, stop, and let go of what no longer belongs."""

import itertools
from functools import partial
from time import perf_counter

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.engine.session import Session
from landscape_app.session import search, sweep, transitions
from landscape_app.session.config import DataConfig, Experiment, RunConfig, StartConfig, default_experiment
from landscape_app.session.search import SearchWish, search_wish
from landscape_app.session.sweep import DIVERGED, SweepTable, SweepWish, sweep_wish
from landscape_app.session.sweep_axes import Axis
from landscape_app.session.tasks import PART
from tests.engine.conftest import SessionMaker


def sweep_of(s: Session, iterations: int = 30, rates: tuple[float, ...] = (0.01, 0.04, 0.1, 1e5)) -> SweepWish:
    shown = s.snapshot
    x, y = Axis("learning_rate", rates, True), Axis("momentum", (0.0, 0.9))
    return sweep_wish(shown.experiment, shown.cursor, shown.problem, x, y, iterations)


def endless(s: Session) -> SweepWish:
    return sweep_of(s, 1_000_000, (0.01, 0.02))


def search_of(s: Session) -> SearchWish:
    return search_wish(s.snapshot.experiment, s.snapshot.cursor, s.snapshot.problem, 3.0, 4, 50)


def table_of(s: Session) -> SweepTable:
    assert s.snapshot.sweep is not None
    return s.snapshot.sweep.result


def finish(s: Session, qtbot: QtBot) -> SweepTable:
    qtbot.waitUntil(lambda: not s.snapshot.sweep.busy, timeout=20_000)
    return table_of(s)


def is_in_hand(s: Session, table: SweepTable, place: tuple[int, int]) -> bool:
    shown = s.snapshot
    recorded = shown.timeline.divergence is not None or shown.timeline.last == table.wish.iterations
    there = shown.cursor == table.reached[place] and table.wish.place_of(shown.experiment, shown.cursor) == place
    return bool(recorded and there)


def test_that_a_click_loads_exactly_the_run_of_the_cell(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    before = s.snapshot
    s.start_task("sweep", sweep_of(s, 300))
    table = finish(s, qtbot)
    assert table.done == table.total == 8
    for place in np.ndindex(*table.wish.shape):
        row, column = int(place[0]), int(place[1])
        reached = int(table.reached[place])
        s.take_run(*table.wish.cell(row, column), table.wish.iterations, reached)
        qtbot.waitUntil(partial(is_in_hand, s, table, (row, column)), timeout=5000)
        assert s.snapshot.loss == table.loss[place]
        assert (s.snapshot.timeline.divergence is not None) == (table.state[place] == DIVERGED)
        assert s.snapshot.sweep is not None
        assert s.snapshot.sweep.current
        in_hand_before = table.wish.place_of(before.experiment, 0) == place
        assert bool(s.snapshot.undo) != in_hand_before  # the run that was in hand is only recorded further
        s.undo()
        assert not s.snapshot.undo
        assert s.snapshot.experiment == before.experiment
        qtbot.wait(20)
        assert in_hand_before or s.snapshot.timeline.last == before.timeline.last
        before = s.snapshot


def test_that_a_sweep_over_seeds_loads_the_start_too(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(Experiment(start=StartConfig(method="normal", seed=3)))
    shown = s.snapshot
    axes = Axis("start_seed", (0.0, 7.0)), Axis("batch_size", (5.0, None))
    s.start_task("sweep", sweep_wish(shown.experiment, 0, shown.problem, *axes, 25))
    table = finish(s, qtbot)
    s.take_run(*table.wish.cell(0, 1), 25, 25)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 25)
    assert s.snapshot.experiment.start.seed == 7
    assert s.snapshot.experiment.run.batch_size == 5
    assert s.snapshot.loss == table.loss[0, 1]
    s.undo()
    assert s.snapshot.experiment == shown.experiment


def test_that_results_come_while_it_computes_and_stop_leaves_them(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.start_task("sweep", sweep_of(s, 4000, tuple(np.geomspace(0.001, 0.1, 30))))
    qtbot.waitUntil(lambda: 0 < table_of(s).done < table_of(s).total, timeout=10_000)
    s.stop_task("sweep")
    stopped = table_of(s)
    assert s.snapshot.sweep.stopped
    assert not s.snapshot.sweep.busy
    qtbot.wait(150)
    assert table_of(s) is stopped


def test_that_the_run_goes_on_while_it_computes(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.start_task("sweep", endless(s))
    s.step(40)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 40, timeout=3000)
    assert s.snapshot.sweep.busy
    begun = perf_counter()
    s.shut_down()
    assert perf_counter() - begun < 2.0


@pytest.mark.parametrize("change", ["start", "batch_size", "arithmetic"])
def test_that_another_start_or_setting_stops_it_and_says_so(session: SessionMaker, qtbot: QtBot, change: str) -> None:
    s = session()
    s.start_task("sweep", endless(s))
    if change == "start":
        s.set_start(np.array([0.5, 0.5]))
    else:
        s.change_setting(change, 7 if change == "batch_size" else "fast")
    qtbot.waitUntil(lambda: not s.snapshot.sweep.current)
    assert not s.snapshot.sweep.busy
    assert s.snapshot.sweep.stopped
    s.undo()
    assert s.snapshot.sweep.current  # it is about the run in hand again


def test_that_a_setting_on_an_axis_does_not_stop_it(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.start_task("sweep", endless(s))
    s.change_setting("learning_rate", 0.2)
    s.change_setting("momentum", 0.3)
    assert s.snapshot.settings.hyper["momentum"] == 0.3
    assert s.snapshot.sweep.current
    assert s.snapshot.sweep.busy


def test_that_nothing_stays_of_other_data(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.start_task("sweep", endless(s))
    s.start_task("search", search_of(s))
    s.configure(s.snapshot.wanted.but(data=DataConfig(seed=99)))
    qtbot.waitUntil(lambda: s.snapshot.experiment.data.seed == 99)
    assert s.snapshot.sweep is None
    assert s.snapshot.search is None
    qtbot.wait(100)
    assert s.snapshot.sweep is None


def test_that_both_kinds_go_on_side_by_side_and_a_new_one_replaces_the_old(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.start_task("sweep", endless(s))
    s.start_task("search", search_of(s))
    qtbot.waitUntil(lambda: not s.snapshot.search.busy, timeout=5000)
    assert len(s.snapshot.search.result.searches) == 4
    assert s.snapshot.search.result.share == 1.0
    assert s.snapshot.sweep.busy
    again = sweep_of(s, 5)
    s.start_task("sweep", again)
    assert finish(s, qtbot).wish is again


def test_that_a_slice_ends_with_its_time(session: SessionMaker, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock that goes on by a millisecond whenever it is looked at, as it is after each step."""
    s = session(default_experiment().but(run=RunConfig(optimizer="adam")))
    now = itertools.count()
    for module in (search, sweep, transitions):
        monkeypatch.setattr(module, "perf_counter", lambda: 1e-3 * next(now))
    for wish in (search_of(s), _rate_sweep(s)):
        begun, spent = next(now), []
        for _ in wish.steps():
            spent.append(next(now) - begun)
            begun = next(now)
        assert len(spent) > 10
        assert max(spent) <= 1e3 * PART + 5


def _rate_sweep(s: Session) -> SweepWish:
    shown = s.snapshot
    x, y = Axis("learning_rate", (0.01, 0.1), True), Axis("beta1", (0.5, 0.9))
    return sweep_wish(shown.experiment, 0, shown.problem, x, y, 2000)


def test_that_the_worker_rests_between_slices_while_a_run_plays(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.start_task("sweep", endless(s))
    working = s._threads.worker
    easy: list[bool] = []
    s._threads.ease_wanted.connect(easy.append)
    s.play()
    assert easy == [True]
    qtbot.waitUntil(lambda: working._rest.isActive())
    s.pause()
    assert easy == [True, False]
    s.hold_still(True)
    s.hold_still(False)
    assert easy == [True, False, True, False]
    qtbot.waitUntil(lambda: not working._rest.isActive())
    assert s.snapshot.sweep.busy
