"""Texts to read: keys, sources of the data, what this is."""

from collections.abc import Iterable
from html import escape

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QMenu, QTextBrowser, QVBoxLayout, QWidget

from landscape_app.data.bundled import BundledSet


class TextDialog(QDialog):
    """Shows a text with headings and tables; closed by its button or Escape."""

    def __init__(self, title: str, html: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.browser = QTextBrowser()
        self.browser.setHtml(html)
        self.browser.setAccessibleName(title)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.browser)
        layout.addWidget(buttons)
        self.resize(620, 560)


def _tr(text: str) -> str:
    return QCoreApplication.translate("dialogs", text)


def keys_text(actions: Iterable[QAction]) -> str:
    """List the keys of all actions, and what the mouse does."""
    mouse = (
        (_tr("Click or drag on the map"), _tr("Set the start; the path follows")),
        (_tr("Wheel on the map"), _tr("Zoom around the mouse; the landscape is computed again for what is seen")),
        (_tr("Shift and drag, or right button, on the map"), _tr("Pan")),
        (_tr("Drag on the surface, wheel"), _tr("Turn it, zoom")),
        (_tr("Click or drag in the curves"), _tr("Put the timeline's cursor there")),
        (_tr("Drop a file on the window"), _tr("Open it")),
    )
    rows = [
        (a.shortcut().toString(QKeySequence.SequenceFormat.NativeText), _named(a))
        for a in actions
        if not a.shortcut().isEmpty()
    ]
    return _table(_tr("Mouse"), mouse) + _table(_tr("Keys"), rows)


def _named(action: QAction) -> str:
    """Return what an action does; in a menu within a menu its name alone says too little."""
    menus = [menu for menu in action.associatedObjects() if isinstance(menu, QMenu)]
    inner = next((menu for menu in menus if isinstance(menu.parentWidget(), QMenu)), None)
    text = action.text().replace("&", "")
    return text if inner is None else f"{inner.title().replace('&', '')}: {text}"


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    body = "".join(f"<tr><td><b>{escape(a)}</b>&nbsp;&nbsp;</td><td>{escape(b)}</td></tr>" for a, b in rows)
    return f"<h3>{escape(title)}</h3><table cellpadding='3'>{body}</table>"


def about_text(version: str) -> str:
    """Say what the program is and where its equations are from."""
    return "".join(
        f"<p>{escape(text)}</p>"
        for text in (
            _tr("Loss landscape explorer, version {0}").format(version),
            _tr(
                "See gradient descent and backpropagation: the loss of four models over any two of their "
                "parameters, and the path of eight optimizers on it, step by step."
            ),
            _tr(
                "The models and their gradients are those of Stanford's CS230, section 2; the update rules are "
                "PyTorch's. Every loss on the map is computed from all the data in double precision."
            ),
        )
    )


def sources_text(sets: Iterable[BundledSet]) -> str:
    """Say where the bundled data are from and under which licence they stand."""
    return "".join(
        f"<h3>{escape(s.title)}</h3><p>{escape(s.about)}</p><p>{escape(s.suggestion)}</p>"
        f"<p><i>{escape(s.source)}</i><br>{escape(s.licence)}</p>"
        for s in sets
    )
