"""How a landscape was computed, and how large its error can be."""

from dataclasses import dataclass
from typing import Literal

Guarantee = Literal["exact", "bounded", "estimated"]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What is known of the losses of one picture of a landscape.

    ``exact``: equal to the section's equations up to float64's rounding. ``bounded``: off by ``error`` at most,
    which is proved. ``estimated``: off by about ``error``, a figure from the size of what was left out and from
    probes, safety factor included. ``error`` is absolute, in units of the loss, the largest over all nodes.
    ``method`` names the way of computing in a few plain words. ``examples`` is how many examples the losses are
    means of where a first picture leaves some out, else None.
    """

    guarantee: Guarantee
    method: str
    error: float = 0.0
    examples: int | None = None


#: The forward equations at every node.
DIRECT = Accuracy("exact", "direct sums")
