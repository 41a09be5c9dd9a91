"""The table of what examples add to one entry of the gradient: its columns, and the bars behind the numbers."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QCoreApplication, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from landscape_app.core.arrays import FloatArray, IntArray
from landscape_app.core.dataset import Dataset
from landscape_app.session.shares import Shares
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.axis_names import axis_label
from landscape_app.views.cell_texts import number_text
from landscape_app.views.diverging import DIVERGING
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import colour, format_number

Index = QModelIndex | QPersistentModelIndex
#: Of many features so many have a column.
MOST_FEATURES = 20
DIGITS = 3
#: What a bar is long: from -1 to 1.
BAR = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Listed:
    """The columns of the table: ``numbers`` (columns, p) of the examples ``examples`` (p,), by the names ``heads``.

    ``titles`` are the names at full length: with units, and with what is standardised said in a word. ``part`` and
    ``portion`` are the places of what an example adds, and of its share.
    """

    examples: IntArray
    heads: tuple[str, ...]
    titles: tuple[str, ...]
    numbers: FloatArray
    part: int
    portion: int


def listed(shown: Snapshot, shares: Shares, heads: tuple[str, str, str]) -> Listed:
    """Return the table of ``shares``; ``heads`` name the example, what it adds, and its share.

    One feature stands before what the example adds, several after it.
    """
    problem, examples = shown.problem, shares.examples
    data = problem.data
    X, y = data.examples(examples)
    with np.errstate(all="ignore"):
        yhat = problem.model.predict(shown.theta, X)
    number, adds, share = heads
    feature, target = _column(data, 0, X[0]), _column(data, data.n, y[0])
    seen = [(number, number, examples + 1.0), feature, target, ("ŷ", "ŷ", yhat[0])]
    added = [(adds, adds, shares.parts), (share, share, 100.0 * shares.portions)]
    if data.n == 1:
        columns, part = seen + added, 4
    else:
        features = [_column(data, i, row) for i, row in enumerate(X[:MOST_FEATURES])]
        columns, part = [seen[0], *added, *seen[2:], *features], 1
    names, titles, numbers = zip(*columns, strict=True)
    return Listed(examples, names, titles, np.array(numbers), part, part + 1)


def _column(data: Dataset, index: int, values: FloatArray) -> tuple[str, str, FloatArray]:
    """Return head, title and numbers of a feature or, at ``index`` n, of the target."""
    name = data.target_name if index == data.n else data.feature_names[index]
    # What stands first is seen where the head is cut.
    head = QCoreApplication.translate("ExamplesModel", "std. {0}").format(name) if data.is_standardised(index) else name
    return head, axis_label(data, index), values


class ExamplesModel(QAbstractTableModel):
    """Numbers as they are read; copied and hovered they are exact."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.listed: Listed | None = None
        self.digits = DIGITS
        self._largest = 1.0

    def show_listed(self, new: Listed | None) -> None:
        """Show another table; where only numbers change, the view stays where it is."""
        old = self.listed
        same = old is not None and new is not None and old.heads == new.heads
        if not (same and old is not None and new is not None and len(old.examples) == len(new.examples)):
            self.beginResetModel()
            self._take(new)
            self.endResetModel()
            return
        self._take(new)
        self.tell_changed()

    def _take(self, new: Listed | None) -> None:
        self.listed = new
        self._largest = 1.0
        if new is not None and len(new.examples):
            sizes = np.abs(new.numbers[new.part])
            self._largest = float(np.max(sizes, initial=0.0, where=np.isfinite(sizes))) or 1.0

    def tell_changed(self) -> None:
        """Let all cells be drawn again."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def row_of(self, example: int | None) -> int:
        """Return the row of an example, -1 if it is not listed."""
        if self.listed is None or example is None:
            return -1
        found = np.flatnonzero(self.listed.examples == example)
        return int(found[0]) if found.size else -1

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return the number of examples."""
        return 0 if parent.isValid() or self.listed is None else len(self.listed.examples)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - as Qt declares it
        """Return the number of columns."""
        return 0 if parent.isValid() or self.listed is None else len(self.listed.heads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell's text, all its digits, its place, or the length of its bar."""
        table = self.listed
        if table is None:
            return None
        value, column = float(table.numbers[index.column(), index.row()]), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(table, column, value)
        if role == Qt.ItemDataRole.ToolTipRole:
            name = table.titles[column]
            return number_text(value) if column == 0 else f"{name}: {value!r}{' %' if column == table.portion else ''}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == BAR and column == table.part and np.isfinite(value):
            return value / self._largest
        return None

    def _text(self, table: Listed, column: int, value: float) -> str:
        if column == 0:
            return f"{value:,.0f}"
        if column == table.portion:
            return f"{value:.1f} %"  # of all sizes
        return format_number(value, self.digits, signed=column == table.part)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a column's name."""
        if self.listed is None or orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.listed.heads[section]
        return self.listed.titles[section] if role == Qt.ItemDataRole.ToolTipRole else None


class BarDelegate(QStyledItemDelegate):
    """Draws a bar behind a number: to the right for what is positive, to the left for what is negative."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look: Palette = DARK

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the bar, then the cell."""
        length = index.data(BAR)
        if isinstance(length, float) and length:
            negative, _, positive = DIVERGING[self.look.dark]
            area = QRectF(option.rect).adjusted(3, 2.5, -3, -2.5)
            half = area.width() / 2
            left = area.center().x() + min(0.0, length) * half
            bar = QRectF(left, area.top(), abs(length) * half, area.height())
            painter.fillRect(bar, colour(positive if length > 0.0 else negative, 110))
        super().paint(painter, option, index)
