"""One direction changes hidden units, the other output weights alone: a parabola for every value of the first."""

import numpy as np
import pytest

from landscape_app.core.landscape import axis_plane
from landscape_app.core.landscape.unit_and_output import UnitAndOutput
from tests.core.landscape.oracle import (
    Case,
    assert_far_off,
    assert_random_cases,
    assert_taught,
    hidden_names,
    output_names,
    plane_along,
    some_data,
    some_network,
    some_range,
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
    assert_random_cases(random_case, UnitAndOutput, range(first, first + 40))


@pytest.mark.parametrize("names", [("W1[0,1]", "w2[0]"), ("w2[1]", "b1[0]"), ("W1[1,0]", "b2"), ("b2", "b1[1]")])
@pytest.mark.parametrize("reach", [1e-12, 1e-7, 1e-3, 1.0, 1e3])
def test_that_the_loss_of_a_teacher_vanishes(names: tuple[str, str], reach: float) -> None:
    assert_taught(names, reach)


@pytest.mark.parametrize("offset", [1e3, 1e6])
@pytest.mark.parametrize("names", [("W1[0,1]", "b2"), ("w2[0]", "b1[2]")])
def test_that_data_far_off_lose_no_more_than_float64_must(names: tuple[str, str], offset: float) -> None:
    assert_far_off(names, offset)
