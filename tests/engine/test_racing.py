"""Rivals on the worker: recorded as the run in hand would be, as far as the clock has come."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.engine import worker
from landscape_app.engine.session import Session
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, RivalConfig, RunConfig, StartConfig
from landscape_app.session.held import held_data
from landscape_app.session.prepare import prepare
from landscape_app.session.race import LaneNews, Race, lane_steps
from landscape_app.session.race_clock import RaceUnit
from landscape_app.session.records import StepRecord
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import Recorded, Run, first_record, recorded
from tests.engine.conftest import SessionMaker

RAVINE = Experiment(
    data=DataConfig(name="line", seed=3),
    start=StartConfig(method="values", values={"w": -1.6, "b": 2.1}),
    run=RunConfig(optimizer="momentum", hyper={"learning_rate": 0.04}),
)


def arrived(s: Session, qtbot: QtBot) -> Snapshot:
    """Wait until all lanes have come to the clock."""
    qtbot.waitUntil(
        lambda: s.snapshot.waiting == 0 and s.snapshot.race is not None and not s.snapshot.race.busy, timeout=15_000
    )
    return s.snapshot


def lanes(s: Session) -> int:
    return 0 if s.snapshot.race is None else len(s.snapshot.race.lanes)


def assert_recorded_as_alone(shown: Snapshot) -> None:
    """Check each rival against the same run made by itself."""
    assert shown.race is not None
    for lane in shown.race.lanes[1:]:
        assert lane.config is not None
        assert lane.timeline is not None
        alone = Experiment(
            data=shown.experiment.data, model=shown.experiment.model, start=lane.config.start, run=lane.run
        )
        made = prepare(alone, shown.problem.loaded)
        found = recorded(made.run, first_record(made.run, made.timeline.theta[0]), lane.timeline.last, with_first=True)
        assert found.batch is not None
        assert np.array_equal(np.array(lane.timeline.theta[:]), found.batch.theta)
        assert np.array_equal(lane.timeline.loss, found.batch.loss)


def test_that_all_rules_race_on_one_clock(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    s.add_rule_rivals()
    s.run_until(iteration=50)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 50)
    shown = arrived(s, qtbot)
    assert shown.race is not None
    assert len(shown.race.lanes) == 7
    assert [lane.at for lane in shown.race.lanes] == [50] * 7
    assert_recorded_as_alone(shown)
    s.go_to(20)
    assert s.snapshot.race is not None
    assert [lane.at for lane in s.snapshot.race.lanes] == [20] * 7
    assert not s.snapshot.race.busy


@pytest.mark.parametrize(("unit", "places"), [("step", [12, 12]), ("epoch", [12, 36]), ("evaluation", [12, 36])])
def test_that_a_smaller_batch_gets_more_steps_for_the_same_work(
    session: SessionMaker, qtbot: QtBot, unit: RaceUnit, places: list[int]
) -> None:
    s = session(RAVINE.but(data=DataConfig(name="line", examples=60), run=RunConfig(batch_size=20)))
    s.race_by(unit)
    s.add_rival()
    s.change_setting("batch_size", None)
    s.run_until(iteration=12)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 12)
    shown = arrived(s, qtbot)
    assert shown.race is not None
    assert [lane.at for lane in shown.race.lanes] == places
    assert_recorded_as_alone(shown)


def test_that_undo_takes_rivals_back_and_leaves_the_path(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    s.add_rival()
    assert s.snapshot.undo == "rivals.add"
    s.step(5)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 5)
    arrived(s, qtbot)
    s.undo()
    assert lanes(s) == 0
    assert s.snapshot.cursor == 5
    s.redo()
    assert lanes(s) == 2
    assert arrived(s, qtbot).cursor == 5
    s.change_rival(0, {"visible": False})
    assert s.snapshot.race is not None
    assert not s.snapshot.race.lanes[1].visible
    s.duplicate_rival(0)
    assert len(s.snapshot.experiment.rivals) == 2
    s.remove_rival(1)
    s.remove_rival(0)
    assert lanes(s) == 0
    s.undo()
    assert len(s.snapshot.experiment.rivals) == 1


def test_that_a_rival_is_taken_in_hand_and_the_clock_goes_on(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    s.add_rival()
    s.change_setting("optimizer", "adam")
    s.change_setting("learning_rate", 0.3)
    s.run_until(iteration=30)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 30)
    before = arrived(s, qtbot)
    assert before.race is not None
    losses = [lane.loss for lane in before.race.lanes]
    s.take_rival(0)
    qtbot.waitUntil(lambda: s.snapshot.experiment.run.optimizer == "momentum" and s.snapshot.cursor == 30)
    after = arrived(s, qtbot)
    assert after.race is not None
    assert [lane.loss for lane in after.race.lanes] == losses[::-1]
    assert after.race.lanes[1].run.optimizer == "adam"
    assert after.undo == "rivals.swap"
    s.undo()
    assert s.snapshot.experiment.run.optimizer == "adam"
    assert arrived(s, qtbot).race is not None
    assert s.snapshot.experiment.rivals == before.experiment.rivals


def test_that_rivals_go_along_with_start_data_and_model(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    s.add_rule_rivals()
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3)
    arrived(s, qtbot)
    s.set_start(np.array([0.5, 0.5]))
    qtbot.waitUntil(lambda: s.snapshot.experiment.start.values == {"w": 0.5, "b": 0.5})
    assert len(s.snapshot.experiment.rivals) == 6  # their own start is where they were put
    assert all(rival.start != s.snapshot.experiment.start for rival in s.snapshot.experiment.rivals)
    s.gather_rivals()
    assert all(rival.start == s.snapshot.experiment.start for rival in s.snapshot.experiment.rivals)
    shown = arrived(s, qtbot)
    assert shown.race is not None
    assert all(lane.timeline.theta[0].tolist() == [0.5, 0.5] for lane in shown.race.lanes if lane.timeline is not None)
    assert_recorded_as_alone(shown)
    assert shown.undo == "rivals"
    s.configure(s.snapshot.wanted.but(data=DataConfig(name="line", seed=8)))
    qtbot.waitUntil(lambda: s.snapshot.experiment.data.seed == 8)
    assert_recorded_as_alone(arrived(s, qtbot))
    s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid", hidden=2)))
    qtbot.waitUntil(lambda: s.snapshot.problem.model.name == "two-layer-sigmoid")
    s.step(4)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 4)
    shown = arrived(s, qtbot)
    assert_recorded_as_alone(shown)
    assert shown.race is not None
    assert {lane.at for lane in shown.race.lanes} == {4}


def test_that_a_rival_that_diverges_stays_where_it_ended(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE.but(run=RunConfig(hyper={"learning_rate": 30.0})))
    s.add_rival()
    s.change_setting("learning_rate", 0.05)
    s.run_until(iteration=400)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 400)
    shown = arrived(s, qtbot)
    assert shown.race is not None
    wild = shown.race.lanes[1]
    assert wild.ended is not None
    assert wild.at == wild.ended.iteration < 400
    assert np.isfinite(wild.loss)


def test_that_rivals_that_fail_are_given_up_and_say_so(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = session(RAVINE)
    s.add_rule_rivals()
    s.step(5)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 5)
    arrived(s, qtbot)
    tried: list[int] = []

    def fails(*_given: object, **_more: object) -> Iterator[LaneNews | None]:
        tried.append(1)
        if tried:
            raise ArithmeticError("nothing works")
        yield None

    monkeypatch.setattr(worker, "lane_steps", fails)
    s.step(1)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 6)
    shown = arrived(s, qtbot)
    qtbot.wait(200)
    assert len(tried) == 2  # the error might have been another work's: once more, and not again
    assert shown.race is not None
    assert {lane.problem for lane in shown.race.lanes[1:]} == {"The run could not be made."}


def test_that_rivals_outlive_an_error_in_other_work(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = session(RAVINE)
    s.add_rule_rivals()
    s.step(5)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 5)
    arrived(s, qtbot)
    true_steps = lane_steps
    failed: list[int] = []

    def fails_once(*given: Any, **more: Any) -> Iterator[LaneNews | None]:
        if not failed:
            failed.append(1)
            raise ArithmeticError("something else")
        yield from true_steps(*given, **more)

    monkeypatch.setattr(worker, "lane_steps", fails_once)
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 8)
    shown = arrived(s, qtbot)
    assert failed
    assert_recorded_as_alone(shown)
    assert shown.race is not None
    assert {lane.at for lane in shown.race.lanes} == {8}


# -- another run is taken in hand, and something else is wished before it has come -------------------------------------


def with_two_rivals(s: Session, qtbot: QtBot) -> None:
    """Stand at iteration 30 of a run with rivals "A" and "B", each of them another run."""
    s.run_until(iteration=30)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 30)
    for name, setting, value in (("A", "optimizer", "adam"), ("B", "learning_rate", 0.5)):
        s.add_rival()
        s.change_rival(len(s.snapshot.wanted.rivals) - 1, {"name": name})
        s.change_setting(setting, value)
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 30)
    arrived(s, qtbot)


def taken(s: Session, qtbot: QtBot) -> Snapshot:
    """Wait until the run that was taken in hand is there."""
    qtbot.waitUntil(lambda: s._restarting is None and s.snapshot.timeline.last >= s._refill)
    return arrived(s, qtbot)


def runs(shown: Snapshot) -> list[RunConfig]:
    """Return the runs of a race, the one in hand first."""
    experiment = shown.experiment
    return [run.but(iterations=0) for run in (experiment.run, *(rival.run for rival in experiment.rivals))]


def test_that_a_rival_removed_while_another_is_taken_stays_away(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    with_two_rivals(s, qtbot)
    before, (hand, a, _b) = s.snapshot.experiment, runs(s.snapshot)
    s.take_rival(0)
    s.remove_rival(1)
    shown = taken(s, qtbot)
    assert runs(shown) == [a, hand]
    assert shown.wanted == shown.experiment
    s.undo()
    assert s.snapshot.experiment == before


def test_that_a_rival_doubled_while_another_is_taken_is_there_twice(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    with_two_rivals(s, qtbot)
    before, (hand, a, b) = s.snapshot.experiment, runs(s.snapshot)
    states: list[list[RunConfig]] = []
    s.snapshot_changed.connect(lambda shown: states.append(runs(shown)))
    s.take_rival(0)
    s.duplicate_rival(1)
    assert runs(taken(s, qtbot)) == [a, hand, b, b]
    assert all(a in state and hand in state for state in states)
    s.undo()
    assert s.snapshot.experiment == before


def test_that_a_reset_while_a_run_is_taken_loses_none(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    with_two_rivals(s, qtbot)
    before, (hand, a, b) = s.snapshot.experiment, runs(s.snapshot)
    s.take_rival(0)
    s.reset()
    shown = taken(s, qtbot)
    assert runs(shown) == [a, hand, b]
    assert (shown.cursor, shown.timeline.last) == (0, 0)
    s.undo()
    assert s.snapshot.experiment == before
    assert s.snapshot.cursor == 30


def test_that_a_setting_changed_while_a_run_is_taken_keeps_what_was_changed_of_its_rivals(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session(RAVINE)
    with_two_rivals(s, qtbot)
    hand, a, _b = runs(s.snapshot)
    s.take_rival(0)
    s.remove_rival(1)
    s.change_setting("learning_rate", 0.02)
    qtbot.waitUntil(lambda: s.snapshot.settings.hyper["learning_rate"] == 0.02)
    shown = taken(s, qtbot)
    assert runs(shown) == [a.but(hyper={"learning_rate": 0.02}), hand]
    assert shown.cursor == 30


@pytest.mark.parametrize("patient", [True, False])
def test_that_two_takes_in_a_row_stand_where_the_clock_is(session: SessionMaker, qtbot: QtBot, patient: bool) -> None:
    s = session(RAVINE.but(data=DataConfig(name="line", examples=60), run=RunConfig(batch_size=20)))
    s.race_by("epoch")
    s.add_rival()
    s.change_setting("batch_size", None)
    s.run_until(iteration=12)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 12)
    arrived(s, qtbot)
    before = s.snapshot.experiment
    s.take_rival(0)
    if patient:
        qtbot.waitUntil(lambda: s.snapshot.cursor == 36)
        taken(s, qtbot)
    s.take_rival(0)
    shown = taken(s, qtbot)
    assert [run.batch_size for run in runs(shown)] == [run.batch_size for run in (before.run, before.rivals[0].run)]
    assert shown.race is not None
    assert [lane.at for lane in shown.race.lanes] == [12, 36]
    assert shown.timeline.last == 12


@pytest.mark.parametrize("patient", [True, False])
def test_that_a_run_keeps_its_name_in_hand_and_when_it_is_given_back(
    session: SessionMaker, qtbot: QtBot, patient: bool
) -> None:
    s = session(RAVINE)
    with_two_rivals(s, qtbot)
    s.name_run("mine")
    assert s.snapshot.undo == "rivals"
    s.take_rival(0)
    shown = taken(s, qtbot)
    assert shown.experiment.name == "A"
    assert [rival.name for rival in shown.experiment.rivals] == ["mine", "B"]
    s.take_rival(0)
    if patient:
        taken(s, qtbot)
    s.take_rival(1)
    shown = taken(s, qtbot)
    assert shown.experiment.name == "B"
    assert [rival.name for rival in shown.experiment.rivals] == ["A", "mine"]
    s.undo()
    assert s.snapshot.experiment.name == ("mine" if patient else "A")


def test_that_a_name_given_while_a_run_is_taken_is_that_runs(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    with_two_rivals(s, qtbot)
    s.take_rival(0)
    s.name_run("the first")
    shown = taken(s, qtbot)
    assert shown.experiment.name == "the first"
    assert [rival.name for rival in shown.experiment.rivals] == ["", "B"]


def test_that_a_start_dragged_before_a_run_is_taken_is_that_of_the_run_that_was_left(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session(RAVINE)
    with_two_rivals(s, qtbot)
    hand, a, b = runs(s.snapshot)
    s.set_start(np.array([0.5, 0.5]))
    s.take_rival(0)
    shown = taken(s, qtbot)
    assert runs(shown) == [a, hand, b]
    assert shown.experiment.rivals[0].start.values == {"w": 0.5, "b": 0.5}
    assert shown.timeline.theta[0].tolist() == [-1.6, 2.1]


def test_that_rivals_stay_where_they_were_until_those_with_the_data_in_the_hand_have_come(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session(RAVINE)
    s.add_rule_rivals()
    s.run_until(iteration=60)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 60)
    before = arrived(s, qtbot).race
    assert before is not None
    seen: list[Race] = []
    s.snapshot_changed.connect(lambda shown: seen.append(shown.race))
    for y in (0.25, 0.5, 0.75):
        config, table = held_data(s.snapshot.problem, s.snapshot.experiment.data).moved(3, 0.5, y)
        s.hold_data(s.snapshot.wanted.but(data=config), table)
    qtbot.waitUntil(lambda: s.snapshot.experiment.data == config and not s.holding)
    shown = arrived(s, qtbot)
    first = next(race for race in seen if race.lanes[0].timeline is not before.lanes[0].timeline)
    assert [lane.former for lane in first.lanes] == [False] + [True] * 6
    assert [lane.timeline for lane in first.lanes[1:]] == [lane.timeline for lane in before.lanes[1:]]
    for race in seen:
        assert all(lane.timeline is not None for lane in race.lanes)
        if race.lanes[0].at == 60:
            assert [lane.at for lane in race.lanes] == [60] * 7
        known = [lane for lane in race.lanes if not lane.former]
        assert race.goal() >= min(lane.best for lane in known)
    assert shown.race is not None
    assert not any(lane.former for lane in shown.race.lanes)
    assert_recorded_as_alone(shown)
    s.undo()
    assert s.snapshot.race is not None
    assert not any(lane.former for lane in s.snapshot.race.lanes)


BEYOND = RivalConfig(start=StartConfig(method="values", values={"w": 1e200, "b": 0.0}), run=RunConfig())


@pytest.mark.parametrize("how", ["start", "undone", "failed"])
def test_that_a_path_that_does_not_come_leaves_no_cursor_behind(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    s = session(RAVINE)
    s.add_rival()
    s.run_until(iteration=30)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 30)
    arrived(s, qtbot)
    if how == "start":
        s.go_to(10)
        s.set_start(np.array([1e200, 0.0]))
        qtbot.waitUntil(lambda: s.snapshot.notice is not None and s.snapshot.notice.kind == "error")
    elif how == "undone":
        s.reset()
        s.undo()
    else:

        def fails(run: Run, record: StepRecord, count: int, **how: object) -> Recorded:
            raise MemoryError("no room")

        with monkeypatch.context() as patch:
            patch.setattr(worker, "recorded", fails)
            s.reset()
            qtbot.waitUntil(lambda: s.snapshot.notice is not None and s.snapshot.notice.kind == "error")
    cursor = s.snapshot.cursor
    config, table = held_data(s.snapshot.problem, s.snapshot.experiment.data).moved(3, 0.5, 0.25)
    s.hold_data(s.snapshot.wanted.but(data=config), table)
    qtbot.waitUntil(lambda: s.snapshot.experiment.data == config and not s.holding)
    arrived(s, qtbot)
    assert s.snapshot.cursor == cursor


def test_that_a_rival_that_cannot_be_made_is_not_taken_and_says_why(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE.but(rivals=(BEYOND,)))
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3)
    before = arrived(s, qtbot).experiment
    s.take_rival(0)
    assert s.snapshot.notice is not None
    assert "overflows at the start" in s.snapshot.notice.text
    assert s.snapshot.wanted is s.snapshot.experiment is before


def test_that_taking_a_run_while_data_load_says_that_it_has_to_wait(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(RAVINE)
    s.add_rival()
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3)
    arrived(s, qtbot)
    s.configure(s.snapshot.wanted.but(data=DataConfig(name="line", seed=8)))
    s.take_rival(0)
    assert s.snapshot.notice is not None
    assert "still being prepared" in s.snapshot.notice.text
    qtbot.waitUntil(lambda: s.snapshot.experiment.data.seed == 8)
