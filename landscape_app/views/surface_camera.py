"""From where the surface is looked at: pure numpy, so that labels and picture agree to the pixel."""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.views.surface_box import CORNER

#: Where a new view looks from, in degrees: the x axis runs along the front, the y axis into the depth.
AZIMUTH, ELEVATION = -62.0, 27.0
#: The eye's distance from the middle of the box; farther means less perspective.
DISTANCE = 6.5
#: How much larger the near part of the box looks than its middle.
PERSPECTIVE = 1.08
#: Pixels left free for numbers and names: left, top, right, bottom.
MARGINS = (34.0, 24.0, 30.0, 34.0)
ZOOM_LIMITS = (0.4, 12.0)
#: From level with the floor to straight above: from below the axes would be in the way.
ELEVATION_LIMITS = (0.0, 90.0)


@dataclass(frozen=True, slots=True)
class Camera:
    """An eye at ``azimuth`` and ``elevation`` (degrees) that looks at the middle of the box."""

    azimuth: float = AZIMUTH
    elevation: float = ELEVATION
    zoom: float = 1.0

    def orbited(self, d_azimuth: float, d_elevation: float) -> "Camera":
        """Return the camera turned by so many degrees."""
        azimuth = (self.azimuth + d_azimuth + 180.0) % 360.0 - 180.0
        return replace(self, azimuth=azimuth, elevation=_within(self.elevation + d_elevation, ELEVATION_LIMITS))

    def zoomed(self, factor: float) -> "Camera":
        """Return the camera with everything ``factor`` times as large."""
        return replace(self, zoom=_within(self.zoom * factor, ZOOM_LIMITS))

    def view(self) -> FloatArray:
        """Return the matrix (4, 4) from the box to the eye, which looks along -z."""
        azimuth, elevation = np.radians(self.azimuth), np.radians(self.elevation)
        sin_a, cos_a, sin_e, cos_e = np.sin(azimuth), np.cos(azimuth), np.sin(elevation), np.cos(elevation)
        return np.array(
            [
                [-sin_a, cos_a, 0.0, 0.0],
                [-cos_a * sin_e, -sin_a * sin_e, cos_e, 0.0],
                [cos_a * cos_e, sin_a * cos_e, sin_e, -DISTANCE],
                [0.0, 0.0, 0.0, 1.0],
            ]
        )

    def projection(self, width: float, height: float) -> FloatArray:
        """Return the matrix (4, 4) from the eye to a picture of so many pixels, the margins left free.

        Zooming enlarges the picture and leaves the eye where it is: it can never end up inside of the surface.
        """
        left, top, right, bottom = MARGINS
        across, up = max(40.0, width - left - right), max(40.0, height - top - bottom)
        elevation, diagonal = np.radians(self.elevation), float(np.hypot(*CORNER[:2]))
        # Half of what has to fit at zoom 1, however the box is turned: a tilted box is taller, not narrower.
        reach_x = PERSPECTIVE * diagonal
        reach_y = PERSPECTIVE * (diagonal * abs(np.sin(elevation)) + CORNER[2] * np.cos(elevation))
        scale = self.zoom * DISTANCE * min(across / reach_x, up / reach_y)  # twice the pixels of a unit
        near, far = DISTANCE - 3.0, DISTANCE + 3.0
        return np.array(
            [
                [scale / width, 0.0, -(left - right) / width, 0.0],
                [0.0, scale / height, -(bottom - top) / height, 0.0],
                [0.0, 0.0, -(far + near) / (far - near), -2.0 * far * near / (far - near)],
                [0.0, 0.0, -1.0, 0.0],
            ]
        )

    def matrix(self, width: float, height: float) -> FloatArray:
        """Return the matrix (4, 4) from the box to clip coordinates, as OpenGL has them."""
        return _matrix(self, width, height)

    def screen(self, points: FloatArray, width: float, height: float) -> FloatArray:
        """Return the pixels (k, 2), y downwards, at which ``points`` (k, 3) of the box are seen."""
        matrix = self.matrix(width, height)
        clip = points @ matrix[:, :3].T + matrix[:, 3]
        ndc = clip[:, :2] / clip[:, 3:]
        pixels: FloatArray = (0.5 + 0.5 * ndc * np.array([1.0, -1.0])) * np.array([width, height])
        return pixels


@lru_cache(maxsize=4)
def _matrix(camera: Camera, width: float, height: float) -> FloatArray:
    return sealed(camera.projection(width, height) @ camera.view())


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])
