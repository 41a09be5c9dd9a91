"""The axes, their numbers and names, and the camera that they follow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.core.landscape import LossScale
from landscape_app.views.surface_axes import (
    Lettering,
    box_axes,
    frame_lines,
    leftmost_corner,
    lettering,
    nearest_corner,
)
from landscape_app.views.surface_box import CORNER, Box, Heights, number_texts, round_numbers
from landscape_app.views.surface_camera import Camera
from tests.views.moments import number_in

NAMES = ("W1[0,2]", "b", "loss")
LONG = ("towards the current point", "principal direction 2", "loss")
BOX = Box((-2.3, 4.1), (-0.004, 0.011), Heights(LossScale(0.2, 45.0), logarithmic=True))
SIZES = [(350.0, 300.0), (520.0, 420.0), (900.0, 700.0), (900.0, 300.0)]


def measure(text: str, is_name: bool) -> tuple[float, float]:
    return (8.0 if is_name else 6.5) * len(text), 14.0 if is_name else 11.0


def lettered(camera: Camera, size: tuple[float, float], names: tuple[str, str, str] = NAMES) -> Lettering:
    return lettering(box_axes(BOX, names, camera, *size), camera, measure, *size)


@given(st.floats(-180.0, 180.0), st.floats(0.0, 90.0), st.sampled_from(SIZES), st.sampled_from([NAMES, LONG]))
def test_that_no_two_texts_run_into_one_another(
    azimuth: float, elevation: float, size: tuple[float, float], names: tuple[str, str, str]
) -> None:
    texts = lettered(Camera(azimuth, elevation), size, names).texts
    assert len(texts) <= 20
    for i, one in enumerate(texts):
        for other in texts[:i]:
            apart_x = abs(one.x - other.x) >= 0.5 * (one.width + other.width) - 2.0
            apart_y = abs(one.y - other.y) >= 0.5 * (one.height + other.height) - 2.0
            assert apart_x or apart_y, (one, other)


@given(st.floats(-180.0, 180.0), st.floats(0.0, 90.0), st.sampled_from(SIZES), st.sampled_from([NAMES, LONG]))
def test_that_every_text_lies_in_the_picture(
    azimuth: float, elevation: float, size: tuple[float, float], names: tuple[str, str, str]
) -> None:
    for text in lettered(Camera(azimuth, elevation), size, names).texts:
        assert 0.5 * text.width <= text.x <= size[0] - 0.5 * text.width
        assert 0.4 * text.height <= text.y <= size[1] - 0.4 * text.height


@given(st.floats(-180.0, 180.0), st.floats(0.0, 90.0), st.sampled_from(SIZES))
def test_that_the_whole_box_lies_in_the_picture(azimuth: float, elevation: float, size: tuple[float, float]) -> None:
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * CORNER
    pixels = Camera(azimuth, elevation).screen(corners, *size)
    assert (pixels >= 0.0).all()
    assert (pixels <= size).all()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("names", [NAMES, LONG], ids=["short", "long"])
def test_that_all_three_names_are_seen_from_where_a_new_view_looks(
    size: tuple[float, float], names: tuple[str, str, str]
) -> None:
    texts = lettered(Camera(), size, names).texts
    assert {text.text for text in texts if text.is_name} == set(names)
    assert len([text for text in texts if not text.is_name]) >= 6


@pytest.mark.parametrize("azimuth", [-62.0, 28.0, 118.0, -152.0])
def test_that_numbers_stand_on_the_edges_nearest_to_the_viewer(azimuth: float) -> None:
    camera, size = Camera(azimuth), (600.0, 500.0)
    x_axis, y_axis, z_axis = box_axes(BOX, NAMES, camera, *size)
    depth = camera.view()[2]  # towards the viewer
    for axis, other in ((x_axis, np.array([1.0, -1.0, 1.0])), (y_axis, np.array([-1.0, 1.0, 1.0]))):
        opposite = axis.ends * other
        assert (axis.ends @ depth[:3]).mean() > (opposite @ depth[:3]).mean()
        assert (axis.ends[:, 2] == -CORNER[2]).all()
    corners = np.array([[x, y, 0.0] for x in (-1.0, 1.0) for y in (-1.0, 1.0)])
    leftmost = camera.screen(corners, *size)[:, 0].min()
    assert camera.screen(z_axis.ends * [1.0, 1.0, 0.0], *size)[0, 0] == pytest.approx(leftmost)


def test_that_ticks_stand_where_their_numbers_say() -> None:
    x_axis, y_axis, z_axis = box_axes(BOX, NAMES, Camera(), 700.0, 600.0)
    assert [number_in(text) for text in x_axis.texts] == pytest.approx(
        ((x_axis.ticks[:, 0] + 1.0) * 3.2 - 2.3).tolist()
    )
    assert [number_in(text) for text in y_axis.texts] == pytest.approx(
        ((y_axis.ticks[:, 1] + 1.0) * 0.0075 - 0.004).tolist()
    )
    fraction = (z_axis.ticks[:, 2] / CORNER[2] + 1.0) / 2.0
    assert [number_in(text) for text in z_axis.texts] == pytest.approx((0.2 * (45.0 / 0.2) ** fraction).tolist())


def test_that_an_axis_seen_from_its_end_has_no_texts() -> None:
    texts = [text.text for text in lettered(Camera(elevation=90.0), (600.0, 500.0)).texts]
    assert "loss" not in texts
    assert {"W1[0,2]", "b"} <= set(texts)


def test_that_walls_stand_only_behind_the_surface() -> None:
    for azimuth in (-62.0, 10.0, 100.0, 170.0):
        camera = Camera(azimuth)
        near_x, near_y = nearest_corner(camera)
        if (near_x, near_y) == leftmost_corner(camera):
            continue  # there the z axis stands
        lines = frame_lines(camera)
        at_front = (lines[:, 0] == near_x) & (lines[:, 1] == near_y)
        assert (lines[at_front, 2] == -CORNER[2]).all()


@given(st.floats(-180.0, 180.0))
def test_that_the_edge_of_the_z_axis_is_always_drawn(azimuth: float) -> None:
    camera = Camera(azimuth)
    z_axis = box_axes(BOX, NAMES, camera, 600.0, 500.0)[2]
    lines = frame_lines(camera).reshape(-1, 2, 3)
    assert (lines == z_axis.ends).all(axis=(1, 2)).any()


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6), st.integers(2, 6))
def test_that_round_numbers_are_few_even_and_inside(low: float, extent: float, most: int) -> None:
    numbers = round_numbers((low, low + extent), most)
    assert 1 <= len(numbers) <= most
    slack = 1e-6 * extent + 1e-9 * abs(low)
    assert numbers.min() >= low - slack
    assert numbers.max() <= low + extent + slack
    if len(numbers) > 2:
        assert np.diff(numbers) == pytest.approx(np.full(len(numbers) - 1, np.diff(numbers)[0]), rel=1e-3)


def test_that_numbers_are_written_briefly() -> None:
    assert number_texts(np.array([-0.2, 0.0, 0.1 + 0.2])) == ("−0.2", "0", "0.3")
    assert number_texts(np.array([0.0, 50_000.0, 100_000.0])) == ("0", "5e4", "1e5")
    assert number_texts(np.array([1e-6, 0.01, 100.0]), alike=False) == ("1e−6", "0.01", "100")
    assert number_texts(np.array([1234567.1, 1234567.2])) == ("1.2345671e6", "1.2345672e6")
    assert number_texts(np.array([])) == ()


def test_that_losses_in_a_narrow_range_still_get_numbers() -> None:
    for scale in (LossScale(2.1, 2.4), LossScale(0.24020, 0.24028), LossScale(3.0, 3.0000004)):
        for logarithmic in (True, False):
            ticks = Heights(scale, logarithmic).ticks(5)
            assert 2 <= len(ticks) <= 5
            assert ticks.min() >= scale.low * (1.0 - 1e-9)
            assert ticks.max() <= scale.high * (1.0 + 1e-9)


def test_that_the_camera_keeps_within_its_limits() -> None:
    camera = Camera().orbited(0.0, 500.0)
    assert camera.elevation == 90.0
    assert camera.orbited(0.0, -500.0).elevation == 0.0
    assert camera.orbited(350.0, 0.0).azimuth == pytest.approx(camera.azimuth - 10.0)
    assert camera.zoomed(1e9).zoom < 100.0
    assert camera.zoomed(1e-9).zoom > 0.1


def test_that_zooming_enlarges_around_the_middle() -> None:
    points = np.array([[0.0, 0.0, 0.0], [0.5, 0.3, 0.2]])
    before, after = Camera().screen(points, 600.0, 500.0), Camera().zoomed(2.0).screen(points, 600.0, 500.0)
    assert after[0] == pytest.approx(before[0])
    assert after[1] - after[0] == pytest.approx(2.0 * (before[1] - before[0]))
