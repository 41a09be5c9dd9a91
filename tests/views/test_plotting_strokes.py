"""Wide lines made of hairlines look like those of a wide pen."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

from landscape_app.core.arrays import FloatArray
from landscape_app.views.plotting_strokes import stamped, stamps

pytestmark = pytest.mark.usefixtures("qapp")


def painted(draw: object, ratio: float = 1.0) -> FloatArray:
    """Return how white each pixel of a black picture is, 0 to 1, after ``draw``."""
    image = QImage(round(120 * ratio), round(90 * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)  # type: ignore[operator]
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return np.asarray(pixels[:, : image.width(), 0] / 255.0)


def line(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(QPointF(*point))
    return path


def wide_pen(painter: QPainter, path: QPainterPath, width: float) -> None:
    pen = QPen(QColor("#ffffff"), width)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, pen)


ZIGZAG = line((10.3, 10.6), (90.2, 30.1), (40.7, 70.4), (45.0, 20.0), (110.0, 80.5))


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("width", [1.0, 2.0, 3.0, 4.0])
def test_that_it_covers_what_a_wide_pen_covers(width: float, ratio: float) -> None:
    ours = painted(lambda p: stamped(p, ZIGZAG, "#ffffff", width), ratio)
    theirs = painted(lambda p: wide_pen(p, ZIGZAG, width), ratio)
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.2)
    assert np.abs(ours - theirs).sum() < 0.35 * theirs.sum()
    # All that the pen covers for sure is covered, and nothing far from it.
    near = painted(lambda p: wide_pen(p, ZIGZAG, width + 3.0 / ratio), ratio) > 0.0
    assert not ours[~near].any()
    core = painted(lambda p: wide_pen(p, ZIGZAG, max(0.1, width - 1.5)), ratio) > 0.9
    assert (ours[core] > 0.5).all()


def test_that_a_line_seen_through_is_no_denser_where_it_crosses() -> None:
    cross = line((20.0, 45.0), (100.0, 45.0), (60.0, 80.0), (60.0, 10.0))
    seen = painted(lambda p: stamped(p, cross, "#ffffff", 6.0, 0.5))
    assert seen.max() == pytest.approx(0.5, abs=0.01)
    assert seen[45, 60] == pytest.approx(0.5, abs=0.01)
    assert seen[45, 30] == pytest.approx(0.5, abs=0.01)


def test_that_it_is_drawn_where_the_painter_stands_and_leaves_it_there() -> None:
    def draw(painter: QPainter) -> None:
        painter.translate(5.0, 7.0)
        painter.scale(2.0, 0.5)
        stamped(painter, line((20.0, 60.0), (40.0, 60.0)), "#ffffff", 3.0)
        painter.fillRect(0, 0, 1, 4, QColor("#ffffff"))

    seen = painted(draw)
    assert (seen[36:38, 50:80] > 0.9).all()  # 60 / 2 + 7, from 20 * 2 + 5 on; the width is not scaled
    assert not seen[:30, 20:].any()
    assert not seen[45:].any()
    assert (seen[7:9, 5:7] == 1.0).all()


def test_that_what_is_drawn_after_a_faint_line_is_as_strong_as_before() -> None:
    def draw(painter: QPainter) -> None:
        stamped(painter, line((20.0, 60.0), (40.0, 60.0)), "#ffffff", 3.0, 0.3)
        painter.fillRect(5, 5, 4, 4, QColor("#ffffff"))

    assert (painted(draw)[5:9, 5:9] == 1.0).all()


def test_that_nothing_out_of_sight_is_drawn() -> None:
    assert not painted(lambda p: stamped(p, line((500.0, 10.0), (900.0, 20.0)), "#ffffff", 2.0)).any()
    assert not painted(lambda p: stamped(p, QPainterPath(), "#ffffff", 2.0)).any()
    across = painted(lambda p: stamped(p, line((-1e6, 45.0), (1e6, 45.0)), "#ffffff", 2.0, 0.5))
    assert (across[44:46].max(axis=0) > 0.4).all()


def test_that_stamps_are_round() -> None:
    assert stamps(1) == ((0, 0),)
    assert len(stamps(2)) == 4
    assert set(stamps(3)) == {(1, 0), (0, 1), (1, 1), (2, 1), (1, 2)}
    for wide in (4, 5, 8):
        assert len(stamps(wide)) == pytest.approx(np.pi / 4 * wide**2, rel=0.2)
