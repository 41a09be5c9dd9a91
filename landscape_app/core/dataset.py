"""The examples that a model learns from, and what is known of where they came from."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from landscape_app.core.arrays import FloatArray, IntArray, frozen, sealed
from landscape_app.core.errors import DataError

#: Maps features (n, m) to noiseless targets (1, m).
Signal = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True, eq=False)
class Scaling:
    """Standardising of the features: ``x_scaled = (x - mean) / deviation``.

    ``mean`` and ``deviation`` have shape (n, 1), in the units of the raw features; the deviation is the
    population standard deviation. ``target_mean`` and ``target_deviation`` do the same for the target, and are
    0 and 1 if it is as it was.
    """

    mean: FloatArray
    deviation: FloatArray
    target_mean: float = 0.0
    target_deviation: float = 1.0

    @property
    def of_target(self) -> bool:
        """Whether the target has other values than it had."""
        return (self.target_mean, self.target_deviation) != (0.0, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Where generated data came from, noise aside.

    ``signal`` maps features as the model sees them to the noiseless target. ``w`` (1, n) and ``b`` exist
    only where the truth is itself a linear model.
    """

    signal: Signal
    w: FloatArray | None = None
    b: float | None = None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Dataset:
    """Features ``X`` (n, m) and target ``y`` (1, m), read-only float64, with their names.

    ``units`` holds a unit (or an empty string) for each feature and, last, for the target. ``notes`` are
    sentences on how the data were read that a person should know, such as how many rows were left out.

    Raises
    ------
    DataError
        If the shapes disagree, there is no example or no feature, or a value is not finite.
    """

    X: FloatArray
    y: FloatArray
    feature_names: tuple[str, ...]
    target_name: str
    title: str = ""
    units: tuple[str, ...] = ()
    scaling: Scaling | None = None
    truth: Truth | None = field(default=None)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "X", frozen(self.X))
        object.__setattr__(self, "y", frozen(self.y))
        if self.X.ndim != 2 or self.y.shape != (1, self.X.shape[1]):
            raise DataError(f"Features of shape {self.X.shape} do not go with a target of shape {self.y.shape}.")
        if self.X.shape[0] == 0 or self.X.shape[1] == 0:
            raise DataError("The data need at least one feature and one example.")
        if len(self.feature_names) != self.X.shape[0]:
            raise DataError(f"{len(self.feature_names)} names were given for {self.X.shape[0]} features.")
        if self.units and len(self.units) != self.X.shape[0] + 1:
            raise DataError(f"{len(self.units)} units were given for {self.X.shape[0]} features and the target.")
        if not (np.isfinite(self.X).all() and np.isfinite(self.y).all()):
            raise DataError("The data hold values that are not finite numbers: remove or replace them.")

    @property
    def n(self) -> int:
        """Number of features."""
        return int(self.X.shape[0])

    def is_standardised(self, index: int) -> bool:
        """Whether a feature, or at ``index`` n the target, is standardised."""
        return self.scaling is not None and (index < self.n or self.scaling.of_target)

    @property
    def m(self) -> int:
        """Number of examples."""
        return int(self.X.shape[1])

    def examples(self, indices: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return ``X`` (n, len(indices)) and ``y`` (1, len(indices)) of these examples."""
        return self.X[:, indices], self.y[:, indices]


def standardised(data: Dataset, *, target: bool = False) -> Dataset:
    """Return ``data`` with every feature, and with ``target`` that too, at mean 0 and population deviation 1.

    A constant row is only centred. The ground truth is carried over to the new values; what was standardised
    has no unit any more.

    Raises
    ------
    DataError
        If the values of a row are too large for their deviation to be a finite number.
    """
    mean, deviation = _moments(data.X, data.feature_names)
    y_mean, y_deviation = 0.0, 1.0
    if target:
        moments = _moments(data.y, (data.target_name,))
        y_mean, y_deviation = float(moments[0][0, 0]), float(moments[1][0, 0])
    y_unit = data.units[-1] if data.units and not target else ""
    return replace(
        data,
        X=sealed((data.X - mean) / deviation),
        units=("",) * data.n + (y_unit,) if y_unit else (),
        y=sealed((data.y - y_mean) / y_deviation) if target else data.y,
        scaling=Scaling(sealed(mean), sealed(deviation), y_mean, y_deviation),
        truth=None if data.truth is None else _carried(data.truth, mean, deviation, y_mean, y_deviation),
    )


def _moments(rows: FloatArray, names: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """Return mean and deviation (k, 1) of ``rows`` (k, m); the deviation is 1 where a row is constant."""
    with np.errstate(over="ignore", invalid="ignore"):
        mean = rows.mean(axis=1, keepdims=True)
        deviation = rows.std(axis=1, keepdims=True)
    # The mean of equal values may be off by a rounding error, which would be blown up to 1.
    constant = rows.min(axis=1, keepdims=True) == rows.max(axis=1, keepdims=True)
    mean = np.where(constant, rows[:, :1], mean)
    deviation = np.where(constant | (deviation == 0.0), 1.0, deviation)
    for name, usable in zip(names, np.isfinite(mean) & np.isfinite(deviation), strict=True):
        if not usable.all():
            raise DataError(f"The values of '{name}' are too large to be standardised: divide them first.")
    return mean, deviation


def _carried(truth: Truth, mean: FloatArray, deviation: FloatArray, y_mean: float, y_deviation: float) -> Truth:
    """Return ``truth`` in terms of standardised features and target."""
    raw = truth.signal
    w = None if truth.w is None else truth.w * deviation.T / y_deviation
    b = None
    if truth.w is not None and truth.b is not None:
        b = (truth.b + float((truth.w @ mean)[0, 0]) - y_mean) / y_deviation
    return Truth(signal=lambda X: (raw(X * deviation + mean) - y_mean) / y_deviation, w=w, b=b)
