"""What a generator is: a description for people, knobs with limits, and how to draw a data set."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Integral, Real

from landscape_app.core.arrays import FloatArray, sealed
from landscape_app.core.dataset import Dataset, Truth
from landscape_app.core.errors import ConfigError
from landscape_app.core.synthetic.streams import Purpose, normal

MAX_EXAMPLES = 1_000_000
MAX_NOISE = 1_000_000.0

#: The value of each knob by name, complete and within its limits.
KnobValues = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """Features ``X`` (n, m), what is true of them, and ``shift`` (m,), added to the target beside the noise."""

    X: FloatArray
    truth: Truth
    shift: FloatArray | None = None


#: Draws the features: (m, seed, knobs) -> Draw.
DrawFunction = Callable[[int, int, KnobValues], Draw]


@dataclass(frozen=True, slots=True)
class Knob:
    """A number that the user may turn, from ``low`` to ``high``, both included."""

    name: str
    label: str
    default: float
    low: float
    high: float
    help: str
    integer: bool = False

    def checked(self, value: float) -> float:
        """Return ``value`` as a float if it is allowed; else raise ConfigError."""
        kind = "a whole number" if self.integer else "a number"
        number = _number(value)
        if number is None or not self.low <= number <= self.high or (self.integer and number != int(number)):
            raise ConfigError(f"'{self.name}' must be {kind} from {self.low:g} to {self.high:g}, not {value}.")
        return number


@dataclass(frozen=True, slots=True)
class Generator:
    """A source of data: the signal of ``draw`` plus Gaussian noise."""

    name: str
    title: str
    explanation: str
    knobs: tuple[Knob, ...]
    default_m: int
    default_noise: float
    draw: DrawFunction

    def checked_knobs(self, knobs: Mapping[str, float] | None = None) -> dict[str, float]:
        """Return every knob's value, the default where ``knobs`` says nothing.

        Raises
        ------
        ConfigError
            If a knob is unknown or its value is not allowed.
        """
        given = dict(knobs or {})
        values = {knob.name: knob.checked(given.pop(knob.name, knob.default)) for knob in self.knobs}
        for unknown in given:
            raise ConfigError(self._unknown_knob(unknown))
        return values

    def generate(
        self,
        m: int | None = None,
        noise: float | None = None,
        seed: int = 0,
        knobs: Mapping[str, float] | None = None,
    ) -> Dataset:
        """Return ``m`` examples; the same arguments always give the same data.

        Parameters
        ----------
        m
            Number of examples, from 1 to ``MAX_EXAMPLES``.
        noise
            Standard deviation of the Gaussian noise that is added to the target.
        seed
            A whole number from 0 up. The features, the noise and all else come from streams of their own.
        knobs
            Values for some or all of the knobs.

        Raises
        ------
        ConfigError
            If an argument is out of range or a knob is unknown.
        """
        m, noise = self.default_m if m is None else m, self.default_noise if noise is None else noise
        _check(m, noise, seed)
        draw = self.draw(m, seed, self.checked_knobs(knobs))
        y = draw.truth.signal(draw.X) + noise * normal(seed, Purpose.NOISE, m)
        if draw.shift is not None:
            y += draw.shift
        n = draw.X.shape[0]
        return Dataset(
            X=sealed(draw.X),
            y=sealed(y),
            feature_names=("x",) if n == 1 else tuple(f"x{j}" for j in range(1, n + 1)),
            target_name="y",
            title=self.title,
            truth=draw.truth,
        )

    def _unknown_knob(self, name: str) -> str:
        names = [knob.name for knob in self.knobs]
        close = get_close_matches(name, names, 1)
        hint = f"did you mean '{close[0]}'?" if close else f"it has {', '.join(names)}."
        return f"The generator '{self.name}' has no knob '{name}'; {hint}"


def _number(value: object) -> float | None:
    """Return a finite number as a float; anything else, True and False included, as None."""
    if isinstance(value, bool) or not isinstance(value, Real):
        return None
    try:
        number = float(value)
    except OverflowError:  # an integer of hundreds of digits
        return None
    return number if math.isfinite(number) else None


def _is_whole(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _check(m: int, noise: float, seed: int) -> None:
    if not _is_whole(m) or not 1 <= m <= MAX_EXAMPLES:
        raise ConfigError(f"The number of examples must be a whole number from 1 to {MAX_EXAMPLES:,}, not {m}.")
    sigma = _number(noise)
    if sigma is None or not 0.0 <= sigma <= MAX_NOISE:
        raise ConfigError(f"The noise must be a number from 0 to {MAX_NOISE:,.0f}, not {noise}.")
    if not _is_whole(seed) or seed < 0:
        raise ConfigError(f"The seed must be a whole number from 0 up, not {seed}.")
