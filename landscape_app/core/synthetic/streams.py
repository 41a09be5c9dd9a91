"""Independent streams of random numbers, one for each purpose.

A stream is a pure function of (seed, purpose, index) and is drawn from example by example. Changing the
noise therefore moves no x, and more examples leave the first ones as they are.
"""

from enum import IntEnum

import numpy as np

from landscape_app.core.arrays import FloatArray

# Apart from the purposes in core/rng.py, so that one seed can serve both.
_SYNTHETIC = 3


class Purpose(IntEnum):
    """What a stream is drawn for. Never 0: a seed sequence doesn't tell trailing zeros from nothing."""

    FEATURE = 1
    NOISE = 2
    CHOICE = 3
    SHIFT = 4
    WEIGHT = 5


def _stream(seed: int, purpose: Purpose, index: int) -> np.random.Generator:
    return np.random.default_rng((seed, _SYNTHETIC, int(purpose), index + 1))


def uniform(seed: int, purpose: Purpose, size: int, index: int = 0) -> FloatArray:
    """Return ``size`` numbers, uniform in [0, 1)."""
    return _stream(seed, purpose, index).random(size)


def normal(seed: int, purpose: Purpose, size: int, index: int = 0) -> FloatArray:
    """Return ``size`` numbers from the standard normal distribution."""
    return _stream(seed, purpose, index).standard_normal(size)
