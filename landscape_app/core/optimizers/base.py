"""What every update rule has in common."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import inf, isfinite
from types import MappingProxyType
from typing import ClassVar, Literal, get_args

from landscape_app.core.arrays import FloatArray
from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers.quantities import Quantity

#: Whose reading of a rule: libraries compute different things under one name.
Semantics = Literal["pytorch", "keras", "optax"]
SEMANTICS: tuple[Semantics, ...] = get_args(Semantics)

#: Named arrays (or counters as 0-d arrays) that a rule carries from step to step; never changed in place.
State = Mapping[str, FloatArray]
#: Every hyperparameter of the rule by name, for this very step.
Hyper = Mapping[str, float]

EMPTY_STATE: State = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class HyperSpec:
    """One hyperparameter: its name, symbol, default, and the values that make sense.

    ``low`` and ``high`` bound it; ``open_low`` and ``open_high`` say that the bound itself is excluded.
    Infinity and NaN are always refused, and fractions where it counts something (``whole``). ``help`` is one
    plain sentence, shown as a tooltip.
    """

    name: str
    symbol: str
    default: float
    help: str
    low: float = 0.0
    high: float = inf
    open_low: bool = False
    open_high: bool = False
    whole: bool = False

    def check(self, value: float) -> float:
        """Return ``value``, or raise ConfigError with the range that is allowed."""
        inside = (value > self.low if self.open_low else value >= self.low) and (
            value < self.high if self.open_high else value <= self.high
        )
        if not (inside and isfinite(value)):
            lower = f"greater than {self.low:g}" if self.open_low else f"at least {self.low:g}"
            upper = "finite" if self.high == inf else f"{'below' if self.open_high else 'at most'} {self.high:g}"
            # The shortest exact form: 1.0000001 must not be shown as a 1 that would be allowed.
            raise ConfigError(f"{self.name} is {float(value)}, but it must be {lower} and {upper}.")
        if self.whole and value != int(value):
            raise ConfigError(f"{self.name} is {float(value)}, but it must be a whole number.")
        return value


@dataclass(slots=True)
class Step:
    """All that a rule may look at when it makes one update; rules never change it, and never keep it.

    Whoever makes many updates may fill the same object anew for each: making one costs as much as a small step.

    ``theta`` and ``grad`` are flat float64 vectors of one length; ``loss`` evaluates the loss over all the
    data at any theta, ``theta_loss`` is its value here; ``seed`` feeds rules that draw random numbers.
    """

    theta: FloatArray
    grad: FloatArray
    hyper: Hyper
    theta_loss: float
    loss: Callable[[FloatArray], float]
    seed: int


class Optimizer(ABC):
    """An update rule: a pure function of the step and the state.

    ``name`` is the word on the command line, ``title`` the one in the window, ``formula`` the update in one
    line. Rules raise no error of their own: where they divide by zero or overflow the result is not finite,
    and the caller, who silences numpy's warnings with ``np.errstate``, reports the divergence.

    A class is the reading of the libraries in ``semantics``: of all, unless it says otherwise. Where they differ,
    each reading is a class beside the others, in one file, and ``libraries`` says in plain words what differs.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    formula: ClassVar[str]
    hyper_specs: ClassVar[tuple[HyperSpec, ...]]
    uses_gradient: ClassVar[bool] = True
    semantics: ClassVar[tuple[Semantics, ...]] = SEMANTICS
    libraries: ClassVar[str] = ""

    def initial_state(self, theta: FloatArray) -> State:
        """Return the state before the first update from ``theta``: empty, unless the rule says otherwise."""
        return EMPTY_STATE

    @abstractmethod
    def update(self, step: Step, state: State) -> tuple[FloatArray, State]:
        """Return the next theta and the next state, both read-only; neither argument is changed.

        The hyperparameters are those of this step alone: one that was changed acts at once, on the state as
        it stands. What is returned shares no memory with an argument that somebody could still write to.
        """

    @abstractmethod
    def quantities(self, step: Step, state: State) -> tuple[Quantity, ...]:
        """Return what ``update`` computes on its way, in order: first what it is given, last the whole "step"."""

    def defaults(self) -> dict[str, float]:
        """Return the default of every hyperparameter."""
        return {spec.name: spec.default for spec in self.hyper_specs}

    def spec(self, name: str) -> HyperSpec:
        """Return the hyperparameter ``name``, or raise ConfigError naming those that the rule has."""
        for spec in self.hyper_specs:
            if spec.name == name:
                return spec
        known = ", ".join(spec.name for spec in self.hyper_specs)
        whose = "" if "pytorch" in self.semantics else f" under {self.semantics[0]} semantics"
        raise ConfigError(f"{self.title} has no hyperparameter called {name!r}{whose}; it has {known}.")
