"""Both directions change output weights alone: outputs are linear, the loss is a sum of three squares."""

import numpy as np
import pytest

from landscape_app.core.landscape import axis_plane
from landscape_app.core.landscape.output_weights import OutputWeights
from tests.core.landscape.oracle import (
    Case,
    assert_far_off,
    assert_random_cases,
    assert_taught,
    output_names,
    plane_along,
    some_data,
    some_network,
    some_range,
)


def random_case(seed: int) -> Case:
    rng = np.random.default_rng((seed, 1))
    model, theta = some_network(rng)
    data = some_data(rng, model, theta)
    outputs = (model.k or 0) + 1
    if rng.random() < 0.5:
        names = rng.choice(output_names(model), 2, replace=False)
        plane = axis_plane(model.layout, (str(names[0]), str(names[1])), theta)
    else:  # both directions may change the same weights
        of_x, of_y = (
            theta.size - outputs + rng.choice(outputs, int(rng.integers(2, outputs + 1)), replace=False) for _ in "xy"
        )
        plane = plane_along(rng, model, theta, of_x, of_y)
    near = plane.project(theta)
    return Case(model, data, plane, some_range(rng, near[0]), some_range(rng, near[1]))


@pytest.mark.parametrize("first", range(0, 320, 40))
def test_that_every_node_is_the_loss_of_the_equations(first: int) -> None:
    assert_random_cases(random_case, OutputWeights, range(first, first + 40))


@pytest.mark.parametrize("names", [("w2[0]", "w2[2]"), ("b2", "w2[1]")])
@pytest.mark.parametrize("reach", [1e-12, 1e-7, 1e-3, 1.0, 1e3])
def test_that_the_loss_of_a_teacher_vanishes(names: tuple[str, str], reach: float) -> None:
    assert_taught(names, reach)


@pytest.mark.parametrize("offset", [1e3, 1e6])
@pytest.mark.parametrize("names", [("w2[0]", "b2"), ("w2[2]", "w2[1]")])
def test_that_data_far_off_lose_no_more_than_float64_must(names: tuple[str, str], offset: float) -> None:
    assert_far_off(names, offset)
