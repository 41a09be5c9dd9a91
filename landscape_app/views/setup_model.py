"""Which model, and its forward equations."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QWidget

from landscape_app.core.models import MAX_HIDDEN, MODELS
from landscape_app.session.config import ModelConfig
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import Section, describe, muted_label
from landscape_app.views.number_field import NumberField


class ModelSection(Section):
    """Shows the wanted model and emits another as soon as it is chosen."""

    model_edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Model"), parent)
        self._drawn: Snapshot | None = None
        self.kind = QComboBox()
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for model in MODELS.values():
            self.kind.addItem(model.title, model.name)
        self.add_wide(self.tr("Model"), self.kind, self.tr("What is fitted to the data (Ctrl+1 to Ctrl+4)"))
        self.hidden = NumberField(4, low=1, high=MAX_HIDDEN, step=1, whole=True)
        self.add_row(self.tr("Hidden units k"), self.hidden, self.tr("Number of hidden units, from 1 to 256"))
        self.equations = QLabel()
        font = self.equations.font()
        font.setFamilies(["STIX Two Text", "Latin Modern Roman", "DejaVu Serif", "serif"])
        font.setItalic(True)
        self.equations.setFont(font)
        describe(self.equations, self.tr("Equations"), self.tr("The forward pass and the loss"))
        self.count = muted_label()
        self.box.addWidget(self.equations)
        self.box.addWidget(self.count)
        self.kind.activated.connect(self._on_edited)
        self.hidden.edited.connect(self._on_edited)

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the wanted model, and how many parameters the present one has."""
        old, self._drawn = self._drawn, new
        if old is not None and old.wanted.model is new.wanted.model and old.problem is new.problem:
            return
        config = new.wanted.model
        model = MODELS[config.name]
        self.kind.setCurrentIndex(self.kind.findData(config.name))
        self.hidden.set_value(config.hidden)
        self.form.setRowVisible(self.hidden, model.has_hidden)
        self.equations.setText("\n".join(line for line in model.equations if "∂" not in line))
        layout = new.problem.model.layout
        names = ", ".join(
            block.name if block.scalar else f"{block.name} ({' × '.join(map(str, block.shape))})"
            for block in layout.blocks
        )
        self.count.setText(self.tr("{0:,} parameters: {1}").format(layout.size, names))
        several = new.problem.data.n > 1
        item = self.kind.model().item(0)  # type: ignore[attr-defined]
        item.setEnabled(not several)
        item.setToolTip(self.tr("Takes one feature: choose one under Data") if several else "")

    def choose(self, name: str) -> None:
        """Choose a model by its name, as the menu does."""
        if self._drawn is not None:
            self.model_edited.emit(self._drawn.wanted.model.but(name=name))

    def _on_edited(self) -> None:
        if self._drawn is not None:
            self.model_edited.emit(ModelConfig(name=self.kind.currentData(), hidden=int(self.hidden.value)))
