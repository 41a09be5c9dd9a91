"""The race: its runs in a table, what they have come to, and the clock that they are compared by."""

from itertools import pairwise
from math import isfinite

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from landscape_app.session.race import Lane, Race
from landscape_app.session.race_clock import UNITS, RaceUnit
from landscape_app.session.sentences import stopped_text
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.in_sight import PanelInSight
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number, scaled_font
from landscape_app.views.race_look import SAMPLE, lane_titles, sample_icon
from landscape_app.views.table_look import table_rules

#: Columns of the table.
NAME, LOSS, BEST, ARRIVED = range(4)

#: Pixels below which the table has a column less.
NARROW = 420


class RaceView(PanelInSight):
    """A row a run, the run in hand first; pointing at a name fades all others."""

    add_requested = Signal()
    rules_requested = Signal()
    duplicate_requested = Signal(int)
    remove_requested = Signal(int)
    take_requested = Signal(int)
    #: All rivals shall begin where the run in hand begins.
    gather_requested = Signal()
    #: The rival with this index, and what is to be changed of it: a dict.
    change_requested = Signal(int, object)
    #: What the run in hand is to be called.
    name_requested = Signal(str)
    unit_requested = Signal(str)
    #: The lane under the mouse, or chosen with the arrow keys, 0 for the run in hand; -1 for none.
    isolated = Signal(int)
    #: Other buttons may be pressed than before.
    buttons_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pause = 100
        self._palette = DARK
        self._filling = False  # the table follows the snapshot: what changes in it then is nobody's wish
        self._pointed = self._keyed = self._isolated = -1
        self._icons: tuple[object, ...] = ()
        self._titles: list[str] = []
        self.elsewhere = False  # whether some begin elsewhere than the run in hand
        self.unit = QComboBox()
        for unit, text in self._units().items():
            self.unit.addItem(text, unit)
        describe(
            self.unit,
            self.tr("Compared by"),
            self.tr(
                "What the clock of the race counts. Iterations: updates. Epochs: passes over the data. Evaluations:\n"
                "losses of one example, of which a gradient counts as two (a forward and a backward pass); what is\n"
                "computed only to be drawn does not count."
            ),
        )
        self.table = QTableWidget(0, 4)
        self._set_up_table()
        self.hint = muted_label()
        self.hint.setText(
            self.tr(
                "Add the run in hand, then change its rule, rate, batch or start: both run on, side by side. "
                "Or let each rule run once."
            )
        )
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.ended = muted_label(self.tr("The run in hand has ended: take another one to go on."))
        self._make_buttons()
        self._lay_out()
        for widget in (self.ended, self.heir_button, self.gather_button):  # until there is a reason
            widget.hide()
        self.setAccessibleName(self.tr("Race"))
        self.setMinimumWidth(230)
        self._show_buttons()

    def _units(self) -> dict[RaceUnit, str]:
        texts = (self.tr("by iterations"), self.tr("by epochs"), self.tr("by evaluations"))
        return dict(zip(UNITS, texts, strict=True))

    def _set_up_table(self) -> None:
        table = self.table
        heads = (
            (
                self.tr("Run"),
                self.tr(
                    "Ticked runs are drawn. Double-click, or press F2, to rename. Point at a run, or choose one with\n"
                    "the arrow keys, to fade the others; Esc shows all again."
                ),
            ),
            (self.tr("Loss"), self.tr("The loss over all the data at the clock")),
            (self.tr("Best"), self.tr("The lowest loss up to the clock")),
            (
                self.tr("Arrived"),
                self.tr(
                    "When the loss first came within a hundredth of the lowest: of what there was to gain from the\n"
                    "start to the least-squares optimum, or in networks to the lowest loss that any run has found"
                ),
            ),
        )
        for column, (text, tip) in enumerate(heads):
            head = QTableWidgetItem(text)
            head.setToolTip(tip)
            table.setHorizontalHeaderItem(column, head)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 7)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # what tells runs of one rule apart stands at the end
        table.setIconSize(QSize(*SAMPLE))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(40)
        describe(table, self.tr("Runs of the race"), "")
        table.setMouseTracking(True)
        table.viewport().installEventFilter(self)
        table.installEventFilter(self)
        table.currentCellChanged.connect(self._on_current_changed)
        table.entered.connect(self._on_entered)
        table.itemChanged.connect(self._on_item_changed)
        table.itemSelectionChanged.connect(self._show_buttons)

    def _make_buttons(self) -> None:
        self.add_button = QPushButton(self.tr("Add this run"))
        describe(
            self.add_button,
            self.tr("Add the run in hand"),
            self.tr("Let the run in hand, as it is now, race along whatever you change afterwards"),
        )
        self.rules_button = QPushButton(self.tr("All rules"))
        describe(
            self.rules_button,
            self.tr("Add all rules"),
            self.tr("Let each other rule race from the same start, with the same learning rate and batch"),
        )
        self.take_button = QPushButton(self.tr("Take in hand"))
        describe(
            self.take_button,
            self.tr("Take the chosen run in hand"),
            self.tr("All panels show the chosen run, to be watched and changed; the present one stays in the race"),
        )
        self.copy_button = QPushButton(self.tr("Duplicate"))
        describe(self.copy_button, self.tr("Duplicate"), self.tr("Let the chosen run race a second time"))
        self.remove_button = QPushButton(self.tr("Remove"))
        describe(self.remove_button, self.tr("Remove"), self.tr("Take the chosen run out of the race"))
        self.gather_button = QPushButton(self.tr("All from this start"))
        describe(
            self.gather_button,
            self.tr("All from this start"),
            self.tr("Some begin elsewhere: let all runs of the race begin where the run in hand begins"),
        )
        self.heir_button = QPushButton(self.tr("Go on with the best"))
        describe(self.heir_button, self.heir_button.text(), self.tr("Take in hand the lowest run that can go on"))
        self.heir_button.clicked.connect(self._on_heir)
        self.gather_button.clicked.connect(self.gather_requested)
        self.add_button.clicked.connect(self.add_requested)
        self.rules_button.clicked.connect(self.rules_requested)
        self.take_button.clicked.connect(self._on_take)
        self.copy_button.clicked.connect(self._on_copy)
        self.remove_button.clicked.connect(self._on_remove)
        self.unit.activated.connect(self._on_unit)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 6)
        column.setSpacing(4)
        below = (self.take_button, self.copy_button, self.remove_button)
        above = (self.unit, self.add_button, self.rules_button)
        for widgets in (above, (self.ended, self.heir_button), (self.gather_button,), below):
            row = QHBoxLayout()
            row.setContentsMargins(8, 0, 8, 0)
            row.setSpacing(4)
            for widget in widgets:
                row.addWidget(widget)
            column.addLayout(row)
        column.insertWidget(1, self.table, 1)
        column.insertWidget(2, self.hint, 1)
        for before, after in pairwise((*above, self.table, self.heir_button, self.gather_button, *below)):
            self.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where names would have no room leave out what the loss curve shows, too."""
        super().resizeEvent(event)
        self.table.setColumnHidden(BEST, event.size().width() < NARROW)

    # --- drawing ---

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        # A chosen row is not as strong as elsewhere: the samples of the lines have to be seen on it.
        chosen = f"QTableView {{ selection-background-color: {palette.border}; selection-color: {palette.text}; }}"
        self.table.setStyleSheet(table_rules(palette) + chosen)
        self._icons = ()
        if self.drawn is not None:
            self.draw(self.drawn, None)

    def may_wait(self, new: Snapshot) -> int:
        """Wait a moment for rivals whose data were changed in the hand: mostly they come at once."""
        if new.race is not None and any(lane.former for lane in new.race.lanes):
            return self.pause
        return super().may_wait(new)

    def draw(self, new: Snapshot, old: Snapshot | None) -> None:
        """Draw what differs from the snapshot drawn last."""
        race = new.race
        same = old is not None and new.wanted.start is old.wanted.start and new.experiment.name == old.experiment.name
        if same and old is not None and race is old.race:
            return
        self.table.setVisible(race is not None)
        self.hint.setVisible(race is None)
        self.unit.setEnabled(race is not None)
        if race is None:
            self.table.setRowCount(0)
        else:
            self.unit.setCurrentIndex(self.unit.findData(race.unit))
            self._fill(race, new)
        self._offer_heir(None if race is None else race.heir)
        if self._keyed >= self.table.rowCount():
            self._keyed = -1
            self._isolate()
        self._show_buttons()

    def _fill(self, race: Race, new: Snapshot) -> None:
        self._filling = True
        if self.table.rowCount() != len(race.lanes):
            self.table.setRowCount(len(race.lanes))
            self._icons = ()
        looks = tuple(None if lane.config is None else lane.config.look for lane in race.lanes)
        goal = race.goal()
        self._titles = lane_titles(race, new.experiment)
        for row, (lane, title) in enumerate(zip(race.lanes, self._titles, strict=True)):
            name = self._item(row, NAME)
            if name.text() != title:
                name.setText(title)
            name.setToolTip(title if lane.config is not None else self.tr("{0}: the run in hand").format(title))
            if looks != self._icons:
                name.setIcon(sample_icon(looks[row], self._palette))
                name.setFont(scaled_font(self.font(), 1.0, bold=lane.config is None))
                flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEditable
                if lane.config is not None:
                    flags |= Qt.ItemFlag.ItemIsUserCheckable
                name.setFlags(flags)
            if lane.config is not None:
                name.setCheckState(Qt.CheckState.Checked if lane.visible else Qt.CheckState.Unchecked)
            for column, (text, tip) in enumerate(self._numbers(race, lane, goal), start=LOSS):
                item = self._item(row, column)
                item.setData(Qt.ItemDataRole.ForegroundRole, QColor(self._palette.muted) if lane.former else None)
                if lane.former:  # what was known last stays, and is not so strong
                    text = item.text() or text
                item.setText(text)
                item.setToolTip(tip)
        self._icons = looks
        self._filling = False
        head = self.table.horizontalHeaderItem(NAME)
        if head is not None and head.text() != self._clock_text(race):
            head.setText(self._clock_text(race))

    def _offer_heir(self, heir: int | None) -> None:
        """Offer a run to go on with, where the one in hand has ended and the clock with it."""
        self.ended.setVisible(heir is not None)
        self.heir_button.setVisible(heir is not None)
        if heir is not None:
            tip = self.tr(
                "Take {0} in hand, the lowest of those that can go on; the run that has ended stays in the race"
            )
            describe(self.heir_button, self.heir_button.text(), tip.format(self._titles[heir + 1]))

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        item = self.table.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            if column != NAME:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self.table.setItem(row, column, item)
        return item

    def _numbers(self, race: Race, lane: Lane, goal: float) -> list[tuple[str, str]]:
        """Return the texts of a row behind its name, and their tooltips."""
        if lane.former:
            return [("–", self.tr("With the data before: with the present ones this run is not there yet"))] * 3
        if lane.problem or lane.timeline is None:
            return [("–", lane.problem)] * 3
        digits = self._palette.digits_or(4)
        cells = [(format_number(value, digits), repr(value)) for value in (lane.loss, lane.best)]
        if lane.ended is not None:
            text = self.tr("diverged at {0:,}").format(lane.ended.iteration)
            return [*cells, (text, stopped_text(lane.ended))]
        arrived = race.arrived(lane, goal)
        text = "–" if arrived is None else _amount(arrived)
        return [*cells, (text, self.tr("Within a hundredth of the lowest: a loss of {0:.6g} or less").format(goal))]

    def _clock_text(self, race: Race) -> str:
        texts = {
            "step": self.tr("At iteration {0}"),
            "epoch": self.tr("After {0} epochs"),
            "evaluation": self.tr("After {0} evaluations"),
        }
        text = texts[race.unit].format(_amount(race.clock))
        return text + " · " + self.tr("catching up …") if race.busy else text

    # --- intents ---

    @property
    def chosen(self) -> int:
        """The index of the chosen rival, -1 if none is."""
        rows = self.table.selectionModel().selectedRows()
        return rows[0].row() - 1 if rows else -1

    @Slot()
    def _show_buttons(self) -> None:
        shown = self.drawn
        wanted = None if shown is None else shown.wanted
        self.elsewhere = wanted is not None and any(rival.start != wanted.start for rival in wanted.rivals)
        self.gather_button.setVisible(self.elsewhere)
        for button in (self.copy_button, self.remove_button):
            button.setEnabled(self.chosen >= 0)
        self.take_button.setEnabled(self._can_take(self.chosen))
        self.buttons_changed.emit()

    def _can_take(self, index: int) -> bool:
        """Whether there is a rival ``index`` that can be made."""
        race = None if self.drawn is None else self.drawn.race
        return race is not None and 0 <= index < len(race.lanes) - 1 and not race.lanes[index + 1].problem

    @Slot()
    def _on_take(self) -> None:
        self.catch_up()
        if self._can_take(self.chosen):
            self.take_requested.emit(self.chosen)

    @Slot()
    def _on_heir(self) -> None:
        self.catch_up()
        heir = None if self.drawn is None or self.drawn.race is None else self.drawn.race.heir
        if heir is not None:
            self.take_requested.emit(heir)

    @Slot()
    def _on_copy(self) -> None:
        self.catch_up()
        if self.chosen >= 0:
            self.duplicate_requested.emit(self.chosen)

    @Slot()
    def _on_remove(self) -> None:
        self.catch_up()
        if self.chosen >= 0:
            self.remove_requested.emit(self.chosen)

    @Slot(int)
    def _on_unit(self, index: int) -> None:
        self.unit_requested.emit(self.unit.itemData(index))

    @Slot(QTableWidgetItem)
    def _on_item_changed(self, item: QTableWidgetItem) -> None:
        """Rename a run; hide or show a rival."""
        race = None if self.drawn is None else self.drawn.race
        if self._filling or race is None or item.column() != NAME or item.row() >= len(race.lanes):
            return
        lane, index, text = race.lanes[item.row()], item.row() - 1, item.text().strip()
        visible = item.checkState() == Qt.CheckState.Checked
        self._filling = True
        item.setText(self._titles[item.row()])  # what the wish leaves as it was is not drawn anew
        self._filling = False
        if lane.config is not None and visible != lane.visible:
            self.change_requested.emit(index, {"visible": visible})
        elif text != self._titles[item.row()] and lane.config is None:
            self.name_requested.emit(text)
        elif text != self._titles[item.row()]:
            self.change_requested.emit(index, {"name": text})

    @Slot(QModelIndex)
    def _on_entered(self, index: QModelIndex) -> None:
        self._point(index.row())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show all lanes again when the mouse or the keys leave the table."""
        if event.type() == QEvent.Type.Leave and watched is not self.table:
            self._point(-1)
        leaves = event.type() == QEvent.Type.FocusOut
        escapes = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape and self._keyed >= 0
        if watched is self.table and (leaves or escapes):
            self._keyed = -1
            self._isolate()
            if escapes:
                event.accept()
                return True
        return super().eventFilter(watched, event)

    @Slot(int)
    def _on_current_changed(self, row: int) -> None:
        """Isolate what is chosen with the keys; a row that was clicked is under the mouse already."""
        if not self._filling and self.table.hasFocus():
            self._keyed = row if QApplication.mouseButtons() == Qt.MouseButton.NoButton else -1
            self._isolate()

    def _point(self, row: int) -> None:
        self._pointed = row
        self._isolate()

    def _isolate(self) -> None:
        lane = self._pointed if self._pointed >= 0 else self._keyed
        race = None if self.drawn is None else self.drawn.race
        if race is not None and 0 <= lane < len(race.lanes) and not race.lanes[lane].visible:
            lane = -1  # what is not drawn leaves nothing to be seen beside it
        if lane != self._isolated:
            self._isolated = lane
            self.isolated.emit(lane)


def _amount(value: float) -> str:
    return f"{value:,.0f}" if isfinite(value) and value == round(value) else f"{value:,.2f}"
