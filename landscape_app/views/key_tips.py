"""Tooltips that end in the key of an action, such as "Play or pause (Space)", follow when the key changes."""

import re
from collections.abc import Iterable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget
from shiboken6 import Shiboken

from landscape_app.views.keys import Keys, native_text

_MINUS = "\N{MINUS SIGN}"
_TIP = re.compile(r"(?P<words>.*\S) \((?P<key>[^()]+)\)", re.DOTALL)


class KeyTips(QObject):
    """Knows which widgets in ``panels`` name a standard key at the end of their tooltip."""

    def __init__(self, keys: Keys, panels: Iterable[QWidget], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        owners = {native_text(key): name for name, key in keys.standard.items() if key}
        self._tips: list[tuple[QWidget, str, str, str]] = []
        for widget in (child for panel in panels for child in panel.findChildren(QWidget)):
            found = _TIP.fullmatch(widget.toolTip())
            owner = owners.get(found["key"].replace(_MINUS, "-")) if found is not None else None
            if found is not None and owner is not None:
                self._tips.append((widget, owner, found["words"], widget.toolTip()))
        keys.changed.connect(self._follow)

    @Slot()
    def _follow(self) -> None:
        for widget, owner, words, original in self._tips:
            if not Shiboken.isValid(widget):
                continue  # it was one of those that come and go
            key = self._keys.key_of(owner)
            tip = original
            if key != self._keys.standard[owner]:
                tip = f"{words} ({native_text(key)})" if key else words
            widget.setToolTip(tip)
            widget.setAccessibleDescription(tip)
