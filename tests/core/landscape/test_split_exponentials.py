"""Any plane of the sigmoid network: exponentials of columns and of rows in the place of one at every node."""

import numpy as np
import pytest

from landscape_app.core.landscape import axis_plane
from landscape_app.core.landscape import split_exponentials as under_test
from landscape_app.core.landscape.choice import middle
from landscape_app.core.landscape.split_exponentials import SplitExponentials
from landscape_app.core.models import TwoLayerSigmoid
from tests.core.landscape.oracle import (
    EPS,
    Case,
    assert_precise,
    assert_right,
    data_of,
    hidden_names,
    last_picture,
    plane_along,
    some_data,
    some_network,
    some_range,
    taught_case,
)

#: Extreme values of what cuts the work into parts.
SIZES: dict[str, tuple[float, ...]] = {
    "TILE": (1, 50, 10**7),
    "SLICE": (1, 50, 10**9),
    "KEPT": (1, 100, 10**9),
    "FEWEST": (1, 7, 5000),
    "MOST": (1, 7, 5000),
    "SPREAD": (1.0, 20.0, 300.0),
}


def random_case(seed: int) -> Case:
    rng = np.random.default_rng((seed, 4))
    model, theta = some_network(rng)
    data = some_data(rng, model, theta)
    size, kind = theta.size, rng.integers(4)
    if kind == 0:  # two weights of one unit
        names = rng.choice(hidden_names(model, int(rng.integers(model.k or 0))), 2, replace=False)
        plane = axis_plane(model.layout, (str(names[0]), str(names[1])), theta)
    elif kind == 1:  # any two parameters: the special planes too
        names = rng.choice(model.layout.scalar_names, 2, replace=False)
        plane = axis_plane(model.layout, (str(names[0]), str(names[1])), theta)
    elif kind == 2:
        plane = plane_along(rng, model, theta, range(size), range(size))
    else:  # some parameters along each, which may be the same ones
        of_x, of_y = (rng.choice(size, int(rng.integers(2, size + 1)), replace=False) for _ in "xy")
        plane = plane_along(rng, model, theta, of_x, of_y)
    near = plane.project(theta)
    return Case(model, data, plane, some_range(rng, near[0]), some_range(rng, near[1]))


def method_of(case: Case) -> SplitExponentials:
    return SplitExponentials(case.model, case.data, case.plane, middle(case.x_range), middle(case.y_range))


@pytest.mark.parametrize("first", range(0, 480, 40))
def test_that_every_node_is_the_loss_of_the_equations(first: int) -> None:
    for seed in range(first, first + 40):
        case = random_case(seed)
        x, y = case.nodes(*np.random.default_rng(seed).choice([2, 3, 5, 6], 2))
        assert_right(case, last_picture(method_of(case), x, y).loss, x, y)


@pytest.mark.parametrize("first", range(0, 120, 40))
def test_that_any_tiles_and_groups_will_do(first: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tiles of single columns, strips of single rows, blocks of single examples, groups that split at every column."""
    for seed in range(first, first + 40):
        rng = np.random.default_rng(seed)
        for name, sizes in SIZES.items():
            monkeypatch.setattr(under_test, name, sizes[rng.integers(len(sizes))])
        case = random_case(seed)
        case = Case(
            case.model, data_of(case.data.X[:, :30], case.data.y[:, :30]), case.plane, case.x_range, case.y_range
        )
        x, y = case.nodes(*rng.choice([2, 3, 5, 6], 2))
        assert_right(case, last_picture(method_of(case), x, y).loss, x, y)


def test_that_nodes_may_come_in_any_order_and_uneven() -> None:
    for seed in range(60):
        case = random_case(seed)
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(*case.x_range, 5), rng.uniform(*case.y_range, 4)
        assert_right(case, last_picture(method_of(case), x, y).loss, x, y)


def test_that_a_choice_of_examples_is_all_there_is() -> None:
    rng = np.random.default_rng(8)
    case = random_case(8)
    some = rng.integers(0, case.data.m, 20)
    x, y = case.nodes(5, 3)
    middles = middle(case.x_range), middle(case.y_range)
    for picked in (some, slice(2, 40, 3)):
        few = Case(
            case.model, data_of(case.data.X[:, picked], case.data.y[:, picked]), case.plane, case.x_range, case.y_range
        )
        method = SplitExponentials(case.model, case.data, case.plane, *middles, picked)
        assert_right(few, last_picture(method, x, y).loss, x, y)


@pytest.mark.parametrize("weight", [1.0, 30.0, 38.0, 300.0, 350.0, 600.0, 709.0, 746.0, 1e4, 1e9])
def test_that_opposite_exponents_meet_in_the_middle(weight: float) -> None:
    """+600 from one weight and −600 from the other are 0: neither exponential may be cut off before they meet."""
    model = TwoLayerSigmoid(2, 1)
    theta = model.layout.join({"W1": [[0.0, 0.0]], "b1": [0.3], "w2": [1.0], "b2": 0.0})
    data = data_of(np.array([[1.0, -1.0, 0.5], [1.0, 1.0, 0.5]]), np.array([[0.2, 0.7, 0.1]]))
    plane = axis_plane(model.layout, ("W1[0,0]", "W1[0,1]"), theta)
    case = Case(model, data, plane, (-weight, weight), (-weight, weight))
    for x, y in (case.nodes(9, 9), case.nodes(8, 3), (np.array([-weight, 0.0, weight]), np.array([weight]))):
        assert_right(case, last_picture(method_of(case), x, y).loss, x, y)


@pytest.mark.parametrize("names", [("W1[0,1]", "W1[0,0]"), ("b1[0]", "W1[0,1]"), ("W1[1,0]", "w2[1]")])
@pytest.mark.parametrize("reach", [1e-12, 1e-7, 1e-3, 1.0, 1e3])
def test_that_the_loss_of_a_teacher_vanishes(names: tuple[str, str], reach: float) -> None:
    """Where the residuals are differences of some 1e-12, no digit of a difference of squares would be left."""
    case = taught_case(names, reach)
    x, y = case.nodes(5, 5)
    loss = last_picture(method_of(case), x, y).loss
    assert_precise(case, loss, x, y)
    assert loss.argmin() == 12
    assert loss[2, 2] <= (64.0 * EPS * (1.0 + reach)) ** 2


@pytest.mark.parametrize("offset", [1e3, 1e6])
@pytest.mark.parametrize("names", [("W1[0,1]", "W1[0,0]"), ("W1[2,0]", "b1[2]")])
def test_that_data_far_off_lose_no_more_than_float64_must(names: tuple[str, str], offset: float) -> None:
    case = taught_case(names, 1e-2, offset)
    x, y = case.nodes(5, 5)
    loss = last_picture(method_of(case), x, y).loss
    assert_precise(case, loss, x, y)
