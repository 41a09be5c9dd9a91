"""Formulas typeset as SVG: made on a thread of their own, since the first one takes a while, and kept."""

import logging
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from threading import Lock
from time import monotonic

from PySide6.QtCore import QByteArray, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

log = logging.getLogger(__name__)

#: Formulas that are kept; each takes some ten kilobytes.
KEPT = 400
#: A formula not asked for in so many seconds is not made any more.
FORGOTTEN = 1.0

Key = tuple[str, str, float]


class Typesetter:
    """Makes formulas one after the other, the one asked for last first; those used last are kept.

    Who waits for a formula asks for it again and again. One that nobody has asked for lately is not made any more:
    somebody who walks quickly passes by many.
    """

    def __init__(self) -> None:
        self._made: OrderedDict[Key, QSvgRenderer | None] = OrderedDict()
        self._wanted: dict[Key, float] = {}  # when each was asked for last
        self._ready: dict[Key, bytes | Exception] = {}
        self._lock = Lock()  # both threads use the two above
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="landscape_typesetting")

    def formula(self, latex: str, colour: str, size: float) -> QSvgRenderer | None:
        """Return the formula in ``colour`` (#rrggbb), at a font size in pixels; None while it is being made.

        A formula that can't be typeset stays None, and the log says why: a text stands in its place.
        """
        key = (latex, colour, size)
        self._collect()
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        with self._lock:
            known = key in self._wanted
            self._wanted[key] = monotonic()
        if not known:
            self._pool.submit(self._make_one)
        return None

    @property
    def busy(self) -> bool:
        """Whether formulas asked for are still being made."""
        self._collect()
        with self._lock:
            return bool(self._wanted)

    def _make_one(self) -> None:
        """Make the formula that was asked for last; in the other thread."""
        now = monotonic()
        with self._lock:
            for key in [key for key, asked in self._wanted.items() if now - asked > FORGOTTEN]:
                del self._wanted[key]
            if not self._wanted:
                return
            key = max(self._wanted, key=self._wanted.__getitem__)
        result: bytes | Exception
        try:
            result = _svg(*key)
        except Exception as error:  # noqa: BLE001 - handed over, and logged where it is fetched
            result = error
        with self._lock:
            self._wanted.pop(key, None)
            self._ready[key] = result

    def _collect(self) -> None:
        """Take over what has been made."""
        with self._lock:
            ready, self._ready = self._ready, {}
        for key, result in ready.items():
            self._made[key] = _renderer(key[0], result)
        while len(self._made) > KEPT:
            self._made.popitem(last=False)


@cache
def typesetter() -> Typesetter:
    """Return the one that everybody shares."""
    return Typesetter()


def _renderer(latex: str, made: bytes | Exception) -> QSvgRenderer | None:
    if isinstance(made, Exception):
        log.error("The formula %s can't be typeset", latex, exc_info=made)
        return None
    renderer = QSvgRenderer(QByteArray(made))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    return renderer if renderer.isValid() else None


def _svg(latex: str, colour: str, size: float) -> bytes:
    # Not at the top: it takes a third of a second, and is needed only where formulas are looked at.
    ziamath = import_module("ziamath")
    ziamath.config.svg2 = False  # Qt knows SVG 1 alone
    svg: str = ziamath.Latex(latex, size=size, color=colour).svg()
    return svg.encode()


def painted(formula: QSvgRenderer, scale: float, ratio: float) -> QPixmap:
    """Return ``formula`` as a picture for a screen with ``ratio`` pixels to a unit: sharp, for it is made for that."""
    size = QSizeF(formula.viewBoxF().size()) * scale
    picture = QPixmap((size * ratio).toSize().expandedTo(QSizeF(1, 1).toSize()))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    formula.render(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    return picture


class Pictures:
    """The pictures of the formulas that a widget shows, kept from one repaint to the next.

    They are painted anew at another size, for another screen, and in other colours, which are other formulas.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[QSvgRenderer, float, float], QPixmap] = {}

    def of(self, formulas: list[tuple[QSvgRenderer, float]], ratio: float) -> list[QPixmap]:
        """Return each formula at its scale, for ``ratio`` pixels to a unit; pictures of others are let go."""
        keys = [(formula, scale, ratio) for formula, scale in formulas]
        self._kept = {key: self._kept[key] if key in self._kept else painted(*key) for key in keys}
        return [self._kept[key] for key in keys]
