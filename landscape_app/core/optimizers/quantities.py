"""What an update computes on its way: each quantity with its value, and a formula to fill with symbols or numbers."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed

_PLACE = re.compile(r"<(\w+)>")

#: How hyperparameters are written in LaTeX.
HYPER_SYMBOLS = {
    "learning_rate": r"\eta",
    "momentum": r"\mu",
    "dampening": r"\tau",
    "beta1": r"\beta_1",
    "beta2": r"\beta_2",
    "alpha": r"\alpha",
    "epsilon": r"\varepsilon",
    "weight_decay": r"\lambda",
    "radius": "r",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quantity:
    """One quantity of an update.

    ``symbol`` is how it is written in LaTeX. ``formula`` is what it is computed by, also in LaTeX, with the name of
    each hyperparameter and of each quantity before it in angles: ``<momentum>``; it is empty for what the update is
    given. ``value`` is (P,), or 0-d for what all parameters share. Those that are a ``part`` add up to the step.
    """

    name: str
    symbol: str
    value: FloatArray
    formula: str = ""
    part: bool = False


def quantity(name: str, symbol: str, value: FloatArray | float, formula: str = "", *, part: bool = False) -> Quantity:
    """Return a quantity whose value nobody can write to."""
    return Quantity(name, symbol, sealed(np.array(value, dtype=np.float64)), formula, part)


def filled(formula: str, write: Callable[[str], str]) -> str:
    """Return ``formula`` with every name in angles replaced by what ``write`` makes of it."""
    return _PLACE.sub(lambda place: write(place[1]), formula)


def gradient_and_raw(grad: FloatArray, rate: float) -> tuple[Quantity, Quantity]:
    """Return what the rules that follow a gradient have in common: the gradient, and the step of plain descent."""
    return (
        quantity("gradient", "g", grad),
        quantity("raw", r"\Delta_\mathrm{raw}", -rate * grad, r"{-}<learning_rate>\,<gradient>", part=True),
    )


def difference(first: FloatArray, second: FloatArray | float) -> FloatArray:
    """Return ``first - second`` (P,), 0 where the two are equal up to the rounding of the numbers themselves.

    Of two quantities that are the same on paper, as Adam's corrected average and the gradient are at the first step,
    a difference of some units in the last place would be told as a part of the step.
    """
    gap = first - second
    unit = 4.0 * np.finfo(np.float64).eps
    # Less, not as much: what is infinite stays. Each by itself: the sum of both sizes may be too large.
    return np.where(np.abs(gap) < unit * np.abs(first) + unit * np.abs(second), 0.0, gap)


def rescaling(rate: float, effective: FloatArray, direction: FloatArray, name: str) -> Quantity:
    """Return what rescaling adds to a step of ``rate`` along minus ``direction``, the quantity ``name``."""
    formula = rf"{{-}}(<effective_rate> - <learning_rate>)\,<{name}>"
    value = -difference(effective, rate) * direction
    return quantity("rescaling", r"\Delta_\mathrm{rescaling}", value, formula, part=True)


def whole_step(value: FloatArray, formula: str) -> Quantity:
    """Return the step itself."""
    return quantity("step", r"\Delta\theta", value, formula)
