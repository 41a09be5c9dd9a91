"""The window that answers the section's question: is it a good idea to try parameters at random?"""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from landscape_app.core.errors import ConfigError
from landscape_app.core.optimizers import OPTIMIZERS
from landscape_app.session.search import GRADIENT_COST, SearchTable, search_wish, verdict
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import closing_buttons, describe, muted_label
from landscape_app.views.number_field import NumberField
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.search_growth import GrowthPlot
from landscape_app.views.search_plot import SearchPlot
from landscape_app.views.search_words import answer, count_text

#: Evaluations of the loss for each, and random searches, at first.
EVALUATIONS, SEARCHES = 1000, 20
#: Candidates are drawn around the start of a network more closely: its weights are small.
NETWORK_RADIUS = 1.0
#: Numbers of the data up to which other sizes are tried, too.
GROWING_WORK = 500_000


class SearchDialog(QDialog):
    """Settings, the plot, the answer in a sentence; stays open beside the window."""

    #: Compute a SearchWish.
    start_requested = Signal(object)
    stop_requested = Signal()

    def __init__(self, palette: Palette = DARK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Random search beside descent"))
        self._palette = palette
        self._drawn: Snapshot | None = None
        self._trouble = ""
        radius = OPTIMIZERS["random-search"].spec("radius")
        self.evaluations = NumberField(float(EVALUATIONS), low=10, high=1_000_000, factor=10.0, whole=True)
        self.searches = NumberField(float(SEARCHES), low=3, high=200, step=5, whole=True)
        self.radius = NumberField(radius.default, low=radius.low, factor=1.25)
        self.cost = QComboBox()
        for count in (1, 2, 3):
            self.cost.addItem(self.tr("{0} evaluations").format(count) if count > 1 else self.tr("1 evaluation"), count)
        self.cost.setCurrentIndex(self.cost.findData(GRADIENT_COST))
        self.growing = QCheckBox(self.tr("and for other numbers of parameters"))
        self.plot, self.growth = SearchPlot(), GrowthPlot()
        self.answer = QLabel()
        self.answer.setWordWrap(True)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.remark = muted_label()
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMaximumHeight(4)
        self.progress.setRange(0, 1000)
        describe(self.progress, self.tr("Progress"), self.tr("How much of the comparison is done"))
        self.start_button = QPushButton(self.tr("Start"))
        self.buttons = closing_buttons(
            self,
            self.tr("Close"),
            self.tr("Close the window (Esc)"),
            self.start_button,
            QDialogButtonBox.ButtonRole.ActionRole,
        )
        self._lay_out()
        self.start_button.clicked.connect(self._on_start)
        self.cost.activated.connect(self._show)
        self.resize(620, 620)
        self.set_palette(palette)

    def _lay_out(self) -> None:
        about = muted_label(
            self.tr(
                "One could also try parameters at random and keep the best: no gradient, no learning rate. Would that "
                "do? Both are given the same number of evaluations."
            )
        )
        form = QGridLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(4)
        for place, (text, field, tip) in enumerate(
            (
                (self.tr("Evaluations"), self.evaluations, self.tr("How many evaluations of the loss each may spend")),
                (
                    self.tr("Random searches"),
                    self.searches,
                    self.tr("How many searches are made, with the seeds 0, 1, 2, …; the band holds the middle half"),
                ),
                (
                    self.tr("Radius"),
                    self.radius,
                    self.tr("How far from the start, in every parameter, candidates are drawn"),
                ),
                (
                    self.tr("A gradient counts as"),
                    self.cost,
                    self.tr(
                        "Loss over all the data, computed once (a forward pass), is one evaluation. A gradient is a\n"
                        "forward and a backward pass, hence two; by operations counted one by one it may be three.\n"
                        "The gradient of a batch counts by its share of the examples. What is computed only to draw\n"
                        "the loss is not counted. Both know the loss of the start: that pass forward is the descent's\n"
                        "first, and each gradient pays for the pass back and for the one forward at the next point."
                    ),
                ),
            )
        ):
            label = QLabel(text)
            label.setBuddy(field)
            label.setToolTip(tip)
            describe(field, text, tip)
            row, column = divmod(place, 2)
            form.addWidget(label, row, 2 * column)
            form.addWidget(field, row, 2 * column + 1)
        form.setColumnStretch(1, 1)
        form.setColumnStretch(3, 1)
        describe(
            self.growing,
            self.tr("Other numbers of parameters"),
            self.tr(
                "Do the same with 1, 2, 4, 8 and 16 hidden units, or with fewer of the features, each from a start of\n"
                "its own, to see how the answer depends on the number of parameters"
            ),
        )
        form.addWidget(self.growing, 2, 0, 1, 4)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 12, 12, 12)
        box.setSpacing(6)
        box.addWidget(about)
        box.addLayout(form)
        box.addWidget(self.progress)
        box.addWidget(self.plot, 3)
        box.addWidget(self.answer)
        box.addWidget(self.remark)
        box.addWidget(self.growth, 2)
        box.addWidget(self.buttons)

    def minimumSizeHint(self) -> QSize:
        """Fit beside the window's panels."""
        return QSize(420, 420)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self.plot.set_palette(palette)
        self.growth.set_palette(palette)

    @property
    def table(self) -> SearchTable | None:
        """What is shown."""
        state = None if self._drawn is None else self._drawn.search
        return None if state is None else state.result

    @Slot(object)
    def render_snapshot(self, new: Snapshot) -> None:
        """Show how far the comparison is."""
        old, self._drawn = self._drawn, new
        network = new.problem.model.has_hidden
        if old is None or old.problem.model.has_hidden != network:
            usual = OPTIMIZERS["random-search"].spec("radius").default
            self.radius.set_value(NETWORK_RADIUS if network else usual)
        if old is None or old.search is not new.search or old.problem is not new.problem:
            self._show()

    def _can_grow(self) -> bool:
        """Whether other sizes exist and are small enough to be tried unasked for."""
        if self._drawn is None:
            return False
        problem = self._drawn.problem
        return (problem.model.has_hidden or problem.data.n > 1) and problem.data.X.size <= GROWING_WORK

    @Slot()
    def _show(self) -> None:
        state = None if self._drawn is None else self._drawn.search
        busy, table, cost = state is not None and state.busy, self.table, float(self.cost.currentData())
        self.growing.setEnabled(self._can_grow())
        self.start_button.setText(self.tr("Stop") if busy else self.tr("Start"))
        tip = self.tr("Leave it as it is") if busy else self.tr("Let the descent and the random searches begin")
        describe(self.start_button, self.start_button.text(), tip)
        self.progress.setEnabled(busy)
        self.progress.setValue(0 if table is None else round(1000 * table.share))
        self.plot.show_table(table, cost)
        self.growth.show_table(table, cost)
        self.growth.setVisible(table is not None and bool(table.growth))
        found = None if table is None else verdict(table, cost)
        if self._trouble:
            self.answer.setText(self._trouble)
        elif table is not None and table.descent_end(cost) < 1.0:
            text = self.tr("All the steps of the descent count as less than one evaluation: take larger batches.")
            self.answer.setText(text)
        elif table is None or found is None:
            self.answer.setText(self.tr("Computing …") if busy else self.tr("Start, and see."))
        else:
            self.answer.setText(answer(table, found, self._palette.digits_or(3)))
        self.remark.setText(self._remark())
        self.remark.setVisible(bool(self.remark.text()))

    def _remark(self) -> str:
        """Say what the answer does not hold for."""
        state, table = None if self._drawn is None else self._drawn.search, self.table
        if state is None or table is None or self._drawn is None:
            return ""
        if not state.current:
            return self.tr("This was for the former start or settings; Start compares anew.")
        done, wanted = len(table.searches), table.wish.searches
        if state.stopped and done < wanted:
            return self.tr("Stopped after {0} of {1} searches.").format(done, wanted) + self._cut_short(table)
        if state.busy:
            return self.tr("{0} of {1} searches").format(done, wanted)
        seeds = self.tr("Seeds 0 to {0}.").format(done - 1)
        if not self._drawn.settings.optimizer.uses_gradient:
            seeds += " " + self.tr("The rule in hand is random search itself: it is compared with gradient descent.")
        return seeds + self._cut_short(table)

    def _cut_short(self, table: SearchTable) -> str:
        """Say so where the descent's steps did not use up its evaluations."""
        cost = float(self.cost.currentData())
        if table.descent is None or not table.cut_short(cost):
            return ""
        text = self.tr("The descent ended after {0:,} steps, worth {1} evaluations: both are compared there.")
        return " " + text.format(table.descent.steps, count_text(table.descent_end(cost)))

    def _on_start(self) -> None:
        shown = self._drawn
        if shown is None:
            return
        if shown.search is not None and shown.search.busy:
            self.stop_requested.emit()
            return
        growing = self.growing.isChecked() and self._can_grow()
        counts = int(self.searches.value), int(self.evaluations.value)
        try:
            wish = search_wish(shown.experiment, shown.cursor, shown.problem, self.radius.value, *counts, growing)
        except ConfigError as error:
            self._trouble = str(error)
            self._show()
            return
        self._trouble = ""
        self.start_requested.emit(wish)
