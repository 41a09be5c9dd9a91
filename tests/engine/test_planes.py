"""The map's plane in mid-run: directions found on the worker, slices that follow, nothing under wrong labels."""

from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import DIRECTION_KINDS, PlaneKind
from landscape_app.core.landscape.direct import losses_at
from landscape_app.engine.framer import CALM
from landscape_app.engine.session import Session
from landscape_app.session.config import DataConfig, Experiment, ModelConfig, PlaneConfig, RunConfig, StartConfig
from landscape_app.session.framing import frame_at_once
from landscape_app.session.snapshot import Snapshot
from tests.engine.conftest import SessionMaker


def network(hidden: int = 3, **plane: object) -> Experiment:
    return Experiment(
        data=DataConfig(name="sine"),
        model=ModelConfig(name="two-layer-sigmoid", hidden=hidden),
        start=StartConfig(method="normal", seed=2),
        run=RunConfig(optimizer="adam", hyper={"learning_rate": 0.05}),
        plane=PlaneConfig(**{"grid": 33, **plane}),  # type: ignore[arg-type]
    )


def settle(session: Session, qtbot: QtBot) -> Snapshot:
    def idle() -> bool:
        shown = session.snapshot
        busy = shown.landscape_busy or shown.framing or shown.playing or shown.loading or shown.waiting
        return shown.landscape is not None and not busy

    qtbot.waitUntil(idle, timeout=20_000)
    return session.snapshot


def assert_true_map(shown: Snapshot) -> None:
    """The landscape is that of the plane that the labels name, at a few nodes by the section's equations."""
    landscape = shown.landscape
    assert landscape is not None
    assert landscape.plane.same_slice(shown.map_view.plane)
    model, data = shown.problem.model, shown.problem.data
    for i, j in ((0, 0), (-1, 3), (len(landscape.y) // 2, len(landscape.x) // 2)):
        theta = landscape.plane.at(landscape.x[j], landscape.y[i])
        allowed = landscape.accuracy.error + 1e-9
        assert landscape.loss[i, j] == pytest.approx(model.loss(theta, data.X, data.y), rel=1e-9, abs=allowed)


@pytest.mark.parametrize("kind", DIRECTION_KINDS)
def test_that_every_kind_of_plane_can_be_chosen_in_mid_run(
    session: SessionMaker, qtbot: QtBot, kind: PlaneKind
) -> None:
    s = session(network())
    s.step(30)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 30)
    s.set_plane_kind(kind)
    shown = settle(s, qtbot)
    frame = shown.map_view.plane.frame
    assert frame.kind == kind
    expected = frame_at_once(shown.experiment, shown.problem, shown.timeline)
    assert np.array_equal(frame.u, expected.u)
    assert np.array_equal(frame.base, expected.base)
    assert shown.map_view.plane.distance(shown.theta) < 1e-12
    assert shown.experiment.plane.anchor == 30
    assert_true_map(shown)
    s.step()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 31)
    assert_true_map(settle(s, qtbot))


def test_that_no_map_ever_stands_under_labels_of_another(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(hidden=4, grid=65))
    seen: list[Snapshot] = []
    s.snapshot_changed.connect(seen.append)
    s.play()
    kinds: tuple[PlaneKind, ...] = ("pca", "axes", "hessian", "random", "three-points", "axes")
    for kind in kinds:
        qtbot.wait(60)
        s.set_plane_kind(kind)
        s.set_ranges((-1.0, 2.0), (-0.5, 0.5))
    qtbot.wait(60)
    s.set_axes("w2[1]", "b2")
    s.pause()
    settle(s, qtbot)
    pairs = [(shown.landscape, shown.map_view) for shown in seen if shown.landscape is not None]
    assert len({id(landscape) for landscape, _ in pairs}) > 3
    for landscape, view in pairs:
        assert landscape.plane.frame.same_as(view.plane.frame)
    assert_true_map(s.snapshot)


def test_that_directions_rest_while_something_moves(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="pca"))
    s.step(20)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 20)
    qtbot.waitUntil(lambda: s.snapshot.map_view.plane.frame.remark == "up to iteration 20")
    before = settle(s, qtbot).map_view.plane.frame
    s.play()
    qtbot.waitUntil(lambda: s.snapshot.cursor > 24)
    assert s.snapshot.map_view.plane.frame is before
    s.pause()
    qtbot.waitUntil(lambda: s.snapshot.map_view.plane.frame is not before)  # after a moment's calm
    after = settle(s, qtbot)
    path = after.timeline.theta[:] - after.timeline.theta[:].mean(axis=0)
    share = np.linalg.svd(path, compute_uv=False)[:2] ** 2 / (path**2).sum()
    assert after.map_view.plane.frame.facts == pytest.approx(share)


def test_that_directions_of_a_path_that_has_only_begun_are_found_again_while_it_plays(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session(network(kind="pca"))
    assert settle(s, qtbot).map_view.plane.frame.remark == "up to iteration 0"
    remarks: list[str] = []

    def note() -> None:
        remark = s.snapshot.map_view.plane.frame.remark
        if not remarks or remarks[-1] != remark:
            remarks.append(remark)
            assert s.snapshot.playing

    s.play()
    s.snapshot_changed.connect(note)
    qtbot.waitUntil(lambda: s.snapshot.cursor > 20, timeout=15_000)
    s.snapshot_changed.disconnect(note)
    s.pause()
    found = [int(remark.removeprefix("up to iteration ")) for remark in remarks]
    assert len(found) >= 3
    assert all(later + 1 >= 2 * (earlier + 1) for earlier, later in pairwise(found))
    assert_true_map(settle(s, qtbot))


def test_that_a_hand_on_the_mouse_keeps_the_directions(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="random"))
    before = settle(s, qtbot).map_view.plane.frame
    s.hold_still(True)
    s.set_start_on_map(0.5, 0.25)
    shown = settle(s, qtbot)
    qtbot.waitUntil(lambda: s.snapshot.experiment.start.method == "values")
    qtbot.wait(CALM + 300)  # a hand that rests is still a hand
    assert s.snapshot.map_view.plane.frame is before
    assert before.project(s.snapshot.timeline.theta[0]) == pytest.approx([0.5, 0.25])
    s.hold_still(False)
    qtbot.waitUntil(lambda: s.snapshot.map_view.plane.frame is not before)
    shown = settle(s, qtbot)
    assert np.array_equal(shown.map_view.plane.frame.base, shown.timeline.theta[0])


def test_that_a_held_slice_stays_and_is_let_go(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network())
    s.step(5)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 5)
    s.set_ranges((-4.0, 4.0), (-4.0, 4.0))
    s.hold_slice(True)
    held = settle(s, qtbot).landscape
    s.step(5)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 10)
    assert settle(s, qtbot).landscape is held  # not even computed again
    s.hold_slice(False)
    shown = settle(s, qtbot)
    assert shown.landscape is not held
    assert shown.map_view.plane.distance(shown.theta) == 0.0
    s.undo()
    assert settle(s, qtbot).experiment.plane.through == 5


def test_that_directions_are_renewed_on_request(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="random"))
    before = settle(s, qtbot).map_view.plane.frame
    s.renew_plane()
    shown = settle(s, qtbot)
    assert shown.experiment.plane.seed == 1
    assert abs(before.u @ shown.map_view.plane.frame.u) < 0.9 * (before.u @ before.u)
    s.undo()
    assert np.array_equal(settle(s, qtbot).map_view.plane.frame.u, before.u)


@pytest.mark.parametrize(
    "choose",
    [lambda s: s.set_axes("w2[0]", "b2"), lambda s: s.set_plane_kind("three-points"), lambda s: s.renew_plane()],
    ids=["axes", "kind", "renewed"],
)
def test_that_ranges_chosen_for_other_directions_fall_away(
    session: SessionMaker, qtbot: QtBot, choose: Callable[[Session], None]
) -> None:
    s = session(network(kind="random"))
    s.set_ranges((-7.0, 5.0), (-6.0, 9.0))
    assert settle(s, qtbot).map_view.x_range == (-7.0, 5.0)
    choose(s)
    shown = settle(s, qtbot)
    assert (shown.experiment.plane.x_range, shown.experiment.plane.y_range) == (None, None)
    assert shown.map_view.automatic


def test_that_directions_of_a_point_are_renewed_without_another_seed(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="hessian", seed=5))
    s.step(4)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 4)
    s.renew_plane()
    assert (s.snapshot.experiment.plane.seed, s.snapshot.experiment.plane.anchor) == (5, 4)


def test_that_directions_nobody_wants_any_more_are_not_looked_for(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="hessian", anchor=0))
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3)
    before = settle(s, qtbot).map_view.plane.frame
    s.renew_plane()
    framing = [s.snapshot.framing]
    s.undo()
    framing.append(s.snapshot.framing)
    assert s.snapshot.map_view.plane.frame is before
    s.renew_plane()
    framing.append(s.snapshot.framing)
    s.set_axes("w2[0]", "b2")
    framing.append(s.snapshot.framing)
    assert framing == [True, False, True, False]


def test_that_a_search_that_is_stopped_before_there_are_directions_leaves_two_parameters(
    session: SessionMaker, qtbot: QtBot
) -> None:
    s = session(network())
    settle(s, qtbot)
    s.set_plane_kind("hessian")
    assert s.snapshot.framing
    s.stop()
    assert s.snapshot.experiment.plane.kind == "axes"
    assert settle(s, qtbot).map_view.plane.frame.by_parameters == (0, 1)
    assert_true_map(s.snapshot)


def test_that_other_data_find_directions_of_their_own(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="hessian"))
    settle(s, qtbot)
    s.configure(s.snapshot.wanted.but(data=DataConfig(name="bump", seed=4)))
    qtbot.waitUntil(lambda: s.snapshot.experiment.data.name == "bump")
    shown = settle(s, qtbot)
    expected = frame_at_once(shown.experiment, shown.problem, shown.timeline)
    assert np.array_equal(shown.map_view.plane.frame.u, expected.u)
    s.configure(s.snapshot.wanted.but(model=ModelConfig(name="univariate")))
    qtbot.waitUntil(lambda: s.snapshot.problem.model.name == "univariate")
    assert settle(s, qtbot).map_view.plane.frame.by_parameters == (0, 1)


def test_that_another_model_is_never_shown_along_directions_of_the_old_one(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="hessian"))
    settle(s, qtbot)
    seen: list[Snapshot] = []
    s.snapshot_changed.connect(seen.append)
    s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid", hidden=6)))
    qtbot.waitUntil(lambda: s.snapshot.problem.model.k == 6)
    settle(s, qtbot)
    assert all(shown.map_view.plane.u.size == shown.theta.size for shown in seen)
    assert_true_map(s.snapshot)


def test_that_a_start_picked_on_any_plane_is_the_point_picked(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="hessian"))
    plane = settle(s, qtbot).map_view.plane
    s.hold_still(True)
    s.set_start_on_map(0.3, -0.2)
    wanted = plane.at(0.3, -0.2)
    qtbot.waitUntil(lambda: np.array_equal(s.snapshot.timeline.theta[0], wanted))
    x, y = np.array([0.3]), np.array([-0.2])
    model, data = s.snapshot.problem.model, s.snapshot.problem.data
    assert s.snapshot.timeline.loss[0] == pytest.approx(losses_at(model, data, plane, x, y)[0], rel=1e-12)


def test_that_single_steps_do_not_turn_the_map(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="pca"))
    s.step(20)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 20)
    qtbot.wait(1000)
    before = settle(s, qtbot).map_view.plane.frame
    for count in range(21, 26):
        s.step()
        qtbot.waitUntil(lambda count=count: s.snapshot.cursor == count)  # type: ignore[misc]
        assert s.snapshot.map_view.plane.frame is before
        assert s.snapshot.landscape is not None
    qtbot.waitUntil(lambda: s.snapshot.map_view.plane.frame is not before)
    assert s.snapshot.map_view.plane.frame.remark == "up to iteration 25"


def test_that_what_the_user_asks_for_in_mid_run_is_done_at_once(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind="random"))
    before = settle(s, qtbot).map_view.plane.frame
    s.play()
    qtbot.waitUntil(lambda: s.snapshot.cursor > 3)
    s.renew_plane()
    qtbot.waitUntil(lambda: s.snapshot.experiment.plane.seed == 1)
    assert s.snapshot.playing
    assert s.snapshot.map_view.plane.frame is not before
    s.pause()


def test_that_a_held_slice_stays_when_its_record_changes(session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network())
    s.step(10)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 10)
    s.hold_slice(True)
    held = settle(s, qtbot).map_view.plane
    s.reset()
    qtbot.waitUntil(lambda: s.snapshot.cursor == 0)
    s.set_start_on_map(0.5, 0.25)
    qtbot.waitUntil(lambda: s.snapshot.experiment.start.method == "values")
    s.step(3)
    qtbot.waitUntil(lambda: s.snapshot.cursor == 3)
    assert settle(s, qtbot).map_view.plane.same_slice(held)
    s.hold_slice(False)
    assert not settle(s, qtbot).map_view.plane.same_slice(held)


def test_that_a_map_that_fails_is_not_tried_for_ever(
    session: SessionMaker, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    s = session(network())
    settle(s, qtbot)
    tried = []

    def fails(*_: object) -> Iterator[None]:
        yield None
        tried.append(1)
        raise MemoryError

    monkeypatch.setattr("landscape_app.engine.worker.grid_landscapes", fails)
    s.set_ranges((-3.0, 3.0), (-2.0, 2.0))
    qtbot.waitUntil(lambda: s.snapshot.notice is not None)
    qtbot.wait(300)
    assert len(tried) <= 2
    assert s.snapshot.landscape is None
    monkeypatch.undo()
    s.set_ranges((-2.0, 3.0), (-2.0, 2.0))
    assert settle(s, qtbot).landscape is not None


@pytest.mark.parametrize("kind", DIRECTION_KINDS)
def test_that_ranges_along_directions_go_with_the_model(kind: PlaneKind, session: SessionMaker, qtbot: QtBot) -> None:
    s = session(network(kind=kind, x_range=(-0.25, 0.5), y_range=(0.0, 2.0)))
    assert settle(s, qtbot).map_view.x_range == (-0.25, 0.5)
    s.configure(s.snapshot.wanted.but(start=StartConfig(method="normal", seed=3)))
    assert settle(s, qtbot).map_view.x_range == (-0.25, 0.5)  # another start is no other model
    s.configure(s.snapshot.wanted.but(model=ModelConfig(name="two-layer-sigmoid", hidden=2)))
    qtbot.waitUntil(lambda: s.snapshot.problem.model.k == 2)
    shown = settle(s, qtbot)
    assert shown.experiment.plane.kind == kind
    assert shown.map_view.automatic
    assert shown.map_view.x_range != (-0.25, 0.5)
    assert_true_map(shown)
    s.undo()
    assert settle(s, qtbot).map_view.x_range == (-0.25, 0.5)
