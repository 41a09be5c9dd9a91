"""The preview: how a file or a pasted text was understood, correctable, and what to learn from it."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from landscape_app.data.reading import Doubt, Kind, Reading, Survey
from landscape_app.data.table import Table
from landscape_app.session.config import DataConfig
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.palette import Palette
from landscape_app.views.preview_choice import ChoiceForm
from landscape_app.views.preview_doubts import DoubtsPanel, without_guesses
from landscape_app.views.preview_settings import ReadingForm
from landscape_app.views.preview_table import TablePane
from landscape_app.views.preview_words import counted, understood
from landscape_app.views.table_look import table_rules

_LEFT_WIDTH = 300
_PROGRESS_STEPS = 1000


class PreviewDialog(QDialog):
    """Shows what was understood of a table, and takes corrections; it reads nothing itself.

    ``reading_changed`` asks for a survey and then for the table, read like this: the answers are handed to
    `show_survey`, `show_table`, `show_progress`, `show_doubts` and `show_error`. Each takes the `Reading` that
    it answers, and an answer to another one than that last asked for is dropped. ``stop_requested`` ends a
    reading. Once accepted, ``config`` and ``table`` are what was chosen.
    """

    reading_changed = Signal(object)
    stop_requested = Signal()

    def __init__(self, title: str, config: DataConfig, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("How to read {0}").format(title))
        self._config, self._reading = config, config.reading
        self._survey: Survey | None = None
        self._table: Table | None = None
        self._doubts: tuple[Doubt, ...] = ()
        self._error = ""
        self._busy = self._stopped = False
        self._is_surveyed = False  # whether the survey shown answers the present reading
        self._make_top()
        self.preview = TablePane()
        self.preview.kind_changed.connect(self._on_kind)
        self.settings = ReadingForm()
        self.settings.edited.connect(self._on_reading)
        self.choice = ChoiceForm(config)
        self.choice.edited.connect(self._show_state)
        self._make_bottom()
        self._lay_out()
        self.settings.show_reading(self._reading, None)
        self._show_state()

    # -- parts ----------------------------------------------------------------------------------------------

    def _make_top(self) -> None:
        self.summary = QLabel()
        self.summary.setWordWrap(True)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.notes = muted_label()
        self.doubts = DoubtsPanel()
        self.doubts.answered.connect(self._on_answered)

    def _make_bottom(self) -> None:
        self.state = muted_label()
        self.progress = QProgressBar()
        self.progress.setRange(0, _PROGRESS_STEPS)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(140)
        describe(self.progress, self.tr("Progress"), self.tr("How much of the file was read"))
        self.stop_button = self._button(self.tr("Stop"), self.tr("Stop reading"), self._on_stop)
        self.cancel_button = self._button(
            self.tr("Cancel"), self.tr("Close, and keep the data as they were"), self.reject
        )
        self.open_button = self._button(self.tr("Open"), self.tr("Use these data (Return)"), self.accept)
        self.open_button.setObjectName("primary")
        self.open_button.setDefault(True)

    def _button(self, text: str, tip: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        describe(button, text, tip)
        button.clicked.connect(slot)
        return button

    def _lay_out(self) -> None:
        column = QWidget()
        left = QVBoxLayout(column)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(6)
        left.addWidget(self.settings)
        left.addWidget(self.choice, 1)
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(column)
        scroll.setFixedWidth(max(_LEFT_WIDTH, column.minimumSizeHint().width() + 12))
        middle = QHBoxLayout()
        middle.setSpacing(10)
        middle.addWidget(scroll)
        middle.addWidget(self.preview, 1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.state, 1)
        for widget in (self.progress, self.stop_button, self.cancel_button, self.open_button):
            bottom.addWidget(widget)
        self._align_labels()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        layout.setSpacing(8)
        for part in (self.summary, self.notes, self.doubts):
            layout.addWidget(part)
        layout.addLayout(middle, 1)
        layout.addLayout(bottom)
        self.resize(self.sizeHint())
        self.preview.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _align_labels(self) -> None:
        """Let the fields of all forms begin at the same place."""
        forms = self.settings.form, self.choice.form, self.choice.below.form
        items = [form.itemAt(row, QFormLayout.ItemRole.LabelRole) for form in forms for row in range(form.rowCount())]
        labels = [label for item in items if item is not None and (label := item.widget()) is not None]
        widest = max(label.sizeHint().width() for label in labels)
        for label in labels:
            label.setMinimumWidth(widest)

    def sizeHint(self) -> QSize:
        """Fill most of a laptop's screen, and no more than what is sensible on a large one."""
        room = self.screen().availableGeometry()
        return QSize(min(1240, int(room.width() * 0.9)), min(820, int(room.height() * 0.88)))

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self.setStyleSheet(table_rules(palette))
        self.preview.set_palette(palette)

    # -- answers of the readers -----------------------------------------------------------------------------

    @property
    def reading(self) -> Reading:
        """What was said about the file so far."""
        return self._reading

    def begin(self) -> None:
        """Ask for the first survey."""
        self._ask()

    @Slot(object)
    def show_survey(self, survey: Survey, reading: Reading | None = None) -> None:
        """Show the beginning of the file, and the questions that it leaves open."""
        if self._is_stale(reading):
            return
        survey = without_guesses(survey, self._reading)
        self._survey, self._table, self._is_surveyed = survey, None, True
        self.preview.show_survey(survey)
        self.settings.show_reading(self._reading, survey)
        self._ask_doubts(survey.doubts)

    @Slot(object)
    def show_table(self, table: Table, reading: Reading | None = None) -> None:
        """Show what is known now that everything was read."""
        if self._is_stale(reading):
            return
        self._table, self._error, self._busy, self._stopped = table, "", False, False
        self.preview.show_table(table)
        self.choice.show_table(table)
        self._ask_doubts(())

    @Slot(float)
    def show_progress(self, share: float, reading: Reading | None = None) -> None:
        """Show how much was read, 0 to 1."""
        if not self._is_stale(reading) and self._busy:
            self.progress.setValue(round(share * _PROGRESS_STEPS))

    def show_doubts(self, doubts: Sequence[Doubt], reading: Reading | None = None) -> None:
        """Ask what only reading the whole file brought up."""
        if not self._is_stale(reading):
            self._ask_doubts(tuple(doubts))

    @Slot(str)
    def show_error(self, sentence: str, reading: Reading | None = None) -> None:
        """Say why it can't be read like this; the settings stay, to be corrected."""
        if self._is_stale(reading):
            return
        self._error, self._busy, self._table = sentence, False, None
        self.choice.show_table(None)
        if not self._is_surveyed and self._survey is not None:  # what is shown was read in another way
            self._survey = replace(self._survey, names=(), units=(), cells=(), kinds=(), notes=(), doubts=())
            self.preview.show_survey(self._survey)
            self._ask_doubts(())
        self._show_state()

    def _is_stale(self, reading: Reading | None) -> bool:
        return self._stopped or (reading is not None and reading != self._reading)

    def _ask_doubts(self, doubts: tuple[Doubt, ...]) -> None:
        self._doubts = doubts
        if doubts:
            self._busy = False
            self.choice.show_table(None)
        self.doubts.show_doubts(doubts)
        if doubts and self.doubts.buttons:
            self.doubts.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_state()

    # -- corrections ----------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._busy, self._stopped, self._error, self._table = True, False, "", None
        self._is_surveyed = False
        self.progress.setValue(0)
        self.choice.show_table(None)
        self._show_state()
        self.reading_changed.emit(self._reading)

    def _change(self, **changes: object) -> None:
        values = {name: getattr(self._reading, name) for name in Reading.model_fields}
        reading = Reading(**{**values, **changes})
        self.settings.show_reading(reading, self._survey)
        self._on_reading(reading)

    def _on_reading(self, reading: Reading) -> None:
        self._reading = reading
        self._ask()

    def _on_answered(self, setting: str, value: object) -> None:
        self._change(**{setting: value})

    def _on_stop(self) -> None:
        if not self._busy:
            self._ask()
            return
        self._busy, self._stopped = False, True
        self.stop_requested.emit()
        self._show_state()

    def _on_kind(self, name: str, kind: Kind) -> None:
        self._change(kinds=tuple({**dict(self._reading.kinds), name: kind}.items()))

    # -- showing --------------------------------------------------------------------------------------------

    def _obstacle(self) -> str:
        """Return why it can't be opened yet, empty if it can."""
        if self._doubts:
            return self.tr("Answer the question above first.")
        if self._error:
            return self._error
        if self._busy:
            return self.tr("Reading…")
        if self._stopped:
            return self.tr("Reading was stopped: read again, or with a limit of rows.")
        if self._table is None:
            return self.tr("Nothing was read yet.")
        return self.choice.obstacle()

    def _summary(self) -> str:
        """Return what was understood, if anything was."""
        if self._error and not self._is_surveyed:
            return self.tr("It can't be read like this.")
        return understood(self._survey, self._table) or self.tr("Looking at the file…")

    def _show_state(self) -> None:
        obstacle = self._obstacle()
        self.open_button.setEnabled(not obstacle)
        self.summary.setText(self._summary())
        notes = [] if self._survey is None else list(self._survey.notes)
        notes += [note for note in (self._table.notes if self._table is not None else ()) if note not in notes]
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))
        is_problem = bool(obstacle) and not self._busy
        if not obstacle and self._table is not None:
            used, rows = self.choice.usable_rows(), self._table.rows
            obstacle = (
                counted(used, self.tr("{0} row will be used."), self.tr("{0} rows will be used."))
                if used == rows
                else self.tr("{0} of {1} rows will be used.").format(f"{used:,}", f"{rows:,}")
            )
        self.state.setText(obstacle)
        name = "error" if self._error and not self._doubts else "warning" if is_problem else "muted"
        if self.state.objectName() != name:
            self.state.setObjectName(name)
            self.state.style().polish(self.state)
        self.progress.setVisible(self._busy)
        self.stop_button.setVisible(self._busy or self._stopped)
        self.stop_button.setText(self.tr("Stop") if self._busy else self.tr("Read again"))
        describe(
            self.stop_button,
            self.stop_button.text(),
            self.tr("Stop reading") if self._busy else self.tr("Read the file once more"),
        )

    # -- what was chosen ------------------------------------------------------------------------------------

    @property
    def table(self) -> Table | None:
        """The table shown; None as long as there is none."""
        return self._table

    @property
    def config(self) -> DataConfig:
        """The description of the data as they were handed in, with what was chosen."""
        changes = self.choice.changes() if self._table is not None else {}
        config: DataConfig = self._config.but(reading=self._reading, **changes)
        return config

    def accept(self) -> None:
        """Close if nothing stands in the way."""
        if not self._obstacle():
            super().accept()

    def done(self, result: int) -> None:
        """End a reading that nobody waits for any more."""
        if self._busy:
            self._busy = False
            self.stop_requested.emit()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return opens from everywhere, Escape cancels."""
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        ):
            self.open_button.click()
            return
        super().keyPressEvent(event)
