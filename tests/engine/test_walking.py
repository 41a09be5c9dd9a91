"""Walking through iterations with the real worker, and the check of the gradient that follows the cursor."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.engine.session import Session
from landscape_app.session import gradient_check
from landscape_app.session.backprop import MOVE, passes_at, walk_names
from landscape_app.session.config import (
    DataConfig,
    Experiment,
    ModelConfig,
    RunConfig,
    StartConfig,
    default_experiment,
)
from landscape_app.session.gradient_check import GradientCheck
from landscape_app.session.snapshot import Snapshot
from tests.engine.conftest import SessionMaker


def names_of(s: Session) -> tuple[str, ...]:
    return walk_names(s.snapshot.problem.model)


def test_that_walking_past_the_update_makes_the_step_and_goes_on_with_the_first_term(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session()
    names = names_of(s)
    for name in names:
        s.walk()
        assert (s.snapshot.term, s.snapshot.cursor) == (name, 0)
    s.walk()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 1)
    assert s.snapshot.term == names[0]
    assert s.snapshot.timeline.last == 1
    assert s.snapshot.undo == ""  # looking is no change


def test_that_the_way_back_leads_to_the_update_of_the_iteration_before(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.step(2)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 2)
    s.take_in_hand(names_of(s)[0])
    s.walk(forward=False)
    assert (s.snapshot.term, s.snapshot.cursor) == (MOVE, 1)
    for _ in range(2 * len(names_of(s)) + 5):
        s.walk(forward=False)
    assert (s.snapshot.term, s.snapshot.cursor) == (names_of(s)[0], 0)  # there is nothing before the start
    assert s.snapshot.timeline.last == 2


def test_that_quick_presses_are_counted_while_the_step_is_under_way(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.take_in_hand(MOVE)
    for _ in range(4):
        s.walk()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 1)
    assert s.snapshot.term == names_of(s)[3]


def test_that_the_first_term_is_never_lit_before_its_iteration_is_there(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.take_in_hand(MOVE)
    seen: list[tuple[int, str]] = []
    s.snapshot_changed.connect(lambda shown: seen.append((shown.cursor, shown.term)))
    s.walk()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 1)
    assert set(seen) == {(0, MOVE), (1, names_of(s)[0])}


def test_that_a_step_that_diverges_leaves_the_update_in_hand(session: SessionMaker, qtbot: QtBot) -> None:
    run = RunConfig(optimizer="gradient-descent", hyper={"learning_rate": 1e300})
    s = session(default_experiment().but(run=run))
    s.take_in_hand(MOVE)
    s.walk()
    qtbot.waitUntil(lambda: s.snapshot.timeline.divergence is not None)
    at = s.snapshot.timeline.last
    s.go_to(at)
    s.take_in_hand(MOVE)
    s.walk()
    qtbot.waitUntil(lambda: s.snapshot.waiting == 0)
    assert (s.snapshot.term, s.snapshot.cursor) == (MOVE, at)
    s.walk(forward=False)
    assert s.snapshot.term == names_of(s)[-2]


def test_that_another_model_puts_down_what_it_does_not_have(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.take_in_hand("dL/dw")
    s.take_in_hand("no such term")
    assert s.snapshot.term == "dL/dw"
    s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid", hidden=2)))
    qtbot.waitUntil(lambda: s.snapshot.problem.model.name == "two-layer-sigmoid")
    assert s.snapshot.term == ""


def test_that_walking_stops_the_run(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.play()
    qtbot.waitUntil(lambda: s.snapshot.cursor >= 2)
    s.walk()
    assert not s.snapshot.playing
    assert s.snapshot.term == names_of(s)[0]


# -- the check ------------------------------------------------------------------------------------------------------


def matches(shown: Snapshot) -> bool:
    """Whether the check on show is that of the gradient at the cursor."""
    check = shown.check
    return check is None or (
        np.array_equal(check.wish.theta, shown.theta) and np.array_equal(check.wish.grad, shown.grad)
    )


def check_of(s: Session) -> GradientCheck | None:
    return s.snapshot.check


def is_checking(s: Session) -> bool:
    return s.snapshot.checking


def test_that_the_gradient_is_checked_at_rest_while_somebody_looks(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    stale: list[int] = []
    s.snapshot_changed.connect(lambda shown: None if matches(shown) else stale.append(shown.cursor))
    s.watch_gradient(True)
    qtbot.waitUntil(lambda: s.snapshot.check is not None)
    assert s.snapshot.check.agrees
    s.step()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 1)
    qtbot.waitUntil(lambda: s.snapshot.check is not None)
    s.play()
    qtbot.waitUntil(lambda: s.snapshot.cursor >= 6)
    assert s.snapshot.check is None  # never during a run
    s.pause()
    qtbot.waitUntil(lambda: s.snapshot.check is not None)
    assert matches(s.snapshot)
    assert not stale


def test_that_nothing_is_checked_while_nobody_looks(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.step()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 1)
    qtbot.wait(600)  # twice as long as a rest
    assert s.snapshot.check is None
    assert not s.snapshot.checking


SLOW = Experiment(
    data=DataConfig(name="sine", examples=20_000),
    model=ModelConfig(name="two-layer-sigmoid", hidden=16),
    start=StartConfig(method="normal", seed=1),
)


def test_that_what_takes_long_is_checked_in_part_until_it_is_asked_for(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradient_check, "UNASKED", 8_000_000)
    s = session(SLOW)
    s.watch_gradient(True)
    qtbot.waitUntil(lambda: s.snapshot.check is not None, timeout=20_000)
    assert [block.checked for block in s.snapshot.check.blocks] == [3, 3, 4, 1]
    assert s.snapshot.check.agrees
    s.check_gradient()
    assert is_checking(s)
    qtbot.waitUntil(lambda: not s.snapshot.checking, timeout=20_000)
    assert [block.checked for block in s.snapshot.check.blocks] == [16, 16, 16, 1]
    assert s.snapshot.check.agrees
    assert matches(s.snapshot)


def test_that_what_takes_very_long_is_checked_only_when_it_is_asked_for(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gradient_check, "FEWEST", 0)
    s = session(SLOW)
    s.watch_gradient(True)
    qtbot.wait(600)
    assert check_of(s) is None
    assert not is_checking(s)
    s.check_gradient()
    assert is_checking(s)
    s.step()  # what was being checked is gone
    qtbot.waitUntil(lambda: s.snapshot.cursor == 1)
    assert not is_checking(s)
    s.check_gradient()
    qtbot.waitUntil(lambda: s.snapshot.check is not None, timeout=20_000)
    found = check_of(s)
    assert found is not None
    assert found.agrees
    assert matches(s.snapshot)


def test_that_who_asks_during_a_run_is_told_that_checks_are_made_at_rest(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.play()
    qtbot.waitUntil(lambda: s.snapshot.cursor >= 2)
    s.check_gradient()
    assert s.snapshot.playing
    assert not is_checking(s)
    assert "when nothing moves" in s.snapshot.notice.text
    s.pause()
    s.check_gradient()
    assert is_checking(s)
    qtbot.waitUntil(lambda: s.snapshot.check is not None)


def test_that_a_batch_is_checked_as_a_batch(session: SessionMaker, qtbot: QtBot) -> None:
    run = RunConfig(optimizer="gradient-descent", hyper={"learning_rate": 0.01}, batch_size=4)
    s = session(default_experiment().but(run=run))
    s.watch_gradient(True)
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3 and s.snapshot.check is not None)
    assert s.snapshot.check.agrees
    assert s.snapshot.check.wish.batch is not None
    assert len(s.snapshot.check.wish.batch) == 4


@pytest.mark.parametrize("examples", [23, 3000])
def test_that_no_panel_mixes_one_batch_with_the_loss_of_another(
    session: SessionMaker, qtbot: QtBot, examples: int
) -> None:
    """The last record is measured again on the worker; until then the old loss is no loss of the new batch."""
    s = session(default_experiment().but(data=DataConfig(name="line", examples=examples)))
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3)
    s.open_entry(0)
    unknown: list[bool] = []

    def look() -> None:
        passes, shares = passes_at(s.snapshot), s.snapshot.shares
        unknown.append(passes is None)
        if passes is not None:
            assert np.mean(passes["residual"] ** 2) == pytest.approx(float(passes["L"]), rel=1e-9)
            assert passes["L"] == s.snapshot.timeline.batch_loss[s.snapshot.cursor]
        if shares is not None:
            assert shares.total == pytest.approx(float(s.snapshot.grad[0]), rel=1e-9)

    s.snapshot_changed.connect(look)
    for size in (5, None, 7, 1):
        s.change_setting("batch_size", size)
        qtbot.waitUntil(lambda: not s.snapshot.remeasuring)
        qtbot.waitUntil(lambda: s.snapshot.shares is not None)
    assert any(unknown)
    unknown.clear()
    s.change_setting("optimizer", "adam")  # loss and gradient stay what they are
    qtbot.waitUntil(lambda: s.snapshot.settings.optimizer.name == "adam")
    s.undo()
    assert not any(unknown)


def test_that_the_check_goes_on_after_a_click(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.watch_gradient(True)
    qtbot.waitUntil(lambda: s.snapshot.check is not None)
    s.hold_still(True)
    s.take_in_hand(names_of(s)[2])  # what was clicked
    s.hold_still(False)
    qtbot.waitUntil(lambda: s.snapshot.check is not None)
    s.pick_example(3)
    assert s.snapshot.check is not None
