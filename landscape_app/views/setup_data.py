"""Which data: a generator with its knobs, a real set, or a file of one's own."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from landscape_app.core.dataset import Dataset
from landscape_app.core.synthetic import GENERATORS, MAX_EXAMPLES, MAX_NOISE
from landscape_app.data.bundled import BundledSet, bundled_catalogue
from landscape_app.data.table import Column
from landscape_app.session.config import DataConfig
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.elided import ElidedComboBox
from landscape_app.views.feature_list import SEARCHED_FROM, FeatureList
from landscape_app.views.forms import Section, describe, muted_label, tab_through
from landscape_app.views.number_field import NumberField
from landscape_app.views.setup_scale import ScaleBox


class DataSection(Section):
    """Shows the wanted data and emits another description as soon as something is changed."""

    data_edited = Signal(object)
    open_requested = Signal()
    edit_requested = Signal()
    preview_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Data"), parent)
        self._shown: DataConfig | None = None
        self._drawn: Snapshot | None = None
        self._names: tuple[object, ...] = ()
        self.source = ElidedComboBox()
        self.add_wide(self.tr("Source"), self.source, self.tr("Generated data, real data, or a file of yours"))
        for generator in GENERATORS.values():
            self.source.addItem(generator.title, ("generated", generator.name))
            self._explain_last(generator.explanation)
        self.source.insertSeparator(self.source.count())
        for entry in bundled_catalogue():
            self.source.addItem(entry.title, ("bundled", entry.name))
            self._explain_last(entry.about)
        self._fixed_items = self.source.count()
        self.source.activated.connect(self._on_source)
        self.about = muted_label()
        self.scale = ScaleBox()
        self.scale.activated.connect(self._on_scale)
        self.box.addLayout(self._scale_row())
        self.box.addWidget(self.about)
        self.box.addLayout(self._buttons())
        self.target: QComboBox | None = None
        self.columns: FeatureList | None = None
        self.features: QListWidget | None = None
        self.fields: dict[str, NumberField] = {}

    def _scale_row(self) -> QFormLayout:
        tip = self.tr("Give columns mean 0 and standard deviation 1: badly scaled data become easy to descend")
        label = QLabel(self.tr("Standardise"))
        label.setBuddy(self.scale)
        label.setToolTip(tip)
        describe(self.scale, self.tr("Standardise"), tip)
        row = QFormLayout()
        row.setHorizontalSpacing(8)
        row.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        row.addRow(label, self.scale)
        return row

    def _buttons(self) -> QVBoxLayout:
        self.open_button = QPushButton(self.tr("Open file…"))
        describe(self.open_button, self.tr("Open file"), self.tr("Open a file of your own (Ctrl+O)"))
        self.open_button.clicked.connect(self.open_requested)
        self.edit_button = QPushButton(self.tr("Edit values…"))
        describe(self.edit_button, self.tr("Edit values"), self.tr("Change the values in a table, or type your own"))
        self.edit_button.clicked.connect(self.edit_requested)
        self.resample_button = QPushButton(self.tr("Resample"))
        describe(self.resample_button, self.tr("Resample"), self.tr("Draw the data again with the next seed"))
        self.resample_button.clicked.connect(self.resample)
        self.preview_button = QPushButton(self.tr("How it was read…"))
        describe(
            self.preview_button,
            self.tr("How it was read"),
            self.tr("See and correct how the data were understood: separator, decimal sign, columns"),
        )
        self.preview_button.clicked.connect(self.preview_requested)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.open_button)
        row.addWidget(self.edit_button)
        buttons = QVBoxLayout()
        buttons.setSpacing(4)
        buttons.addLayout(row)
        # Only one of these is shown: no data are both drawn and read.
        buttons.addWidget(self.resample_button)
        buttons.addWidget(self.preview_button)
        return buttons

    def _explain_last(self, text: str) -> None:
        self.source.setItemData(self.source.count() - 1, text, Qt.ItemDataRole.ToolTipRole)

    # -- showing --------------------------------------------------------------------------------------------

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the data that are wanted; rows are rebuilt only for another kind of data."""
        old, self._drawn = self._drawn, new
        if old is not None and old.wanted.data is new.wanted.data and old.problem is new.problem:
            return
        config = new.wanted.data
        if self._shown is not None and self._names[1:] and same_columns(self._shown, config):
            self._shown = config  # values in the hand: nothing but the number of examples is told of them here
            self._explain(config)
            return
        table = new.problem.loaded.table if new.experiment.data is config else None
        names = (config.kind, config.name, config.path, None if table is None else id(table))
        if names != self._names:
            self._names = names
            self._rebuild(config)
        self._shown = None  # while widgets are filled, their signals are not the user's
        self._select_source(config)
        for name, field in self.fields.items():
            field.set_value(self._value(config, name))
        self.scale.setCurrentIndex(self.scale.findData(config.scale))
        self._show_columns(config)
        self._explain(config)
        self.resample_button.setVisible(config.kind == "generated")
        self.preview_button.setVisible(config.kind in ("file", "table"))
        self._shown = config

    def _rebuild(self, config: DataConfig) -> None:
        self.clear_rows(1)
        self.fields, self.target, self.columns, self.features = {}, None, None, None
        if config.kind == "generated" and config.name in GENERATORS:
            self._add_generator_rows(config)
        elif self._drawn is not None and self._drawn.problem.loaded.table is not None:
            self._add_column_rows()
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Let Tab go from top to bottom, through the rows that were made anew, too."""
        rows: list[QWidget] = [*self.fields.values()]
        if self.target is not None and self.columns is not None:
            rows += [self.target, self.columns.search, self.columns.list, self.missing]
        buttons = [self.open_button, self.edit_button, self.resample_button, self.preview_button]
        tab_through((self.source, *rows, self.scale, *buttons))

    def _add_generator_rows(self, config: DataConfig) -> None:
        self._add_field(
            "examples",
            self.tr("Examples m"),
            NumberField(low=1, high=MAX_EXAMPLES, step=10, whole=True),
            self.tr("Number of examples"),
        )
        self._add_field(
            "noise",
            self.tr("Noise σ"),
            NumberField(low=0.0, high=MAX_NOISE, step=0.1),
            self.tr("Standard deviation of the noise added to y"),
        )
        for knob in GENERATORS[config.name].knobs:
            step = 1.0 if knob.integer else (knob.high - knob.low) / 50 if knob.high - knob.low < 1e3 else 0.1
            field = NumberField(low=knob.low, high=knob.high, step=float(f"{step:.1g}"), whole=knob.integer)
            self._add_field(knob.name, knob.label, field, knob.help)
        self._add_field(
            "seed",
            self.tr("Seed"),
            NumberField(low=0, high=2**31, step=1, whole=True),
            self.tr("The same seed gives the same data"),
        )

    def _add_field(self, name: str, label: str, field: NumberField, tip: str) -> None:
        field.setObjectName(name)
        field.edited.connect(self._on_number)
        self.fields[name] = field
        self.add_row(label, field, tip)

    def _add_column_rows(self) -> None:
        self.target = ElidedComboBox()
        self.target.activated.connect(self._on_target)
        self.add_row(self.tr("Target y"), self.target, self.tr("The column to be predicted"))
        self.columns = FeatureList()
        self.features = self.columns.list
        self.columns.edited.connect(self._on_features)
        tip = self.tr("The columns to predict it from")
        self.add_row(self.tr("Features"), self.columns, tip)
        self.columns.setToolTip("")  # each line has its own
        describe(self.features, self.tr("Features"), tip)
        self.missing = QComboBox()
        self.missing.addItem(self.tr("drop the row"), "drop")
        self.missing.addItem(self.tr("use the mean"), "mean")
        self.missing.activated.connect(self._on_missing)
        self.add_row(self.tr("If missing"), self.missing, self.tr("What becomes of rows with an empty feature"))

    def _select_source(self, config: DataConfig) -> None:
        while self.source.count() > self._fixed_items:
            self.source.removeItem(self.source.count() - 1)
        self.source.setToolTip(self.source.accessibleDescription())
        if config.kind in ("file", "table"):
            name = Path(config.path or "").name if config.kind == "file" else config.name
            self.source.addItem(name, (config.kind, config.path))
            self._explain_last(config.path or name)
            self.source.setToolTip(config.path or name)
            self.source.setCurrentIndex(self.source.count() - 1)
            return
        for index in range(self.source.count()):
            data = self.source.itemData(index)
            if data is not None and tuple(data) == (config.kind, config.name):
                self.source.setCurrentIndex(index)

    def _value(self, config: DataConfig, name: str) -> float:
        generator = GENERATORS[config.name]
        if name == "examples":
            return generator.default_m if config.examples is None else config.examples
        if name == "noise":
            return generator.default_noise if config.noise is None else config.noise
        if name == "seed":
            return config.seed
        return generator.checked_knobs(config.knobs)[name]

    def _show_columns(self, config: DataConfig) -> None:
        if self.target is None or self.columns is None or self._drawn is None:
            return
        data, table = self._drawn.problem.data, self._drawn.problem.loaded.table
        assert table is not None
        self.target.clear()
        for name in table.numeric_names:
            self.target.addItem(name)
            self.target.setItemData(self.target.count() - 1, name, Qt.ItemDataRole.ToolTipRole)
        self.target.setCurrentText(data.target_name)
        self.target.setToolTip(self.tr("{0}: {1}").format(self.target.accessibleDescription(), data.target_name))
        others = [column for column in table.columns if column.name != data.target_name]
        self.columns.set_columns(others, {column.name for column in others if _is_feature(column, data)})
        self.columns.set_visible_rows(2, 5 if len(others) < SEARCHED_FROM else 7)
        self.missing.setCurrentIndex(self.missing.findData(config.missing))

    def _explain(self, config: DataConfig) -> None:
        assert self._drawn is not None
        self.about.setToolTip("")
        if config.kind == "generated":
            self.about.setText(GENERATORS[config.name].explanation)
        elif config.kind == "bundled":
            entry: BundledSet = next(e for e in bundled_catalogue() if e.name == config.name)
            self.about.setText(entry.about)
            self.about.setToolTip(
                self.tr("{0}\n\nTry: {1}\n\nSource: {2}\nLicence: {3}").format(
                    entry.about, entry.suggestion, entry.source, entry.licence
                )
            )
        else:
            data = self._drawn.problem.data
            self.about.setText(
                (
                    self.tr("{0:,} examples, 1 feature") if data.n == 1 else self.tr("{0:,} examples, {1} features")
                ).format(data.m, data.n)
            )

    # -- editing --------------------------------------------------------------------------------------------

    def resample(self) -> None:
        """Ask for the next seed."""
        if self._shown is not None:
            self.data_edited.emit(self._shown.but(seed=self._shown.seed + 1))

    def _edit(self, **changes: object) -> None:
        if self._shown is not None:
            self.data_edited.emit(self._shown.but(**changes))

    def _on_source(self, index: int) -> None:
        kind, name = self.source.itemData(index)
        if self._shown is None or kind in ("file", "table") or (kind, name) == (self._shown.kind, self._shown.name):
            return
        seed, scale = self._shown.seed, self._shown.scale
        self.data_edited.emit(DataConfig(kind=kind, name=name, seed=seed, scale=scale))

    def _on_number(self, value: float) -> None:
        name = self.sender().objectName()
        if name in ("examples", "seed"):
            self._edit(**{name: int(value)})
        elif name == "noise":
            self._edit(noise=value)
        elif self._shown is not None:
            self._edit(knobs={**self._shown.knobs, name: value})

    def toggle_scale(self) -> None:
        """Ask for standardised features, or for data as they are."""
        if self._shown is not None:
            self._edit(scale="standard" if self._shown.scale == "none" else "none")

    def _on_scale(self) -> None:
        scale = self.scale.currentData()
        if self._shown is not None and scale != self._shown.scale:
            self._edit(scale=scale)

    def _on_target(self) -> None:
        assert self.target is not None
        assert self.columns is not None
        target = self.target.currentText()
        features = tuple(name for name in self.columns.chosen if name != target)
        self._edit(target=target, features=features or None)

    def _on_missing(self) -> None:
        self._edit(missing=self.missing.currentData())

    def _on_features(self) -> None:
        if self._shown is None or self._drawn is None or self.columns is None:
            return
        data, table = self._drawn.problem.data, self._drawn.problem.loaded.table
        chosen = self.columns.chosen
        if not chosen and table is not None:  # a model needs a feature: the last one can't be taken away
            self.columns.set_chosen({column.name for column in table.columns if _is_feature(column, data)})
            return
        self._edit(target=data.target_name, features=chosen)


def _is_feature(column: Column, data: Dataset) -> bool:
    """Whether a column is a feature of ``data``, as it is or as columns of 0 and 1."""
    names = data.feature_names
    return column.name in names or any(f"{column.name}={word}" in names for word in column.categories)


def same_columns(old: DataConfig, new: DataConfig) -> bool:
    """Whether two tables of the experiment differ by their values alone."""
    if old.table is None or new.table is None or old.kind != "table" or new.kind != "table":
        return False
    parts = ("name", "target", "features", "missing", "scale")
    if any(getattr(old, part) != getattr(new, part) for part in parts):
        return False
    heads = [[(c.name, c.unit, c.numbers is None) for c in table.columns] for table in (old.table, new.table)]
    return heads[0] == heads[1]
