"""The scale on which eigenvalues of all sizes and both signs are drawn: the same above the zero line and below it."""

import math
from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray
from landscape_app.views.plotting import linear_ticks, tick_text

#: How many times the smallest eigenvalue fits into the largest one before the scale becomes logarithmic.
LINEAR_UP_TO = 30.0
#: Decades below the largest eigenvalue that a logarithmic scale shows at most.
DECADES = 12
#: Of a logarithmic scale: the height in decades of what lies below it, yet is not flat.
LEAST = 0.1


@dataclass(frozen=True, slots=True)
class SpectrumScale:
    """Heights in units of the scale: values themselves, or decades above ``base`` where it is positive."""

    base: float
    low: float
    high: float

    @classmethod
    def of(cls, values: FloatArray, flat: float) -> "SpectrumScale":
        """Return the scale for ``values`` (e,), of which those up to the size ``flat`` count as zero."""
        sizes = np.abs(values[np.abs(values) > flat])
        if not sizes.size:
            return cls(0.0, 0.0, 1.0)
        least, largest = float(sizes.min()), float(sizes.max())
        base = 0.0
        if least * LINEAR_UP_TO < largest:
            bottom = math.ceil(math.log10(least) - 1e-9) - 1
            base = 10.0 ** max(bottom, math.floor(math.log10(largest)) - DECADES, -307)
        scale = cls(base, 0.0, 0.0)
        heights = scale.heights(values, flat)
        return cls(base, float(heights.min(initial=0.0)), float(heights.max(initial=0.0)))

    def heights(self, values: FloatArray, flat: float) -> FloatArray:
        """Return the height of each of ``values`` (e,); 0 where it counts as zero."""
        sizes = np.abs(values)
        if self.base > 0.0:
            sizes = np.maximum(np.log10(np.maximum(sizes, self.base) / self.base), LEAST)
        return np.asarray(np.where(np.abs(values) > flat, np.sign(values) * sizes, 0.0))

    def ticks(self, most: int) -> list[tuple[float, str]]:
        """Return up to about ``most`` heights with what stands beside them; the zero line is among them."""
        if self.base == 0.0:
            if self.low == self.high == 0.0 or not math.isfinite(self.high - self.low):
                return [(0.0, "0")]
            return [(at, tick_text(at)) for at in linear_ticks(self.low, self.high, most)]
        step = max(1, math.ceil((self.high - self.low) / max(1, most)))
        found = [(0.0, "")]
        for sign, reach in ((1, self.high), (-1, -self.low)):
            decades = range(step, math.floor(reach + 1e-9) + 1, step)
            found += [(float(sign * i), tick_text(sign * self.base * 10.0**i)) for i in decades]
        return sorted(found)
