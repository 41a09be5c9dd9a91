"""One direction changes hidden units, the other output weights alone: a parabola for every value of the first."""

import numpy as np
import pytest

from landscape_app.core.landscape import axis_plane, evaluate_grid
from landscape_app.core.landscape.choice import method_for
from landscape_app.core.landscape.unit_and_output import UnitAndOutput
from tests.core.landscape.oracle import (
    EPS,
    Case,
    assert_precise,
    assert_right,
    hidden_names,
    last_picture,
    output_names,
    plane_along,
    some_data,
    some_network,
    some_range,
    taught_case,
)


def random_case(seed: int) -> Case:
    rng = np.random.default_rng((seed, 2))
    model, theta = some_network(rng)
    data = some_data(rng, model, theta)
    k, hidden = model.k or 0, theta.size - (model.k or 0) - 1
    if rng.random() < 0.5:
        names = [str(rng.choice(hidden_names(model, int(rng.integers(k))))), str(rng.choice(output_names(model)))]
        rng.shuffle(names)
        plane = axis_plane(model.layout, (names[0], names[1]), theta)
    else:  # several units along one direction, which may take output weights along
        inner = rng.choice(hidden, int(rng.integers(1, hidden + 1)), replace=False)
        inner = np.union1d(inner, rng.choice(theta.size, 1))
        outer = hidden + rng.choice(k + 1, int(rng.integers(1, k + 2)), replace=False)
        plane = plane_along(rng, model, theta, *((inner, outer) if rng.random() < 0.5 else (outer, inner)))
    near = plane.project(theta)
    return Case(model, data, plane, some_range(rng, near[0]), some_range(rng, near[1]))


@pytest.mark.parametrize("first", range(0, 320, 40))
def test_that_every_node_is_the_loss_of_the_equations(first: int) -> None:
    for seed in range(first, first + 40):
        case = random_case(seed)
        x, y = case.nodes(*np.random.default_rng(seed).choice([2, 3, 5, 6], 2))
        method = method_for(case.model, case.data, case.plane, case.x_range, case.y_range)
        assert isinstance(method, UnitAndOutput)
        assert_right(case, last_picture(method, x, y).loss, x, y)


@pytest.mark.parametrize("names", [("W1[0,1]", "w2[0]"), ("w2[1]", "b1[0]"), ("W1[1,0]", "b2"), ("b2", "b1[1]")])
@pytest.mark.parametrize("reach", [1e-12, 1e-7, 1e-3, 1.0, 1e3])
def test_that_the_loss_of_a_teacher_vanishes(names: tuple[str, str], reach: float) -> None:
    """Where the residuals are differences of some 1e-12, no digit of a difference of squares would be left."""
    case = taught_case(names, reach)
    x, y = case.nodes(5, 5)
    loss = evaluate_grid(case.model, case.data, case.plane, case.x_range, case.y_range, 5).loss
    assert_precise(case, loss, x, y)
    assert loss.argmin() == 12
    assert loss[2, 2] <= (64.0 * EPS * (1.0 + reach)) ** 2


@pytest.mark.parametrize("offset", [1e3, 1e6])
@pytest.mark.parametrize("names", [("W1[0,1]", "b2"), ("w2[0]", "b1[2]")])
def test_that_data_far_off_lose_no_more_than_float64_must(names: tuple[str, str], offset: float) -> None:
    case = taught_case(names, 1e-2, offset)
    loss = evaluate_grid(case.model, case.data, case.plane, case.x_range, case.y_range, 5).loss
    assert_precise(case, loss, *case.nodes(5, 5))
