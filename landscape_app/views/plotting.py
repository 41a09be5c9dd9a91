"""What all plots share: how numbers are written, where ticks stand, and the pens and fonts of a look.

Beside it: ``plotting_series`` thins long histories, ``plotting_items`` and ``plotting_widgets`` are what plots are
made of.
"""

import math
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QTransform

from landscape_app.core.landscape.levels import LossScale
from landscape_app.views.palette import Palette

MINUS = "\N{MINUS SIGN}"


# --- numbers ---------------------------------------------------------------------------------------------------------


def format_number(value: float, digits: int = 5, signed: bool = False) -> str:
    """Return ``value`` with ``digits`` significant digits and a real minus sign; ``signed`` adds the plus, too."""
    if math.isnan(value):
        return "NaN"
    sign = MINUS if value < 0.0 else "+" if signed and value > 0.0 else ""
    if math.isinf(value):
        return f"{sign}∞"
    if value == 0.0:
        return "0"
    mantissa, _, exponent_text = f"{abs(value):.{digits - 1}e}".partition("e")
    exponent = int(exponent_text)
    if -3 <= exponent < 6:
        return f"{sign}{abs(value):.{max(0, digits - 1 - exponent)}f}"
    return f"{sign}{mantissa}e{MINUS if exponent < 0 else ''}{abs(exponent)}"


def tick_text(value: float, largest: float = 1e5) -> str:
    """Return the short form of a round number: no zeros at the end, powers of ten from ``largest`` on and below 0.001.

    An axis that has the room for it may take a larger ``largest``.
    """
    text = f"{abs(value):,.10g}"
    if value and not 1e-3 <= abs(value) < largest:
        mantissa, _, exponent = f"{abs(value):.9e}".partition("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}".replace("-", MINUS)
    return f"{MINUS if value < 0 else ''}{text}"


# --- ranges and ticks ------------------------------------------------------------------------------------------------


def nice_step(span: float, most: int) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that cuts ``span`` > 0 into at most ``most`` parts."""
    raw = span / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    return next((factor * power for factor in (1.0, 2.0, 5.0) if raw <= factor * power * (1 + 1e-9)), 10.0 * power)


def nice_range(low: float, high: float, parts: int = 4) -> tuple[float, float]:
    """Widen a range outwards to round numbers, so that it changes in steps; one value alone gets room around it."""
    if not high > low:
        room = 0.5 * abs(low) or 1.0
        low, high = low - room, high + room
    step = nice_step(high - low, parts)
    return math.floor(low / step + 1e-9) * step, math.ceil(high / step - 1e-9) * step


def nice_log_range(low: float, high: float) -> tuple[float, float]:
    """Widen a positive range outwards to a round number at each end."""
    steps = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
    decade = 10.0 ** math.floor(math.log10(low))
    below = max((f * decade for f in steps if f * decade <= low), default=decade)
    decade = 10.0 ** math.floor(math.log10(high))
    above = next((f * decade for f in steps if f * decade >= high), 10.0 * decade)
    return below, above if above > below else 2.0 * above


def linear_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round numbers inside the range, at most about ``most`` of them."""
    if not high > low:
        return []
    step = nice_step(high - low, max(1, most))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [i * step for i in range(first, last + 1)]


def time_end(last: int) -> int:
    """Return where the common time axis ends: at least 10, and in steps, so that it does not move at each frame."""
    if last <= 10:
        return 10
    unit = max(1, int(10 ** (len(str(last)) - 1)) // 2)
    return -(-last // unit) * unit


def log_ticks(low: float, high: float, most: int) -> list[float]:
    """Return round values of a positive range for a logarithmic axis; a narrow range is cut evenly."""
    ticks = LossScale(low * (1 - 1e-9), high * (1 + 1e-9)).ticks(most)
    decades = [10.0**e for e in range(math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9) + 1)]
    if 2 <= len(decades) <= most and (not ticks or ticks[0] > 3.0 * decades[0]):
        return decades  # even steps would all stand at the upper end
    return ticks if len(ticks) > 2 or (ticks and high > 5.0 * low) else linear_ticks(low, high, most)


# --- looks -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=256)
def colour(name: str, alpha: int = 255) -> QColor:
    """Return a palette's colour, more or less transparent; it is shared, so nobody may change it."""
    result = QColor(name)
    result.setAlpha(alpha)
    return result


def truth_colour(palette: Palette) -> str:
    """Return the ground truth's colour on a panel; the map's pale yellow is unreadable on white."""
    return palette.truth if palette.dark else palette.warning


#: Colours that are chosen for the map and dark panels, and what stands for them on light panels.
_ON_LIGHT = {
    "#ff8c1a": "#c96a00",
    "#ff9f40": "#c96a00",
    "#e86ad4": "#c840b4",
    "#9aa6b8": "#6f7b8e",
    "#c08457": "#a0663d",
}


def panel_colour(name: str, palette: Palette) -> str:
    """Return a colour of the map as it is drawn on a panel, where it has a contrast of at least 3 to 1."""
    return name if palette.dark else _ON_LIGHT.get(name, name)


@lru_cache(maxsize=256)
def pen(name: str, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine, alpha: int = 255) -> QPen:
    """Return a pen whose width does not depend on the zoom; it is shared, so nobody may change it."""
    result = QPen(colour(name, alpha), width, style)
    result.setCosmetic(True)
    return result


def scaled_font(font: QFont, factor: float, bold: bool = False) -> QFont:
    """Return ``font`` at another size, with digits of equal width; it is shared, so nobody may change it."""
    return _scaled_font(font.toString(), factor, bold)


@lru_cache(maxsize=256)
def _scaled_font(description: str, factor: float, bold: bool) -> QFont:
    font, result = QFont(), QFont()
    font.fromString(description)
    result.fromString(description)
    if font.pointSizeF() > 0:
        result.setPointSizeF(max(7.0, font.pointSizeF() * factor))
    else:
        result.setPixelSize(max(9, round(font.pixelSize() * factor)))
    result.setBold(bold)
    result.setFeature(QFont.Tag("tnum"), 1)
    return result


def stroke(painter: QPainter, path: QPainterPath, name: str, width: float) -> None:
    """Draw a line of ``width`` as hairlines side by side: a wider pen takes up to thirty times as long."""
    ratio = painter.device().devicePixelRatioF()
    passes = max(1, math.ceil(width * ratio))
    spread = max(0.0, width * ratio - 1.0)
    before = painter.transform()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for i in range(passes):
        angle = 2.0 * math.pi * (i / passes + 0.25)
        x, y = spread / 2.0 * math.cos(angle), spread / 2.0 * math.sin(angle)
        painter.setTransform(before * QTransform.fromTranslate(x / ratio, y / ratio))
        painter.strokePath(path, pen(name))
    painter.setTransform(before)
