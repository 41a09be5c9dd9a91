"""Colours on both sides of zero: blue for negative, orange for positive, and zero recedes into the panel."""

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor

from landscape_app.core.arrays import FloatArray

#: Blue, neutral, orange: told apart with every common kind of colour blindness. Zero recedes into the panel.
DIVERGING = {True: ("#4fb3ff", "#20242b", "#ff9f43"), False: ("#0b5fb0", "#f3f4f6", "#c25200")}
MIDDLE = 127

ByteArray = npt.NDArray[np.uint8]


def diverging_table(dark: bool) -> list[int]:
    """Return 255 colours from the most negative over zero (entry 127) to the most positive."""
    stops = np.array([(c.red(), c.green(), c.blue()) for c in map(QColor, DIVERGING[dark])], dtype=np.float64)
    t = np.arange(2 * MIDDLE + 1)
    rgb = np.stack([np.interp(t, (0, MIDDLE, 2 * MIDDLE), stops[:, i]) for i in range(3)], axis=1).round().astype(int)
    return [QColor(*row).rgb() for row in rgb.tolist()]


def colour_indices(values: FloatArray, reach: float) -> ByteArray:
    """Return the entry of the table for each value: -reach, 0 and reach are entries 0, 127 and 254."""
    share = np.clip(values / reach, -1.0, 1.0)
    # Square roots: one large entry would leave all others without a colour.
    return (np.copysign(np.sqrt(np.abs(share)), share) * MIDDLE + (MIDDLE + 0.5)).astype(np.uint8)
