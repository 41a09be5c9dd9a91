"""What many measurements amount to."""

import math
from collections.abc import Sequence


def quantile(values: Sequence[float], share: float) -> float:
    """Return the quantile of at least one value, interpolated between neighbours."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def median(values: Sequence[float]) -> float:
    """Return the middle value."""
    return quantile(values, 0.5)


def summary(values: Sequence[float]) -> dict[str, float]:
    """Return median, quartiles, 95th percentile and extremes of some times."""
    return {
        "median": median(values),
        "low_quartile": quantile(values, 0.25),
        "high_quartile": quantile(values, 0.75),
        "p95": quantile(values, 0.95),
        "min": min(values),
        "max": max(values),
    }


def slope(sizes: Sequence[float], costs: Sequence[float]) -> float | None:
    """Return the slope of a straight line through log cost against log size; None if it can't be had.

    1 means: twice the size costs twice as much.
    """
    pairs = [(math.log(a), math.log(b)) for a, b in zip(sizes, costs, strict=True) if a > 0.0 and b > 0.0]
    if len(pairs) < 2:
        return None
    mean_x, mean_y = (sum(pair[i] for pair in pairs) / len(pairs) for i in (0, 1))
    spread = sum((x - mean_x) ** 2 for x, _ in pairs)
    if spread == 0.0:
        return None
    return sum((x - mean_x) * (y - mean_y) for x, y in pairs) / spread
