"""Backpropagation: the section's equations with this iteration's numbers, walked through term by term.

What the rows and tables need is imported when the panel is first seen: it is behind another one at the start.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from landscape_app.session.backprop import INCREMENT, MOVE, Passes, next_increment, passes_at, walk_names
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.backprop_badge import CheckBadge, CheckLines
from landscape_app.views.backprop_equations import equations_of, symbol
from landscape_app.views.elided import StillLabel
from landscape_app.views.forms import describe, muted_label, tab_through
from landscape_app.views.palette import DARK, Palette

if TYPE_CHECKING:
    from landscape_app.views.backprop_rows import TermRow
    from landscape_app.views.backprop_table import ValueDialog
    from landscape_app.views.backprop_values import Value

#: Milliseconds between two looks at whether the formulas are there.
LOOK = 25


class BackpropView(QWidget):
    """A row a term in the order of evaluation; while nobody sees it, it draws nothing."""

    walk_requested = Signal(bool)
    term_requested = Signal(str)
    check_requested = Signal()
    #: The examples that an entry of the gradient comes from are to be shown.
    entry_requested = Signal(int)
    #: Another panel is wanted: "update", where the rule's formulas are.
    panel_requested = Signal(str)
    #: Whether the panel is seen, so that the check is worth its while.
    watched = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latest: Snapshot | None = None
        self._drawn: Snapshot | None = None
        self.passes: Passes | None = None
        self._palette = DARK
        self._seen = False
        self.rows: list[TermRow] = []
        self._stages: list[QLabel] = []
        self.dialogs: list[ValueDialog] = []
        self.back_button = QPushButton(self.tr("◀ Term"))
        describe(self.back_button, self.tr("Term before"), self.tr("Back to the term before (,)"))
        self.next_button = QPushButton(self.tr("Term ▶"))
        describe(
            self.next_button,
            self.tr("Next term"),
            self.tr("On to the next term; past the update lies the next iteration (.)"),
        )
        for button in (self.back_button, self.next_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.place = QLabel()
        self.place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.place.setMinimumWidth(10)
        tip = self.tr("The term in hand; click a row to take another, or go there with Tab and arrows: Return takes it")
        describe(self.place, self.tr("Term in hand"), tip)
        self.about = StillLabel()
        self.about.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.about.setObjectName("muted")
        describe(self.about, self.tr("Examples"), self.tr("The examples that this step takes, of all that there are"))
        self.badge = CheckBadge()
        self.check_lines = CheckLines(self)
        self.remark = muted_label()
        self.remark.hide()
        self._body = QWidget()
        self._column = QVBoxLayout(self._body)
        self._column.setContentsMargins(4, 0, 2, 4)
        self._column.setSpacing(1)
        self._column.addStretch(1)
        self.scroll_area = QScrollArea()
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setWidget(self._body)
        self.scroll_area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys are its rows'
        self.scroll_area.setAccessibleName(self.tr("Equations"))
        # Formulas that come and values of another shape move the rows.
        self.scroll_area.verticalScrollBar().rangeChanged.connect(self._reveal)
        self.scroll_area.viewport().setAutoFillBackground(False)
        self._body.setAutoFillBackground(False)
        self._lay_out()
        self._typesetting = QTimer(self)
        self._typesetting.setInterval(LOOK)
        self._typesetting.timeout.connect(self._take_formulas)
        self._coming = QTimer(self)  # what is drawn for the first time is not drawn while painting
        self._coming.setSingleShot(True)
        self._coming.setInterval(0)
        self._coming.timeout.connect(self._come_into_sight)
        self.back_button.clicked.connect(self._on_back)
        self.next_button.clicked.connect(self._on_next)
        self.badge.clicked.connect(self.check_requested)
        self.setAccessibleName(self.tr("Backpropagation"))
        self.setMinimumWidth(230)

    def _lay_out(self) -> None:
        head, below = QHBoxLayout(), QHBoxLayout()
        head.setContentsMargins(8, 2, 8, 0)
        head.setSpacing(4)
        head.addWidget(self.back_button)
        head.addWidget(self.place, 1)
        head.addWidget(self.next_button)
        below.setContentsMargins(10, 0, 8, 0)
        below.setSpacing(6)
        for label in (self.check_lines, self.remark):
            label.setContentsMargins(10, 0, 8, 0)
        below.addWidget(self.about, 1)
        below.addWidget(self.badge)
        below.addWidget(self.check_lines.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(below)
        column.addWidget(self.check_lines)
        column.addWidget(self.remark)
        column.addWidget(self.scroll_area, 1)

    # -- drawing --------------------------------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self.badge.set_palette(palette)
        parts: list[TermRow | ValueDialog] = [*self.rows, *self.dialogs]
        for part in parts:
            part.set_palette(palette)
        if self._stages:
            self._stages[-1].setText(self._update_title())
        self._await_formulas()

    def render_snapshot(self, new: Snapshot) -> None:
        """Draw what differs from the snapshot drawn last, if anybody sees it."""
        self._latest = new
        if self._seen or self.dialogs:
            self._draw(new)

    def _draw(self, new: Snapshot) -> None:
        old, self._drawn = self._drawn, new
        model = new.problem.model
        fresh = (
            old is None
            or type(old.problem.model) is not type(model)
            or old.settings.optimizer.name != new.settings.optimizer.name
        )
        if fresh:
            self._build(new)
        moved = (
            fresh
            or old is None
            or self.passes is None
            or new.problem is not old.problem
            or new.timeline is not old.timeline
            or new.cursor != old.cursor
            or new.settings is not old.settings
        )
        if moved:
            self.passes = passes_at(new)
        if moved or old is None or new.example != old.example:
            self._show_values(new, self.passes)
        if fresh or old is None or new.term != old.term:
            self._show_term(new)
        if moved or old is None or (new.check, new.checking) != (old.check, old.checking):
            self.badge.show_check(new.check, new.checking)
            self.check_lines.show_check(new.check)

    def _build(self, shown: Snapshot) -> None:
        """Make the rows that a model needs."""
        from landscape_app.views.backprop_rows import TermRow

        for part in (*self.rows, *self._stages):
            self._column.removeWidget(part)
            part.hide()
            part.deleteLater()
        self.rows, self._stages = [], []
        titles = {
            "forward": self.tr("Forward"),
            "loss": self.tr("Loss"),
            "backward": self.tr("Backward"),
            "update": self.tr("Update"),
        }
        stage = ""
        for equation in equations_of(shown.problem.model, shown.settings.optimizer):
            if equation.stage != stage:
                stage = equation.stage
                title = self._stage_title(titles[stage], stage)
                self._column.insertWidget(self._column.count() - 1, title)
                self._stages.append(title)
                title.show()
            row = TermRow(equation, self._body)
            row.set_palette(self._palette)
            row.chosen.connect(self.term_requested)
            row.table_wanted.connect(self._open_table)
            row.entry_wanted.connect(self.entry_requested)
            row.left.connect(self._on_row_left)
            self._column.insertWidget(self._column.count() - 1, row)
            self.rows.append(row)
            row.show()
        self._make_current(self.rows[0])
        self.scroll_area.verticalScrollBar().setValue(0)
        self._await_formulas()

    def _stage_title(self, text: str, stage: str) -> QLabel:
        title = QLabel(text.upper(), self._body)
        title.setObjectName("title")
        title.setContentsMargins(6, 4, 6, 0)
        if stage == "update":
            tip = self.tr("Open the tab Update: the rule's formulas with the numbers of one parameter")
            title.setTextFormat(Qt.TextFormat.RichText)
            title.setTextInteractionFlags(
                Qt.TextInteractionFlag.LinksAccessibleByMouse | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
            )
            describe(title, text, tip)
            title.linkActivated.connect(self.panel_requested)
            title.setText(self._update_title())
        return title

    def _update_title(self) -> str:
        style = f"color: {self._palette.accent}; font-weight: normal"
        link = f'<a href="update" style="{style}">{self.tr("how the rule makes it")}</a>'
        return f"{self.tr('Update').upper()} · {link}"

    def _show_values(self, shown: Snapshot, passes: Passes | None) -> None:
        """Write the numbers; until the batch is at hand there are none, and another step's are not shown."""
        from landscape_app.views.backprop_readings import note_of, values_after, values_of

        if passes is None:
            for row in self.rows:
                row.show_values((), "")
            self.about.setText(self.tr("the batch is on its way …"))
            self.remark.hide()
            return
        increment = next_increment(shown)
        for row in self.rows:
            name = row.equation.name
            if name in (INCREMENT, MOVE):
                row.show_values(*values_after(shown, increment, name))
            else:
                values = values_of(shown, passes, name)
                note = note_of(shown, passes, name, self._palette.digits_or(6))
                row.show_values(values, note, None if shown.example is None else shown.example + 1)
        about = self.tr("{0:,} of {1:,} examples") if passes.is_batch else self.tr("{0:,} examples")
        self.about.setText(about.format(passes.m, shown.problem.data.m))
        columns = len(passes.examples)
        remark = self.tr("The strips have the first {0:,} of {1:,} examples; sums are over all.")
        self.remark.setText(remark.format(columns, passes.m) if columns < passes.m else "")
        self.remark.setVisible(columns < passes.m)
        for dialog in self.dialogs:
            value = self._array(dialog.name, dialog.place)
            if value is None:
                dialog.reject()
            else:
                dialog.show_value(value, passes.iteration)

    def _show_term(self, shown: Snapshot) -> None:
        names = walk_names(shown.problem.model)
        for row in self.rows:
            row.set_term(shown.term)
        text = ""
        lit = next((row for row in self.rows if row.lit), None)
        if lit is not None:
            self._make_current(lit)
        if shown.term in names:
            text = self.tr("{0} · {1} of {2}").format(symbol(shown.term), names.index(shown.term) + 1, len(names))
            self._reveal()
        self.place.setText(text)
        self._await_formulas()

    @Slot()
    def _reveal(self) -> None:
        """Scroll to the row in hand, and to the title above it."""
        row = next((row for row in self.rows if row.lit), None)
        if row is not None:
            self._scroll_to(row)

    def _scroll_to(self, row: "TermRow") -> None:
        self.scroll_area.ensureVisible(0, row.geometry().bottom(), 0, 4)
        self.scroll_area.ensureVisible(0, row.geometry().top(), 0, 24)

    def _make_current(self, current: "TermRow") -> None:
        """Let Tab lead to one of the rows; the keys follow if they are at another one."""
        follows = any(row.has_keys() for row in self.rows if row is not current)
        for row in self.rows:
            row.set_current(row is current)
        tab_through((self.check_lines.button, current, *current.strips))  # made later they would come after all panels
        if follows:
            current.setFocus()

    @Slot(int)
    def _on_row_left(self, by: int) -> None:
        """Give the keys to another row."""
        at = next(i for i, row in enumerate(self.rows) if row is self.sender()) + by
        if 0 <= at < len(self.rows):
            self._make_current(self.rows[at])
            self._scroll_to(self.rows[at])

    # -- formulas -------------------------------------------------------------------------------------------

    def _await_formulas(self) -> None:
        if self.rows and self._seen:
            self._take_formulas()
            self._typesetting.start()

    @Slot()
    def _take_formulas(self) -> None:
        """Show the formulas that have come; look again while some are being made."""
        from landscape_app.views.typeset import typesetter

        ready = not typesetter().busy
        # What is asked for last is made first: the row in hand, then those in sight from the top.
        upwards = self.rows[::-1]
        for row in sorted(upwards, key=lambda row: (row.lit, not row.visibleRegion().isEmpty())):
            row.line.take_formula()
        if ready and not typesetter().busy:
            self._typesetting.stop()

    # -- tables ---------------------------------------------------------------------------------------------

    def _array(self, name: str, place: int) -> "Value | None":
        """Return an array that a term's row shows as a heat map."""
        row = next((row for row in self.rows if row.equation.name == name), None)
        arrays = [] if row is None else [value for value in row.values if not value.is_number]
        return arrays[place] if place < len(arrays) else None

    @Slot(str, int)
    def _open_table(self, name: str, place: int) -> None:
        from landscape_app.views.backprop_table import ValueDialog

        value = self._array(name, place)
        if value is None or self.passes is None:
            return
        title = " ".join(part for part in (symbol(name), value.label if value.label != symbol(name) else "") if part)
        dialog = ValueDialog(name, place, value, title, self._palette, self)
        dialog.show_value(value, self.passes.iteration)
        dialog.entry_requested.connect(self.entry_requested)
        dialog.finished.connect(self._on_dialog_finished)
        self.dialogs.append(dialog)
        dialog.show()

    @Slot()
    def _on_dialog_finished(self) -> None:
        self.dialogs = [dialog for dialog in self.dialogs if dialog is not self.sender()]

    # -- intents and events ---------------------------------------------------------------------------------

    @Slot()
    def _on_next(self) -> None:
        self.walk_requested.emit(True)

    @Slot()
    def _on_back(self) -> None:
        self.walk_requested.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Notice that the panel is seen: behind another one it is visible to Qt, but never painted."""
        super().paintEvent(event)
        if not self._seen:
            self._coming.start()

    @Slot()
    def _come_into_sight(self) -> None:
        """Draw what was missed."""
        if self._seen or not self.isVisible():
            return
        self._seen = True
        if self._latest is not None:
            self._draw(self._latest)
            self._await_formulas()
        self.watched.emit(True)

    @Slot(bool)
    def set_in_sight(self, visible: bool) -> None:
        """Rest when the panel goes out of sight, be it behind another one."""
        if not visible:
            self._coming.stop()
            if self._seen:
                self._seen = False
                self._typesetting.stop()
                self.watched.emit(False)

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self.set_in_sight(False)
