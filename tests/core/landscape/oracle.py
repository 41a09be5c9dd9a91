"""The sigmoid network's loss on a plane by the section's equations, node by node, and how far rounding may lead astray.

Written out here once more, so that nothing of the landscape's own code is its judge.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import mpmath
import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.dataset import Dataset
from landscape_app.core.landscape import Plane, Range, axis_plane, evaluate_grid, plane_through
from landscape_app.core.landscape.choice import method_for
from landscape_app.core.landscape.method import Method, Picture
from landscape_app.core.landscape.sigmoid_plane import Units
from landscape_app.core.models import TwoLayerSigmoid

EPS = float(np.finfo(np.float64).eps)
#: Roundings that a term may suffer: some products, sums of features and units, and both sides' own.
ROUNDINGS = 24.0


#: Positions in the flat vector of parameters.
Places = Sequence[int] | Units


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """A network with data, on a plane over two ranges."""

    model: TwoLayerSigmoid
    data: Dataset
    plane: Plane
    x_range: Range
    y_range: Range

    def __repr__(self) -> str:
        return (
            f"n={self.model.n} k={self.model.k} m={self.data.m} {self.plane.x_name}, {self.plane.y_name} "
            f"{self.x_range} {self.y_range}"
        )

    def nodes(self, columns: int, rows: int) -> tuple[FloatArray, FloatArray]:
        """Return the nodes of a lattice over both ranges."""
        return np.linspace(*self.x_range, columns), np.linspace(*self.y_range, rows)


def some_data(rng: np.random.Generator, model: TwoLayerSigmoid, theta: FloatArray, m: int = 0) -> Dataset:
    """Return noise, or what the network of ``theta`` explains without any, of all sizes; ``m`` too is drawn if 0."""
    m = m or int(10.0 ** rng.uniform(0.0, 3.4))
    X = 10.0 ** rng.uniform(-2.0, 2.0) * rng.normal(size=(model.n, m)) + rng.choice([0.0, 0.0, 5.0, 1e4])
    if rng.random() < 0.3:
        return taught(model, theta, X)
    return data_of(X, rng.normal(size=(1, m)) + rng.choice([0.0, 5.0, 1e6]))


def taught(model: TwoLayerSigmoid, theta: FloatArray, X: FloatArray) -> Dataset:
    """Return targets that the network of ``theta`` explains to the last digit."""
    p = model.layout.split(theta)
    return data_of(X, p["w2"] @ logistic(p["W1"] @ X + p["b1"]) + p["b2"])


def data_of(X: FloatArray, y: FloatArray) -> Dataset:
    """Return features X (n, m) and targets y (1, m) with names."""
    return Dataset(X, y, tuple(f"x{i}" for i in range(len(X))), "y")


def some_network(rng: np.random.Generator, fewest: int = 1) -> tuple[TwoLayerSigmoid, FloatArray]:
    """Return a network of ``fewest`` units or more, from all but straight ones to ones saturated by the thousands."""
    model = TwoLayerSigmoid(int(rng.integers(1, 7)), int(rng.integers(fewest, 13)))
    return model, rng.normal(size=model.layout.size) * 10.0 ** rng.choice([-2.0, 0.0, 0.0, 0.5, 3.5])


def some_range(rng: np.random.Generator, near: float) -> Range:
    """Return a range from 1e-12 to 1e6 wide, around ``near``, beside it or far off."""
    reach = float(10.0 ** rng.choice([-12.0, -6.0, -2.0, 0.0, 0.0, 1.0, 3.0, 6.0]))
    if rng.random() < 0.5:
        return near - reach, near + reach
    middle = (near + reach * float(rng.normal()), float(rng.choice([0.0, 10.0, -1e3, 1e6])))[rng.integers(2)]
    return middle - reach, middle + float(rng.uniform(0.3, 1.0)) * reach


def plane_along(
    rng: np.random.Generator, model: TwoLayerSigmoid, theta: FloatArray, of_x: Places, of_y: Places
) -> Plane:
    """Return a plane through ``theta`` with random directions that change just these parameters."""
    u, v = np.zeros((2, theta.size))
    u[list(of_x)], v[list(of_y)] = rng.normal(size=len(of_x)), rng.normal(size=len(of_y))
    return plane_through(theta, theta + u + v, u, v, ("along u", "along v"))


def hidden_names(model: TwoLayerSigmoid, unit: int) -> list[str]:
    """Return the names of what goes into a hidden unit."""
    return [f"W1[{unit},{i}]" for i in range(model.n)] + [f"b1[{unit}]"]


def output_names(model: TwoLayerSigmoid) -> list[str]:
    """Return the names of what comes after the hidden units."""
    return [f"w2[{unit}]" for unit in range(model.k or 0)] + ["b2"]


def last_picture(method: Method, x: FloatArray, y: FloatArray) -> Picture:
    """Return the finished picture."""
    pictures = [picture for picture in method.pictures(x, y) if picture is not None]
    assert [picture.final for picture in pictures] == [False] * (len(pictures) - 1) + [True]
    assert np.array_equal(pictures[-1].x, x)
    assert np.array_equal(pictures[-1].y, y)
    return pictures[-1]


def logistic(Z: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-Z)) by exponentials of the negative side alone."""
    small = np.exp(-np.abs(Z))
    return np.where(Z >= 0.0, 1.0, small) / (1.0 + small)


def equations(case: Case, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the losses (len(y), len(x)) by the equations, and how far float64 may lead them astray.

    Every term of a residual has the error of its own rounding, and what the rounding of Z makes of it: sizes are
    those of the largest coordinates of the lattice, which a method may count from where it likes.
    """
    X, target, plane = case.data.X, case.data.y, case.plane
    sizes = np.abs(plane.origin) + np.abs(x).max() * np.abs(plane.u) + np.abs(y).max() * np.abs(plane.v)
    size = case.model.layout.split(sizes)
    z_error = ROUNDINGS * EPS * (size["W1"] @ np.abs(X) + size["b1"])  # (k, m)
    loss, astray = np.empty((2, len(y), len(x)))
    for i, down in enumerate(y):
        for j, across in enumerate(x):
            p = case.model.layout.split(plane.origin + across * plane.u + down * plane.v)
            Z = p["W1"] @ X + p["b1"]
            residual = (p["w2"] @ logistic(Z) + p["b2"] - target)[0]
            slope = np.minimum(0.25, np.exp(-np.maximum(np.abs(Z) - z_error, 0.0)))
            unit_error = np.minimum(1.0, slope * z_error) + ROUNDINGS * EPS
            error = (size["w2"] @ unit_error + ROUNDINGS * EPS * (size["b2"] + np.abs(target)))[0]
            loss[i, j] = (residual * residual).mean()
            astray[i, j] = ((2.0 * np.abs(residual) + error) * error).mean()
    return loss, astray


def fifty_digits(case: Case, across: float, down: float) -> float:
    """Return the loss at a node to 50 digits."""
    with mpmath.workdps(50):
        plane = case.plane
        theta = [
            mpmath.mpf(o) + mpmath.mpf(float(across)) * u + mpmath.mpf(float(down)) * v
            for o, u, v in zip(plane.origin.tolist(), plane.u.tolist(), plane.v.tolist(), strict=True)
        ]
        n, k = case.model.n, case.model.k or 0
        W1 = [theta[j * n : (j + 1) * n] for j in range(k)]
        b1, w2, b2 = theta[n * k : n * k + k], theta[n * k + k : -1], theta[-1]
        total = mpmath.mpf(0)
        for features, target in zip(case.data.X.T.tolist(), case.data.y[0].tolist(), strict=True):
            yhat = b2
            for j in range(k):
                Z = b1[j] + mpmath.fsum(w * f for w, f in zip(W1[j], features, strict=True))
                yhat += w2[j] / (1 + mpmath.exp(-Z))
            total += (yhat - target) ** 2
        return float(total / case.data.m)


def taught_case(names: tuple[str, str], reach: float, offset: float = 0.0) -> Case:
    """Return a network around the very parameters that its targets come from; features and targets far off at will."""
    rng = np.random.default_rng(11)
    model = TwoLayerSigmoid(2, 3)
    theta = rng.normal(size=model.layout.size)
    p = model.layout.split(theta)
    X = rng.normal(size=(2, 50))
    if offset:  # the hidden units see features far off, and yet are not saturated
        theta[model.layout.index("b2")] = offset
        shift = offset * np.ones((2, 1))
        theta[[model.layout.index(f"b1[{j}]") for j in range(3)]] = -(p["W1"] @ shift)[:, 0]
        X = X + shift
    plane = axis_plane(model.layout, names, theta)
    near = plane.project(theta)
    return Case(model, taught(model, theta, X), plane, *((at - reach, at + reach) for at in near.tolist()))


def assert_precise(case: Case, loss: FloatArray, x: FloatArray, y: FloatArray) -> None:
    """Fail unless every loss is that of 50 digits, to 1e-9 of it and what float64 allows."""
    _, astray = equations(case, x, y)
    for i, down in enumerate(y):
        for j, across in enumerate(x):
            exact = fifty_digits(case, across, down)
            assert abs(loss[i, j] - exact) <= 1e-9 * exact + astray[i, j], f"{case} at {across}, {down}"


def assert_right(case: Case, loss: FloatArray, x: FloatArray, y: FloatArray) -> None:
    """Fail unless every loss is that of the equations, to 1e-9 of it and what float64 allows."""
    expected, astray = equations(case, x, y)
    assert loss.shape == expected.shape
    assert np.isfinite(loss).all(), case
    assert (loss >= 0.0).all(), case
    off = np.abs(loss - expected) - 1e-9 * expected - astray
    worst = np.unravel_index(off.argmax(), off.shape)
    assert off[worst] <= 0.0, (
        f"{case}: at {x[worst[1]]}, {y[worst[0]]} the loss is {loss[worst]}, but should be {expected[worst]} "
        f"± {astray[worst] + 1e-9 * expected[worst]}"
    )


def assert_random_cases(case_of: Callable[[int], Case], kind: type[Method], seeds: Iterable[int]) -> None:
    """Each case is given to this kind of method, and every node is the loss of the equations."""
    for seed in seeds:
        case = case_of(seed)
        x, y = case.nodes(*np.random.default_rng(seed).choice([2, 3, 5, 6], 2))
        method = method_for(case.model, case.data, case.plane, case.x_range, case.y_range)
        assert isinstance(method, kind)
        assert_right(case, last_picture(method, x, y).loss, x, y)


def assert_taught(names: tuple[str, str], reach: float) -> None:
    """The loss vanishes where the data come from.

    Where the residuals are differences of some 1e-12, no digit of a difference of squares would be left.
    """
    case = taught_case(names, reach)
    x, y = case.nodes(5, 5)
    loss = evaluate_grid(case.model, case.data, case.plane, case.x_range, case.y_range, 5).loss
    assert_precise(case, loss, x, y)
    assert loss.argmin() == 12
    assert loss[2, 2] <= (64.0 * EPS * (1.0 + reach)) ** 2


def assert_far_off(names: tuple[str, str], offset: float) -> None:
    """Data far from zero lose no more digits than float64 must."""
    case = taught_case(names, 1e-2, offset)
    loss = evaluate_grid(case.model, case.data, case.plane, case.x_range, case.y_range, 5).loss
    assert_precise(case, loss, *case.nodes(5, 5))
