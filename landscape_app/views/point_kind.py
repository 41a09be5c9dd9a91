"""The window that says what kind of point the descent is at; it follows the cursor at rest."""

import numpy as np
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from landscape_app.session.point_kind import TOLERANCE, UNASKED, PointReading, kind_of, look_work
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import Section, closing_buttons, describe, muted_label
from landscape_app.views.number_field import NumberField
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number, scaled_font
from landscape_app.views.point_spectrum import SpectrumChart, SpectrumModel
from landscape_app.views.point_words import balance_lines, explanation, headline, twin_lines
from landscape_app.views.table_look import table_rules

#: Of the window at first, in pixels.
WIDTH, HEIGHT = 440, 560


class PointDialog(QDialog):
    """Names the point, shows the eigenvalues it goes by, and what the network's symmetries make of it."""

    #: Look at the point at the cursor, however long it takes.
    look_requested = Signal()

    def __init__(self, palette: Palette = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("What kind of point is this?"))
        self._drawn: Snapshot | None = None
        self._reading: PointReading | None = None
        self.headline = QLabel()
        self.headline.setFont(scaled_font(self.font(), 1.35, bold=True))
        self.where, self.reason = muted_label(), QLabel()
        self.reason.setWordWrap(True)
        self.reason.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.chart = SpectrumChart()
        describe(
            self.chart,
            self.tr("Eigenvalues of the Hessian"),
            self.tr(
                "A stem for each eigenvalue: up bends upwards, a dot is flat, down bends downwards.\n"
                "Where their sizes lie far apart, the scale beside them is logarithmic."
            ),
        )
        self.table, self.model = QTableView(), SpectrumModel(self)
        self._build_table()
        self.section = Section(self.tr("What counts as zero"))
        self.tolerance = NumberField(TOLERANCE, low=0.0, high=1.0, factor=10.0)
        self.section.add_row(
            self.tr("Tolerance"),
            self.tolerance,
            self.tr(
                "Curvatures count as flat up to this share of the largest one, slopes as zero up to this share\n"
                "of the largest curvature times the length of θ, or 1 if that is more, and losses as equal up to\n"
                "this share of the targets' variance."
            ),
        )
        self.symmetry = muted_label()
        self.look_button = QPushButton(self.tr("Look now"))
        describe(
            self.look_button,
            self.tr("Look now"),
            self.tr("Find the eigenvalues at the cursor; with so many examples and parameters it takes a while"),
        )
        self.buttons = closing_buttons(
            self,
            self.tr("Close"),
            self.tr("Close the window (Esc)"),
            self.look_button,
            QDialogButtonBox.ButtonRole.ActionRole,
        )
        self.look_button.clicked.connect(self.look_requested)
        self.tolerance.edited.connect(self._on_tolerance)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 12, 12, 12)
        box.setSpacing(6)
        parts: tuple[QWidget, ...] = (
            self.headline,
            self.where,
            self.reason,
            self.chart,
            self.table,
            self.section,
            self.symmetry,
            self.buttons,
        )
        for part in parts:
            box.addWidget(part, 1 if part is self.table else 0)
        self.resize(WIDTH, HEIGHT)
        self.set_palette(palette)

    def _build_table(self) -> None:
        self.table.setModel(self.model)
        describe(
            self.table,
            self.tr("Eigenvalues"),
            self.tr("The eigenvalues, the largest first; point at one for all its digits"),
        )
        self.table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.table.setShowGrid(False)
        metrics = QFontMetrics(self.font())
        header, rows = self.table.horizontalHeader(), self.table.verticalHeader()
        header.setHighlightSections(False)
        header.setDefaultSectionSize(metrics.horizontalAdvance("−0.000123456") + 32)
        header.setStretchLastSection(True)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(metrics.height() + 6)
        self.table.setMinimumHeight(4 * metrics.height())

    def minimumSizeHint(self) -> QSize:
        """Fit beside the window's panels."""
        return QSize(340, 300)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self.setStyleSheet(table_rules(palette))
        self.chart.set_palette(palette)

    @Slot(object)
    def render_snapshot(self, new: Snapshot) -> None:
        """Show what is known of the point at the cursor."""
        self._drawn = new
        reading = new.point
        here = reading is not None and reading.wish.iteration == new.cursor and _same_point(reading, new)
        self.look_button.setVisible(not here and not new.inspecting and self._is_large(new))
        if reading is None:
            self.headline.setText(self.tr("Looking …") if new.inspecting else "…")
            self.where.setText(self._where(new, None))
            return
        self.where.setText(self._where(new, None if here else reading))
        if reading is not self._reading:
            self._reading = reading
            self._show_reading()

    def _where(self, new: Snapshot, other: PointReading | None) -> str:
        at = self.tr("Iteration {0:,} · loss {1}").format(new.cursor, format_number(new.loss, 5))
        if self._is_large(new) and not new.inspecting and (other is not None or new.point is None):
            return at + " · " + self.tr("too large to look at unasked")
        if other is None:
            return at
        return self.tr("This was iteration {0:,}; the cursor is at {1:,} and is looked at as soon as it rests.").format(
            other.wish.iteration, new.cursor
        )

    @staticmethod
    def _is_large(new: Snapshot) -> bool:
        return look_work(new.problem) > UNASKED

    def _show_reading(self) -> None:
        reading = self._reading
        assert reading is not None
        kind = kind_of(reading, self.tolerance.value)
        self.headline.setText(headline(kind))
        self.reason.setText(explanation(kind, reading))
        self.chart.show_values(reading.spectrum.values, kind.flat_limit)
        self.model.show_spectrum(reading.spectrum, reading.wish.problem.model.layout.scalar_names)
        lines = [] if reading.balance is None else balance_lines(reading.balance)
        lines += [] if reading.twins is None else twin_lines(reading.twins)
        self.symmetry.setText("\n".join(lines))
        self.symmetry.setVisible(bool(lines))
        layout = self.layout()
        if layout is not None and self.isVisible():
            layout.activate()
            self.resize(self.width(), max(self.height(), layout.totalMinimumHeightForWidth(self.width())))

    @Slot(float)
    def _on_tolerance(self, _value: float) -> None:
        if self._reading is not None:
            self._show_reading()


def _same_point(reading: PointReading, shown: Snapshot) -> bool:
    return reading.wish.problem is shown.problem and np.array_equal(reading.wish.theta, shown.theta)
