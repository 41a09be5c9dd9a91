"""The left column: what the run is, in the order in which one decides."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from landscape_app.session.snapshot import Snapshot
from landscape_app.views.palette import Palette
from landscape_app.views.setup_data import DataSection
from landscape_app.views.setup_model import ModelSection
from landscape_app.views.setup_optimizer import OptimizerSection
from landscape_app.views.setup_start import StartSection


class SetupPanel(QScrollArea):
    """Data, model, start, optimizer, one above the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.data, self.model, self.start, self.optimizer = (
            DataSection(),
            ModelSection(),
            StartSection(),
            OptimizerSection(),
        )
        self._column = column = QWidget()
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for section in self.sections:
            layout.addWidget(section)
        layout.addStretch(1)
        self.setWidget(column)

    @property
    def sections(self) -> tuple[DataSection, ModelSection, StartSection, OptimizerSection]:
        """The four sections, the first decision first."""
        return self.data, self.model, self.start, self.optimizer

    def set_palette(self, palette: Palette) -> None:
        """Take on another look: colours come with the window's; this is for the number of digits."""
        self.start.set_palette(palette)
        self.optimizer.set_palette(palette)

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the snapshot in every section."""
        for section in self.sections:
            section.render_snapshot(new)
        # There is no horizontal scrolling: the column must be as wide as its widest row.
        needed = self._column.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width() + 2
        if needed != self.minimumWidth():
            self.setMinimumWidth(needed)
