"""The status bar says how the landscape was computed, and how far off it can be."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import Accuracy, Landscape, evaluate_grid
from landscape_app.session.map_picture import map_picture
from landscape_app.session.records import StepBatch, Timeline
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.elided import StillLabel
from landscape_app.views.status import PATIENCE, StatusBar
from tests.landscapes import tilted
from tests.views.moments import moment


@pytest.fixture
def bar(qtbot: QtBot) -> StatusBar:
    made = StatusBar()
    qtbot.addWidget(made)
    made.resize(1200, 30)
    made.show()
    return made


@pytest.fixture(scope="module")
def shown() -> Snapshot:
    present = moment()
    problem, view = present.problem, present.map_view
    landscape = evaluate_grid(problem.model, problem.data, view.plane, view.x_range, view.y_range, 17)
    return replace(present, picture=map_picture(landscape))


def with_accuracy(shown: Snapshot, accuracy: Accuracy, **changes: object) -> Snapshot:
    assert isinstance(shown.landscape, Landscape)
    return replace(shown, picture=map_picture(replace(shown.landscape, accuracy=accuracy)), **changes)  # type: ignore[arg-type]


def test_that_the_window_s_own_map_is_exact(bar: StatusBar, shown: Snapshot) -> None:
    bar.render_snapshot(shown)
    assert bar.landscape.text() == "Landscape 17 × 17, exact: a sum of squares from QR"
    assert "up to the rounding" in bar.landscape.toolTip()


@pytest.mark.parametrize(
    ("accuracy", "words", "explained"),
    [
        (
            Accuracy("bounded", "interpolated from 25 × 25 nodes", 3e-10),
            "Landscape 17 × 17, losses off by at most 3.0e−10, proved: interpolated from 25 × 25 nodes",
            "that is proved",
        ),
        (
            Accuracy("estimated", "interpolated from 25 × 25 nodes", 0.0123, examples=10),
            "Landscape 17 × 17, losses off by about 0.012, estimated: "
            "interpolated from 25 × 25 nodes over 10 of 40 examples",
            "judged by what was left out",
        ),
    ],
)
def test_that_what_is_not_exact_says_how_far_off_it_can_be(
    bar: StatusBar, shown: Snapshot, accuracy: Accuracy, words: str, explained: str
) -> None:
    bar.render_snapshot(with_accuracy(shown, accuracy))
    assert bar.landscape.text() == words
    assert explained in bar.landscape.toolTip()


def test_that_what_is_under_way_is_said_and_can_be_stopped(bar: StatusBar, shown: Snapshot, qtbot: QtBot) -> None:
    bar.render_snapshot(replace(shown, landscape_busy=True))
    assert bar.landscape.text().endswith("· getting better …")
    qtbot.waitUntil(bar.stop_button.isVisible)
    with qtbot.waitSignal(bar.stop_requested):
        QTest.mouseClick(bar.stop_button, Qt.MouseButton.LeftButton)
    bar.render_snapshot(replace(shown, framing=True))
    assert bar.landscape.text().endswith("· finding the directions …")
    assert bar.stop_button.isVisible()
    bar.render_snapshot(replace(shown, picture=None, landscape_busy=True))
    assert bar.landscape.text() == "Computing the landscape …"
    bar.render_snapshot(replace(shown, picture=None))
    assert bar.landscape.text() == "No landscape: stopped"
    assert shown.landscape is not None
    bar.render_snapshot(replace(shown, picture=map_picture(replace(shown.landscape, final=False))))
    assert bar.landscape.text().endswith("· stopped")
    assert not bar.stop_button.isVisible()
    with qtbot.waitSignal(bar.go_on_requested):
        QTest.mouseClick(bar.go_on_button, Qt.MouseButton.LeftButton)
    bar.render_snapshot(replace(shown, landscape_busy=True))
    assert not bar.go_on_button.isVisible()
    bar.render_snapshot(shown)
    assert not bar.go_on_button.isVisible()


def test_that_a_run_offers_no_stop_of_its_map(bar: StatusBar, shown: Snapshot, qtbot: QtBot) -> None:
    bar.render_snapshot(replace(shown, landscape_busy=True, playing=True))
    qtbot.wait(2 * PATIENCE)
    assert not bar.stop_button.isVisible()


def test_that_news_do_not_put_the_stop_off(bar: StatusBar, shown: Snapshot, qtbot: QtBot) -> None:
    for _ in range(12):
        bar.render_snapshot(replace(shown, landscape_busy=True))
        qtbot.wait(PATIENCE // 4)
    assert bar.stop_button.isVisible()


def test_that_only_a_slice_that_follows_the_point_is_said_to(bar: StatusBar, shown: Snapshot) -> None:
    bar.render_snapshot(replace(shown, playing=True, landscape_busy=True))  # of two parameters there is one plane
    assert bar.landscape.text().endswith("· getting better …")
    network = moment("two-layer-sigmoid")
    problem, view = network.problem, network.map_view
    landscape = evaluate_grid(problem.model, problem.data, view.plane, view.x_range, view.y_range, 17)
    running = replace(network, picture=map_picture(landscape), playing=True)
    bar.render_snapshot(running)
    assert bar.landscape.text().endswith("· following the point …")
    held = running.experiment.but(plane=running.experiment.plane.but(through=3))
    bar.render_snapshot(replace(running, experiment=held))
    assert "following" not in bar.landscape.text()
    elsewhere = replace(view, plane=view.plane.frame.through(network.theta))
    bar.render_snapshot(replace(running, playing=False, map_view=elsewhere))
    assert bar.landscape.text().endswith("· stopped at an earlier slice")


def test_that_columns_are_told_before_rows(bar: StatusBar, shown: Snapshot) -> None:
    bar.render_snapshot(replace(shown, picture=map_picture(tilted())))
    assert bar.landscape.text().startswith("Landscape 5 × 3, ")


def test_that_directions_without_a_map_are_announced(bar: StatusBar, shown: Snapshot) -> None:
    bar.render_snapshot(replace(shown, picture=None, framing=True, landscape_busy=True))
    assert bar.landscape.text() == "Finding the directions …"


def test_that_work_that_is_done_at_once_offers_no_stop(bar: StatusBar, shown: Snapshot, qtbot: QtBot) -> None:
    bar.render_snapshot(replace(shown, landscape_busy=True))
    bar.render_snapshot(shown)
    qtbot.wait(2 * PATIENCE)
    assert not bar.stop_button.isVisible()
    bar.render_snapshot(replace(shown, landscape_busy=True))
    assert not bar.stop_button.isVisible()
    qtbot.waitUntil(bar.stop_button.isVisible)
    bar.render_snapshot(replace(shown, loading="Reading the data …"))
    assert bar.stop_button.isVisible()
    bar.render_snapshot(shown)
    assert not bar.stop_button.isVisible()


def test_that_numbers_that_change_a_little_ask_for_no_other_room(qtbot: QtBot) -> None:
    label = StillLabel()
    qtbot.addWidget(label)
    label.setText("L = 0.157389   ·   ‖∇L‖ = 3.0788e−6")
    room = label.sizeHint().width()
    assert room > label.fontMetrics().horizontalAdvance(label.text())  # which is rounded
    label.setText("L = 0.15738   ·   ‖∇L‖ = 3.0788e−6")
    assert label.text() == "L = 0.15738   ·   ‖∇L‖ = 3.0788e−6"
    assert label.sizeHint().width() == room
    label.setText(2 * label.text())
    assert label.sizeHint().width() >= label.fontMetrics().horizontalAdvance(label.text()) > room
    label.setText("L")
    assert label.sizeHint().width() < room


def test_that_a_gradient_whose_squares_are_beyond_all_numbers_has_a_norm(bar: StatusBar, shown: Snapshot) -> None:
    bar.render_snapshot(replace(shown, timeline=huge(shown)))
    assert "‖∇L‖ = 5.0000e200" in bar.moment.text()
    assert "distance to the optimum 5.000e180" in bar.moment.text()


def huge(shown: Snapshot) -> Timeline:
    """Return the path with a last but one step of a run that diverges."""
    first = shown.timeline.record_at(0, {})
    step = replace(first, theta=np.array([3e180, 4e180]), grad=np.array([3e200, 4e200]))
    return Timeline.starting_with(StepBatch.of([replace(step, iteration=i) for i in range(shown.cursor + 1)]))


def test_that_the_norm_says_when_it_is_the_batchs(bar: StatusBar, shown: Snapshot) -> None:
    bar.render_snapshot(shown)
    assert "‖∇L‖ = " in bar.moment.text()
    bar.render_snapshot(replace(shown, settings=replace(shown.settings, batch_size=1)))
    assert "‖∇L‖ of the batch = " in bar.moment.text()
