"""A list of columns to tick, usable with two of them and with a hundred."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from landscape_app.data.table import Column
from landscape_app.views.forms import describe

#: With more columns than this there is a field to search them.
SEARCHED_FROM = 21


class FeatureList(QWidget):
    """Ticks for columns; those that can't be a feature are disabled, and their tooltip says why.

    ``edited`` is emitted when the user has ticked or unticked something.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(60)
        describe(self.search, self.tr("Search the features"), self.tr("Show only columns whose name has this in it"))
        self.search.textChanged.connect(self._on_search)
        self.search.installEventFilter(self)
        self.search.hide()
        self.list = QListWidget()
        self.list.setMinimumWidth(80)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self.list.itemChanged.connect(self._on_item_changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.search)
        layout.addWidget(self.list, 1)
        self.setFocusProxy(self.list)
        self._filling = False

    def set_columns(self, columns: Sequence[Column], chosen: Collection[str]) -> None:
        """List ``columns``, those whose names are ``chosen`` ticked; the place in the list stays."""
        at, current = self.list.verticalScrollBar().value(), self.list.currentRow()
        self._filling = True
        self.list.clear()
        for column in columns:
            self.list.addItem(_item(column, column.name in chosen))
        self._filling = False
        self.search.setVisible(len(columns) >= SEARCHED_FROM)
        if len(columns) < SEARCHED_FROM:
            self.search.clear()
        self._on_search(self.search.text())
        self.list.setCurrentRow(current)
        self.list.verticalScrollBar().setValue(at)

    def set_chosen(self, chosen: Collection[str]) -> None:
        """Tick the columns whose names are ``chosen``; emits nothing."""
        self._filling = True
        for item in self._usable():
            ticked = item.data(Qt.ItemDataRole.UserRole) in chosen
            item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        self._filling = False

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the ticked columns, in their order."""
        return tuple(
            item.data(Qt.ItemDataRole.UserRole) for item in self._usable() if item.checkState() == Qt.CheckState.Checked
        )

    @property
    def usable(self) -> tuple[str, ...]:
        """Names of the columns that may be ticked."""
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._usable())

    @property
    def found(self) -> tuple[str, ...]:
        """Names of the columns that may be ticked and that the search shows."""
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._usable() if not item.isHidden())

    def set_visible_rows(self, least: int, most: int) -> None:
        """Make the list as high as its items, within limits."""
        rows = min(max(least, self.list.count()), most)
        self.list.setFixedHeight(rows * max(self.list.sizeHintForRow(0), self.fontMetrics().height()) + 6)

    def _usable(self) -> list[QListWidgetItem]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item for item in items if item.flags() & Qt.ItemFlag.ItemIsUserCheckable]

    def _on_search(self, text: str) -> None:
        wanted = text.strip().casefold()
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(wanted not in item.text().casefold())

    def _on_item_changed(self) -> None:
        if not self._filling:
            self.edited.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go from the search to the list with the Down key."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            shown = [row for row in range(self.list.count()) if not self.list.item(row).isHidden()]
            if event.key() == Qt.Key.Key_Down and shown:
                self.list.setFocus(Qt.FocusReason.OtherFocusReason)
                self.list.setCurrentRow(shown[0])
                return True
        return super().eventFilter(watched, event)


def _tr(text: str) -> str:
    return QCoreApplication.translate("FeatureList", text)


def _item(column: Column, ticked: bool) -> QListWidgetItem:
    item = QListWidgetItem(column.name)
    unit = f" ({column.unit})" if column.unit else ""
    lines = [f"{column.name}{unit}", column.about]
    if column.values is None and not column.categories:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setText(_tr("{0} (no numbers)").format(column.name))
        lines.append(_tr("Can't be a feature: {0}.").format(column.obstacle or _tr("it holds no numbers")))
    else:
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setData(Qt.ItemDataRole.UserRole, column.name)
        if column.values is None:
            count = len(column.categories)
            item.setText((_tr("{0} ({1} words)") if count > 1 else _tr("{0} ({1} word)")).format(column.name, count))
            lines.append(_tr("Each of its words becomes a column of 0 and 1."))
    item.setToolTip("\n".join(line for line in lines if line))
    return item
