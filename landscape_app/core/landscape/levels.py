"""Which losses get a contour line, and which colour a loss has: even steps of log loss."""

from dataclasses import dataclass

import numpy as np

from landscape_app.core.arrays import FloatArray, sealed

#: Losses below this share of the largest are drawn as if they had it: the logarithm of 0 has no colour.
FLOOR = 1e-9
#: Losses beyond are drawn as if they were this large, so that scales and ticks stay finite.
CEILING = 1e300


@dataclass(frozen=True, slots=True)
class LossScale:
    """A logarithmic scale from ``low`` to ``high``, both positive and finite, low < high."""

    low: float
    high: float

    def fraction(self, loss: FloatArray) -> FloatArray:
        """Map losses to [0, 1]; what is not finite stays not a number."""
        with np.errstate(invalid="ignore", divide="ignore"):
            t = np.log(np.maximum(loss, self.low) / self.low) / np.log(self.high / self.low)
        return np.where(np.isfinite(loss), np.clip(t, 0.0, 1.0), np.nan)

    def levels(self, count: int) -> FloatArray:
        """Return ``count`` losses strictly inside the scale, evenly spaced in log loss."""
        return sealed(np.geomspace(self.low, self.high, count + 2)[1:-1])

    def ticks(self, most: int = 8) -> list[float]:
        """Return round losses inside the scale, at most ``most``.

        They are 1, 2, 5 times powers of ten, or fewer of these; where the scale is too short to hold three
        of them, multiples of a round step.
        """
        first, last = int(np.floor(np.log10(self.low))), int(np.ceil(np.log10(self.high)))
        for mantissas in ((1, 2, 5), (1, 3), (1,)):
            ticks = [m * 10.0**e for e in range(first, last + 1) for m in mantissas]
            ticks = [t for t in ticks if self.low <= t <= self.high]
            if len(ticks) < min(3, most):
                return self._even_ticks(most)
            if len(ticks) <= most:
                return ticks
        return ticks[:: -(-len(ticks) // most)]

    def _even_ticks(self, most: int) -> list[float]:
        """Return the multiples of the smallest of 1, 2, 5 times a power of ten that are few enough."""
        power = 10.0 ** np.floor(np.log10((self.high - self.low) / most))
        for factor in (1.0, 2.0, 5.0, 10.0, 20.0):
            step = factor * power
            ticks = np.arange(np.ceil(self.low / step), np.floor(self.high / step) + 1) * step
            if len(ticks) <= most:
                break
        return [float(f"{tick:.12g}") for tick in ticks]


def loss_scale(loss: FloatArray) -> LossScale:
    """Return the scale that shows all of ``loss`` that is finite; 1 to 10 if nothing is."""
    finite = loss[np.isfinite(loss)]
    if finite.size == 0 or finite.max() <= 0.0:
        return LossScale(1.0, 10.0)
    high = min(float(finite.max()), CEILING)
    low = min(max(float(finite.min()), high * FLOOR), high)
    if high / low < 1.0 + 1e-9:  # a flat landscape still needs two ends
        return LossScale(low / 1.5, low * 1.5)
    return LossScale(low, high)
