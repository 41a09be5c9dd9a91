"""The axes of a sweep: which settings there are, which values are worth a look, and which are refused."""

from dataclasses import dataclass
from math import floor, isfinite, log10

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import RULES
from landscape_app.core.optimizers.base import HyperSpec
from landscape_app.session.changes import restarted
from landscape_app.session.config import Experiment, RunConfig
from landscape_app.session.problem import Problem
from landscape_app.session.settings import base_settings

#: A value of a setting: a number, a rule's name, or None for a batch of all examples.
Value = float | str | None
#: Values along one axis, at most: beyond, neither the eye nor the time is there.
MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class Axis:
    """A setting and the values that it takes in turn.

    ``name`` is a hyperparameter, "optimizer", "batch_size" or "start_seed"; ``log`` says how the values are spaced.
    """

    name: str
    values: tuple[Value, ...]
    log: bool = False


@dataclass(frozen=True, slots=True)
class Spread:
    """How an axis of numbers is laid out: ``count`` values from ``low`` to ``high``."""

    low: float
    high: float
    count: int
    log: bool


def axis_names(experiment: Experiment, cursor: int, m: int) -> tuple[str, ...]:
    """Return what can be swept on ``m`` examples: the present rule's own settings first."""
    settings = base_settings(restarted(experiment.run, cursor))
    names = [*settings.hyper, "optimizer"]
    if m > 1 and settings.optimizer.uses_gradient:
        names.append("batch_size")
    if experiment.start.method in ("normal", "xavier"):
        names.append("start_seed")
    return tuple(names)


#: Values beyond these are not worth a look, and their logarithms soon no numbers.
SMALLEST, LARGEST = 1e-290, 1e290


def usual_spread(name: str, experiment: Experiment, cursor: int, m: int) -> Spread:
    """Return values around the present one that are worth a look."""
    if name == "start_seed":
        return Spread(0.0, 11.0, 12, False)
    settings = base_settings(restarted(experiment.run, cursor))
    if name == "batch_size":
        return Spread(1.0, float(m), min(m, 9), True)
    now, spec = settings.hyper[name], settings.optimizer.spec(name)
    if isfinite(spec.high):
        span = spec.high - spec.low
        low = spec.low + 0.05 * span if spec.open_low else spec.low
        high = spec.high - 0.05 * span if spec.open_high else spec.high
        return Spread(low, high, 11, False)
    if now <= 0.0:
        return Spread(0.0, 0.1, 11, False)
    # Two decades on each side of a rate: one sees where it begins to diverge.
    reach, count = (100.0, 17) if name == "learning_rate" else (10.0, 13)
    return Spread(_typed(max(now / reach, SMALLEST)), _typed(min(now * reach, LARGEST)), count, True)


def _typed(value: float) -> float:
    """Return ``value`` as a person would have typed it."""
    return float(f"{value:.3g}")


def numbers(spread: Spread, whole: bool = False) -> tuple[float, ...]:
    """Return the values of ``spread`` in few digits, or as whole numbers; equal ones fall together.

    Raises
    ------
    ConfigError
        If there is no such spread; the sentence says what to change.
    """
    low, high, count = spread.low, spread.high, spread.count
    if not 1 <= count <= MOST_VALUES:
        raise ConfigError(f"A sweep takes 1 to {MOST_VALUES} values of a setting, not {count}.")
    if low > high or (count > 1 and low == high):
        raise ConfigError("A sweep goes from a lower to a higher value: exchange the two, or take other ones.")
    if spread.log and low <= 0.0:
        raise ConfigError("Logarithmic steps need values above 0: begin higher, or take linear steps.")
    found = np.geomspace(low, high, count) if spread.log else np.linspace(low, high, count)
    inner = [value for value in _rounded(found) if low < value < high]
    ends = (low,) if count == 1 else (low, *inner, high)  # the ends are what was typed, to the last digit
    return tuple(sorted({float(round(value)) if whole else value for value in ends}))


def _rounded(found: FloatArray) -> list[float]:
    """Return the values between the ends with three digits, or with as many as tell neighbours apart."""
    gaps = np.diff(found)
    with np.errstate(all="ignore"):
        shares = gaps / np.abs(found[1:])
    least = float(shares.min(initial=1.0, where=np.isfinite(shares) & (shares > 0.0)))
    digits = min(17, max(3, 2 - floor(log10(least * (1.0 + 1e-9)))))
    return [float(f"{value:.{digits}g}") for value in found[1:-1]]


def axis_of(name: str, spread: Spread, problem: Problem, run: RunConfig, other: str = "") -> Axis:
    """Return the axis of the setting ``name``; the rules on an axis are those that have the ``other`` setting.

    Raises
    ------
    ConfigError
        If a value is out of the setting's range.
    """
    if name == "optimizer":
        rules = RULES[run.semantics].values()
        shared = other in ("", "optimizer", "batch_size", "start_seed")
        names = [rule.name for rule in rules if shared or other in rule.defaults()]
        return Axis(name, tuple(names))
    values = numbers(spread, whole=name in ("batch_size", "start_seed"))
    if name == "batch_size":
        m = problem.data.m
        if values[0] < 1.0:
            raise ConfigError("A batch has at least 1 example: begin at 1 or higher.")
        sizes = tuple(value for value in values if value < m)
        return Axis(name, sizes if len(sizes) == len(values) else (*sizes, None), spread.log)
    if name == "start_seed":
        if values[0] < 0.0:
            raise ConfigError("A seed is a whole number from 0: begin at 0 or higher.")
        return Axis(name, values, spread.log)
    spec: HyperSpec = base_settings(run).optimizer.spec(name)
    return Axis(name, tuple(spec.check(value) for value in values), spread.log)
