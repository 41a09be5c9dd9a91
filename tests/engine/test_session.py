"""The session with its real worker thread: intents in, snapshots out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.engine.player import FASTEST
from landscape_app.engine.session import Session
from landscape_app.session.config import (
    DataConfig,
    Experiment,
    ModelConfig,
    RunConfig,
    StartConfig,
    default_experiment,
)
from landscape_app.session.records import StepRecord
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import Run, first_record, next_step
from tests.engine.conftest import SessionMaker


def settle(session: Session, qtbot: QtBot) -> None:
    """Wait until nothing is under way."""

    def idle() -> bool:
        shown = session.snapshot
        return (
            shown.landscape is not None
            and not shown.landscape_busy
            and not shown.playing
            and not shown.loading
            and shown.waiting == 0
        )

    qtbot.waitUntil(idle, timeout=10_000)


def ten_features(**parts: Any) -> Experiment:
    return Experiment(
        data=DataConfig(kind="bundled", name="diabetes", scale="standard"),
        model=ModelConfig(name="multivariate"),
        **parts,
    )


def test_that_the_landscape_comes_by_itself(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    settle(s, qtbot)
    landscape = s.snapshot.landscape
    assert landscape.loss.shape == (129, 129)
    assert landscape.final
    assert (landscape.x_range, landscape.y_range) == (s.snapshot.map_view.x_range, s.snapshot.map_view.y_range)


def test_that_quick_steps_are_all_taken_and_equal_to_the_equations(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    for _ in range(5):
        s.step()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 5)
    shown = s.snapshot
    run = Run.of(shown.experiment.run, shown.problem.model, shown.problem.data)
    record = first_record(run, np.array([-1.6, 2.1]))
    for _ in range(5):
        following = next_step(run, record)
        assert isinstance(following, StepRecord)
        record = following
    assert shown.theta.tobytes() == record.theta.tobytes()
    assert shown.loss == record.loss
    assert shown.waiting == 0


def test_that_back_and_forth_is_equal_to_the_last_bit(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(ten_features(run=RunConfig(optimizer="adam", batch_size=50)))
    s.run_until(iteration=300)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 300, timeout=10_000)
    before = s.snapshot.theta.copy()
    s.go_to(150)
    s.change_setting("learning_rate", 0.5)
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 300, timeout=10_000)
    assert not np.array_equal(s.snapshot.timeline.theta[300], before)
    s.change_setting("learning_rate", 0.001)
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 300, timeout=10_000)
    assert s.snapshot.timeline.theta[300].tobytes() == before.tobytes()
    assert s.snapshot.cursor == 150


def test_that_stepping_inside_the_record_computes_nothing(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.run_until(iteration=20)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 20)
    timeline = s.snapshot.timeline
    s.step_back(5)
    assert s.snapshot.cursor == 15
    s.step()
    assert s.snapshot.cursor == 16
    s.go_to(0)
    s.step_back()
    assert s.snapshot.cursor == 0
    s.go_to(99)
    assert s.snapshot.cursor == 20
    assert s.snapshot.timeline is timeline


def test_that_a_run_stops_at_its_goal(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.run_until(iteration=777)
    qtbot.waitUntil(lambda: not s.snapshot.playing)
    assert s.snapshot.cursor == s.snapshot.timeline.last == 777
    assert "777" in s.snapshot.notice.text


def test_that_a_run_stops_when_the_gradient_is_small(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.run_until(tolerance=1e-6)
    qtbot.waitUntil(lambda: not s.snapshot.playing)
    norms = np.linalg.norm(s.snapshot.timeline.grad[:], axis=1)
    assert norms[-1] < 1e-6
    assert (norms[:-1] >= 1e-6).all()
    assert s.snapshot.cursor == s.snapshot.timeline.last


@pytest.mark.parametrize("speed", [60.0, FASTEST])
def test_that_play_moves_and_pause_stops(session: SessionMaker, qtbot: QtBot, speed: float) -> None:
    s = session()
    s.player.set_speed(speed)
    s.play()
    qtbot.waitUntil(lambda: s.snapshot.cursor > 5)
    s.pause()
    assert not s.snapshot.playing
    settle(s, qtbot)
    at = s.snapshot.cursor
    qtbot.wait(100)
    assert s.snapshot.cursor == at


def test_that_divergence_stops_at_the_last_finite_iteration_with_a_sentence(
    session: SessionMaker, qtbot: QtBot
) -> None:
    base = default_experiment()
    s = session(base.but(run=RunConfig(hyper={"learning_rate": 50.0})))
    s.play()
    s.player.set_speed(FASTEST)
    qtbot.waitUntil(lambda: s.snapshot.timeline.divergence is not None and not s.snapshot.playing)
    shown = s.snapshot
    assert shown.cursor == shown.timeline.last == shown.timeline.divergence.iteration
    assert np.isfinite(shown.timeline.theta[:]).all()
    assert f"iteration {shown.cursor}" in shown.notice.text
    limit = 2.0 / shown.problem.optimum.lambda_max
    assert f"below {limit:.3g}" in shown.notice.text
    s.step()
    assert s.snapshot.waiting == 0
    assert s.snapshot.cursor == shown.cursor


def test_that_a_divergence_is_repaired_by_a_smaller_rate_from_an_earlier_step(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session(default_experiment().but(run=RunConfig(hyper={"learning_rate": 50.0})))
    s.run_until(iteration=5000)
    qtbot.waitUntil(lambda: s.snapshot.timeline.divergence is not None and not s.snapshot.playing)
    s.go_to(3)
    s.change_setting("learning_rate", 0.1)
    qtbot.waitUntil(lambda: s.snapshot.timeline.divergence is None and s.snapshot.timeline.last > 3)
    s.run_until(tolerance=1e-8)
    qtbot.waitUntil(lambda: not s.snapshot.playing)
    assert s.snapshot.theta == pytest.approx(s.snapshot.problem.optimum.theta, abs=1e-6)


def test_that_a_new_start_takes_the_path_along(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.run_until(iteration=50)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 50)
    for x in np.linspace(-1.0, 2.0, 30):
        s.set_start_on_map(float(x), 0.5)
    qtbot.waitUntil(lambda: s.snapshot.timeline.theta[0].tolist() == [2.0, 0.5] and s.snapshot.timeline.last == 50)
    assert s.snapshot.cursor == 50
    assert s.snapshot.experiment.start == StartConfig(method="values", values={"w": 2.0, "b": 0.5})
    assert s.snapshot.wanted is s.snapshot.experiment


def test_that_reset_keeps_the_settings_and_forgets_the_path(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.run_until(iteration=30)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 30)
    s.change_setting("momentum", 0.5)
    s.reset()
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 0)
    assert s.snapshot.settings.hyper["momentum"] == 0.5
    assert s.snapshot.experiment.run.changes == ()


def test_that_every_rule_can_be_chosen_at_any_time(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(ten_features())
    for rule in ("adam", "random-search", "nesterov", "rmsprop", "adagrad", "adamw", "momentum", "gradient-descent"):
        s.change_setting("optimizer", rule)
        s.step(3)
        goal = s.snapshot.cursor
        qtbot.waitUntil(lambda: s.snapshot.waiting == 0)
        assert s.snapshot.cursor >= goal
        assert s.snapshot.settings.optimizer.name == rule
    assert s.snapshot.cursor == 24


def test_that_the_slice_follows_the_cursor(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(ten_features())
    s.run_until(iteration=40)
    settle(s, qtbot)
    for at in (10, 40, 0):
        s.go_to(at)
        settle(s, qtbot)
        shown = s.snapshot
        i = int(np.argmin(np.abs(shown.landscape.y - shown.theta[1])))
        j = int(np.argmin(np.abs(shown.landscape.x - shown.theta[0])))
        theta = shown.theta.copy()
        theta[0], theta[1] = shown.landscape.x[j], shown.landscape.y[i]
        data = shown.problem.data
        assert shown.landscape.loss[i, j] == pytest.approx(shown.problem.model.loss(theta, data.X, data.y))


def test_that_the_old_map_never_stands_under_new_labels(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(ten_features())
    settle(s, qtbot)
    wrong: list[Snapshot] = []

    def check(snapshot: Snapshot) -> None:
        landscape = snapshot.landscape
        if landscape is not None and landscape.plane.x_name != snapshot.map_view.plane.x_name:
            wrong.append(snapshot)

    s.snapshot_changed.connect(check)
    for name in ("w[3]", "b", "w[5]", "w[0]"):
        s.set_axes(name, "w[1]")
        assert s.snapshot.landscape is None
    settle(s, qtbot)
    assert s.snapshot.landscape.plane.x_name == "w[0]"
    assert wrong == []


def test_that_zooming_computes_what_is_seen(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.set_ranges((1.0, 2.0), (-1.0, 0.0))
    settle(s, qtbot)
    assert s.snapshot.landscape.x_range == (1.0, 2.0)
    assert s.snapshot.landscape.y_range == (-1.0, 0.0)
    assert not s.snapshot.map_view.automatic
    s.set_ranges(None, None)
    settle(s, qtbot)
    assert s.snapshot.map_view.automatic


def test_that_other_data_bring_a_model_that_fits(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.configure(s.snapshot.wanted.but(data=DataConfig(kind="bundled", name="diabetes")))
    qtbot.waitUntil(lambda: s.snapshot.problem.data.n == 10)
    assert s.snapshot.experiment.model.name == "multivariate"
    assert s.snapshot.experiment.start.method == "normal"
    s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid", hidden=6)))
    qtbot.waitUntil(lambda: s.snapshot.problem.model.k == 6)
    assert s.snapshot.timeline.theta.shape == (1, 6 * 10 + 6 + 6 + 1)


def test_that_the_newest_data_win(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    for noise in np.linspace(0.0, 2.0, 25):
        s.configure(s.snapshot.wanted.but(data=s.snapshot.wanted.data.but(noise=float(noise))))
    assert s.snapshot.wanted.data.noise == 2.0
    qtbot.waitUntil(lambda: s.snapshot.experiment.data.noise == 2.0)
    assert not s.snapshot.loading


def test_that_bad_data_change_nothing_and_say_why(session: SessionMaker, qtbot: QtBot, tmp_path: Path) -> None:
    s = session()
    before = s.snapshot
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n3\n")
    s.configure(s.snapshot.wanted.but(data=DataConfig(kind="file", name="bad.csv", path=str(bad))))
    qtbot.waitUntil(lambda: s.snapshot.notice is not None and s.snapshot.notice.kind == "error")
    assert "bad.csv" in s.snapshot.notice.text
    assert s.snapshot.problem is before.problem
    assert s.snapshot.timeline is before.timeline
    assert s.snapshot.wanted is s.snapshot.experiment is before.experiment


def test_that_an_unfit_setting_is_refused_and_nothing_is_lost(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.run_until(iteration=10)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 10)
    timeline = s.snapshot.timeline
    s.change_setting("momentum", 1.5)
    assert s.snapshot.notice.kind == "error"
    assert s.snapshot.timeline is timeline


def test_that_a_full_record_pauses_with_a_sentence(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("landscape_app.session.records.TIMELINE_BUDGET", 8 * 8 * 200)
    s = session()
    s.player.set_speed(FASTEST)
    s.play()
    qtbot.waitUntil(lambda: s.snapshot.notice is not None and not s.snapshot.playing)
    assert "memory" in s.snapshot.notice.text
    assert s.snapshot.timeline.last >= 199


def test_that_a_typed_start_is_there_again_when_one_comes_back_to_its_model(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session()
    s.set_start(np.array([0.75, -1.5]))
    qtbot.waitUntil(lambda: s.snapshot.timeline.theta[0][0] == 0.75)
    for name in ("two-layer-sigmoid", "univariate"):
        s.configure(s.snapshot.wanted.but(model=ModelConfig(name=name)))
        qtbot.waitUntil(lambda name=name: s.snapshot.problem.model.name == name)  # type: ignore[misc]
    assert s.snapshot.timeline.theta[0].tolist() == [0.75, -1.5]
    methods = [str(s.snapshot.experiment.start.method)]
    s.undo()
    qtbot.waitUntil(lambda: s.snapshot.problem.model.name == "two-layer-sigmoid")
    methods.append(str(s.snapshot.experiment.start.method))
    assert methods == ["values", "xavier"]


def test_that_refining_can_be_stopped(session: SessionMaker, qtbot: QtBot) -> None:
    experiment = ten_features().but(
        model=ModelConfig(name="two-layer-sigmoid", hidden=64), start=StartConfig(method="xavier")
    )
    s = session(experiment)
    qtbot.waitUntil(lambda: s.snapshot.landscape is not None and s.snapshot.landscape_busy, timeout=10_000)
    s.stop_refining()
    shape = s.snapshot.landscape.loss.shape
    busy = [s.snapshot.landscape_busy]
    qtbot.wait(150)
    assert s.snapshot.landscape.loss.shape == shape
    s.go_on_refining()
    busy.append(s.snapshot.landscape_busy)
    assert busy == [False, True]
    assert s.snapshot.landscape is not None  # what was there stays until a finer one comes
    qtbot.waitUntil(lambda: s.snapshot.landscape.loss.size > shape[0] * shape[1], timeout=20_000)


def test_that_a_rate_too_large_for_new_data_is_told_before_it_diverges(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.configure(s.snapshot.wanted.but(data=DataConfig(kind="bundled", name="longley")))
    qtbot.waitUntil(lambda: s.snapshot.problem.data.n == 6)
    assert s.snapshot.notice.kind == "warning"
    assert "standardise" in s.snapshot.notice.text
    s.configure(s.snapshot.wanted.but(data=DataConfig(kind="bundled", name="longley", scale="standard")))
    qtbot.waitUntil(lambda: s.snapshot.problem.data.scaling is not None)
    assert s.snapshot.notice is None


def test_that_a_rule_changed_in_mid_run_goes_on_with_data_of_another_shape(
    session: SessionMaker, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    """The new run begins with the rule in force, whose state is not that of the rule it once began with."""
    s = session()
    s.step(3)
    settle(s, qtbot)
    s.change_setting("optimizer", "adam")
    settle(s, qtbot)
    s.configure(s.snapshot.wanted.but(data=DataConfig(name="plane")))
    settle(s, qtbot)
    s.step(4)
    settle(s, qtbot)
    assert s.snapshot.cursor == 4
    assert not caplog.records
    record: Any = first_record(s._run, s.snapshot.timeline.theta[0])
    for _ in range(4):
        record = next_step(s._run, record)
    assert np.array_equal(record.theta, s.snapshot.theta)


def test_that_dragging_shows_the_whole_path_of_each_start(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.step(40)
    settle(s, qtbot)
    s.go_to(25)
    for x in (-1.0, 0.5, 2.0):
        s.set_start(np.array([x, 1.0]))
    qtbot.waitUntil(lambda: s.snapshot.timeline.theta[0].tolist() == [2.0, 1.0])
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 40)
    assert s.snapshot.cursor == 25  # the same iteration, of another path
    s.reset()
    qtbot.waitUntil(lambda: (s.snapshot.cursor, s.snapshot.timeline.last) == (0, 0))


def test_that_nothing_is_published_after_the_end(session: SessionMaker, qtbot: QtBot) -> None:
    """A window that closes hides its panels after the session has ended."""
    s = session()
    settle(s, qtbot)
    s.shut_down()
    before = s.snapshot
    with qtbot.assertNotEmitted(s.snapshot_changed):
        s.watch_curvature("ruler", True)
        s.watch_gradient(True)
        s.notify("Too late.")
    assert s.snapshot is before


def test_that_a_path_that_diverges_when_it_is_made_again_says_why(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.step(400)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 400)
    s.go_to(10)
    s.hold_still(True)
    s.change_setting("learning_rate", 5.0)
    qtbot.waitUntil(lambda: s.snapshot.timeline.divergence is not None)
    qtbot.wait(50)
    notices = [s.snapshot.notice]
    assert notices == [None]  # a hand that drags the rate is not disturbed
    s.hold_still(False)
    notices = [s.snapshot.notice]
    s.undo()
    qtbot.waitUntil(lambda: s.snapshot.timeline.last == 400)
    s.change_setting("learning_rate", 6.0)
    qtbot.waitUntil(lambda: s.snapshot.notice is not None)
    notices.append(s.snapshot.notice)
    for notice in notices:
        assert notice is not None
        assert notice.kind == "warning"
        assert notice.repair is not None
        assert "each step multiplies the error" in notice.text
    assert s.snapshot.cursor == 10


def test_that_a_run_that_climbed_to_its_goal_is_warned_of(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.change_setting("learning_rate", 5.0)
    s.run_until(iteration=30)
    qtbot.waitUntil(lambda: s.snapshot.notice is not None and not s.snapshot.playing)
    notice = s.snapshot.notice
    assert notice is not None
    assert notice.text.startswith("Iteration 30 is reached, but the loss has climbed from ")
    assert notice.repair is not None
    assert notice.repair.rate is not None
    s.go_on_with(notice.repair.lowest, notice.repair.rate)
    qtbot.waitUntil(lambda: s.snapshot.cursor > 30)
    s.pause()
    assert s.snapshot.loss < s.snapshot.timeline.loss[0]


def test_that_a_small_gradient_of_a_batch_is_told_as_the_batchs(session: SessionMaker, qtbot: QtBot) -> None:
    s = session()
    s.change_setting("batch_size", 1)
    qtbot.waitUntil(lambda: not s.snapshot.remeasuring)
    s.run_until(tolerance=5.0)
    qtbot.waitUntil(lambda: s.snapshot.notice is not None, timeout=10_000)
    notice = s.snapshot.notice
    assert notice is not None
    assert notice.text.startswith("The batch's gradient has a norm below 5")
