"""The model as a graph: the computation with its numbers, or units and weights, at the timeline's cursor."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from landscape_app.session.backprop import Passes, passes_at
from landscape_app.session.graph import moment_of
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.diverging import DIVERGING
from landscape_app.views.forms import describe
from landscape_app.views.graph_computation import ComputationFigure
from landscape_app.views.graph_figure import Figure
from landscape_app.views.graph_network import NetworkFigure
from landscape_app.views.in_sight import PanelInSight
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import pen, tick_text
from landscape_app.views.plotting_widgets import Legend, TextLine


class GraphView(PanelInSight):
    """Two drawings of one moment, of which one is seen; while nobody sees it, it draws nothing."""

    term_requested = Signal(str)
    entry_requested = Signal(int)
    #: An example is to be shown; -1 for all of them.
    example_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._passes: Passes | None = None
        self._palette = DARK
        self.computation, self.network = ComputationFigure(), NetworkFigure()
        self.figures: tuple[Figure, ...] = (self.computation, self.network)
        self.stack = QStackedWidget()
        keeping = self.stack.sizePolicy()
        keeping.setRetainSizeWhenHidden(True)  # nothing moves while the numbers are awaited
        self.stack.setSizePolicy(keeping)
        self.computation_button = self._button(
            self.tr("Graph"), self.tr("Graph of the computation"), self.tr("The computation as nodes and edges")
        )
        self.network_button = self._button(
            self.tr("Units"), self.tr("Units and weights"), self.tr("The model as units and the weights between them")
        )
        self.values_button = self._button(
            self.tr("Values"), self.tr("Values"), self.tr("Lines show the weights, circles what the units put out")
        )
        self.gradients_button = self._button(
            self.tr("Gradients"),
            self.tr("Gradients"),
            self.tr("Lines show the gradients of the weights, circles those of what comes into the units"),
        )
        self.all_button = QToolButton()
        self.all_button.setText(self.tr("All examples"))
        self.all_button.setObjectName("small")
        self.all_button.setStyleSheet("padding: 0 6px;")
        self.all_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        describe(self.all_button, self.tr("All examples"), self.tr("Back from one example to all of them"))
        self.legend, self.readout = Legend(), TextLine()
        self.computation.reader = self.readout
        self.legend.setToolTip(
            self.tr(
                "The larger a weight or a gradient, whatever its sign, the wider its line: a line as wide as the\n"
                "sample stands for the number behind it. Circles have colours by their numbers, each layer by itself."
            )
        )
        self._lay_out()
        for figure in self.figures:
            self.stack.addWidget(figure)
            figure.told.connect(self._on_told)
            figure.term_requested.connect(self.term_requested)
            figure.entry_requested.connect(self.entry_requested)
        self._one_of(self.computation_button, self.network_button).buttonClicked.connect(self._on_figure_chosen)
        self._one_of(self.values_button, self.gradients_button).buttonClicked.connect(self._on_numbers_chosen)
        self.all_button.clicked.connect(self._on_all)
        self._on_figure_chosen()
        self.setAccessibleName(self.tr("Graph"))
        self.setMinimumSize(230, 150)

    def _button(self, text: str, name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        describe(button, name, tip)
        return button

    def _one_of(self, first: QToolButton, second: QToolButton) -> QButtonGroup:
        group = QButtonGroup(self)
        group.addButton(first)
        group.addButton(second)
        first.setChecked(True)
        return group

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 2, 8, 0)
        head.setSpacing(4)
        head.addWidget(self.computation_button)
        head.addWidget(self.network_button)
        head.addStretch(1)
        head.addWidget(self.values_button)
        head.addWidget(self.gradients_button)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self.readout, 1)
        foot.addWidget(self.all_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 2, 4, 2)
        column.setSpacing(1)
        column.addLayout(head)
        column.addWidget(self.legend)
        column.addWidget(self.stack, 1)
        column.addLayout(foot)

    @property
    def figure(self) -> Figure:
        """The drawing that is chosen."""
        return self.network if self.network_button.isChecked() else self.computation

    # -- drawing --------------------------------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        for figure in self.figures:
            figure.set_palette(palette)
        self._show_legend()
        self._on_told("")

    def draw(self, new: Snapshot, old: Snapshot | None) -> None:
        """Draw what differs from ``old``."""
        moved = (
            old is None
            or self._passes is None
            or new.problem is not old.problem
            or new.timeline is not old.timeline
            or new.cursor != old.cursor
            or new.settings is not old.settings
        )
        if moved:
            self._passes = passes_at(new)
        elif old is not None and (new.term, new.entry, new.example) == (old.term, old.entry, old.example):
            return
        self._show_moment(new)

    def _show_moment(self, shown: Snapshot) -> None:
        self.stack.setVisible(self._passes is not None)
        if self._passes is None:  # numbers of another step are not shown
            self._on_told("")
            return
        self.figure.show_moment(shown, moment_of(shown, self._passes))
        self.pause = self.figure.pause
        self.all_button.setVisible(shown.example is not None)
        self._show_legend()

    def _show_legend(self) -> None:
        p = self._palette
        negative, _, positive = DIVERGING[p.dark]
        dash = Qt.PenStyle.DashLine
        entries = [(self.tr("positive"), pen(positive, 3.0)), (self.tr("negative"), pen(negative, 3.0, dash))]
        if self.network.shown is not None:
            reach, shows = tick_text(self.network.reach), self.network.lines_show
            widest = self.tr("widest line: {0}").format(reach)
            name = self.tr("{0}, {1}").format(shows, widest) if shows else widest
            entries.append((name, pen(p.muted, self.network.thickest)))
        self.legend.set_entries(entries, p)

    @Slot(str)
    def _on_told(self, text: str) -> None:
        """Write what is pointed at, else what the numbers are over."""
        self.readout.set_colour(self._palette.text if text else self._palette.muted)
        self.readout.set_text(text or self._about())

    def _about(self) -> str:
        shown, passes = self.drawn, self._passes
        if shown is None:
            return ""
        if passes is None:
            return self.tr("the batch is on its way …")
        if shown.example is not None:
            text = self.tr("example {0:,}").format(shown.example + 1)
            moment = self.figure.moment
            unused = moment is not None and not moment.gradients
            return self.tr("{0}: not in the batch of this step").format(text) if unused else text
        if len(passes.examples) < passes.m:
            text = self.tr("ranges and means of the first {0:,} of {1:,} examples")
            return text.format(len(passes.examples), passes.m)
        if passes.is_batch:
            return self.tr("{0:,} of {1:,} examples").format(passes.m, shown.problem.data.m)
        return self.tr("all {0:,} examples").format(passes.m)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make do with a sign where there is no room for the word."""
        super().resizeEvent(event)
        self.gradients_button.setText(self.tr("Gradients") if self.width() >= 310 else "∇")

    # -- intents --------------------------------------------------------------------------------------------

    @Slot()
    def _on_figure_chosen(self) -> None:
        network = self.network_button.isChecked()
        self.stack.setCurrentWidget(self.figure)
        self.legend.setVisible(network)  # the other drawing has its own
        self.values_button.setVisible(network)
        self.gradients_button.setVisible(network)
        self.all_button.setVisible(self.drawn is not None and self.drawn.example is not None)
        if self.drawn is not None:
            self._show_moment(self.drawn)
        self._show_legend()

    @Slot()
    def _on_numbers_chosen(self) -> None:
        self.network.set_gradients(self.gradients_button.isChecked())
        self._show_legend()

    @Slot()
    def _on_all(self) -> None:
        self.example_requested.emit(-1)
