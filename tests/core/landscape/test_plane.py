"""Planes and their coordinates: what lies in a plane comes back to itself, the rest to the nearest point."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landscape_app.core.landscape import Frame, axis_frame, axis_plane
from landscape_app.core.models import MODELS


def random_frame(seed: int, size: int) -> Frame:
    base, u, v = np.random.default_rng(seed).normal(size=(3, size))
    return Frame.along(base, u, v, ("a", "b"), "random")


@given(seed=st.integers(0, 2**32), size=st.integers(3, 40))
def test_that_coordinates_are_those_of_the_nearest_point(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed + 1)
    frame = random_frame(seed, size)
    theta = rng.normal(size=size)
    solution, *_ = np.linalg.lstsq(np.column_stack((frame.u, frame.v)), theta - frame.base, rcond=None)
    assert frame.project(theta) == pytest.approx(solution, rel=1e-9, abs=1e-9)
    plane = frame.through(rng.normal(size=size))
    nearest = plane.at(*plane.project(theta))
    assert plane.distance(theta) == pytest.approx(float(np.linalg.norm(theta - nearest)))
    assert abs((theta - nearest) @ frame.u) < 1e-9 * np.linalg.norm(frame.u) * (1 + np.linalg.norm(theta))
    assert abs((theta - nearest) @ frame.v) < 1e-9 * np.linalg.norm(frame.v) * (1 + np.linalg.norm(theta))


@given(seed=st.integers(0, 2**32), x=st.floats(-5, 5), y=st.floats(-5, 5))
def test_that_slices_of_one_frame_share_their_coordinates(seed: int, x: float, y: float) -> None:
    frame = random_frame(seed, 7)
    one, other = (frame.through(point) for point in np.random.default_rng(seed).normal(size=(2, 7)))
    for plane in (one, other):
        assert plane.project(plane.at(x, y)) == pytest.approx([x, y], abs=1e-9)
    assert one.same_projection(other)
    assert not one.same_slice(other)
    assert one.same_slice(frame.through(one.at(0.0, 0.0))) == np.array_equal(
        one.origin, frame.through(one.at(0.0, 0.0)).origin
    )


def test_that_a_plane_goes_through_its_point() -> None:
    theta = np.random.default_rng(3).normal(size=9)
    assert random_frame(1, 9).through(theta).distance(theta) < 1e-14


def test_that_two_parameters_are_their_own_coordinates() -> None:
    layout = MODELS["two-layer-sigmoid"](2, 3).layout
    theta = np.random.default_rng(3).normal(size=layout.size)
    plane = axis_plane(layout, ("w2[1]", "b2"), theta)
    i, j = layout.index("w2[1]"), layout.index("b2")
    assert plane.project(theta).tolist() == [theta[i], theta[j]]
    assert np.array_equal(plane.at(theta[i], theta[j]), theta)
    many = np.random.default_rng(4).normal(size=(5, layout.size))
    assert np.array_equal(plane.project(many), many[:, [i, j]])
    assert plane.along(theta).tolist() == [theta[i], theta[j]]
    assert plane.same_projection(axis_plane(layout, ("w2[1]", "b2"), theta + 1.0))
    assert not plane.same_projection(axis_plane(layout, ("b2", "w2[1]"), theta))
    assert not axis_frame(layout, ("b2", "w2[1]")).same_as(random_frame(0, layout.size))
    assert not random_frame(0, layout.size).same_as(axis_frame(layout, ("b2", "w2[1]")))


def test_that_a_step_is_measured_along_the_plane() -> None:
    frame = random_frame(5, 6)
    plane = frame.through(np.zeros(6))
    assert plane.along(2.0 * frame.u - 3.0 * frame.v) == pytest.approx([2.0, -3.0])


def test_that_nothing_of_a_plane_can_be_changed() -> None:
    plane = random_frame(5, 6).through(np.zeros(6))
    for array in (plane.origin, plane.u, plane.v, plane.frame.base, plane.frame.dual):
        assert not array.flags.writeable


@pytest.mark.parametrize(("n", "is_slice"), [(1, False), (2, True), (3, True)])
def test_that_a_plane_is_a_slice_where_there_are_further_parameters(n: int, is_slice: bool) -> None:
    layout = MODELS["multivariate"](n).layout
    assert axis_plane(layout, ("w[0]", "b"), np.zeros(n + 1)).is_slice == is_slice
