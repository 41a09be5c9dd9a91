"""The settings' first page: look, numbers, new experiments, and saving by itself."""

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QSpinBox, QVBoxLayout, QWidget

from landscape_app.colour_maps import COLOUR_MAPS, STANDARD_MAP, ColourMap
from landscape_app.preferences import Preferences
from landscape_app.views.colour_tables import colour_table
from landscape_app.views.forms import Section, describe

#: Nodes along each side of the map; each refines the one before by a half.
GRIDS = (65, 97, 129, 193, 257, 385, 513)
FEWEST_DIGITS, MOST_DIGITS = 3, 17
#: Size of the sample beside a colour map's name, in pixels.
SWATCH = QSize(96, 14)


class GeneralPage(QWidget):
    """Emits each change as a dictionary of fields, at once."""

    change_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme, self.colour_map, self.grid = QComboBox(), QComboBox(), QComboBox()
        self.digits, self.minutes = QSpinBox(), QSpinBox()
        self.autosave = QCheckBox(self.tr("Save the work every"))
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        sections = (self._look(), self._new_experiments(), self._saving())
        labels = [section.form.labelForField(field) for section, field in self._fields(sections)]
        widest = max(label.sizeHint().width() for label in labels)
        for label in labels:
            label.setFixedWidth(widest)  # all fields begin at the same place
            label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        for section in sections:
            section.form.setHorizontalSpacing(16)
            section.form.setVerticalSpacing(8)
            column.addWidget(section)
        column.addStretch(1)

    def _fields(self, sections: tuple[Section, Section, Section]) -> list[tuple[Section, QWidget]]:
        """Return the fields that have a label, each with its section."""
        look, experiments, _ = sections
        return [(look, self.theme), (look, self.colour_map), (look, self.digits), (experiments, self.grid)]

    def _look(self) -> Section:
        section = Section(self.tr("Look"))
        for text, theme in (
            (self.tr("As the system"), "system"),
            (self.tr("Light"), "light"),
            (self.tr("Dark"), "dark"),
        ):
            self.theme.addItem(text, theme)
        self.theme.activated.connect(self._on_theme)
        section.add_row(
            self.tr("Theme"), self.theme, self.tr("Light or dark; as the system: it changes when the system's does")
        )
        self.colour_map.setIconSize(SWATCH)
        for name in COLOUR_MAPS:
            text = self.tr("{0} (standard)").format(name) if name == STANDARD_MAP else name
            self.colour_map.addItem(swatch(name), text, name)
        self.colour_map.activated.connect(self._on_colour_map)
        section.add_row(
            self.tr("Colours of the loss"),
            self.colour_map,
            self.tr(
                "Only maps whose brightness rises evenly are offered: equal steps look equal, and they are read the "
                "same with every kind of colour blindness, and printed in grey."
            ),
        )
        self.digits.setRange(FEWEST_DIGITS - 1, MOST_DIGITS)
        self.digits.setSpecialValueText(self.tr("what suits each place (standard)"))
        self.digits.valueChanged.connect(self._on_digits)
        section.add_row(
            self.tr("Digits of numbers"),
            self.digits,
            self.tr(
                "Significant digits of the numbers that are shown, 3 to 17. Tooltips, files and what is computed with "
                "always have all digits."
            ),
        )
        return section

    def _new_experiments(self) -> Section:
        section = Section(self.tr("New experiments"))
        for nodes in GRIDS:
            self.grid.addItem(self._grid_text(nodes), nodes)
        self.grid.activated.connect(self._on_grid)
        section.add_row(
            self.tr("Nodes of the map"),
            self.grid,
            self.tr("Points along each side of the map at which the loss is computed; more are finer, and slower"),
        )
        return section

    def _saving(self) -> Section:
        section = Section(self.tr("Saving"))
        describe(
            self.autosave,
            self.tr("Save the work by itself"),
            self.tr("Save into the session's file, if there is one, else where it is found again after a crash"),
        )
        self.minutes.setRange(1, 120)
        describe(self.minutes, self.tr("Minutes between two savings"), self.tr("Minutes between two savings, 1 to 120"))
        self.autosave.clicked.connect(self._on_autosave)
        self.minutes.valueChanged.connect(self._on_minutes)
        line = QHBoxLayout()
        line.addWidget(self.autosave)
        line.addWidget(self.minutes)
        line.addStretch(1)
        section.box.addLayout(line)
        return section

    def _grid_text(self, nodes: int) -> str:
        text = self.tr("{0} × {0}").format(nodes)
        return self.tr("{0} (standard)").format(text) if nodes == Preferences().grid else text

    def show_preferences(self, preferences: Preferences) -> None:
        """Show these; emits nothing."""
        self.theme.setCurrentIndex(self.theme.findData(preferences.theme))
        self.colour_map.setCurrentIndex(self.colour_map.findData(preferences.colour_map))
        if self.grid.findData(preferences.grid) < 0:  # typed into the file by hand
            self.grid.addItem(self._grid_text(preferences.grid), preferences.grid)
        self.grid.setCurrentIndex(self.grid.findData(preferences.grid))
        self.autosave.setChecked(preferences.autosave)
        self.minutes.setEnabled(preferences.autosave)
        self.minutes.setSuffix(self.tr(" minute") if preferences.autosave_minutes == 1 else self.tr(" minutes"))
        shown_digits = FEWEST_DIGITS - 1 if preferences.digits is None else preferences.digits
        for box, value in ((self.digits, shown_digits), (self.minutes, preferences.autosave_minutes)):
            box.blockSignals(True)  # else showing a number would ask for it again
            box.setValue(value)
            box.blockSignals(False)

    def _on_theme(self) -> None:
        self.change_requested.emit({"theme": self.theme.currentData()})

    def _on_colour_map(self) -> None:
        self.change_requested.emit({"colour_map": self.colour_map.currentData()})

    def _on_digits(self, digits: int) -> None:
        self.change_requested.emit({"digits": None if digits < FEWEST_DIGITS else digits})

    def _on_grid(self) -> None:
        self.change_requested.emit({"grid": self.grid.currentData()})

    def _on_autosave(self, checked: bool) -> None:
        self.change_requested.emit({"autosave": checked})

    def _on_minutes(self, minutes: int) -> None:
        self.change_requested.emit({"autosave_minutes": minutes})


def swatch(name: ColourMap) -> QIcon:
    """Return a sample of a colour map, the lowest loss on the left."""
    table = np.ascontiguousarray(colour_table(name))
    strip = QImage(table.tobytes(), len(table), 1, QImage.Format.Format_RGBA8888).copy()
    return QIcon(QPixmap.fromImage(strip.scaled(SWATCH)))
