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


def rescaling(rate: float, effective: FloatArray, direction: FloatArray, name: str) -> Quantity:
    """Return what rescaling adds to a step of ``rate`` along minus ``direction``, the quantity ``name``."""
    formula = rf"{{-}}(<effective_rate> - <learning_rate>)\,<{name}>"
    return quantity("rescaling", r"\Delta_\mathrm{rescaling}", -(effective - rate) * direction, formula, part=True)


def whole_step(value: FloatArray, formula: str) -> Quantity:
    """Return the step itself."""
    return quantity("step", r"\Delta\theta", value, formula)
