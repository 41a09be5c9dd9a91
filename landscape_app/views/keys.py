"""The keys of the menus' actions: the standard ones, those chosen instead, and which can't be taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QKeyCombination, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

#: Keys that fields and dialogs need for themselves.
RESERVED = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter})


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An action as one finds it: its name in the program, the menus that lead to it, and its title."""

    name: str
    menus: str
    title: str


def settled_keys(standard: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return each action's key: the chosen one, unless two would have the same.

    Two windows may have chosen the same key for different actions; then the later name goes back to its standard.
    ``standard`` has no key twice.
    """
    keys = {**standard, **{name: key for name, key in chosen.items() if name in standard}}
    while True:
        holders: dict[str, list[str]] = {}
        for name, key in keys.items():
            if key:
                holders.setdefault(key, []).append(name)
        disputed = [name for names in holders.values() if len(names) > 1 for name in names]
        back = [name for name in disputed if keys[name] != standard[name]]
        if not back:
            return keys
        name = max(back)
        keys[name] = standard[name]


def key_text(key: QKeySequence) -> str:
    """Return the key as it is written on every machine, such as Ctrl+Shift+M; empty for none."""
    return key.toString(QKeySequence.SequenceFormat.PortableText)


def native_text(key: str) -> str:
    """Return the key as this machine's users write it."""
    return QKeySequence.fromString(key).toString(QKeySequence.SequenceFormat.NativeText)


class Keys(QObject):
    """Gives ``actions``, by name, their keys. ``menus`` is where their places are read from."""

    changed = Signal()

    def __init__(self, actions: Mapping[str, QAction], menus: QMenuBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._actions = dict(actions)
        self.standard = {name: key_text(action.shortcut()) for name, action in actions.items()}
        self._now = dict(self.standard)
        names = {action: name for name, action in actions.items()}
        self.rows = tuple(_rows(menus.actions(), names, ()))

    def apply(self, chosen: Mapping[str, str]) -> None:
        """Use the keys chosen by name, and the standard ones for all other actions; odd ones are passed over."""
        usable = {name: text for name, key in chosen.items() if (text := _usable(key)) is not None}
        for name, key in settled_keys(self.standard, usable).items():
            if self._now[name] != key:
                self._now[name] = key
                self._actions[name].setShortcut(QKeySequence.fromString(key))
        self.changed.emit()

    def key_of(self, name: str) -> str:
        """Return the key that an action has now."""
        return self._now[name]

    def chosen_with(self, name: str, key: str, chosen: Mapping[str, str]) -> dict[str, str]:
        """Return ``chosen`` with ``key`` for an action; a standard key need not be remembered."""
        others = {other: text for other, text in chosen.items() if other != name}
        return others if key == self.standard[name] else {**others, name: key}

    def refusal(self, name: str, key: str) -> str:
        """Return a sentence on why an action can't have ``key``; empty if it can."""
        if not key:
            return ""
        pressed = _first(QKeySequence.fromString(key))
        if pressed.key() in RESERVED and pressed.keyboardModifiers() in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        ):
            return self.tr("{0} is needed in fields and dialogs: choose another key.").format(native_text(key))
        holder = next((row for row in self.rows if row.name != name and self.key_of(row.name) == key), None)
        if holder is None:
            return ""
        return self.tr("{0} is already the key of “{1}” ({2}): choose another one, or change that one first.").format(
            native_text(key), holder.title, holder.menus
        )


def _usable(key: str) -> str | None:
    """Return the key of a file as this program writes it, None if there is no such key."""
    sequence = QKeySequence.fromString(key)
    text = key_text(sequence)
    if not key:
        return ""
    if sequence.count() != 1 or not text:
        return None
    return text if _first(sequence).key() not in {*RESERVED, Qt.Key.Key_unknown} else None


def _first(sequence: Any) -> QKeyCombination:
    """Return a sequence's first key; the type's description does not know that it can be asked."""
    first: QKeyCombination = sequence[0]
    return first


def _rows(actions: list[QAction], names: Mapping[QAction, str], path: tuple[str, ...]) -> list[KeyRow]:
    rows: list[KeyRow] = []
    for action in actions:
        title = action.text().replace("&", "")
        below = action.menu()
        if isinstance(below, QMenu):
            rows += _rows(below.actions(), names, (*path, title))
        elif action in names:
            rows.append(KeyRow(names[action], " › ".join(path), title))
    return rows
