"""The parts of the update on the surface: as high as the loss is there, and as long as on the map."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from landscape_app.core.landscape import Landscape, evaluate_grid
from landscape_app.session.map_picture import map_picture
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.update_arrows import Arrow, enlarged, update_arrows
from landscape_app.session.update_terms import update_terms
from landscape_app.views.palette import DARK
from landscape_app.views.surface import SurfaceView
from landscape_app.views.surface_arrows import laid_upon
from landscape_app.views.surface_box import Box, Heights
from landscape_app.views.update_look import WIDE_HEAD
from tests.views.test_contour_arrows import of_rule, pixels_of


def with_map(shown: Snapshot, nodes: int) -> tuple[Snapshot, Landscape, Box]:
    """Return the moment with a fine map around it, and the box in which that stands."""
    problem, view = shown.problem, shown.map_view
    grid = evaluate_grid(problem.model, problem.data, view.plane, (-3.0, 3.0), (-3.0, 3.0), nodes)
    picture = map_picture(grid)
    return (
        replace(shown, picture=picture),
        grid,
        Box((-3.0, 3.0), (-3.0, 3.0), Heights(picture.scale, logarithmic=True)),
    )


def arrows_of(shown: Snapshot, times: float = 1.0) -> tuple[Arrow, ...]:
    return enlarged(update_arrows(shown, update_terms(shown)), times)


@pytest.mark.parametrize("rule", ["momentum", "adam", "adamw"])
def test_that_arrows_lie_where_the_loss_is_along_the_map(rule: str) -> None:
    shown, grid, box = with_map(of_rule(rule), 257)
    arrows = arrows_of(shown)
    laid = laid_upon(arrows, grid, box)
    assert [arrow.name for arrow in laid] == [arrow.name for arrow in arrows]
    problem = shown.problem
    for flat, above in zip(arrows, laid, strict=True):
        for share, point in zip(np.linspace(0.0, 1.0, len(above.points)), above.points, strict=True):
            theta = flat.tail + share * flat.move  # the plane's axes are w and b themselves
            loss = problem.model.loss(theta, problem.data.X, problem.data.y)
            expected = box.place(*(np.array([value]) for value in (*theta, loss)))[0]
            np.testing.assert_allclose(point, expected, atol=2e-3)
        assert above.tip_seen
    there = shown.timeline.theta[shown.cursor + 1]
    np.testing.assert_allclose(laid[-1].points[-1][:2], there / 3.0, atol=1e-9)


def test_that_an_arrow_ends_at_the_edge_of_the_surface() -> None:
    shown, grid, box = with_map(of_rule("gradient-descent"), 33)
    [arrow] = arrows_of(shown, 1e6)
    [laid] = laid_upon((arrow,), grid, box)
    assert np.isfinite(laid.points).all()
    assert len(laid.points) < 25
    outside = Arrow("raw", np.array([9.0, 9.0]), np.array([1.0, 0.0]))
    assert laid_upon((outside,), grid, box) == ()


def test_that_the_enlarged_parts_still_lead_one_after_the_other() -> None:
    shown = of_rule("adamw")
    plain, long = arrows_of(shown), arrows_of(shown, 7.0)
    here = np.array(shown.map_view.plane.project(shown.theta))
    np.testing.assert_allclose(long[0].tail, here)
    for before, after in pairwise(long[:-1]):
        np.testing.assert_allclose(after.tail, before.tip)
    for one, other in zip(plain, long, strict=True):
        np.testing.assert_allclose(other.tip - here, 7.0 * (one.tip - here), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(long[-2].tip, long[-1].tip, rtol=1e-12)
    assert enlarged((), 3.0) == ()


def test_that_parts_along_one_line_are_seen_beside_the_step(qtbot: QtBot) -> None:
    view = SurfaceView()
    qtbot.addWidget(view)
    view.resize(520, 420)
    view.set_palette(DARK)
    view.show()
    qtbot.waitExposed(view)
    shown, _, _ = with_map(of_rule("momentum", 2), 65)
    view.render_snapshot(shown)
    bare = view.grab_image()
    view.show_arrows(arrows_of(shown, 5.0))
    for shade in ("#e86ad4", DARK.accent):
        assert pixels_of(view.grab_image(), shade) - pixels_of(bare, shade) > 60, shade


def test_that_the_view_paints_them_and_takes_them_away(qtbot: QtBot) -> None:
    view = SurfaceView()
    qtbot.addWidget(view)
    view.resize(520, 420)
    view.set_palette(DARK)
    view.show()
    qtbot.waitExposed(view)
    shown, grid, box = with_map(of_rule("gradient-descent", 0, hyper={"learning_rate": 0.2}), 65)
    view.render_snapshot(shown)
    without = view.grab_image()
    arrows = arrows_of(shown)
    view.show_arrows(arrows)
    painted = view.grab_image()
    assert painted != without
    [laid] = laid_upon(arrows, grid, box)
    on_screen = view._canvas.seen_at(laid.points)
    assert float(np.hypot(*(on_screen[-1] - on_screen[0]))) > 2 * WIDE_HEAD[0]
    middle = on_screen[len(on_screen) // 2]
    ratio = painted.devicePixelRatio()
    colour: QColor = painted.pixelColor(round(middle[0] * ratio), round(middle[1] * ratio))
    orange = QColor("#ff9f40")
    apart = (colour.red() - orange.red(), colour.green() - orange.green(), colour.blue() - orange.blue())
    assert np.abs(apart).max() < 40
    view.render_snapshot(replace(shown, cursor=1))  # the map tells the new arrows; the old ones stay until it does
    view.show_arrows(())
    view.render_snapshot(shown)
    assert view.grab_image() == without
