"""The box in which the surface stands: where a parameter or a loss lies in it, and its round numbers."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.core.landscape import LossScale, Range
from landscape_app.views.plotting import MINUS

#: Round losses on the axis where there is room for all.
MOST_LOSSES = 5
#: The box reaches from -1 to 1 in x and y, and from -HALF_HEIGHT to HALF_HEIGHT upwards.
HALF_HEIGHT = 0.62
CORNER = np.array([1.0, 1.0, HALF_HEIGHT])


@dataclass(frozen=True, slots=True)
class Heights:
    """How high a loss stands: by its logarithm or as it is, from ``scale.low`` at the floor to ``scale.high``."""

    scale: LossScale
    logarithmic: bool

    def fraction(self, loss: FloatArray) -> FloatArray:
        """Return 0 at the floor, 1 at the lid, more above it; a loss under the floor stands on it.

        The floor holds because log(0) has no height, and a path may well end below the grid's lowest node.
        """
        low, high = self.scale.low, self.scale.high
        with np.errstate(over="ignore", invalid="ignore"):
            above = np.maximum(loss, low)
            if self.logarithmic:
                fraction: FloatArray = (np.log(above) - np.log(low)) / (np.log(high) - np.log(low))
            else:
                fraction = (above - low) / (high - low)
        return fraction

    def ticks(self, most: int) -> FloatArray:
        """Return at most ``most`` round losses between floor and lid."""
        if self.logarithmic:
            # Every second of these still is evenly spaced; fewer round logarithms often are not.
            ticks = np.array(self.scale.ticks(MOST_LOSSES))
            return ticks[:: -(-ticks.size // most)] if ticks.size else ticks
        return round_numbers((self.scale.low, self.scale.high), most)


@dataclass(frozen=True, slots=True)
class Box:
    """Ranges of both parameters and of the loss, scaled to a box of always the same size."""

    x_range: Range
    y_range: Range
    heights: Heights

    def place(self, x: FloatArray, y: FloatArray, loss: FloatArray) -> FloatArray:
        """Return positions (k, 3) of ``x``, ``y``, ``loss`` (k,); what lies outside of the box stays outside."""
        return np.column_stack((self.along_x(x), self.along_y(y), self.up(loss)))

    def along_x(self, x: FloatArray) -> FloatArray:
        """Return the first coordinate of values of the first parameter."""
        return _centred(x, self.x_range)

    def along_y(self, y: FloatArray) -> FloatArray:
        """Return the second coordinate of values of the second parameter."""
        return _centred(y, self.y_range)

    def up(self, loss: FloatArray) -> FloatArray:
        """Return the third coordinate of losses."""
        return (2.0 * self.heights.fraction(loss) - 1.0) * HALF_HEIGHT


def _centred(values: FloatArray, limits: Range) -> FloatArray:
    with np.errstate(over="ignore"):
        return 2.0 * (values - limits[0]) / (limits[1] - limits[0]) - 1.0


def round_numbers(limits: Range, most: int) -> FloatArray:
    """Return at most ``most`` multiples of 1, 2 or 5 times a power of ten inside of ``limits``, both included."""
    low, high = limits
    power = 10.0 ** np.floor(np.log10((high - low) / max(1, most)))
    for step in (power * mantissa for mantissa in (1.0, 2.0, 5.0, 10.0, 20.0, 50.0)):
        first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
        if last - first < most:
            break
    numbers: FloatArray = np.arange(first, last + 0.5) * step
    return numbers


def number_texts(numbers: FloatArray, alike: bool = True) -> tuple[str, ...]:
    """Return texts of round ``numbers`` (k,): large and tiny ones with a power of ten.

    ``alike`` says that they are evenly spaced, so that where one is large all get a power of ten.
    """
    large = alike and numbers.size > 0 and float(np.abs(numbers).max()) >= 1e5
    return tuple(_number_text(float(number), large) for number in numbers)


def _number_text(number: float, large: bool) -> str:
    if number == 0.0:
        return "0"
    if not large and 1e-4 <= abs(number) < 1e5:
        return f"{number:.10g}".replace("-", MINUS)
    mantissa, exponent = f"{number:.9e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", MINUS)
