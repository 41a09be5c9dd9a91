"""What kind of point the descent is at: the curvature there, and what the networks' symmetries make of it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from math import factorial
from typing import Literal

import numpy as np

from landscape_app.core.arrays import FloatArray, length
from landscape_app.core.curvature import Spectrum, hessian_products, linear_spectrum, spectrum_steps
from landscape_app.core.curvature.eigenpairs import FULL_SIZE
from landscape_app.core.factor import CentredFactor
from landscape_app.core.models.two_layer import TwoLayer
from landscape_app.core.models.two_layer_linear import TwoLayerLinear
from landscape_app.core.models.two_layer_sigmoid import TwoLayerSigmoid
from landscape_app.session.problem import Problem

#: What counts as zero, as a share of the largest curvature.
TOLERANCE = 1e-6
#: Multiplications up to which a point is looked at without being asked for.
UNASKED = 2e9
#: Doubles that one slice of work passes over, some milliseconds' worth.
SLICE = 1_500_000
#: Products with the Hessian that Lanczos' method takes, roughly.
PRODUCTS = 100

#: "moving": the gradient is not zero. "valley": flat along some directions, rising along the others. "plateau": flat
#: along all.
Kind = Literal["moving", "minimum", "valley", "saddle", "maximum", "ridge", "plateau", "unknown"]


def look_work(problem: Problem) -> float:
    """Return how many multiplications it takes to look at a point, roughly."""
    size, m = float(problem.model.layout.size), problem.data.m
    if problem.factor is not None and not problem.model.has_hidden and size <= FULL_SIZE:
        return m * size + size**3  # the factor has the curvature; only the gradient passes over the data
    return m * size * (size if size <= FULL_SIZE else 4.0 * PRODUCTS)


@dataclass(frozen=True, slots=True, eq=False)
class PointWish:
    """A point ``theta`` (size,) to be looked at: iteration ``iteration`` of a run that began at ``start``.

    ``before`` and ``step`` are theta and the gradient one iteration earlier, with the learning rate then, if the step
    from there was plain gradient descent; else None.
    """

    problem: Problem
    iteration: int
    theta: FloatArray
    start: FloatArray
    before: FloatArray | None = None
    step: tuple[FloatArray, float] | None = None

    @property
    def work(self) -> float:
        """How many multiplications it takes, roughly."""
        return look_work(self.problem)

    def same_as(self, other: "PointWish") -> bool:
        """Whether both ask for the same numbers."""
        return (
            self.problem is other.problem
            and self.iteration == other.iteration
            and np.array_equal(self.theta, other.theta)
            and np.array_equal(self.start, other.start)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """The balance D = w2ᵀ w2 − W1 W1ᵀ − b1 b1ᵀ (k, k) of a two-layer linear network, and its scaling valley.

    ``size`` is ‖D‖, ``since_start`` and ``last_step`` how much D has changed, ``predicted`` how much plain gradient
    descent changes it in that step, ‖η² (g_w2ᵀ g_w2 − g_W1 g_W1ᵀ − g_b1 g_b1ᵀ)‖, and ``gap`` the size of the
    difference of both changes; the last three are None at the start, and the prediction for other rules.

    Along the valley (c W1, c b1, w2/c) the loss does not change: its direction (W1, b1, −w2) has the slope ``slope``
    and, for a step of length 1, the curvature ``curvature``. ``above`` is the loss above the least-squares optimum,
    which no network of this kind can beat.
    """

    size: float
    since_start: float
    last_step: float | None
    predicted: float | None
    gap: float | None
    slope: float
    curvature: float
    above: float


@dataclass(frozen=True, slots=True, eq=False)
class Twins:
    """The other points with the same loss in a network of ``units`` sigmoid units.

    ``swapped`` is the loss with the first two units in each other's place (None: there is but one unit), ``flipped``
    the one with the first unit turned over: (W, b, −w2) → (−W, −b, w2), b2 + w2.
    """

    units: int
    swapped: float | None
    flipped: float

    @property
    def orders(self) -> int:
        """Ways to put the units in order, k!."""
        return factorial(self.units)

    @property
    def signs(self) -> int:
        """Ways to turn units over, 2ᵏ."""
        return int(2**self.units)

    @property
    def count(self) -> int:
        """Points with the same loss, this one included, as long as no two units are the same."""
        return self.orders * self.signs


@dataclass(frozen=True, slots=True, eq=False)
class PointReading:
    """What was found at a point: ``loss`` and ``slope``, the gradient's norm, over all the data; the curvature.

    ``above`` is the loss above the least-squares optimum, which is the only minimum of a linear model's loss; None for
    a sigmoid network. ``spread`` is the variance of the targets: what there is to explain, ``rounding`` what rounding
    can make of it where there is nothing. ``grad`` is the gradient (size,); None where nothing but its norm is known.
    """

    wish: PointWish
    loss: float
    slope: float
    spectrum: Spectrum
    balance: Balance | None = None
    twins: Twins | None = None
    above: float | None = None
    spread: float = 0.0
    grad: FloatArray | None = None
    rounding: float = 0.0

    def loss_limit(self, tolerance: float) -> float:
        """Return up to what difference losses count as equal: ``tolerance`` of the targets' variance."""
        return tolerance * (self.spread + self.rounding)

    def is_above(self, tolerance: float) -> bool:
        """Whether the only minimum lies lower by more than what counts as equal."""
        return self.above is not None and self.above > self.loss_limit(tolerance)

    def may_be_saddle(self, tolerance: float) -> bool:
        """Whether the loss is one that a saddle can have.

        In a linear network with one output the gradient of W1 is w2ᵀ g, g being that of the weights w2 W1 in all.
        Where it is zero g is, which makes the optimum, or w2 is: then the output is b2, the mean of the targets, and
        the loss their variance.
        """
        if not isinstance(self.wish.problem.model, TwoLayerLinear):
            return True
        return abs(self.loss - self.spread) <= self.loss_limit(tolerance)

    def foretold_fall(self, flat_limit: float) -> float:
        """Return how far the loss falls on the way to where its quadratic is level, Σ (g·v)² / (2 |λ|).

        Curvatures that count as flat are taken for ``flat_limit``, and so are those that were not found.
        """
        if self.grad is None:
            return 0.0
        with np.errstate(all="ignore"):
            squares = (self.spectrum.vectors @ self.grad) ** 2
            curvatures = np.maximum(np.abs(self.spectrum.values), max(flat_limit, float(np.finfo(np.float64).tiny)))
            fall = float((squares / (2.0 * curvatures)).sum())
            if not self.spectrum.whole:
                fall += max(0.0, self.slope**2 - float(squares.sum())) / (2.0 * flat_limit)
        return fall


@dataclass(frozen=True, slots=True)
class PointKind:
    """The kind of point, and what counted as zero: slopes up to ``slope_limit``, eigenvalues up to ``flat_limit``.

    ``tolerance`` is the share of the largest curvature that these limits go by.

    ``rising``, ``flat`` and ``falling`` count the eigenvalues that were found. ``fall`` is how far gradient and
    curvature foretell that the loss still falls.
    """

    kind: Kind
    slope_limit: float
    flat_limit: float
    rising: int
    flat: int
    falling: int
    tolerance: float = TOLERANCE
    fall: float = 0.0


def kind_of(reading: PointReading, tolerance: float = TOLERANCE) -> PointKind:
    """Name the point. With λ the eigenvalue of the largest size, slopes count as zero up to
    ``tolerance`` · λ · max(1, ‖θ‖), and eigenvalues up to ``tolerance`` · λ. In a regression rounding alone counts:
    its eigenvalues are known to full precision however small they are.

    The floor of a ravine can be so flat that a slope which counts as zero is a long way from where it ends. So losses
    are compared too, and count as equal up to ``tolerance`` of the targets' variance: a point is no minimum that lies
    above the only one there is, none that is stationary if gradient and curvature foretell that the loss falls, and
    no saddle whose loss a saddle can't have.
    """
    spectrum, wish = reading.spectrum, reading.wish
    flat_limit = spectrum.resolution
    if wish.problem.model.has_hidden:
        flat_limit = max(flat_limit, tolerance * spectrum.scale)
    with np.errstate(over="ignore"):
        slope_limit = tolerance * (spectrum.scale or 1.0) * max(1.0, length(wish.theta))
    rising = int((spectrum.values > flat_limit).sum())
    falling = int((spectrum.values < -flat_limit).sum())
    flat = int(spectrum.values.size) - rising - falling
    fall = reading.foretold_fall(flat_limit)
    kind: Kind
    if not spectrum.values.size or not np.isfinite(reading.slope):
        kind = "unknown"
    elif reading.slope > slope_limit or _still_falls(reading, tolerance, fall, falling):
        kind = "moving"
    elif falling:
        kind = "saddle" if rising else "ridge" if flat else "maximum"
    elif flat:
        kind = "valley" if rising else "plateau"
    else:
        kind = "minimum"
    return PointKind(kind, slope_limit, flat_limit, rising, flat, falling, tolerance, fall)


def _still_falls(reading: PointReading, tolerance: float, fall: float, falling: int) -> bool:
    """Whether the loss has still to fall by more than counts, from a point whose slope counts as zero."""
    if falling:
        return fall > reading.loss_limit(tolerance) or not reading.may_be_saddle(tolerance)
    if reading.above is not None:
        return reading.is_above(tolerance)
    return fall > reading.loss_limit(tolerance)


def point_steps(wish: PointWish) -> Iterator[PointReading | None]:
    """Yield None after each slice of work, and at last what was found."""
    model, data = wish.problem.model, wish.problem.data
    loss, grad = yield from _loss_and_gradient(wish)
    slope = length(grad)
    # The state of numpy's warnings belongs to whoever runs the generator: it is set anew between two yields.
    with np.errstate(all="ignore"):
        spread = float(data.y.var())
        # Targets that are all equal have no variance.
        rounding = float(np.finfo(np.float64).eps * np.vdot(data.y, data.y) / data.m)
    optimum = wish.problem.optimum
    above = None if optimum is None else loss - optimum.loss
    yield None
    balance: Balance | None = None
    twins: Twins | None = None
    if isinstance(model, TwoLayerLinear):
        for found in _balance(wish, model, grad, loss):
            balance = found
            yield None
        above = None if balance is None else balance.above
    elif isinstance(model, TwoLayerSigmoid):
        twins = yield from _twins(wish, model)
    factor = wish.problem.factor
    if not model.has_hidden and factor is not None and model.layout.size <= FULL_SIZE:
        yield PointReading(wish, loss, slope, linear_spectrum(factor), None, None, above, spread, grad, rounding)
        return
    for spectrum in spectrum_steps(model, data, wish.theta):
        if spectrum is None:
            yield None
        else:
            yield PointReading(wish, loss, slope, spectrum, balance, twins, above, spread, grad, rounding)


def _shares(wish: PointWish) -> Iterator[tuple[slice, float]]:
    """Cut the examples into slices of work, each with its share of all."""
    m = wish.problem.data.m
    width = max(1, SLICE // wish.problem.model.width)
    for begin in range(0, m, width):
        part = slice(begin, min(begin + width, m))
        yield part, (part.stop - begin) / m


def _loss_and_gradient(wish: PointWish) -> Generator[None, None, tuple[float, FloatArray]]:
    """Yield None after each slice of work, and return the loss over all the data with its gradient (size,)."""
    model, data = wish.problem.model, wish.problem.data
    loss, grad = 0.0, np.zeros(model.layout.size)
    for part, share in _shares(wish):
        with np.errstate(all="ignore"):
            of_part, slope = model.loss_and_gradient(wish.theta, data.X[:, part], data.y[:, part])
            loss += share * of_part
            grad += share * slope
        yield None
    return loss, grad


def _loss(wish: PointWish, theta: FloatArray) -> Generator[None, None, float]:
    """Yield None after each slice of work, and return the loss at ``theta`` over all the data."""
    model, data = wish.problem.model, wish.problem.data
    loss = 0.0
    for part, share in _shares(wish):
        with np.errstate(all="ignore"):
            loss += share * model.loss(theta, data.X[:, part], data.y[:, part])
        yield None
    return loss


def balance_of(model: TwoLayer, theta: FloatArray) -> FloatArray:
    """Return D = w2ᵀ w2 − W1 W1ᵀ − b1 b1ᵀ (k, k) at ``theta``; of a gradient, what gradient descent changes it by."""
    W1, b1, w2, _ = model.blocks_of(theta)
    D: FloatArray = w2.T @ w2 - W1 @ W1.T - b1 @ b1.T
    return D


def least_loss(problem: Problem) -> float:
    """Return the smallest loss of any linear model: what the factor's columns leave of its last one."""
    factor = problem.factor or CentredFactor.of(problem.data.X, problem.data.y)
    design, target = factor.R[:, :-1], factor.R[:, -1]
    rest = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return float(rest @ rest) / factor.m


def scaling_direction(model: TwoLayer, theta: FloatArray) -> FloatArray:
    """Return (W1, b1, −w2, 0) (size,): the way along (c W1, c b1, w2/c) from c = 1."""
    direction = theta.copy()
    _, _, w2, _ = model.blocks_of(direction)
    w2 *= -1.0
    direction[-1] = 0.0
    return direction


def _balance(wish: PointWish, model: TwoLayerLinear, grad: FloatArray, loss: float) -> Iterator[Balance | None]:
    """Yield None after each slice of work, and at last the balance and the valley."""
    theta = wish.theta
    last_step = predicted = gap = None
    with np.errstate(all="ignore"):
        D = balance_of(model, theta)
        if wish.before is not None:
            change = D - balance_of(model, wish.before)
            last_step = float(np.linalg.norm(change))
            if wish.step is not None:
                foreseen = wish.step[1] ** 2 * balance_of(model, wish.step[0])
                predicted, gap = float(np.linalg.norm(foreseen)), float(np.linalg.norm(change - foreseen))
        along = scaling_direction(model, theta)
        length = float(np.linalg.norm(along)) or 1.0
    product = np.zeros((1, theta.size))
    for part in hessian_products(model, wish.problem.data, theta, along[np.newaxis] / length):
        yield None
        if part is not None:
            product = part
    with np.errstate(all="ignore"):
        balance = Balance(
            size=float(np.linalg.norm(D)),
            since_start=float(np.linalg.norm(D - balance_of(model, wish.start))),
            last_step=last_step,
            predicted=predicted,
            gap=gap,
            slope=float(grad @ along) / length,
            curvature=float(product[0] @ along) / length,
            above=loss - least_loss(wish.problem),
        )
    yield balance


def swapped(model: TwoLayer, theta: FloatArray, first: int, second: int) -> FloatArray:
    """Return ``theta`` with two hidden units in each other's place."""
    twin = theta.copy()
    W1, b1, w2, _ = model.blocks_of(twin)
    pair, turned = [first, second], [second, first]
    W1[pair], b1[pair] = W1[turned], b1[turned]
    w2[:, pair] = w2[:, turned]
    return twin


def flipped(model: TwoLayer, theta: FloatArray, unit: int) -> FloatArray:
    """Return ``theta`` with a sigmoid unit turned over, since σ(−z) = 1 − σ(z)."""
    twin = theta.copy()
    W1, b1, w2, _ = model.blocks_of(twin)
    twin[-1] += w2[0, unit]
    W1[unit] *= -1.0
    b1[unit] *= -1.0
    w2[0, unit] *= -1.0
    return twin


def _twins(wish: PointWish, model: TwoLayerSigmoid) -> Generator[None, None, Twins]:
    """Yield None after each slice of work, and return the losses of two twins."""
    units = model.k or 0
    other = None
    if units > 1:
        other = yield from _loss(wish, swapped(model, wish.theta, 0, 1))
    over = yield from _loss(wish, flipped(model, wish.theta, 0))
    return Twins(units=units, swapped=other, flipped=over)
