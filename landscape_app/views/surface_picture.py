"""What draws the surface, and what it hands back: colours, and how far away each of them is."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QImage

from landscape_app.core.arrays import FloatArray
from landscape_app.views.surface_mesh import Colours, Mesh

Depth = npt.NDArray[np.float32]


class DrawingError(Exception):
    """Nothing can be drawn; the text says why."""


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """``colours`` (height, width, 4), red to alpha, and ``depth`` (height, width): 0 near, 1 where nothing is.

    The depth is that of the surface pushed back by a hair, so that a line that lies on it is in front of it.
    """

    colours: Colours
    depth: Depth

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.colours.shape[1], self.colours.shape[0]

    def image(self, ratio: float) -> QImage:
        """Return the colours as an image with so many pixels for one of the widget; it shares their memory."""
        width, height = self.size
        image = QImage(self.colours.data, width, height, 4 * width, QImage.Format.Format_RGBX8888)
        image.setDevicePixelRatio(ratio)
        return image


class Renderer(Protocol):
    """Draws a mesh as a matrix shows it."""

    def render(self, mesh: Mesh | None, matrix: FloatArray, size: tuple[int, int], background: QColor) -> Picture:
        """Return the picture of ``mesh``, or the background alone, ``size`` wide and high.

        ``matrix`` (4, 4) leads from the box to clip coordinates, as in OpenGL.
        Raises: DrawingError.
        """
        ...

    def release(self) -> None:
        """Give back what is held outside of Python."""
        ...


def empty_picture(size: tuple[int, int], background: QColor) -> Picture:
    """Return a picture of the background alone."""
    width, height = size
    pixel = np.array([background.red(), background.green(), background.blue(), 255], dtype=np.uint8)
    colours = np.full((height, width, 1), pixel.view(np.uint32)[0]).view(np.uint8)  # by fours: ten times as fast
    return Picture(colours, np.ones((height, width), dtype=np.float32))
