"""A map over two settings: the loss that each run ends with, computed beside the run in hand."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QVBoxLayout, QWidget

from landscape_app.core.errors import ConfigError
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.sweep import DIVERGED, FINISHED, SweepTable, sweep_wish
from landscape_app.views.forms import describe, muted_label, tab_through
from landscape_app.views.number_field import NumberField
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting_widgets import TwoLines
from landscape_app.views.sweep_axis import NO_BUTTONS, AxisChoice
from landscape_app.views.sweep_map import SweepMap
from landscape_app.views.sweep_words import cell_text, summary_text

#: Iterations of each run, unless one says otherwise.
ITERATIONS = 100


class SweepView(QWidget):
    """Two axes, Start and Stop, the map, and what it says in words."""

    #: Compute a SweepWish.
    start_requested = Signal(object)
    stop_requested = Signal()
    #: Take a cell's run in hand: StartConfig, RunConfig, iterations, and the one to show.
    run_requested = Signal(object, object, int, int)
    copy_requested = Signal()
    save_requested = Signal()
    #: Compare random search with the descent.
    search_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._drawn: Snapshot | None = None
        self._trouble = ""
        self.x_axis, self.y_axis = AxisChoice("x", "learning_rate"), AxisChoice("y", "optimizer")
        self.iterations = NumberField(float(ITERATIONS), low=1, high=1_000_000, step=10, whole=True)
        about = self.tr("How many iterations each run takes before its loss is read")
        describe(self.iterations, self.tr("Iterations of each run"), about)
        self.iterations.setMinimumWidth(40)
        self.iterations.setMaximumWidth(60)
        self.iterations.setStyleSheet(NO_BUTTONS)
        self.start_button, self.search_button = QPushButton(), QPushButton(self.tr("Random?"))
        self.table_button = QPushButton(self.tr("Table"))
        menu = QMenu(self.table_button)
        self.copy_action, self.save_action = menu.addAction(self.tr("Copy")), menu.addAction(self.tr("Save as CSV…"))
        self.table_button.setMenu(menu)
        about = self.tr("Is it a good idea to try parameters at random? Compare that with the descent")
        describe(self.search_button, self.tr("Random search beside descent"), about)
        for button in (self.start_button, self.search_button, self.table_button):
            button.setStyleSheet("padding: 3px 6px;")
        about = self.tr("Copy the table of all runs for a spreadsheet, or save it as CSV")
        describe(self.table_button, self.tr("Table of all runs"), about)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(4)
        describe(self.progress, self.tr("Progress of the sweep"), self.tr("How many of the runs are done"))
        self.map = SweepMap()
        describe(
            self.map,
            self.tr("Map of the final losses"),
            self.tr("The arrow keys go from run to run, Return takes one in hand"),
        )
        self.map.setToolTip("")
        self.hint = muted_label(
            self.tr("Start makes a run for each pair of values, and paints the loss that it ends with.")
        )
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.summary, self.readout = TwoLines(self), TwoLines(self)
        self._lay_out()
        self.start_button.clicked.connect(self._on_start)
        self.copy_action.triggered.connect(self.copy_requested)
        self.save_action.triggered.connect(self.save_requested)
        self.search_button.clicked.connect(self.search_requested)
        self.map.pointed.connect(self._on_pointed)
        self.map.chosen.connect(self._on_chosen)
        for axis in (self.x_axis, self.y_axis):
            axis.edited.connect(self._on_edited)
        tab_through(
            (
                *(*self.x_axis.widgets, *self.y_axis.widgets, self.iterations, self.start_button),
                *(self.table_button, self.map, self.search_button),
            )
        )
        self._show_state()

    def _lay_out(self) -> None:
        label = QLabel(self.tr("Iterations"))
        label.setBuddy(self.iterations)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for widget in (label, self.iterations, self.start_button):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        buttons.addWidget(self.table_button)
        below = QHBoxLayout()
        below.setSpacing(4)
        below.addWidget(self.readout, 1)
        below.addWidget(self.search_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(5, 6, 5, 4)
        column.setSpacing(4)
        column.addWidget(self.x_axis)
        column.addWidget(self.y_axis)
        column.addLayout(buttons)
        column.addWidget(self.progress)
        column.addWidget(self.hint, 1)  # in the map's place: what stands above stays where it is
        column.addWidget(self.map, 1)
        column.addWidget(self.summary)
        column.addLayout(below)

    @property
    def table(self) -> SweepTable | None:
        """The table that is shown."""
        state = None if self._drawn is None else self._drawn.sweep
        return None if state is None else state.result

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self.map.set_palette(palette)
        self._show_words()

    def render_snapshot(self, new: Snapshot) -> None:
        """Show how far the sweep is, and which of its runs is the one in hand."""
        old, self._drawn = self._drawn, new
        settings = (
            old is None
            or old.settings is not new.settings
            or old.problem is not new.problem
            or old.experiment is not new.experiment
        )
        if settings:
            self._trouble = ""
            for axis in (self.x_axis, self.y_axis):
                axis.render_snapshot(new)
        if settings or old is None or old.sweep is not new.sweep:
            self._show_state()

    def _show_state(self) -> None:
        state = None if self._drawn is None else self._drawn.sweep
        busy, table = state is not None and state.busy, self.table
        self.start_button.setText(self.tr("Stop") if busy else self.tr("Start"))
        tip = self.tr("Leave the table as it is") if busy else self.tr("Make a run for each pair of values")
        describe(self.start_button, self.tr("Stop the sweep") if busy else self.tr("Start the sweep"), tip)
        self.table_button.setEnabled(table is not None and table.done > 0)
        self.hint.setVisible(table is None)
        self.map.setVisible(table is not None)
        in_hand = None
        if table is not None:
            assert self._drawn is not None
            self.progress.setRange(0, table.total)
            self.progress.setValue(table.done)
            in_hand = table.wish.place_of(self._drawn.experiment, self._drawn.cursor)
        self.progress.setEnabled(busy)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.setVisible(busy)
        self.map.show_table(table, in_hand, state is not None and not state.current)
        self._show_words()

    def _show_words(self) -> None:
        state = None if self._drawn is None else self._drawn.sweep
        p, table, digits = self._palette, self.table, self._palette.digits_or(5)
        self.summary.set_colour(p.text)
        self.readout.set_colour(p.error if self._trouble else p.muted)
        if state is None or table is None:
            self.summary.set_text("")
            self.readout.set_text(self._trouble)
            return
        parts = [summary_text(table, digits)]
        if table.done < table.total:
            count = self.tr("{0} of {1} runs").format(table.done, table.total)
            parts.insert(0, self.tr("Stopped at {0}").format(count) if state.stopped else count)
        self.summary.set_text(" · ".join(part for part in parts if part))
        if self._trouble:
            self.readout.set_text(self._trouble)
        elif self.map.selected is not None:
            self.readout.set_text(cell_text(table, *self.map.selected, digits))
        elif not state.current:
            self.readout.set_text(self.tr("These runs have the former start or settings; Start makes them anew."))
        else:
            self.readout.set_text(self.tr("Click a cell to take its run in hand."))
        for line in (self.summary, self.readout):
            line.setToolTip(line.text())  # a narrow panel cuts it

    # --- hands ---

    def _on_start(self) -> None:
        shown = self._drawn
        if shown is None:
            return
        if shown.sweep is not None and shown.sweep.busy:
            self.stop_requested.emit()
            return
        try:
            x, y = self.x_axis.axis(self.y_axis.setting), self.y_axis.axis(self.x_axis.setting)
            iterations = int(self.iterations.value)
            wish = sweep_wish(shown.experiment, shown.cursor, shown.problem, x, y, iterations)
        except ConfigError as error:
            self._trouble = str(error)
            self._show_words()
            return
        self._trouble = ""
        self.start_requested.emit(wish)

    def _on_edited(self) -> None:
        self._trouble = ""
        self._show_words()

    def _on_pointed(self, _row: int, _column: int) -> None:
        self._trouble = ""
        self._show_words()

    def _on_chosen(self, row: int, column: int) -> None:
        """Take a cell's run in hand if there is one."""
        table = self.table
        if table is None or table.state[row, column] not in (FINISHED, DIVERGED):
            return
        start, run = table.wish.cell(row, column)
        self.run_requested.emit(start, run, table.wish.iterations, int(table.reached[row, column]))
