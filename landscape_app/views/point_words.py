"""What kind of point it is, and what its symmetries are, in words."""

import math

from PySide6.QtCore import QCoreApplication

from landscape_app.session.point_kind import Balance, PointKind, PointReading, Twins, kind_of
from landscape_app.views.plotting import MINUS, format_number

#: How many times what counts as zero a slope may be to be called small.
NEAR = 1e4
#: Digits as exponents.
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def _tr(text: str) -> str:
    return QCoreApplication.translate("point", text)


def headline(kind: PointKind) -> str:
    """Return the kind of point."""
    return {
        "moving": _tr("Not a stationary point"),
        "minimum": _tr("A minimum"),
        "valley": _tr("The floor of a flat valley"),
        "saddle": _tr("A saddle"),
        "maximum": _tr("A maximum"),
        "ridge": _tr("A flat ridge"),
        "plateau": _tr("A plateau"),
        "unknown": _tr("Beyond all numbers"),
    }[kind.kind]


def explanation(kind: PointKind, reading: PointReading) -> str:
    """Return why it is that kind, in a sentence or two."""
    if kind.kind == "unknown":
        return _tr("The gradient or the curvature is larger than a number can be here.")
    if kind.kind == "moving":
        return f"{_slope(kind, reading)} {_bends(kind, reading)}"
    first = _tr("The gradient is zero (‖∇L‖ = {0}, up to {1} counts).").format(
        format_number(reading.slope, 2), format_number(kind.slope_limit, 2)
    )
    return f"{first} {_bends(kind, reading)}"


def _slope(kind: PointKind, reading: PointReading) -> str:
    """Return how far the gradient is from zero; where it is not far, with what counts as zero."""
    size = format_number(reading.slope, 4)
    if reading.slope <= kind.slope_limit:
        return _tr("‖∇L‖ = {0} would count as zero, but {1}.").format(size, _loss_left(kind, reading))
    if reading.slope > NEAR * kind.slope_limit:
        return _tr("‖∇L‖ = {0}: the loss still falls along −∇L.").format(size)
    text = _tr("‖∇L‖ = {0} is small, but more than {1}, which counts as zero: the loss still falls along −∇L.")
    text = text.format(size, format_number(kind.slope_limit, 2))
    needed = 10.0 ** math.ceil(math.log10(kind.tolerance * reading.slope / kind.slope_limit))
    if needed > 1.0 or kind_of(reading, needed).kind == "moving":
        return text
    promise = _tr("With a tolerance of {0} it would count.").format(f"{needed:g}".replace("-", MINUS))
    return f"{text} {promise}"


def _loss_left(kind: PointKind, reading: PointReading) -> str:
    """Return what the loss has against a slope that would count as zero."""
    if reading.above is not None and reading.is_above(kind.tolerance):
        lower = format_number(reading.above, 3)
        return _tr("the only minimum lies {0} lower: the way there is nearly flat").format(lower)
    limit = format_number(reading.loss_limit(kind.tolerance), 2)
    if kind.fall > reading.loss_limit(kind.tolerance):
        return _tr("slope and curvature foretell that the loss falls by {0} or so, and up to {1} counts").format(
            format_number(kind.fall, 2), limit
        )
    return _tr("the loss is within {0} of the lowest, where no direction bends downwards").format(limit)


def _bends(kind: PointKind, reading: PointReading) -> str:
    """Return how the loss bends along the eigenvectors."""
    if not reading.spectrum.whole:
        size = reading.wish.theta.size
        ends = _tr("Of {0:,} eigenvalues the smallest and the largest were found").format(size)
        if kind.falling:
            return _tr("{0}: the loss bends upwards along one, downwards along the other.").format(ends)
        flat = _tr("{0}: along the smallest the loss is flat, none bends downwards.")
        return (flat if kind.flat else _tr("{0}: every direction bends upwards.")).format(ends)
    if not kind.flat and not kind.falling:
        return _tr("Every direction bends upwards.")
    parts = []
    for count, one, more in (
        (kind.rising, _tr("1 direction bends upwards"), _tr("{0} directions bend upwards")),
        (kind.flat, _tr("1 is flat"), _tr("{0} are flat")),
        (kind.falling, _tr("1 bends downwards"), _tr("{0} bend downwards")),
    ):
        if count:
            parts.append(one if count == 1 else more.format(count))
    limit = ""
    if kind.flat_limit > 0.0:
        limit = _tr(" (curvatures up to {0} count as flat)").format(format_number(kind.flat_limit, 2))
    return f"{', '.join(parts)}{limit}."


def balance_lines(balance: Balance) -> list[str]:
    """Return what a two-layer linear network's scaling valley and balance are."""
    lines = [
        _tr(
            "Scaling valley: (c W1, c b1, w2/c) has the same loss for every c. Along it the slope is {0}, "
            "the curvature {1}."
        ).format(format_number(balance.slope, 2), format_number(balance.curvature, 3)),
        _tr("Balance D = w2ᵀw2 − W1W1ᵀ − b1b1ᵀ: ‖D‖ = {0}; since the start it has changed by {1}.").format(
            format_number(balance.size, 5), format_number(balance.since_start, 3)
        ),
    ]
    if balance.last_step is not None and balance.predicted is not None and balance.gap is not None:
        lines.append(
            _tr(
                "The last step changed D by {0}, as gradient descent must: ‖η²(g_w2ᵀg_w2 − g_W1g_W1ᵀ − g_b1g_b1ᵀ)‖ "
                "= {1}, up to rounding: the difference is {2}, of numbers as large as D. Infinitely small steps would "
                "keep D."
            ).format(
                format_number(balance.last_step, 4),
                format_number(balance.predicted, 4),
                format_number(balance.gap, 2),
            )
        )
    elif balance.last_step is not None:
        lines.append(_tr("The last step changed D by {0}.").format(format_number(balance.last_step, 4)))
    lines.append(
        _tr("The loss is {0} above the least-squares optimum: there are no other minima, only saddles.").format(
            format_number(balance.above, 3)
        )
    )
    return lines


def twin_lines(twins: Twins) -> list[str]:
    """Return how many points of a sigmoid network have this very loss, and why."""
    lines = [
        _tr(
            "Twins: {0} points have this very loss: {1} orders of the hidden units times {2} ways to turn them over "
            "(fewer where units are alike)."
        ).format(count_text(twins), f"{twins.units}!", "2" + str(twins.units).translate(RAISED))
    ]
    if twins.swapped is not None:
        lines.append(_tr("Units 0 and 1 swapped: loss {0}.").format(repr(twins.swapped)))
    lines.append(
        _tr("Unit 0 turned over, (W, b, w2, b2) → (−W, −b, −w2, b2 + w2): loss {0}.").format(repr(twins.flipped))
    )
    return lines


def count_text(twins: Twins) -> str:
    """Return the number of twins, or its power of ten."""
    if twins.units <= 7:
        return f"{twins.count:,}"
    digits = (math.lgamma(twins.units + 1) + twins.units * math.log(2.0)) / math.log(10.0)
    return _tr("some 10{0}").format(str(int(digits)).translate(RAISED))
