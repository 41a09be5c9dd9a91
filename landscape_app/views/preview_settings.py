"""How to read a file: every setting can be left to be found, or corrected."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from landscape_app.data.reading import Reading, Survey
from landscape_app.views.elided import ElidedComboBox
from landscape_app.views.forms import Section
from landscape_app.views.preview_words import canonical, decimals, delimiters, encoding_title, encodings

_BETWEEN_THOUSANDS = re.compile(r"[\s,.'’_]")

#: Which settings there are for which kind of file; all have a limit of rows.
_SETTINGS = {
    "text": ("delimiter", "decimal", "encoding", "header", "missing"),
    "xlsx": ("part", "header", "missing"),
    "json": ("missing",),
    "parquet": ("missing",),
    "npy": (),
    "npz": ("part",),
}


class ReadingForm(Section):
    """Shows a `Reading` with what was found beside what was said; emits another as soon as one is corrected."""

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("How to read it"), parent)
        self._reading = Reading()
        self._filling = False
        self.delimiter = self._combo("delimiter", self.tr("Separator"), self.tr("What stands between two columns"))
        self.decimal = self._combo(
            "decimal",
            self.tr("Decimal sign"),
            self.tr("The sign before the decimals; the other one then separates thousands"),
        )
        self.encoding = self._combo(
            "encoding", self.tr("Encoding"), self.tr("Correct it if letters with accents or signs like ° look wrong")
        )
        self.header = self._combo(
            "header", self.tr("First line"), self.tr("Whether the first line holds the names of the columns")
        )
        self.part = self._combo("part", self.tr("Sheet"), self.tr("Which of several tables in the file to read"))
        self.rows = QLineEdit()
        self.rows.setPlaceholderText(self.tr("all"))
        self.rows.editingFinished.connect(self._on_rows)
        self.rows.textEdited.connect(self._mark_rows)
        self.add_row(
            self.tr("Rows at most"), self.rows, self.tr("Read only so many rows, at least two; leave it empty for all")
        )
        self.missing = QLineEdit()
        self.missing.setPlaceholderText(self.tr("for example: 999, unknown"))
        self.missing.editingFinished.connect(self._on_missing)
        self.add_row(
            self.tr("Missing if"),
            self.missing,
            self.tr("Further words that mean a missing value, with commas between them"),
        )
        self._show_only(())

    def _combo(self, name: str, label: str, tip: str) -> QComboBox:
        box = ElidedComboBox()
        box.setObjectName(name)
        box.setMinimumContentsLength(10)
        box.activated.connect(self._on_combo)
        self.add_row(label, box, tip)
        return box

    # -- showing --------------------------------------------------------------------------------------------

    def show_reading(self, reading: Reading, survey: Survey | None) -> None:
        """Show what was said, and what a survey found where nothing was said; emits nothing."""
        self._reading = reading
        found = Reading() if survey is None else survey.reading
        self._fill(self.delimiter, delimiters(), reading.delimiter, found.delimiter)
        self._fill(self.decimal, decimals(), reading.decimal, found.decimal)
        self._fill_encoding(reading.encoding, found.encoding)
        headers = (True, self.tr("holds the names")), (False, self.tr("is data already"))
        self._fill(self.header, headers, reading.header, found.header)
        parts = () if survey is None else tuple((part, part) for part in survey.parts)
        self._fill(self.part, parts, reading.part, found.part)
        if not self.rows.hasFocus() or not self.rows.isModified():
            self.rows.setText("" if reading.rows is None else str(reading.rows))
            self._mark_rows("")
        if not self.missing.hasFocus() or not self.missing.isModified():
            self.missing.setText(", ".join(reading.missing))
        if survey is not None:
            self._show_for(survey)

    def _fill(self, box: QComboBox, values: Sequence[tuple[object, str]], said: object, found: object) -> None:
        titles = dict(values)
        box.clear()
        if said is None and found is not None:
            box.addItem(self.tr("found: {0}").format(titles.get(found, str(found))), None)
        else:
            box.addItem(self.tr("find out"), None)
        for value, title in values:
            box.addItem(title, value)
        if said is not None and said not in titles:
            box.addItem(str(said), said)
        box.setCurrentIndex(0 if said is None else box.findData(said))
        box.setToolTip(box.accessibleDescription())

    def _fill_encoding(self, said: str | None, found: str | None) -> None:
        values = {canonical(name): title for name, title in encodings()}
        for name in (said, found):
            if name is not None:
                values.setdefault(canonical(name), encoding_title(name))
        self._fill(
            self.encoding,
            tuple(values.items()),
            None if said is None else canonical(said),
            None if found is None else canonical(found),
        )

    def _show_for(self, survey: Survey) -> None:
        shown = set(_SETTINGS[survey.form])
        if not survey.parts:
            shown.discard("part")
        if survey.reading.encoding is None:  # pasted text has none any more
            shown.discard("encoding")
        # What was said somehow must be seen, and can be taken back.
        shown |= {
            name for name in ("decimal", "delimiter", "header", "part") if getattr(self._reading, name) is not None
        }
        label = self.form.labelForField(self.part)
        if label is not None:
            label.setProperty("text", self.tr("Sheet") if survey.form == "xlsx" else self.tr("Array"))
        self._show_only(tuple(shown))

    def _show_only(self, names: Sequence[str]) -> None:
        for name in ("delimiter", "decimal", "encoding", "header", "part", "missing"):
            self.form.setRowVisible(getattr(self, name), name in names)

    # -- editing --------------------------------------------------------------------------------------------

    def _edit(self, **changes: object) -> None:
        values = {name: getattr(self._reading, name) for name in Reading.model_fields}
        reading = Reading(**{**values, **changes})
        if reading != self._reading:
            self._reading = reading
            self.edited.emit(reading)

    def _on_combo(self) -> None:
        box = self.sender()
        assert isinstance(box, QComboBox)
        self._edit(**{box.objectName(): box.currentData()})

    def _limit(self) -> int | None:
        """Return the limit typed, None for no limit; raise ValueError if it is none."""
        text = _BETWEEN_THOUSANDS.sub("", self.rows.text())
        if not text:
            return None
        limit = int(text)
        if limit < 2:
            raise ValueError(limit)
        return limit

    def _mark_rows(self, _text: str) -> None:
        try:
            self._limit()
            wrong = False
        except ValueError:
            wrong = True
        if bool(self.rows.property("wrong")) != wrong:
            self.rows.setProperty("wrong", wrong)
            self.rows.style().polish(self.rows)

    def _on_rows(self) -> None:
        try:
            limit = self._limit()
        except ValueError:
            limit = self._reading.rows  # what can't be a limit gives way to the last one
        self.rows.setModified(False)
        self.rows.setText("" if limit is None else str(limit))
        self._mark_rows("")
        self._edit(rows=limit)

    def _on_missing(self) -> None:
        words = (word.strip() for word in self.missing.text().split(","))
        self.missing.setModified(False)
        self._edit(missing=tuple(dict.fromkeys(word for word in words if word)))
