"""What to learn from a table: the target, the features, what becomes of gaps, standardising."""

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QWidget

from landscape_app.data.table import Table
from landscape_app.session.config import DataConfig
from landscape_app.views.elided import ElidedComboBox
from landscape_app.views.feature_list import FeatureList
from landscape_app.views.forms import Section, describe
from landscape_app.views.plotting import format_number
from landscape_app.views.preview_summary import gaps
from landscape_app.views.preview_words import counted

BoolArray = npt.NDArray[np.bool_]


class ChoiceForm(Section):
    """Shows a table's columns; ``edited`` is emitted when the choice was changed.

    What was chosen stays chosen when the table is read again, as long as its columns are there.
    """

    edited = Signal()

    def __init__(self, config: DataConfig, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("What to learn"), parent)
        self._table: Table | None = None
        self._gaps: dict[str, BoolArray | None] = {}
        self._target, self._features = config.target, config.features
        self.target = ElidedComboBox()
        self.target.activated.connect(self._on_target)
        self.add_row(self.tr("Target y"), self.target, self.tr("The column to be predicted"))
        self.features = FeatureList()
        self.features.edited.connect(self._on_features)
        self.features.list.setMinimumHeight(72)
        describe(self.features.list, self.tr("Features"), self.tr("The columns to predict it from"))
        self.all_button = self._button(self.tr("All"), self.tr("Tick all features that the search shows"))
        self.all_button.clicked.connect(self._on_all)
        self.none_button = self._button(self.tr("None"), self.tr("Untick all features that the search shows"))
        self.none_button.clicked.connect(self._on_none)
        self.box.addLayout(self._feature_row())
        self.box.addWidget(self.features, 1)
        self.missing = self._combo(
            (self.tr("drop the row"), "drop"), (self.tr("use the mean"), "mean"), chosen=config.missing
        )
        self.scale = self._combo(
            (self.tr("nothing"), "none"),
            (self.tr("features"), "standard"),
            (self.tr("features and target"), "both"),
            chosen=config.scale,
        )
        self.below = below = Section("")
        below.title.hide()
        below.box.setContentsMargins(0, 0, 0, 0)
        below.add_row(self.tr("If missing"), self.missing, self.tr("What becomes of rows with an empty feature"))
        below.add_row(
            self.tr("Standardise"),
            self.scale,
            self.tr("Give columns mean 0 and standard deviation 1: badly scaled data become easy to descend"),
        )
        self.box.addWidget(below)
        self.setEnabled(False)

    def _button(self, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        describe(button, tip, tip)
        return button

    def _feature_row(self) -> QHBoxLayout:
        label = QLabel(self.tr("Features"))
        label.setBuddy(self.features.list)
        row = QHBoxLayout()
        row.addWidget(label)
        row.addStretch(1)
        row.addWidget(self.all_button)
        row.addWidget(self.none_button)
        return row

    def _combo(self, *items: tuple[str, str], chosen: str) -> QComboBox:
        box = QComboBox()
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(10)
        for title, value in items:
            box.addItem(title, value)
        box.setCurrentIndex(box.findData(chosen))
        box.activated.connect(self._on_other)
        return box

    # -- showing --------------------------------------------------------------------------------------------

    def show_table(self, table: Table | None) -> None:
        """Offer the columns of ``table``; None disables the choice until there is one."""
        self._table, self._gaps = table, {}
        self.setEnabled(table is not None)
        if table is None:
            return
        numeric = table.numeric_names
        if self._target not in numeric:
            self._target = None
        target = self._target or (table.target if table.target in numeric else numeric[-1] if numeric else "")
        self.target.clear()
        self.target.addItems(list(numeric))
        self.target.setCurrentText(target)
        self._list_features(target)

    def _list_features(self, target: str | None) -> None:
        table = self._table
        assert table is not None
        chosen = tuple(name for name in self._features or () if name in table.usable_names and name != target)
        if not chosen and self._features != ():
            own = table.features if table.features is not None and target == table.target else None
            chosen = tuple(name for name in own or table.numeric_names if name != target)
        self.features.set_columns([column for column in table.columns if column.name != target], chosen)
        self._count_gaps()

    def _count_gaps(self) -> None:
        """Say beside each policy how many rows it concerns."""
        concerned = self.rows_with_gaps()
        self.missing.setItemText(0, self._policy(self.tr("drop the row ({0})"), self.tr("drop the row"), concerned))
        self.missing.setItemText(1, self._policy(self.tr("use the mean ({0})"), self.tr("use the mean"), concerned))

    def _policy(self, with_count: str, without: str, count: int) -> str:
        return with_count.format(counted(count, self.tr("{0} row"), self.tr("{0} rows"))) if count else without

    # -- what was chosen ------------------------------------------------------------------------------------

    def changes(self) -> dict[str, object]:
        """Return the fields of `DataConfig` that were chosen."""
        return {
            "target": self.target.currentText(),
            "features": self.features.chosen,
            "missing": self.missing.currentData(),
            "scale": self.scale.currentData(),
        }

    def rows_with_gaps(self) -> int:
        """Return in how many rows with a target a chosen feature is missing."""
        where = self._union(self.features.chosen)
        if where is None:
            return 0
        target = self._gap(self.target.currentText())
        return int(np.count_nonzero(where if target is None else where & ~target))

    def usable_rows(self) -> int:
        """Return how many rows will be used."""
        assert self._table is not None
        names = (self.target.currentText(), *(self.features.chosen if self.missing.currentData() == "drop" else ()))
        where = self._union(names)
        return self._table.rows - (0 if where is None else int(np.count_nonzero(where)))

    def obstacle(self) -> str:
        """Return one sentence on why nothing can be learned from the choice, empty if it can."""
        table = self._table
        if table is None:
            return ""
        if not table.numeric_names:
            return self.tr("No column holds numbers: correct how the file is read, or choose another file.")
        if len(table.usable_names) < 2:
            return self.tr("Only one column can be used: a target and a feature are needed.")
        if not self.features.chosen:
            return self.tr("Tick at least one feature.")
        if self.usable_rows() < 2:
            return self.tr("Fewer than two rows would be left: untick features with gaps, or use their mean.")
        values = table.numbers(self.target.currentText())
        finite = values[np.isfinite(values)]
        if finite.min() == finite.max():
            return self.tr("The target '{0}' is {1} in every row: choose another target.").format(
                self.target.currentText(), format_number(float(finite[0]))
            )
        return ""

    def _gap(self, name: str) -> BoolArray | None:
        assert self._table is not None
        if name and name not in self._gaps:
            self._gaps[name] = gaps(self._table.column(name))
        return self._gaps.get(name)

    def _union(self, names: tuple[str, ...]) -> BoolArray | None:
        result: BoolArray | None = None
        for name in names:
            where = self._gap(name)
            if where is not None:
                result = where if result is None else result | where
        return result

    # -- editing --------------------------------------------------------------------------------------------

    def _on_target(self) -> None:
        self._target = self.target.currentText()
        self._list_features(self._target)
        self.edited.emit()

    def _on_features(self) -> None:
        self._features = self.features.chosen
        self._count_gaps()
        self.edited.emit()

    def _on_all(self) -> None:
        self.features.set_chosen({*self.features.chosen, *self.features.found})
        self._on_features()

    def _on_none(self) -> None:
        self.features.set_chosen(set(self.features.chosen) - set(self.features.found))
        self._on_features()

    def _on_other(self) -> None:
        self.edited.emit()
