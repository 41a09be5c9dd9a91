"""What is picked, with the real worker: taken apart at once or soon, never for another moment, never undone."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.engine.session import Session
from landscape_app.session.config import DataConfig, ModelConfig, default_experiment
from landscape_app.session.shares import AT_ONCE, LISTED
from tests.engine.conftest import SessionMaker


def sharing(s: Session) -> tuple[bool, bool]:
    """Return whether parts are there, and whether they are being found."""
    return s.snapshot.shares is not None, s.snapshot.sharing


def test_that_small_data_are_taken_apart_at_once_and_follow_the_cursor(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.open_entry(1)
    shares = s.snapshot.shares
    assert shares is not None
    assert shares.total == pytest.approx(s.snapshot.grad[1], rel=1e-12)
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3)
    for cursor in (3, 1, 0, 2):
        s.go_to(cursor)
        here = s.snapshot.shares
        assert here is not None
        assert here.wish.iteration == cursor
        assert here.total == pytest.approx(s.snapshot.grad[1], rel=1e-12)
    same = s.snapshot.shares
    s.notify("something else")
    assert s.snapshot.shares is same
    s.open_entry(None)
    assert s.snapshot.shares is None


def test_that_nonsense_picks_nothing(session: SessionMaker) -> None:
    s = session()
    for entry in (-1, 2, 10_000):
        s.open_entry(entry)
        assert s.snapshot.entry is None
    s.pick_example(s.snapshot.problem.data.m)
    assert s.snapshot.example is None


def test_that_what_is_picked_is_no_change_to_undo_and_falls_with_another_problem(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session()
    s.open_entry(0)
    s.pick_example(5)
    assert (s.snapshot.entry, s.snapshot.example, s.snapshot.undo) == (0, 5, "")
    s.set_start(np.array([0.3, 0.2]))
    qtbot.waitUntil(lambda: s.snapshot.undo != "")
    assert (s.snapshot.entry, s.snapshot.example) == (0, 5)  # another start, the same problem
    s.undo()
    assert (s.snapshot.entry, s.snapshot.example) == (0, 5)
    before = s.snapshot.problem
    s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid", hidden=3)))
    qtbot.waitUntil(lambda: s.snapshot.problem is not before)
    assert (s.snapshot.entry, s.snapshot.example, s.snapshot.shares) == (None, None, None)


def test_that_large_data_are_taken_apart_by_the_worker(session: SessionMaker, qtbot: QtBot) -> None:
    experiment = default_experiment()
    m = AT_ONCE
    s = session(experiment.but(data=DataConfig(name="line", examples=m)))
    s.open_entry(0)
    assert sharing(s) == (False, True)
    qtbot.waitUntil(lambda: s.snapshot.shares is not None, timeout=20_000)
    shares = s.snapshot.shares
    assert shares is not None
    assert sharing(s) == (True, False)
    assert len(shares.examples) == LISTED
    assert shares.total == pytest.approx(s.snapshot.grad[0], rel=1e-9)
    seen: list[tuple[int, int | None]] = []
    s.snapshot_changed.connect(
        lambda shown: seen.append((shown.cursor, None if shown.shares is None else shown.shares.wish.iteration))
    )
    s.step()
    qtbot.waitUntil(lambda: (1, 1) in seen, timeout=20_000)
    assert (1, None) in seen
    s.play()
    assert not sharing(s)[1]
    qtbot.waitUntil(lambda: s.snapshot.cursor > 2, timeout=20_000)
    assert sharing(s) == (False, False)
    s.pause()
    qtbot.waitUntil(lambda: s.snapshot.shares is not None, timeout=20_000)
    s.step_back()
    assert all(made in (cursor, None) for cursor, made in seen)  # those of another moment are never shown
    s.open_entry(None)
    assert sharing(s) == (False, False)
