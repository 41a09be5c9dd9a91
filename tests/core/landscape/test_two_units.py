"""The two directions change different hidden units: one product of matrices."""

from typing import Any

import numpy as np
import pytest

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import Plane, axis_plane, evaluate_grid
from landscape_app.core.landscape.sigmoid_plane import Units
from landscape_app.core.landscape.two_units import TwoUnits
from landscape_app.core.models import TwoLayerSigmoid
from tests.core.landscape.oracle import (
    EPS,
    Case,
    assert_far_off,
    assert_random_cases,
    assert_right,
    assert_taught,
    data_of,
    hidden_names,
    plane_along,
    some_data,
    some_network,
    some_range,
    taught_case,
)


def random_plane(rng: np.random.Generator, model: TwoLayerSigmoid, theta: FloatArray) -> Plane:
    n, k = model.n, model.k or 0
    units = rng.permutation(k)
    if rng.random() < 0.5:
        names = [str(rng.choice(hidden_names(model, unit))) for unit in units[:2]]
        return axis_plane(model.layout, (names[0], names[1]), theta)
    cut = int(rng.integers(1, k))  # some units along x, some along y, and some that stay
    places = [np.concatenate((np.arange(j * n, j * n + n), [k * n + j])) for j in units]
    of_x, of_y = (
        np.concatenate([rng.choice(p, int(rng.integers(1, n + 2)), replace=False) for p in some])
        for some in (places[:cut], places[cut : cut + int(rng.integers(1, k - cut + 1))])
    )
    return plane_along(rng, model, theta, of_x, of_y)


def random_case(seed: int) -> Case:
    rng = np.random.default_rng((seed, 3))
    model, theta = some_network(rng, fewest=2)
    data = some_data(rng, model, theta)
    plane = random_plane(rng, model, theta)
    near = plane.project(theta)
    return Case(model, data, plane, some_range(rng, near[0]), some_range(rng, near[1]))


@pytest.mark.parametrize("first", range(0, 320, 40))
def test_that_every_node_is_the_loss_of_the_equations(first: int) -> None:
    assert_random_cases(random_case, TwoUnits, range(first, first + 40))


@pytest.mark.parametrize("names", [("W1[0,1]", "W1[2,0]"), ("b1[1]", "b1[0]"), ("W1[1,0]", "b1[2]")])
@pytest.mark.parametrize("reach", [1e-12, 1e-7, 1e-3, 1.0, 1e3])
def test_that_the_loss_of_a_teacher_vanishes(names: tuple[str, str], reach: float) -> None:
    assert_taught(names, reach)


@pytest.mark.parametrize("offset", [1e3, 1e6])
@pytest.mark.parametrize("names", [("W1[0,1]", "W1[1,1]"), ("b1[0]", "b1[2]")])
def test_that_data_far_off_lose_no_more_than_float64_must(names: tuple[str, str], offset: float) -> None:
    assert_far_off(names, offset)


def test_that_terms_that_overflow_alone_but_cancel_are_summed_again() -> None:
    """|a|² and |b|² are beyond a double, |a + b|² is not."""
    model = TwoLayerSigmoid(1, 2)
    theta = model.layout.join({"W1": [[0.0], [0.0]], "b1": [0.0, 0.0], "w2": [1e154, -1e154], "b2": 1.0})
    data = data_of(np.linspace(-1.0, 1.0, 9)[np.newaxis], np.ones((1, 9)))
    plane = axis_plane(model.layout, ("b1[0]", "b1[1]"), theta)
    loss = evaluate_grid(model, data, plane, (-50.0, 50.0), (-50.0, 50.0), 3).loss
    assert (np.diag(loss) <= (8.0 * EPS * 1e154) ** 2).all()
    assert np.isinf([loss[0, 2], loss[2, 0]]).all()


def test_that_only_where_terms_cancel_the_residuals_are_summed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    again: list[int] = []
    method_s_own = TwoUnits._again

    def counted(self: TwoUnits, loss: FloatArray, dx: FloatArray, dy: FloatArray, rows: Units, *rest: Any) -> Any:
        again.append(len(rows))
        return method_s_own(self, loss, dx, dy, rows, *rest)

    monkeypatch.setattr(TwoUnits, "_again", counted)
    taught = taught_case(("W1[0,1]", "W1[2,0]"), 1.0)
    near = taught.x_range[0] + 1.0, taught.y_range[0] + 1.0  # the zero in a corner, far from the middle
    # A loss of some 1e-8 of its terms has lost half its digits already.
    for noise, cancels in ((0.0, True), (1e-5, True), (1e-4, True), (1.0, False)):
        data = data_of(taught.data.X, taught.data.y + noise)
        case = Case(taught.model, data, taught.plane, (near[0], near[0] + 2.0), (near[1] - 4.0, near[1]))
        landscape = evaluate_grid(case.model, data, case.plane, case.x_range, case.y_range, 9)
        assert_right(case, landscape.loss, *case.nodes(9, 9))
        assert (0 < sum(again) < 81) is cancels
        again.clear()
