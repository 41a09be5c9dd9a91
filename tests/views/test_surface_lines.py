"""Lines in front of the surface and behind it."""

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from landscape_app.core.arrays import FloatArray
from landscape_app.views.surface_camera import Camera
from landscape_app.views.surface_lines import (
    DIP,
    PIECE,
    THROUGH,
    SeenLines,
    is_in_front,
    line_path,
    projected,
    seen_parts,
)
from landscape_app.views.surface_path import Path
from landscape_app.views.surface_picture import Picture

WIDTH, HEIGHT = 100, 60


def wall(left: int, right: int, depth: float = 0.5) -> Picture:
    """Return a picture with a wall between two columns, and nothing beside it."""
    far = np.ones((HEIGHT, WIDTH), dtype=np.float32)
    far[:, left:right] = depth
    return Picture(np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8), far)


def test_that_places_and_the_camera_agree() -> None:
    points = np.random.default_rng(0).uniform(-1.0, 1.0, (50, 3))
    camera = Camera(35.0, 20.0, 1.7)
    places = projected(points, camera.matrix(640, 480), (640, 480))
    np.testing.assert_allclose(places[:, :2], camera.screen(points, 640, 480))
    eye = np.array([np.cos(np.radians(35)) * np.cos(np.radians(20)), np.sin(np.radians(35)) * np.cos(np.radians(20))])
    nearness = points[:, :2] @ eye + points[:, 2] * np.sin(np.radians(20))
    assert np.all(np.argsort(places[:, 2]) == np.argsort(-nearness))


def test_that_a_line_behind_a_wall_is_cut_where_the_wall_begins_and_ends() -> None:
    line = np.array([[10.0, 30.5, 0.7], [90.0, 30.5, 0.7]])
    parts = seen_parts(line, wall(40, 60))
    np.testing.assert_allclose(parts, [[10.0, 30.5], [40.0, 30.5], [60.0, 30.5], [90.0, 30.5]], atol=PIECE)
    assert parts[0].tolist() == [10.0, 30.5]
    np.testing.assert_allclose(parts[-1], [90.0, 30.5], atol=1e-9)


def test_that_a_line_in_front_of_a_wall_is_whole_and_one_that_pierces_it_half() -> None:
    before = np.array([[10.0, 30.5, 0.3], [90.0, 30.5, 0.3]])
    np.testing.assert_allclose(seen_parts(before, wall(0, WIDTH)), before[:, :2], atol=1e-9)
    through = np.array([[10.0, 30.5, 0.3], [90.0, 30.5, 0.7]])
    np.testing.assert_allclose(seen_parts(through, wall(0, WIDTH)), [[10.0, 30.5], [50.0, 30.5]], atol=PIECE)


def test_that_nothing_outside_of_the_picture_is_seen() -> None:
    places = np.array([[-0.5, 5.0, 0.1], [5.0, -1.0, 0.1], [100.0, 5.0, 0.1], [5.0, 60.0, 0.1], [99.9, 59.9, 0.1]])
    assert is_in_front(places, wall(0, 0)).tolist() == [False, False, False, False, True]
    far = np.array([[-1e6, 30.0, 0.5], [1e6, 30.0, 0.5]])
    assert len(seen_parts(far, wall(0, 0))) in (0, 2)


@pytest.mark.parametrize("ends", [np.empty((0, 2)), np.array([[1.0, 2.0], [3.0, 4.0]])], ids=["none", "one"])
def test_that_few_lines_are_lines_too(ends: FloatArray) -> None:
    path = line_path(ends)
    assert path.elementCount() == len(ends)


def test_that_lines_that_follow_one_another_are_joined_and_others_are_not() -> None:
    ends = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0], [2.0, 5.0], [7.0, 7.0], [8.0, 8.0]])
    path = line_path(ends)
    moves = [i for i in range(path.elementCount()) if path.elementAt(i).type == QPainterPath.ElementType.MoveToElement]
    assert moves == [0, 4]


def test_that_two_lines_that_are_seen_stay_two() -> None:
    lines = np.array([[10.0, 10.5, 0.3], [30.0, 10.5, 0.3], [50.0, 40.5, 0.3], [90.0, 40.5, 0.3]])
    np.testing.assert_allclose(seen_parts(lines, wall(0, WIDTH)), lines[:, :2], atol=1e-9)


@pytest.mark.parametrize(("behind", "strength"), [(-0.1, 1.0), (0.5 * DIP, 1.0), (2.0 * DIP, THROUGH), (0.3, THROUGH)])
def test_that_a_path_shines_through_where_it_is_well_behind_the_surface(behind: float, strength: float) -> None:
    depth = 2.0 * behind  # the wall is at 0 of -1 to 1
    segment = np.array([[-0.8, 0.0, depth], [0.8, 0.0, depth]])
    lines = SeenLines(np.eye(4), wall(0, WIDTH), WIDTH, HEIGHT)
    lines.set_path(Path(segment, np.empty((0, 3))))
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(0)
    painter = QPainter(image)
    lines.paint(painter, QColor("#ffffff"), QColor("#ffffff"))
    painter.end()
    strengths = [image.pixelColor(WIDTH // 2, y).alphaF() for y in range(HEIGHT)]
    assert max(strengths) == pytest.approx(strength, abs=0.02)
