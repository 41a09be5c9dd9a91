"""The status bar: how the landscape was computed, and where the cursor stands, in numbers."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QStatusBar, QToolButton, QWidget

from landscape_app.core.arrays import length
from landscape_app.session.settings import is_full
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.elided import ElidedLabel, StillLabel
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import format_number

#: Work that takes longer than so many milliseconds can be stopped: before, the button would only flicker.
PATIENCE = 150


class StatusBar(QStatusBar):
    """Says the truth about what is shown and what is still being computed."""

    stop_requested = Signal()
    #: What was stopped shall go on.
    go_on_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = DARK
        self._drawn: Snapshot | None = None
        self.setSizeGripEnabled(False)
        self.landscape, self.moment = ElidedLabel(), StillLabel()
        describe(self.landscape, self.tr("Landscape"), self.tr("How the landscape was computed"))
        describe(self.moment, self.tr("At the cursor"), self.tr("Numbers of the iteration that is shown"))
        for label in (self.landscape, self.moment):
            label.setMinimumWidth(1)  # many digits must not widen the window
        self.stop_button = QToolButton()
        self.stop_button.setText(self.tr("Stop"))
        describe(
            self.stop_button,
            self.tr("Stop"),
            self.tr("Leave the landscape as coarse as it is now; or, while data are read, the data as they are"),
        )
        self.stop_button.clicked.connect(self.stop_requested)
        self.stop_button.hide()
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self.stop_button.show)
        self.go_on_button = QToolButton()
        self.go_on_button.setText(self.tr("Go on"))
        describe(self.go_on_button, self.tr("Go on"), self.tr("Compute the landscape that was stopped to its end"))
        self.go_on_button.clicked.connect(self.go_on_requested)
        self.go_on_button.hide()
        self.addWidget(self.landscape)
        # At the right, where the words that change beside them don't push them about.
        self.addPermanentWidget(self.stop_button)
        self.addPermanentWidget(self.go_on_button)
        self.addPermanentWidget(self.moment)
        self.setContentsMargins(8, 0, 8, 0)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look: here only its number of digits."""
        self._look = palette
        if self._drawn is not None:
            self.moment.setText(self._moment(self._drawn))

    def render_snapshot(self, new: Snapshot) -> None:
        """Put the snapshot into words."""
        old, self._drawn = self._drawn, new
        text = new.loading or self._landscape(new) + self._tasks(new)
        self.landscape.setText(text)
        self.landscape.setToolTip(self._explained(new) if text else "")
        busy = bool(new.loading) or new.landscape_busy or new.framing
        self._offer_stop(busy and (bool(new.loading) or not new.playing))
        stopped = new.landscape is None or not new.landscape.final
        self.go_on_button.setVisible(stopped and not busy and not new.playing)
        if old is None or _moment_of(old) != _moment_of(new) or new.problem is not old.problem:
            self.moment.setText(self._moment(new))

    def _offer_stop(self, busy: bool) -> None:
        if not busy:
            self._patience.stop()
            if not self.stop_button.isHidden():
                self.stop_button.hide()
        elif self.stop_button.isHidden() and not self._patience.isActive():
            self._patience.start()

    def _landscape(self, new: Snapshot) -> str:
        if new.landscape is None and new.framing:
            return self.tr("Finding the directions …")
        if new.landscape is None:
            return self.tr("Computing the landscape …") if new.landscape_busy else self.tr("No landscape: stopped")
        rows, columns = new.landscape.loss.shape
        text = self.tr("Landscape {0} × {1}, {2}").format(columns, rows, self._accuracy(new))
        if new.framing:
            text += " · " + self.tr("finding the directions …")
        elif new.playing and new.experiment.plane.through is None and new.theta.size > 2:
            text += " · " + self.tr("following the point …")
        elif new.landscape_busy:
            text += " · " + self.tr("getting better …")
        elif not new.landscape.plane.same_slice(new.map_view.plane):
            text += " · " + self.tr("stopped at an earlier slice")
        elif not new.landscape.final:
            text += " · " + self.tr("stopped")
        return text

    def _tasks(self, new: Snapshot) -> str:
        """Say how far what is computed beside the run is."""
        text = ""
        if new.sweep is not None and new.sweep.busy:
            text += " · " + self.tr("sweep: {0} of {1} runs").format(new.sweep.result.done, new.sweep.result.total)
        if new.search is not None and new.search.busy:
            text += " · " + self.tr("random search: {0:.0f} %").format(100.0 * new.search.result.share)
        return text

    def _explained(self, new: Snapshot) -> str:
        """Explain the word for how the landscape was computed."""
        if new.landscape is None:
            return self.tr("How the landscape was computed")
        meanings = {
            "exact": self.tr("Exact: every node is the loss of the equations, up to the rounding of the numbers."),
            "bounded": self.tr("Bounded: no node is further from the loss of the equations than this; that is proved."),
            "estimated": self.tr(
                "Estimated: about this far from the loss of the equations, judged by what was left out and by probes."
            ),
        }
        return f"{self.landscape.text()}\n{meanings[new.landscape.accuracy.guarantee]}"

    def _accuracy(self, new: Snapshot) -> str:
        """Say how the losses were computed, and how far off they can be."""
        assert new.landscape is not None
        known = new.landscape.accuracy
        error = format_number(known.error, 2)
        if known.guarantee == "exact":
            words = self.tr("exact: {0}").format(known.method)
        elif known.guarantee == "bounded":
            words = self.tr("losses off by at most {0}, proved: {1}").format(error, known.method)
        else:
            words = self.tr("losses off by about {0}, estimated: {1}").format(error, known.method)
        if known.examples is not None:
            words += " " + self.tr("over {0:,} of {1:,} examples").format(known.examples, new.problem.data.m)
        return words

    def _moment(self, new: Snapshot) -> str:
        digits = self._look.digits_or
        parts = [self.tr("steps through R")] if new.experiment.run.arithmetic == "fast" else []
        whole = is_full(new.settings, new.problem.data.m)
        norm = self.tr("‖∇L‖ = {0}") if whole else self.tr("‖∇L‖ of the batch = {0}")
        parts += [
            self.tr("L = {0}").format(format_number(new.loss, digits(6))),
            norm.format(format_number(length(new.grad), digits(5))),
        ]
        if new.problem.optimum is not None:
            distance = length(new.theta - new.problem.optimum.theta)
            parts.append(self.tr("distance to the optimum {0}").format(format_number(distance, digits(4))))
        return "   ·   ".join(parts)


def _moment_of(shown: Snapshot) -> tuple[object, ...]:
    """Return what the words about the cursor depend on, besides the problem."""
    return shown.timeline, shown.cursor, shown.experiment.run.arithmetic, shown.settings.step_size
