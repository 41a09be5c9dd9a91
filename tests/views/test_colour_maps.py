"""The colour maps on offer: right for the colour-blind, with a path that is seen on each."""

import numpy as np
import numpy.typing as npt
import pytest
from matplotlib import colormaps
from PySide6.QtGui import QColor

from landscape_app.colour_maps import COLOUR_MAPS, ColourMap
from landscape_app.core.arrays import FloatArray
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.palette import DARK, LIGHT, Palette, look_with

#: Linear RGB as people see it without long, medium or short cones (Machado et al. 2009, severity 1).
BLINDNESS = {
    "none": np.eye(3),
    "protan": np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]]),
    "deutan": np.array([[0.3673, 0.8606, -0.2280], [0.2801, 0.6725, 0.0474], [-0.0118, 0.0429, 0.9689]]),
    "tritan": np.array([[1.2555, -0.0767, -0.1788], [-0.0784, 0.9308, 0.1476], [0.0047, 0.6914, 0.3039]]),
}
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(rgb: npt.NDArray[np.uint8], kind: str) -> FloatArray:
    """Return CIELAB (..., 3) of sRGB bytes, as seen with a kind of colour blindness."""
    c = rgb.astype(float) / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ BLINDNESS[kind].T, 0.0, 1.0)
    xyz = seen @ TO_XYZ.T / (0.9505, 1.0, 1.089)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16.0 / 116.0)
    return np.stack(
        (116.0 * f[..., 1] - 16.0, 500.0 * (f[..., 0] - f[..., 1]), 200.0 * (f[..., 1] - f[..., 2])), axis=-1
    )


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_that_window_and_figures_have_the_same_colours(name: ColourMap) -> None:
    wanted = np.round(colormaps[name](np.arange(256)) * 255.0)
    # There are two editions of cividis, which nobody could tell apart by eye.
    assert np.abs(colour_table(name).astype(float) - wanted).max() <= (25.0 if name == "cividis" else 1.0)


@pytest.mark.parametrize("kind", BLINDNESS)
@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_that_higher_losses_are_brighter_for_everybody(name: ColourMap, kind: str) -> None:
    lightness = lab(colour_table(name)[::8, :3], kind)[:, 0]
    assert (np.diff(lightness) > 0.0).all()
    assert lightness[-1] - lightness[0] > 60.0


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=["dark", "light"])
@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_that_the_path_has_none_of_the_map_s_colours(name: ColourMap, look: Palette) -> None:
    path = QColor(look_with(look, name, None).path)
    rgb = np.array([[path.red(), path.green(), path.blue()]], dtype=np.uint8)
    distance = np.linalg.norm(lab(colour_table(name)[:, :3], "none") - lab(rgb, "none"), axis=-1)
    assert distance.min() > 40.0


def test_that_a_look_with_the_standard_map_is_the_look_itself() -> None:
    assert look_with(DARK, "viridis", None) == DARK
    assert look_with(LIGHT, "viridis", None) == LIGHT
