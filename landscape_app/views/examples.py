"""Whose gradient is it: the examples that one entry of the gradient comes from, the largest part first."""

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from landscape_app.session.backprop import batch_at_hand
from landscape_app.session.picks import example_part
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.cell_texts import number_text
from landscape_app.views.elided import StillLabel
from landscape_app.views.examples_model import DIGITS, BarDelegate, ExamplesModel, listed
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.in_sight import PanelInSight
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number, scaled_font
from landscape_app.views.plotting_widgets import TextLine
from landscape_app.views.table_look import table_rules

#: Rows, the largest parts first, whose texts the column of the parts has room for.
MEASURED = 50


class ExamplesTable(QTableView):
    """Rows to choose from; the chosen one can be copied."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy."""
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """Return the chosen row with all digits, between tabs; all rows with the columns' names if none is chosen."""
        model = self.model()
        if not isinstance(model, ExamplesModel) or model.listed is None:
            return ""
        rows = [index.row() for index in self.selectionModel().selectedRows()]
        numbers = model.listed.numbers
        lines = ["\t".join(number_text(value) for value in numbers[:, row].tolist()) for row in rows]
        if not rows:
            lines = ["\t".join(model.listed.titles)]
            lines += ["\t".join(number_text(value) for value in row) for row in numbers.T.tolist()]
        return "\n".join(lines)


class ExamplesView(PanelInSight):
    """The open entry of the gradient, the table of its parts, and the picked example's part."""

    #: An entry of the gradient is to be opened; -1 closes it.
    entry_requested = Signal(int)
    #: An example is to be picked; -1 puts it down.
    example_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self.pause = 100
        self._settling = False  # the table follows the snapshot: its selection is nobody's wish
        self.title = StillLabel()
        self.title.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        describe(self.title, self.tr("Open gradient"), self.tr("The gradient that is the sum of the parts below"))
        self.largest_button = QPushButton(self.tr("Largest"))
        tip = self.tr("Open the largest gradient at the cursor")
        describe(self.largest_button, self.tr("Open the largest gradient"), tip)
        self.close_button = QPushButton(self.tr("Close"))
        describe(self.close_button, self.tr("Close the gradient"), self.tr("Show no gradient's examples any more"))
        self.table, self.model, self.bars = ExamplesTable(), ExamplesModel(self), BarDelegate(self)
        self._set_up_table()
        self.hint = muted_label()
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hint.setContentsMargins(16, 0, 16, 0)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.hint)
        self.pages.addWidget(self.table)
        self.about = TextLine()
        head = QHBoxLayout()
        head.setContentsMargins(6, 2, 4, 0)
        head.setSpacing(4)
        head.addWidget(self.title, 1)
        head.addWidget(self.largest_button)
        head.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self.pages, 1)
        column.addWidget(self.about)
        self.largest_button.clicked.connect(self._on_largest)
        self.close_button.clicked.connect(self._on_close)
        self.setAccessibleName(self.tr("Examples"))
        self.setMinimumSize(230, 120)

    def _set_up_table(self) -> None:
        table = self.table
        table.setModel(self.model)
        table.setItemDelegate(self.bars)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setFont(scaled_font(self.font(), 0.95))
        table.setTabKeyNavigation(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setMinimumSectionSize(24)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        metrics = QFontMetrics(self.font())
        table.verticalHeader().setDefaultSectionSize(metrics.height() + 5)
        table.verticalHeader().setMinimumSectionSize(metrics.height() + 5)
        describe(
            table,
            self.tr("Parts of the examples"),
            self.tr(
                "What each example adds to the gradient. A share is of all sizes, signs left out: parts of\n"
                "different signs cancel out in the sum.\n"
                "Choose a row to see that example everywhere. Ctrl+C copies it."
            ),
        )
        table.selectionModel().selectionChanged.connect(self._on_selected)

    # -- drawing --------------------------------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = self.bars.look = palette
        self.table.setStyleSheet(table_rules(palette))
        self.model.digits = palette.digits_or(DIGITS)
        self.model.tell_changed()
        self.about.set_colour(palette.muted)
        if self.drawn is not None:
            self._show_texts(self.drawn)

    def draw(self, new: Snapshot, old: Snapshot | None) -> None:
        """Draw what differs from ``old``."""
        self._settling = True
        if old is None or new.shares is not old.shares or new.entry != old.entry:
            heads = (self.tr("№"), self.tr("adds"), self.tr("of sizes"))
            before = self.model.listed
            self.model.show_listed(None if new.shares is None else listed(new, new.shares, heads))
            if self.model.listed is not None and (before is None or before.heads != self.model.listed.heads):
                self._size_columns()
            self._make_room_for_parts()
        row = self.model.row_of(new.example)
        chosen = self.table.selectionModel()
        if row < 0:
            chosen.clear()
        elif row not in [index.row() for index in chosen.selectedRows()]:
            rows = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
            chosen.setCurrentIndex(self.model.index(row, 0), rows)
            self.table.scrollTo(self.model.index(row, 0))
        self._settling = False
        self.pages.setCurrentIndex(0 if new.shares is None else 1)
        self.close_button.setEnabled(new.entry is not None)
        self._show_texts(new)

    def _size_columns(self) -> None:
        """Give each column the width that its numbers need."""
        table = self.model.listed
        assert table is not None
        metrics = QFontMetrics(self.table.font())
        eights = "8" * self.model.digits
        widest = {0: f"{table.examples.max(initial=0) + 1:,}", table.part: f"+0.00{eights}", table.portion: "88.8 %"}
        for column, name in enumerate(table.heads):
            number = metrics.horizontalAdvance(widest.get(column, f"−0.0{eights}")) + 8
            head = self.table.horizontalHeader().fontMetrics().horizontalAdvance(name) + 14
            self.table.setColumnWidth(column, max(number, min(head, number + 20)))

    def _make_room_for_parts(self) -> None:
        """Widen the column of the parts where they are too small, as where units are saturated, to be written short."""
        table = self.model.listed
        if table is None:
            return
        metrics, rows = QFontMetrics(self.table.font()), range(min(MEASURED, self.model.rowCount()))
        texts = (str(self.model.data(self.model.index(row, table.part))) for row in rows)
        needed = max(map(metrics.horizontalAdvance, texts), default=0) + 8
        if needed > self.table.columnWidth(table.part):
            self.table.setColumnWidth(table.part, needed)

    def _show_texts(self, shown: Snapshot) -> None:
        digits = self._palette.digits_or(5)
        if shown.entry is None:
            self.title.setText(self.tr("No gradient is open"))
            self.hint.setText(
                self.tr(
                    "Double-click a gradient, or click a line between two units of the graph, to see the examples "
                    "that it comes from."
                )
            )
        else:
            name = shown.problem.model.layout.scalar_names[shown.entry]
            self.title.setText(f"∂L/∂{name} = {format_number(float(shown.grad[shown.entry]), digits)}")
            if shown.sharing:
                size, m = shown.settings.step_size, shown.problem.data.m
                self.hint.setText(self.tr("Adding up {0:,} examples …").format(min(size or m, m)))
            else:
                self.hint.setText(self.tr("So many examples are added up when the run rests."))
        self.about.set_text(" · ".join(filter(None, (self._which(shown), self._about(shown)))))

    def _which(self, shown: Snapshot) -> str:
        """Return of what the open entry is the largest one: a double click on a block of the graph opens that."""
        if shown.entry is None:
            return ""
        block = next(block for block in shown.problem.model.layout.blocks if block.start <= shown.entry < block.stop)
        sizes = np.abs(shown.grad[block.start : block.stop])
        largest = sizes.size > 1 and int(np.argmax(sizes)) == shown.entry - block.start
        return self.tr("the largest of ∂L/∂{0}").format(block.name) if largest else ""

    def _about(self, shown: Snapshot) -> str:
        """Return what the picked example adds, else what the table is."""
        if shown.entry is None:
            return ""
        if not batch_at_hand(shown):
            return self.tr("the batch is on its way …")
        digits, shares = self._palette.digits_or(4), shown.shares
        if shown.example is not None:
            part = example_part(shown)
            if part is None:
                return self.tr("example {0:,} is not in the batch of this step").format(shown.example + 1)
            adds = format_number(float(part[shown.entry]), digits, signed=True)
            return self.tr("example {0:,} adds {1}").format(shown.example + 1, adds)
        if shares is None:
            return ""
        m, count = shares.wish.m, len(shares.examples)
        if count < m:
            return self.tr("the {0:,} largest parts of {1:,} · {2:.0%} of all sizes").format(
                count, m, float(np.sum(shares.portions))
            )
        batch = self.tr("{0:,} examples of the batch · sizes add up to {1}") if shares.wish.batch is not None else ""
        return (batch or self.tr("{0:,} examples · sizes add up to {1}")).format(m, format_number(shares.sizes, digits))

    # -- intents --------------------------------------------------------------------------------------------

    @Slot(QItemSelection, QItemSelection)
    def _on_selected(self, _new: QItemSelection, _old: QItemSelection) -> None:
        if self._settling or self.model.listed is None:
            return
        rows: list[QModelIndex] = self.table.selectionModel().selectedRows()
        self.example_requested.emit(int(self.model.listed.examples[rows[0].row()]) if rows else -1)

    @Slot()
    def _on_largest(self) -> None:
        if self.latest is not None:
            self.entry_requested.emit(int(np.argmax(np.abs(self.latest.grad))))

    @Slot()
    def _on_close(self) -> None:
        self.entry_requested.emit(-1)
