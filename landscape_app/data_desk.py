"""Where data come in and go out by hand: preview a file, paste, edit values, save as CSV."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QFileDialog

from landscape_app.core.dataset import Dataset
from landscape_app.core.errors import ExplorerError, Stopped
from landscape_app.data.files import read_table, read_text, survey_file, survey_text
from landscape_app.data.reading import DoubtError, Progress, Reading, Survey
from landscape_app.data.table import Table
from landscape_app.data.writing import write_table
from landscape_app.engine.background import Background, Outcome
from landscape_app.engine.session import Session
from landscape_app.main_window import MainWindow
from landscape_app.session.config import DataConfig
from landscape_app.session.embedded import EmbeddedTable
from landscape_app.session.files import replacing
from landscape_app.session.held import MOST_HELD, HeldData, can_be_held, held_data, table_of
from landscape_app.session.problem import load_data

if TYPE_CHECKING:
    from landscape_app.views.preview import PreviewDialog
    from landscape_app.views.table_editor import TableEditor

#: Cells that the editor takes; beyond, a spreadsheet is the better tool.
EDITABLE_CELLS = 2_000_000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """A file or a pasted text, which can be surveyed and read."""

    config: DataConfig
    survey: Callable[[Reading], Survey]
    read: Callable[[Reading, Progress], Table]


@dataclass(frozen=True, slots=True, eq=False)
class _Wish:
    """What is being read: a survey, or the table (``whole``), for the reading number ``token``."""

    source: _Source
    reading: Reading
    token: int
    whole: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class _Touch:
    """What a hand does to the examples shown: it takes ``example`` (None: a new one) to ``x``, ``y``, or ``away``."""

    example: int | None
    x: float | None = None
    y: float | None = None
    away: bool = False
    gesture: object = None

    @property
    def counts(self) -> bool:
        """Whether there is another number of examples afterwards."""
        return self.away or self.example is None

    def of(self, held: HeldData) -> tuple[DataConfig, Table]:
        if self.example is None:
            assert self.x is not None
            assert self.y is not None
            return held.added(self.x, self.y)
        return held.without(self.example) if self.away else held.moved(self.example, self.x, self.y)


class DataDesk(QObject):
    """Reads outside of the GUI thread what its dialogs ask for, and hands the outcome to the session."""

    _progressed = Signal(int, float)
    #: Data were opened from this file.
    opened = Signal(str)

    def __init__(self, session: Session, window: MainWindow, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._window = session, window
        self.folder = ""
        self.preview: PreviewDialog | None = None
        self.editor: TableEditor | None = None
        self._source: _Source | None = None
        self._edited_name = ""
        self._token = 0
        self._touch: _Touch | None = None  # the last one, and the data that it makes
        self._touched: DataConfig | None = None
        self._touches: list[_Touch] = []  # that wait; their examples are those of the data shown
        session.snapshot_changed.connect(self._on_snapshot)
        self._reader, self._writer = Background(self), Background(self)
        self._reader.finished.connect(self._on_read)
        self._writer.finished.connect(self._on_written)
        self._progressed.connect(self._on_progressed)

    # -- preview --------------------------------------------------------------------------------------------

    def preview_file(self, path: str) -> None:
        """Show how a file is understood; the data stay as they are until it is opened."""
        absolute = Path(path).absolute()
        self.preview_data(DataConfig(kind="file", name=absolute.name, path=str(absolute)))

    def preview_data(self, config: DataConfig) -> None:
        """Show how the file of ``config`` is understood, with the settings that it has."""
        path = Path(config.path or "")
        self._begin(
            _Source(
                config.but(table=None, sha256=None),
                lambda reading: survey_file(path, reading),
                lambda reading, progress: read_table(path, reading, progress),
            )
        )

    @Slot()
    def preview_present(self) -> None:
        """Show how the present data were read, to correct it."""
        config = self._session.snapshot.wanted.data
        if config.kind != "file":
            self._session.notify(
                self.tr("Only data from a file were read: open one, or edit the values of these."), "warning"
            )
            return
        self.preview_data(config)

    @Slot()
    def paste(self) -> None:
        """Take a table from the clipboard, as a spreadsheet puts it there."""
        text = QApplication.clipboard().text()
        if not text.strip():
            self._session.notify(
                self.tr("The clipboard holds no table: copy cells in a spreadsheet first, with their headings."),
                "warning",
            )
            return
        title = self.tr("pasted data")
        self._begin(
            _Source(
                DataConfig(kind="table", name=title, table=_PLACEHOLDER),
                lambda reading: survey_text(text, title, reading),
                lambda reading, _: read_text(text, title, reading),
            )
        )

    def _begin(self, source: _Source) -> None:
        self._close_preview()
        self._session.dismiss_notice()  # what was said of other data
        self._source = source
        self._ask(source.config.reading, whole=False)

    def _ask(self, reading: Reading, *, whole: bool) -> None:
        assert self._source is not None
        self._token += 1
        wish = _Wish(self._source, reading, self._token, whole)

        def progress(share: float) -> None:
            if wish.token != self._token:
                raise Stopped
            self._progressed.emit(wish.token, share)

        def task() -> Survey | Table:
            return wish.source.read(reading, progress) if whole else wish.source.survey(reading)

        self._reader.submit(wish, task)

    @Slot(object)
    def _on_reading_changed(self, reading: Reading) -> None:
        self._ask(reading, whole=False)

    @Slot(int, float)
    def _on_progressed(self, token: int, share: float) -> None:
        if token == self._token and self.preview is not None:
            self.preview.show_progress(share)

    @Slot()
    def _on_stop(self) -> None:
        self._token += 1

    @Slot(object)
    def _on_read(self, outcome: Outcome) -> None:
        wish: _Wish = outcome.key
        if wish.token != self._token:
            return
        error = outcome.error
        if error is None:
            self._show(wish, outcome.value)
        elif isinstance(error, DoubtError) and self.preview is not None:
            self.preview.show_doubts(error.doubts, wish.reading)
        elif isinstance(error, ExplorerError):
            self._complain(str(error), wish)
        else:
            log.error("Reading failed", exc_info=error)
            self._complain(
                self.tr("This could not be read because of a fault in the program; its log says more."), wish
            )

    def _complain(self, sentence: str, wish: _Wish) -> None:
        if self.preview is None:
            self._session.notify(sentence, "error")
        else:
            self.preview.show_error(sentence, wish.reading)

    def _show(self, wish: _Wish, value: Survey | Table) -> None:
        if isinstance(value, Table):
            if self.preview is not None:
                self.preview.show_table(value, wish.reading)
            return
        if self.preview is None:
            self._open_preview(value, wish.source)
        assert self.preview is not None
        self.preview.show_survey(value, wish.reading)
        if not value.doubts:
            self._ask(wish.reading, whole=True)

    def _open_preview(self, survey: Survey, source: _Source) -> None:
        from landscape_app.views.preview import PreviewDialog  # not before it is asked for: the window opens sooner

        preview = PreviewDialog(survey.title, source.config, self._window)
        preview.set_palette(self._window.look)
        preview.accepted.connect(self._on_accepted)
        preview.finished.connect(self._on_preview_finished)
        preview.stop_requested.connect(self._on_stop)
        self.preview = preview
        preview.begin()  # before it is connected: its first question is being answered already
        preview.reading_changed.connect(self._on_reading_changed)
        preview.open()

    @Slot()
    def _on_accepted(self) -> None:
        preview, source = self.preview, self._source
        assert preview is not None
        assert source is not None
        config, table = preview.config, preview.table
        assert table is not None
        wanted = self._session.snapshot.wanted
        if config.kind == "table":
            embedded = EmbeddedTable.of(table)
            config = config.but(table=embedded, reading=Reading())
            table = embedded.table(config.name)
        self._session.use_table(wanted.but(data=config), table)
        if config.path is not None:
            self.opened.emit(config.path)

    @Slot()
    def _on_preview_finished(self) -> None:
        self.preview = None
        self._token += 1

    def _close_preview(self) -> None:
        if self.preview is not None:
            self.preview.reject()

    # -- edit -----------------------------------------------------------------------------------------------

    @Slot()
    def edit_present(self) -> None:
        """Open the present data as a table whose values can be typed."""
        shown = self._session.snapshot
        table = shown.problem.loaded.table or table_of(self._raw(), shown.experiment.data.name)
        if table.rows * len(table.columns) > EDITABLE_CELLS:
            self._session.notify(
                self.tr("{0:,} rows are too many to be edited here: use a spreadsheet, or read fewer rows.").format(
                    table.rows
                ),
                "warning",
            )
            return
        title = shown.problem.data.title or shown.experiment.data.name
        if shown.experiment.data.kind != "table":  # else two sources of one name would stand in the list
            title = self.tr("{0}, edited").format(title)
        self._open_editor(table, title)

    @Slot()
    def type_new(self) -> None:
        """Open an empty table."""
        self._open_editor(None, self.tr("typed data"))

    def _open_editor(self, table: Table | None, name: str) -> None:
        if self.editor is not None:
            self.editor.raise_()
            return
        self._edited_name = name
        from landscape_app.views.table_editor import TableEditor  # as above

        editor = TableEditor(table, self._window)
        editor.set_palette(self._window.look)
        editor.accepted.connect(self._on_edited)
        editor.finished.connect(self._on_editor_finished)
        self.editor = editor
        editor.open()

    @Slot()
    def _on_edited(self) -> None:
        assert self.editor is not None
        embedded, shown = self.editor.table(), self._session.snapshot
        old, name = shown.wanted.data, self._edited_name
        table = embedded.table(name)
        target, features = shown.problem.data.target_name, old.features
        kept = target if target in table.numeric_names else None
        if features is not None and (kept is None or not set(features) <= set(table.usable_names)):
            features = None
        data = DataConfig(
            kind="table",
            name=name,
            table=embedded,
            target=kept,
            features=features,
            missing=old.missing,
            scale=old.scale,
        )
        self._session.use_table(shown.wanted.but(data=data), table, "data.table")

    @Slot()
    def _on_editor_finished(self) -> None:
        self.editor = None

    # -- in the hand ----------------------------------------------------------------------------------------

    @Slot(int, object, object)
    def move_example(self, example: int, x: float | None, y: float | None) -> None:
        """Put an example elsewhere."""
        self._hold(_Touch(example, x, y, gesture=self._session.gesture))

    @Slot(float, float)
    def add_example(self, x: float, y: float) -> None:
        """Add an example."""
        self._hold(_Touch(None, x, y, gesture=self._session.gesture))

    @Slot(int)
    def remove_example(self, example: int) -> None:
        """Take an example away."""
        self._hold(_Touch(example, away=True, gesture=self._session.gesture))

    def _hold(self, touch: _Touch) -> None:
        """Make the change, or let it wait: the newest place of an example counts, but none is added or goes in vain."""
        last = self._touch
        if not self._session.holding or (
            not self._touches
            and last is not None
            and not last.counts
            and last.example == touch.example
            and not touch.away
        ):
            self._touches.clear()
            self._make(touch)
            return
        waiting = self._touches[-1] if self._touches else None
        if waiting is not None and not waiting.counts and not touch.counts and waiting.example == touch.example:
            self._touches[-1] = touch
        else:
            self._touches.append(touch)

    def _make(self, touch: _Touch) -> None:
        session, shown = self._session, self._session.snapshot
        if not can_be_held(shown.problem.data):
            session.notify(
                self.tr("More than {0:,} examples can't be moved by hand: take fewer.").format(MOST_HELD), "warning"
            )
            return
        try:
            config, table = touch.of(held_data(shown.problem, shown.experiment.data))
        except ExplorerError as error:
            session.notify(str(error), "error")
            return
        self._touch, self._touched = touch, config
        now, session.gesture = session.gesture, touch.gesture  # each is undone by itself, whenever it is made
        session.hold_data(session.snapshot.wanted.but(data=config), table)
        session.gesture = now

    @Slot()
    def _on_snapshot(self) -> None:
        made = self._touch
        if made is not None and made.away and self._session.snapshot.experiment.data is self._touched:
            assert made.example is not None
            self._touch = replace(made, away=False)  # it is gone: from now on the examples are counted without it
            self._touches = [after for touch in self._touches if (after := _after(touch, made.example)) is not None]
        if self._touches and not self._session.holding:
            QTimer.singleShot(0, self._make_next)  # not while the session is publishing

    @Slot()
    def _make_next(self) -> None:
        if not self._touches or self._session.holding:
            return
        if self._session.snapshot.experiment.data is not self._touched:
            self._touches.clear()  # undone, or other data: what waited was not meant for them
            return
        self._make(self._touches.pop(0))

    # -- save -----------------------------------------------------------------------------------------------

    def _raw(self) -> Dataset:
        """Return the present data before they were standardised."""
        shown = self._session.snapshot
        if shown.problem.data.scaling is None:
            return shown.problem.data
        return load_data(shown.experiment.data.but(scale="none"), shown.problem.loaded.table).data

    @Slot()
    def ask_and_save(self) -> None:
        """Ask for a file and save the present data as CSV."""
        name = Path(self._session.snapshot.experiment.data.name).stem or "data"
        path, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save data"), str(Path(self.folder) / f"{name}.csv"), self.tr("Table (*.csv)")
        )
        if path:
            self.save(Path(path) if Path(path).suffix else Path(path + ".csv"))

    def save(self, path: Path) -> None:
        """Save the present data as CSV in the background: the whole table, else the features and the target."""
        table = self._session.snapshot.problem.loaded.table
        raw = None if table is not None else self._raw()

        def task() -> None:
            assert table is not None or raw is not None
            whole = table or table_of(raw, "")  # type: ignore[arg-type]
            with replacing(path) as unfinished:
                write_table(unfinished, whole)

        self._writer.submit(path, task)

    @Slot(object)
    def _on_written(self, outcome: Outcome) -> None:
        path, error = outcome.key, outcome.error
        if error is None:
            self._session.notify(self.tr("Saved {0}.").format(path))
        elif isinstance(error, OSError):
            reason = error.strerror or str(error)
            sentence = self.tr("{0} could not be written: {1}. Choose another place.")
            self._session.notify(sentence.format(path, reason), "error")
        elif isinstance(error, ExplorerError):  # a word that would not come back as it is
            self._session.notify(str(error), "error")
        else:
            raise error

    def shut_down(self) -> None:
        """End the threads; what is being written is finished first."""
        self._token += 1
        self._touches.clear()
        self._reader.shut_down()
        self._writer.shut_down()


#: A pasted table's configuration before anything was read.
_PLACEHOLDER = EmbeddedTable.model_validate({"columns": [{"name": "y", "numbers": []}]})


def _after(touch: _Touch, gone: int) -> _Touch | None:
    """Return ``touch`` when the example ``gone`` is no more; None if it was meant for that one."""
    if touch.example is None or touch.example < gone:
        return touch
    return None if touch.example == gone else replace(touch, example=touch.example - 1)
