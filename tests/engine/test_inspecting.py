"""The curvature at the cursor and along the path, found by the real worker at rest."""

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.core.arrays import FloatArray
from landscape_app.core.curvature import full_hessian
from landscape_app.engine.session import Session
from landscape_app.session.config import (
    DataConfig,
    Experiment,
    ModelConfig,
    RunConfig,
    StartConfig,
    default_experiment,
)
from landscape_app.session.sharpness import Sharpness, places
from tests.engine.conftest import SessionMaker

NETWORK = Experiment(
    data=DataConfig(name="sine"),
    model=ModelConfig(name="two-layer-sigmoid", hidden=3),
    start=StartConfig(method="normal", seed=1),
    run=RunConfig(hyper={"learning_rate": 0.1}),
)


def largest(s: Session, theta: FloatArray) -> float:
    problem = s.snapshot.problem
    *_, hessian = full_hessian(problem.model, problem.data, theta)
    assert hessian is not None
    return float(np.linalg.eigvalsh(hessian)[-1])


def is_here(s: Session) -> bool:
    point = s.snapshot.point
    return point is not None and point.wish.iteration == s.snapshot.cursor and not s.snapshot.inspecting


def knows(s: Session) -> bool:
    return s.snapshot.spectrum is not None or s.snapshot.point is not None


def curve_of(s: Session) -> Sharpness | None:
    return s.snapshot.sharpness


def known_curve(s: Session) -> Sharpness:
    curve = s.snapshot.sharpness
    assert curve is not None
    return curve


def diverged(s: Session) -> bool:
    return s.snapshot.timeline.divergence is not None


def run_to(s: Session, iteration: int, qtbot: QtBot) -> None:
    s.run_until(iteration=iteration)
    qtbot.waitUntil(lambda: s.snapshot.cursor == iteration and not s.snapshot.playing, timeout=20_000)


def test_that_a_regressions_curvature_is_known_at_once(session: SessionMaker) -> None:
    s = session()
    shown = s.snapshot
    assert shown.spectrum is not None
    assert shown.problem.optimum is not None
    assert shown.spectrum.largest == pytest.approx(shown.problem.optimum.lambda_max)
    s.watch_curvature("ruler", True)
    assert s.snapshot.spectrum is shown.spectrum
    assert not s.snapshot.inspecting


def test_that_a_networks_curvature_follows_the_cursor_while_somebody_looks(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(NETWORK)
    assert not knows(s)
    s.watch_curvature("ruler", True)
    qtbot.waitUntil(lambda: is_here(s), timeout=20_000)
    assert s.snapshot.spectrum is not None
    assert s.snapshot.spectrum.largest == pytest.approx(largest(s, s.snapshot.theta))
    run_to(s, 25, qtbot)
    qtbot.waitUntil(lambda: is_here(s), timeout=20_000)
    assert s.snapshot.spectrum.largest == pytest.approx(largest(s, s.snapshot.theta))
    s.watch_curvature("ruler", False)
    s.go_to(3)
    qtbot.wait(500)
    assert not is_here(s)
    s.look_at_point()
    qtbot.waitUntil(lambda: is_here(s), timeout=20_000)
    assert s.snapshot.undo == "" or "run" not in s.snapshot.undo  # looking is no change


def test_that_another_problem_leaves_no_curvature_behind(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(NETWORK)
    s.watch_curvature("dialog", True)
    qtbot.waitUntil(lambda: is_here(s), timeout=20_000)
    problem = s.snapshot.problem
    s.configure(s.snapshot.wanted.but(data=DataConfig(name="sine", seed=5)))
    qtbot.waitUntil(lambda: s.snapshot.problem is not problem, timeout=20_000)
    assert not knows(s)
    qtbot.waitUntil(lambda: is_here(s), timeout=20_000)
    assert s.snapshot.point.wish.problem is s.snapshot.problem


def test_that_the_curve_is_found_at_rest_and_kept_where_the_path_is_the_same(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session(NETWORK)
    run_to(s, 100, qtbot)
    assert curve_of(s) is None
    s.watch_sharpness(True)
    qtbot.waitUntil(lambda: not s.snapshot.sharpness.busy, timeout=30_000)
    curve = known_curve(s)
    assert curve.iterations == places(100)
    for i in (0, 17, 50):
        theta = s.snapshot.timeline.theta[curve.iterations[i]]
        assert curve.values[i] == pytest.approx(largest(s, theta))
    s.go_to(60)
    s.change_setting("learning_rate", 0.3)  # another path from there on
    kept = known_curve(s)
    assert kept.iterations == tuple(i for i in places(100) if i <= 60)
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 100 and not s.snapshot.sharpness.busy, timeout=30_000)
    after = known_curve(s)
    assert after.iterations == places(100)
    assert after.values[-1] == pytest.approx(largest(s, s.snapshot.timeline.theta[100]))
    assert after.values[-1] != curve.values[-1]
    s.watch_sharpness(False)
    assert curve_of(s) is None


def test_that_the_curve_can_be_stopped(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(NETWORK)
    run_to(s, 100, qtbot)
    s.watch_sharpness(True)
    s.stop_sharpness()
    qtbot.wait(500)
    curve = known_curve(s)
    assert curve.stopped
    assert curve.iterations == ()
    assert not curve.busy
    s.step()  # a longer path is another one
    qtbot.waitUntil(lambda: s.snapshot.sharpness.iterations == places(101), timeout=30_000)


def test_that_a_worker_that_fails_leaves_nothing_under_way(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(NETWORK)
    s.look_at_point()
    assert s.snapshot.inspecting
    s._on_worker_failed(ValueError("on purpose"))
    assert not s.snapshot.inspecting


# --- after a divergence ----------------------------------------------------------------------------------------------


def test_that_a_run_goes_on_with_half_the_rate_and_undo_brings_the_divergence_back(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session(default_experiment().but(run=RunConfig(hyper={"learning_rate": 0.1})))
    run_to(s, 12, qtbot)
    s.change_setting("learning_rate", 3.2)
    s.run_until(iteration=3000)
    qtbot.waitUntil(lambda: s.snapshot.notice is not None, timeout=20_000)
    notice, length = s.snapshot.notice, s.snapshot.timeline.length
    assert notice.repair is not None
    assert notice.repair.rate is not None
    assert (notice.repair.lowest, notice.repair.rate, notice.repair.halvings) == (12, 0.4, 3)
    assert diverged(s)
    s.go_on_with(notice.repair.lowest, notice.repair.rate)
    qtbot.waitUntil(lambda: s.snapshot.cursor > 14, timeout=20_000)
    s.pause()
    assert not diverged(s)
    assert s.snapshot.settings.hyper["learning_rate"] == 0.4
    assert s.snapshot.loss < s.snapshot.timeline.loss[12]
    s.undo()
    assert s.snapshot.timeline.length == length
    assert diverged(s)
    assert s.snapshot.cursor == 12
