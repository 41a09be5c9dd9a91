"""What holds for every way of computing the sigmoid network's landscape: which is chosen, and that none is fussy."""

import os
from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pytest

from landscape_app.core import arrays, threads
from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import (
    Plane,
    Range,
    axis_plane,
    evaluate_grid,
    grid_landscapes,
    plane_through,
    two_units,
    unit_and_output,
)
from landscape_app.core.landscape.choice import method_for, middle
from landscape_app.core.landscape.method import LatticeMethod
from landscape_app.core.landscape.output_weights import OutputWeights
from landscape_app.core.landscape.split_exponentials import SplitExponentials
from landscape_app.core.landscape.two_units import TwoUnits
from landscape_app.core.landscape.unit_and_output import UnitAndOutput
from landscape_app.core.models import TwoLayerSigmoid
from tests.core.landscape.oracle import EPS, Case, assert_right, data_of, equations, last_picture, plane_along

#: Two parameters for each method, in a network of two features and two units or more.
PAIRS: dict[type[LatticeMethod], tuple[str, str]] = {
    OutputWeights: ("w2[1]", "b2"),
    UnitAndOutput: ("w2[0]", "W1[1,0]"),
    TwoUnits: ("W1[0,1]", "W1[1,1]"),
    SplitExponentials: ("W1[0,1]", "b1[0]"),
}
WORDS: dict[type[LatticeMethod], str] = {
    OutputWeights: "a sum of squares from QR",
    UnitAndOutput: "a parabola for every value of the unit's weight",
    TwoUnits: "a matrix product of the two units' outputs",
    SplitExponentials: "split exponentials",
}
METHODS = pytest.mark.parametrize("kind", list(PAIRS), ids=lambda kind: kind.__name__)


def a_case(kind: type[LatticeMethod], m: int, k: int = 3, reach: float = 2.0, scale: float = 1.0) -> Case:
    rng = np.random.default_rng(m)
    model = TwoLayerSigmoid(2, k)
    theta = rng.normal(size=model.layout.size)
    data = data_of(scale * rng.normal(size=(2, m)), rng.normal(size=(1, m)))
    return Case(model, data, axis_plane(model.layout, PAIRS[kind], theta), (-reach, 1.5 * reach), (-1.5 * reach, reach))


def method_of(case: Case, kind: type[LatticeMethod]) -> LatticeMethod:
    """Return the method under test, chosen as the program does where it chooses this one whatever the size."""
    if kind is SplitExponentials:
        return SplitExponentials(case.model, case.data, case.plane, middle(case.x_range), middle(case.y_range))
    method = method_for(case.model, case.data, case.plane, case.x_range, case.y_range)
    assert type(method) is kind
    assert isinstance(method, LatticeMethod)
    return method


def losses(case: Case, kind: type[LatticeMethod], x: FloatArray, y: FloatArray) -> FloatArray:
    return last_picture(method_of(case, kind), x, y).loss


# --- which method ----------------------------------------------------------------------------------------------------


def expected_kind(one: str, other: str) -> type[LatticeMethod]:
    units = [name[3] for name in (one, other) if name[1] == "1"]  # "W1[0,2]", "b1[0]": the number of the hidden unit
    if len(units) < 2:
        return UnitAndOutput if units else OutputWeights
    return SplitExponentials if units[0] == units[1] else TwoUnits


@pytest.mark.parametrize(("n", "k"), [(1, 1), (1, 2), (3, 2), (2, 5)])
def test_that_every_pair_of_parameters_has_its_method_and_its_word(n: int, k: int) -> None:
    rng = np.random.default_rng(n + k)
    model = TwoLayerSigmoid(n, k)
    data = data_of(rng.normal(size=(n, 5)), rng.normal(size=(1, 5)))
    theta = rng.normal(size=model.layout.size)
    limits = (-1.0, 2.0)
    for one, other in combinations(model.layout.scalar_names, 2):
        kind = expected_kind(one, other)
        for names in ((one, other), (other, one)):
            plane = axis_plane(model.layout, names, theta)
            accuracy = evaluate_grid(model, data, plane, limits, limits, 2).accuracy
            assert (accuracy.guarantee, accuracy.method) == ("exact", WORDS[kind]), names
            assert (accuracy.error, accuracy.examples) == (0.0, None)
            if kind is not SplitExponentials:
                assert type(method_for(model, data, plane, limits, limits)) is kind, names


@pytest.mark.parametrize(
    ("of_x", "of_y", "kind"),
    [
        (["w2[0]", "b2"], ["w2[0]", "w2[2]"], OutputWeights),
        (["W1[0,0]", "b1[1]", "w2[0]"], ["w2[0]", "b2"], UnitAndOutput),
        (["w2[1]"], ["W1[0,0]", "W1[1,0]", "b2"], UnitAndOutput),
        (["W1[0,0]", "b1[2]"], ["W1[1,1]", "b1[1]"], TwoUnits),
        (["W1[0,0]", "b2"], ["W1[1,1]"], SplitExponentials),
        (["W1[0,0]"], ["W1[1,1]", "w2[2]"], SplitExponentials),
        (["W1[0,0]", "W1[1,0]"], ["W1[1,1]", "W1[2,0]"], SplitExponentials),
    ],
)
def test_that_directions_have_the_method_of_what_they_change(
    of_x: list[str], of_y: list[str], kind: type[LatticeMethod]
) -> None:
    rng = np.random.default_rng(4)
    model = TwoLayerSigmoid(2, 3)
    theta = rng.normal(size=model.layout.size)
    data = data_of(rng.normal(size=(2, 40)), rng.normal(size=(1, 40)))
    index = model.layout.index
    plane = plane_along(rng, model, theta, [index(name) for name in of_x], [index(name) for name in of_y])
    case = Case(model, data, plane, (-3.0, 1.0), (-1.0, 2.0))
    landscape = evaluate_grid(model, data, plane, case.x_range, case.y_range, 5)
    assert landscape.accuracy.method == WORDS[kind]
    assert_right(case, landscape.loss, *case.nodes(5, 5))


@pytest.mark.parametrize("names", [("W1[0,1]", "b1[0]"), ("W1[1,0]", "W1[1,1]")])
def test_that_two_weights_of_one_unit_are_exact_for_thousands_of_examples_coarse_first(names: tuple[str, str]) -> None:
    rng = np.random.default_rng(6)
    model = TwoLayerSigmoid(2, 3)
    data = data_of(rng.normal(size=(2, 6_000)), rng.normal(size=(1, 6_000)))
    plane = axis_plane(model.layout, names, rng.normal(size=model.layout.size))
    case = Case(model, data, plane, (-1.0, 2.0), (-2.0, 1.0))
    found = [one for one in grid_landscapes(model, data, plane, case.x_range, case.y_range, 129) if one is not None]
    assert {(one.accuracy.guarantee, one.accuracy.method) for one in found} == {("exact", "split exponentials")}
    assert len(found) > 1
    assert len(found[0].x) < len(found[-1].x) == 129
    x, y = case.nodes(129, 129)
    some = slice(None, None, 32)
    assert_right(case, found[-1].loss[some, some], x[some], y[some])


def test_that_one_unit_on_more_examples_than_anybody_waits_for_is_interpolated() -> None:
    rng = np.random.default_rng(6)
    model = TwoLayerSigmoid(1, 2)
    data = data_of(rng.normal(size=(1, 60_000)), rng.normal(size=(1, 60_000)))
    plane = axis_plane(model.layout, ("W1[0,0]", "b1[0]"), rng.normal(size=model.layout.size))
    found = [one for one in grid_landscapes(model, data, plane, (-1.0, 1.0), (-1.0, 1.0), 129) if one is not None]
    assert found[-1].final
    assert "nodes" in found[-1].accuracy.method


# --- sizes -----------------------------------------------------------------------------------------------------------


@METHODS
@pytest.mark.parametrize("m", [1, 2, 63, 64, 65, 511, 513, 3000])
@pytest.mark.parametrize(("columns", "rows"), [(2, 2), (2, 7), (9, 3)])
def test_that_any_number_of_examples_and_nodes_will_do(
    kind: type[LatticeMethod], m: int, columns: int, rows: int
) -> None:
    case = a_case(kind, m)
    x, y = case.nodes(columns, rows)
    assert_right(case, losses(case, kind, x, y), x, y)


@pytest.mark.parametrize("names", [("W1", "b1"), ("W1", "w2"), ("b1", "b2"), ("w2", "b2")])
@pytest.mark.parametrize("m", [1, 2])
def test_that_one_unit_and_one_example_will_do(names: tuple[str, str], m: int) -> None:
    model = TwoLayerSigmoid(1, 1)
    full = {"W1": "W1[0,0]", "b1": "b1[0]", "w2": "w2[0]", "b2": "b2"}
    plane = axis_plane(model.layout, (full[names[0]], full[names[1]]), np.array([0.5, -0.3, 2.0, 0.1]))
    case = Case(model, data_of(np.array([[2.0, -1.0]])[:, :m], np.array([[1.0, 0.5]])[:, :m]), plane, (-9, 5), (-1, 1))
    landscape = evaluate_grid(model, case.data, plane, case.x_range, case.y_range, 6)
    assert_right(case, landscape.loss, *case.nodes(6, 6))


@METHODS
@pytest.mark.parametrize("size", [1, 7, 64, 10_000_000])
def test_that_blocks_of_any_size_will_do(kind: type[LatticeMethod], size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrays, "BLOCK_ELEMENTS", size)
    monkeypatch.setattr(unit_and_output, "BLOCK_ELEMENTS", size)
    monkeypatch.setattr(two_units, "EXAMPLES", size)
    monkeypatch.setattr(two_units, "SLICE", size)
    for m in (1, 150):
        case = a_case(kind, m)
        x, y = case.nodes(4, 5)
        assert_right(case, losses(case, kind, x, y), x, y)


@METHODS
def test_that_a_lattice_of_its_own_for_each_level_ends_in_the_same_picture(kind: type[LatticeMethod]) -> None:
    """The coarse pictures are nodes of the last one."""
    case = a_case(kind, 3000)
    x, y = case.nodes(129, 129)
    method = method_of(case, kind)
    pictures = [picture for picture in method.pictures(x, y) if picture is not None]
    at_once = next(part for part in method.losses(x, y) if part is not None)
    for picture in pictures:
        s = 128 // (len(picture.x) - 1)
        assert np.array_equal(picture.y, y[::s])
        assert picture.loss == pytest.approx(at_once[::s, ::s], rel=1e-12)
        assert not picture.loss.flags.writeable
    some = slice(None, None, 32)
    assert_right(case, pictures[-1].loss[some, some], x[some], y[some])


# --- threads and slices ----------------------------------------------------------------------------------------------


def use_threads(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Have all work that is any done by so many threads."""
    monkeypatch.setattr(threads, "LARGE_WORK", 1.0 if count > 1 else np.inf)
    monkeypatch.setattr(os, "cpu_count", lambda: count)
    assert threads.threads_for(1e6) == count


@METHODS
@pytest.mark.parametrize("grid", [5, 65])
def test_that_two_threads_find_the_very_same_numbers(
    kind: type[LatticeMethod], grid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = a_case(kind, 9000)
    x, y = case.nodes(grid, grid)
    found = []
    for count in (1, 2, 2):
        use_threads(monkeypatch, count)
        found.append(losses(case, kind, x, y))
    assert np.array_equal(found[0], found[1])
    assert np.array_equal(found[0], found[2])


@METHODS
def test_that_the_window_gets_its_turn(kind: type[LatticeMethod]) -> None:
    case = a_case(kind, 20_000)
    x, y = case.nodes(33, 33)
    method = method_of(case, kind)
    pauses = sum(part is None for part in method.losses(x, y))
    assert pauses >= 5


@METHODS
@pytest.mark.parametrize("after", [0, 1, 4])
def test_that_a_landscape_may_be_given_up_halfway(
    kind: type[LatticeMethod], after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_threads(monkeypatch, 2)
    case = a_case(kind, 20_000)
    x, y = case.nodes(5, 5)
    method = method_of(case, kind)
    given_up: Iterator[object] = method.losses(x, y)
    for _ in range(after):
        assert next(given_up) is None
    given_up.close()  # type: ignore[attr-defined]
    # And the same method, asked again, knows nothing of it.
    again = [part for part in method.losses(x, y) if part is not None]
    assert len(again) == 1
    assert_right(case, again[0], x, y)


# --- data and weights far off ----------------------------------------------------------------------------------------


@METHODS
@pytest.mark.parametrize("scale", [0.0, 1e-300, 1e-150, 1e6, 1e150])
@pytest.mark.parametrize("target", [0.0, 1e-150, 1.0, 1e150])
def test_that_features_and_targets_may_be_of_any_size(kind: type[LatticeMethod], scale: float, target: float) -> None:
    case = a_case(kind, 30, scale=scale)
    case = Case(case.model, data_of(case.data.X, target * case.data.y), case.plane, case.x_range, case.y_range)
    x, y = case.nodes(6, 5)
    assert_right(case, losses(case, kind, x, y), x, y)


@METHODS
@pytest.mark.parametrize("reach", [1e5, 1e20, 1e100])
def test_that_ranges_may_be_far_wider_than_any_slope(kind: type[LatticeMethod], reach: float) -> None:
    case = a_case(kind, 30, reach=reach)
    x, y = case.nodes(7, 6)
    assert_right(case, losses(case, kind, x, y), x, y)


@METHODS
@pytest.mark.parametrize("reach", [1.0, 1e4, 1e12])
def test_that_losses_from_inputs_that_overflow_are_right_or_holes(kind: type[LatticeMethod], reach: float) -> None:
    """A unit is 0 or 1 at the ends of what a double holds; where plus meets minus infinity nothing is drawn."""
    case = a_case(kind, 30, scale=1e300, reach=reach)
    x, y = case.nodes(6, 4)
    with np.errstate(all="ignore"):
        expected, _ = equations(case, x, y)
    loss = losses(case, kind, x, y)
    known = np.isfinite(loss)
    assert np.isposinf(loss[~known]).all()
    assert loss[known] == pytest.approx(expected[known], rel=1e-9, abs=64.0 * EPS * reach)
    if reach < 1e6:  # nothing overflows
        assert known.all()


@METHODS
@pytest.mark.parametrize("target", [1e153, 1e154, 1.3e154])
def test_that_losses_at_the_very_end_of_what_a_double_holds_are_there(kind: type[LatticeMethod], target: float) -> None:
    """One loss is a finite number, the sum of two is none."""
    case = a_case(kind, 1)
    case = Case(case.model, data_of(case.data.X, np.array([[target]])), case.plane, case.x_range, case.y_range)
    x, y = case.nodes(4, 4)
    assert losses(case, kind, x, y) == pytest.approx(np.full((4, 4), target**2), rel=1e-9)


@METHODS
def test_that_losses_beyond_a_double_are_infinite(kind: type[LatticeMethod]) -> None:
    case = a_case(kind, 30)
    x, y = case.nodes(3, 4)
    far = Case(case.model, data_of(case.data.X, case.data.y + 1e160), case.plane, case.x_range, case.y_range)
    assert np.isposinf(losses(far, kind, x, y)).all()
    theta = case.plane.origin.copy()
    theta[case.model.layout.index("w2[2]")] = 1e200  # a unit that none of the planes changes
    huge = Case(case.model, case.data, Plane(case.plane.frame, theta), case.x_range, case.y_range)
    assert np.isposinf(losses(huge, kind, x, y)).all()


@pytest.mark.parametrize(
    ("of_x", "of_y"),
    [
        (["w2[0]", "b2"], ["w2[0]", "w2[2]"]),
        (["W1[0,0]", "w2[0]"], ["w2[0]", "b2"]),
        (["W1[0,0]", "b1[2]"], ["W1[1,1]", "b1[1]"]),
        (["W1[0,0]", "b1[2]"], ["W1[0,0]", "b1[0]"]),
    ],
)
@pytest.mark.parametrize("limits", [((-8e307, 8e307), (-7e307, 9e307)), ((2e307, 1.5e308), (-1e308, 0.0))])
def test_that_parameters_beyond_a_double_make_holes(
    of_x: list[str], of_y: list[str], limits: tuple[Range, Range]
) -> None:
    """Plus infinity meets minus infinity in the parameters themselves: the losses have no value."""
    model = TwoLayerSigmoid(2, 3)
    data = data_of(np.ones((2, 3)), np.ones((1, 3)))
    u, v = np.zeros((2, model.layout.size))
    u[[model.layout.index(name) for name in of_x]] = 10.0, -20.0
    v[[model.layout.index(name) for name in of_y]] = 30.0, 5.0
    plane = plane_through(np.ones(u.size), np.zeros(u.size), u, v, ("u", "v"))
    landscape = evaluate_grid(model, data, plane, *limits, 4)
    assert not np.isnan(landscape.loss).any()
    assert (landscape.loss >= 0.0).all()


def test_that_a_whole_landscape_makes_no_noise() -> None:
    """The same from the top, picture by picture: warnings are errors here, in whichever thread."""
    for kind in PAIRS:
        case = a_case(kind, 500, reach=1e6, scale=1e4)
        for landscape in grid_landscapes(case.model, case.data, case.plane, case.x_range, case.y_range, 33):
            assert landscape is None or np.isfinite(landscape.loss).all()
