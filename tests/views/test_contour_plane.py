"""The bar above the map: what it asks for, and what it says of where the slice lies."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import DIRECTION_KINDS, Frame, PlaneKind
from landscape_app.session.config import Experiment, PlaneConfig
from landscape_app.session.map_picture import map_picture
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.contour_plane import PlaneBar
from tests.landscapes import tilted
from tests.views.moments import made_data, moment


@pytest.fixture
def bar(qtbot: QtBot) -> PlaneBar:
    made = PlaneBar()
    qtbot.addWidget(made)
    made.resize(420, 70)
    made.show()
    return made


def with_plane(
    shown: Snapshot, config: PlaneConfig, frame: Frame | None = None, through: int | None = None
) -> Snapshot:
    """Return ``shown`` on another plane, as the session would publish it."""
    experiment: Experiment = shown.experiment.but(plane=config)
    frame = frame or shown.map_view.plane.frame
    point = shown.timeline.theta[shown.cursor if through is None else through]
    view = replace(shown.map_view, plane=frame.through(point))
    return replace(shown, experiment=experiment, wanted=experiment, map_view=view)


def some_frame(shown: Snapshot, kind: PlaneKind, facts: tuple[float, float] | None = None, remark: str = "") -> Frame:
    base, u, v = np.random.default_rng(0).normal(size=(3, shown.theta.size))
    return Frame.along(base, u, v, ("one", "other"), kind, facts, remark)


def test_that_every_kind_can_be_chosen_by_the_keyboard(bar: PlaneBar, qtbot: QtBot) -> None:
    bar.render_snapshot(moment("two-layer-sigmoid"))
    asked: list[str] = []
    bar.kind_requested.connect(asked.append)
    bar.kind.setFocus()
    for _ in range(4):
        QTest.keyClick(bar.kind, Qt.Key.Key_Down)
    assert asked == ["random", "pca", "hessian", "three-points"]


def test_that_axes_and_directions_have_their_own_controls(bar: PlaneBar) -> None:
    shown = moment("two-layer-sigmoid")
    bar.render_snapshot(shown)
    assert bar.x_axis.isVisible()
    assert not bar.renew.isVisible()
    bar.render_snapshot(with_plane(shown, PlaneConfig(kind="random", seed=7), some_frame(shown, "random")))
    assert not bar.x_axis.isVisible()
    assert bar.renew.isVisible()
    assert bar.kind.currentData() == "random"
    assert bar.facts.text() == "seed 7"


@pytest.mark.parametrize(
    ("kind", "facts", "text"),
    [
        ("pca", (0.75, 0.125), "87.5 % of the path's variance A remark."),
        ("hessian", (12.5, -0.25), "λ = 12.5 and −0.250"),
    ],
)
def test_that_the_facts_of_directions_are_told(
    bar: PlaneBar, kind: PlaneKind, facts: tuple[float, float], text: str
) -> None:
    shown = moment("two-layer-sigmoid")
    bar.render_snapshot(with_plane(shown, PlaneConfig(kind=kind), some_frame(shown, kind, facts, "A remark.")))
    assert bar.facts.text() == text
    assert "A remark." in bar.facts.toolTip()


def test_that_directions_on_their_way_are_announced(bar: PlaneBar) -> None:
    shown = moment("two-layer-sigmoid")
    waiting = with_plane(shown, PlaneConfig(kind="hessian"))
    bar.render_snapshot(replace(waiting, framing=True))
    assert bar.facts.text() == "finding the directions …"
    bar.render_snapshot(with_plane(shown, PlaneConfig(kind="hessian"), some_frame(shown, "hessian", (2.0, 1.0))))
    assert bar.facts.text() == "λ = 2.00 and 1.00"


def test_that_directions_that_stay_are_told_again_when_the_search_ends(bar: PlaneBar) -> None:
    shown = moment("two-layer-sigmoid")
    found = with_plane(shown, PlaneConfig(kind="hessian"), some_frame(shown, "hessian", (2.0, 1.0)))
    bar.render_snapshot(replace(found, framing=True))
    assert bar.facts.text() == "finding the directions …"
    bar.render_snapshot(found)
    assert bar.facts.text() == "λ = 2.00 and 1.00"


def test_that_a_remark_that_can_be_read_is_not_repeated_by_the_tooltip(bar: PlaneBar) -> None:
    shown = moment("two-layer-sigmoid")
    frame = some_frame(shown, "pca", (0.75, 0.125), "up to iteration 30")
    bar.render_snapshot(with_plane(shown, PlaneConfig(kind="pca"), frame))
    assert bar.facts.toolTip() == bar.facts.text()


@pytest.mark.parametrize("kind", DIRECTION_KINDS)
def test_that_directions_that_renew_themselves_are_not_renewed_by_hand(bar: PlaneBar, kind: PlaneKind) -> None:
    shown = moment("two-layer-sigmoid")
    bar.render_snapshot(with_plane(shown, PlaneConfig(kind=kind), some_frame(shown, kind)))
    assert bar.renew.isEnabled() == (kind != "pca")
    assert ("by themselves" in bar.renew.toolTip()) == (kind == "pca")


def test_that_a_held_slice_tells_how_far_the_present_point_is_from_it(bar: PlaneBar) -> None:
    shown = moment("two-layer-sigmoid", cursor=7)
    bar.render_snapshot(shown)
    assert bar.slice_label.text() == "slice at iteration 7"
    assert not bar.hold.isChecked()
    held = with_plane(replace(shown, cursor=20), PlaneConfig(through=7), through=7)
    bar.render_snapshot(held)
    assert bar.hold.isChecked()
    theta, plane = held.timeline.theta[20], held.map_view.plane
    below = held.timeline.theta[7].copy()
    below[:2] = theta[:2]
    data = held.problem.data
    gap = held.timeline.loss[20] - held.problem.model.loss(below, data.X, data.y)
    distance = float(np.linalg.norm(theta - below))
    assert plane.distance(theta) == pytest.approx(distance)
    shown_gap = f"{abs(gap):.2e}".replace("e-0", "e−") if abs(gap) < 1e-3 else f"{abs(gap):.3g}"
    assert bar.slice_label.text().startswith("held at 7 · now ")
    assert f"now {distance:.3g}"[:8] in bar.slice_label.text()
    assert shown_gap[:4] in bar.slice_label.text()


def test_that_the_label_tells_the_slice_that_is_drawn(bar: PlaneBar) -> None:
    shown = moment("two-layer-sigmoid", cursor=7)
    frame, timeline = shown.map_view.plane.frame, shown.timeline

    def at(iteration: int, drawn: int) -> Snapshot:
        view = replace(shown.map_view, plane=frame.through(timeline.theta[iteration]))
        landscape = replace(tilted(), plane=frame.through(timeline.theta[drawn]))
        return replace(shown, cursor=iteration, map_view=view, picture=map_picture(landscape))

    bar.render_snapshot(at(7, 7))
    assert bar.slice_label.text() == "slice at iteration 7"
    bar.render_snapshot(at(12, 7))
    assert bar.slice_label.text() == "slice at iteration 7; 12 follows"
    bar.render_snapshot(at(13, 12))
    assert bar.slice_label.text() == "slice at iteration 12; 13 follows"
    bar.render_snapshot(at(13, 13))
    assert bar.slice_label.text() == "slice at iteration 13"
    bar.render_snapshot(at(14, 3))
    assert bar.slice_label.text() == "an earlier slice; 14 follows"


@pytest.mark.parametrize(("cursor", "sign"), [(0, "+"), (20, "−")])
def test_that_a_gap_tells_which_of_the_two_losses_is_larger(bar: PlaneBar, cursor: int, sign: str) -> None:
    shown = moment("two-layer-sigmoid", cursor=7)
    held = with_plane(replace(shown, cursor=cursor), PlaneConfig(through=7), through=7)
    bar.render_snapshot(held)
    below = held.timeline.theta[7].copy()
    below[:2] = held.theta[:2]
    loss = held.problem.model.loss(below, held.problem.data.X, held.problem.data.y)
    assert (held.loss > loss) == (sign == "+")
    gap = bar.slice_label.text().partition(", gap ")[2]
    assert gap[0] == sign
    assert f"its loss is {held.loss:.4f}"[:-1] in bar.slice_label.toolTip()
    assert f"below it {loss:.4f}"[:-1] in bar.slice_label.toolTip()
    assert bar.slice_label.toolTip().endswith(f"a gap of {gap}.")


def test_that_a_held_slice_tells_the_distance_of_a_path_that_was_recorded_anew(bar: PlaneBar) -> None:
    shown = moment("two-layer-sigmoid", cursor=7)
    held = with_plane(replace(shown, cursor=20), PlaneConfig(through=7), through=7)
    bar.render_snapshot(held)
    other = moment("two-layer-sigmoid", theta=shown.timeline.theta[0] + 0.5)
    bar.render_snapshot(replace(held, timeline=other.timeline))
    distance = held.map_view.plane.distance(other.timeline.theta[20])
    assert f"now {distance:.2f} off" in bar.slice_label.text()


def test_that_hold_and_renew_ask(bar: PlaneBar, qtbot: QtBot) -> None:
    shown = moment("two-layer-sigmoid")
    bar.render_snapshot(with_plane(shown, PlaneConfig(kind="random"), some_frame(shown, "random")))
    with qtbot.waitSignal(bar.hold_requested) as asked:
        QTest.mouseClick(bar.hold, Qt.MouseButton.LeftButton)
    assert asked.args == [True]
    with qtbot.waitSignal(bar.renew_requested):
        QTest.mouseClick(bar.renew, Qt.MouseButton.LeftButton)


def test_that_two_parameters_have_one_plane_and_no_bar(bar: PlaneBar) -> None:
    bar.render_snapshot(moment())
    assert not bar.isVisible()
    bar.render_snapshot(moment("multivariate", made_data(2)))
    assert bar.isVisible()


def test_that_a_parameter_is_found_by_any_part_of_its_name_and_none_is_made_up(bar: PlaneBar) -> None:
    bar.render_snapshot(moment("two-layer-sigmoid"))
    edit, completer, count = bar.x_axis.lineEdit(), bar.x_axis.completer(), bar.x_axis.count()
    assert edit is not None
    assert completer is not None
    for typed, name in (("2[1", "w2[1]"), ("B1[0", "b1[0]")):
        completer.setCompletionPrefix(typed)
        assert [completer.currentCompletion(), completer.completionCount()] == [name, 1]
    edit.selectAll()
    QTest.keyClicks(edit, "nothing")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert bar.x_axis.count() == count
