"""Which data: a generator with its knobs, a real set, or a file of one's own."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from landscape_app.core.synthetic import GENERATORS, MAX_EXAMPLES, MAX_NOISE
from landscape_app.data.bundled import BundledSet, bundled_catalogue
from landscape_app.session.config import DataConfig
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import Section, describe, muted_label
from landscape_app.views.number_field import NumberField


class DataSection(Section):
    """Shows the wanted data and emits another description as soon as something is changed."""

    data_edited = Signal(object)
    open_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Data"), parent)
        self._shown: DataConfig | None = None
        self._drawn: Snapshot | None = None
        self._names: tuple[object, ...] = ()
        self.source = QComboBox()
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.source.setMinimumContentsLength(8)
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
        self.scale = QCheckBox(self.tr("Standardise features"))
        describe(
            self.scale,
            self.tr("Standardise features"),
            self.tr("Give every feature mean 0 and standard deviation 1: badly scaled data become easy to descend"),
        )
        self.scale.toggled.connect(self._on_scale)
        self.open_button = QPushButton(self.tr("Open file…"))
        describe(self.open_button, self.tr("Open file"), self.tr("Open a CSV file of your own (Ctrl+O)"))
        self.open_button.clicked.connect(self.open_requested)
        self.resample_button = QPushButton(self.tr("Resample"))
        describe(self.resample_button, self.tr("Resample"), self.tr("Draw the data again with the next seed"))
        self.resample_button.clicked.connect(self.resample)
        buttons = QHBoxLayout()
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.resample_button)
        self.box.addWidget(self.scale)
        self.box.addWidget(self.about)
        self.box.addLayout(buttons)
        self.target: QComboBox | None = None
        self.features: QListWidget | None = None
        self.fields: dict[str, NumberField] = {}

    def _explain_last(self, text: str) -> None:
        self.source.setItemData(self.source.count() - 1, text, Qt.ItemDataRole.ToolTipRole)

    # -- showing --------------------------------------------------------------------------------------------

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the data that are wanted; rows are rebuilt only for another kind of data."""
        old, self._drawn = self._drawn, new
        if old is not None and old.wanted.data is new.wanted.data and old.problem is new.problem:
            return
        config = new.wanted.data
        table = new.problem.loaded.table if new.experiment.data is config else None
        names = (config.kind, config.name, config.path, None if table is None else id(table))
        if names != self._names:
            self._names = names
            self._rebuild(config)
        self._shown = None  # while widgets are filled, their signals are not the user's
        self._select_source(config)
        for name, field in self.fields.items():
            field.set_value(self._value(config, name))
        self.scale.setChecked(config.scale == "standard")
        self._show_columns(config)
        self._explain(config)
        self.resample_button.setVisible(config.kind == "generated")
        self._shown = config

    def _rebuild(self, config: DataConfig) -> None:
        self.clear_rows(1)
        self.fields, self.target, self.features = {}, None, None
        if config.kind == "generated" and config.name in GENERATORS:
            self._add_generator_rows(config)
        elif self._drawn is not None and self._drawn.problem.loaded.table is not None:
            self._add_column_rows()

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
        self.target = QComboBox()
        self.target.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.target.activated.connect(self._on_target)
        self.add_row(self.tr("Target y"), self.target, self.tr("The column to be predicted"))
        self.features = QListWidget()
        self.features.setMinimumWidth(80)
        self.features.itemChanged.connect(self._on_features)
        self.add_row(self.tr("Features"), self.features, self.tr("The columns to predict it from"))
        self.missing = QComboBox()
        self.missing.addItem(self.tr("drop the row"), "drop")
        self.missing.addItem(self.tr("use the mean"), "mean")
        self.missing.activated.connect(self._on_missing)
        self.add_row(self.tr("If missing"), self.missing, self.tr("What becomes of rows with an empty feature"))

    def _select_source(self, config: DataConfig) -> None:
        while self.source.count() > self._fixed_items:
            self.source.removeItem(self.source.count() - 1)
        if config.kind == "file":
            self.source.addItem(Path(config.path or "").name, ("file", config.path))
            self._explain_last(config.path or "")
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
        if self.target is None or self.features is None or self._drawn is None:
            return
        data, table = self._drawn.problem.data, self._drawn.problem.loaded.table
        assert table is not None
        self.target.clear()
        self.target.addItems(list(table.numeric_names))
        self.target.setCurrentText(data.target_name)
        self.features.clear()
        for column in table.columns:
            if column.name == data.target_name:
                continue
            item = QListWidgetItem(column.name)
            item.setToolTip(column.about or column.obstacle or column.unit)
            if column.values is None:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setText(self.tr("{0} (no numbers)").format(column.name))
            else:
                item.setFlags(
                    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
                )
                chosen = column.name in data.feature_names
                item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
                item.setData(Qt.ItemDataRole.UserRole, column.name)
            self.features.addItem(item)
        rows = min(max(2, self.features.count()), 5)
        self.features.setFixedHeight(rows * (self.features.sizeHintForRow(0) + 1) + 6)
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
            self.about.setText(self.tr("{0:,} examples, {1} features").format(data.m, data.n))

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
        if self._shown is None or kind == "file" or (kind, name) == (self._shown.kind, self._shown.name):
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

    def _on_scale(self, checked: bool) -> None:
        self._edit(scale="standard" if checked else "none")

    def _on_target(self) -> None:
        assert self.target is not None
        target = self.target.currentText()
        features = tuple(name for name in self._checked() if name != target)
        self._edit(target=target, features=features or None)

    def _on_missing(self) -> None:
        self._edit(missing=self.missing.currentData())

    def _checked(self) -> list[str]:
        assert self.features is not None
        items = [self.features.item(i) for i in range(self.features.count())]
        return [i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked]

    def _on_features(self, item: QListWidgetItem) -> None:
        if self._shown is None or self._drawn is None:
            return
        chosen = tuple(self._checked())
        if not chosen:  # a model needs a feature: the last one can't be taken away
            item.setCheckState(Qt.CheckState.Checked)
            return
        self._edit(target=self._drawn.problem.data.target_name, features=chosen)
