"""The optimizer's share: the update from the cursor, quantity by quantity, with the numbers of one parameter.

What the lines need is imported when the panel is first seen: it is behind another one at the start.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from landscape_app.core.optimizers import LIBRARIES
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.update_terms import COUNT, DIGITS, UpdateTerms, is_quick, update_terms
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.parameter_choice import ParameterChoice
from landscape_app.views.plotting import format_number

if TYPE_CHECKING:
    from landscape_app.views.update_lines import UpdateLine

#: Milliseconds between two looks at whether the formulas are there, and of rest before numbers are put in.
LOOK, REST = 25, 200
#: The last line: where the step leads.
MOVE = "move"
#: Characters of a parameter's name that the list shows at the most.
LONGEST_NAME = 12


class UpdateView(QWidget):
    """A line a quantity, in the order of computation; while nobody sees it, it draws nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._latest: Snapshot | None = None
        self._drawn: Snapshot | None = None
        self._palette = DARK
        self._seen = False
        self._shape: object = None  # what the lines were made for
        self.terms: UpdateTerms | None = None
        self.lines: list[UpdateLine] = []
        self._titles: list[QLabel] = []
        self.parameter = ParameterChoice()
        # By itself a list keeps the width of the names that it had when it was shown first.
        self.parameter.setSizeAdjustPolicy(ParameterChoice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        describe(self.parameter, self.tr("Parameter"), self.tr("The parameter whose numbers are put into the formulas"))
        self.about = QLabel()
        self.about.setObjectName("muted")
        self.about.setMinimumWidth(10)
        self.remark = muted_label()
        head = QHBoxLayout()
        head.setContentsMargins(8, 2, 8, 0)
        head.addWidget(self.parameter)
        head.addWidget(self.about, 1)
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(0, 0, 0, 4)
        self._column.setSpacing(4)
        self._column.addWidget(self.remark)
        self._column.addStretch(1)
        self.scroll_area = QScrollArea()
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroll_area.setWidget(body)
        self.scroll_area.setAccessibleName(self.tr("Formulas of the update"))
        self.scroll_area.viewport().setAutoFillBackground(False)
        body.setAutoFillBackground(False)
        self._body = body
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 4)
        column.addLayout(head)
        column.addWidget(self.scroll_area, 1)
        self._coming, self._rest, self._typesetting = QTimer(self), QTimer(self), QTimer(self)
        for timer, after, slot in (
            (self._coming, 0, self._come_into_sight),  # what is drawn for the first time is not drawn while painting
            (self._rest, REST, self._put_numbers_in),
            (self._typesetting, LOOK, self._take_formulas),
        ):
            timer.setInterval(after)
            timer.setSingleShot(timer is not self._typesetting)
            timer.timeout.connect(slot)
        self.parameter.currentIndexChanged.connect(self._on_parameter)
        self.setAccessibleName(self.tr("Update"))
        self.setMinimumWidth(230)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        for line in self.lines:
            line.set_palette(palette)
        if self.terms is not None:
            self._show_values(self.terms)

    def render_snapshot(self, new: Snapshot) -> None:
        """Draw what differs from the snapshot drawn last, if anybody sees it."""
        self._latest = new
        if self._seen:
            self._draw(new)

    def _draw(self, new: Snapshot) -> None:
        old, self._drawn = self._drawn, new
        if old is None or old.problem is not new.problem:
            self._name_parameters(new)
        elif (old.timeline, old.cursor, old.settings) == (new.timeline, new.cursor, new.settings):
            if old.playing and not new.playing:
                self._rest.start()
            return
        self.terms = terms = update_terms(new) if is_quick(new) else None
        rule, semantics = new.settings.optimizer, new.experiment.run.semantics
        whose = self.tr("{0}, as in {1}").format(rule.title, LIBRARIES[semantics]) if rule.libraries else rule.title
        self.about.setText(whose)
        self.about.setToolTip(self.tr("The step from iteration {0:,}: {1}").format(new.cursor, rule.formula))
        self.remark.setVisible(terms is None)
        if terms is None:
            random = self.tr("Random search draws points and keeps the best: too many examples to do it here again.")
            many = self.tr("So many parameters take too long here: go to a multiple of 128 iterations, or just beyond.")
            self.remark.setText(many if rule.uses_gradient else random)
        self._make_lines(terms)
        if terms is not None:
            self._show_values(terms)

    def _name_parameters(self, new: Snapshot) -> None:
        names, chosen = new.problem.model.layout.scalar_names, self.parameter.currentText()
        if [self.parameter.itemText(i) for i in range(self.parameter.count())] == list(names):
            return
        self.parameter.blockSignals(True)
        self.parameter.clear()
        self.parameter.addItems(list(names))
        self.parameter.setMinimumContentsLength(min(LONGEST_NAME, max(map(len, names))))
        self.parameter.setCurrentIndex(names.index(chosen) if chosen in names else 0)
        self.parameter.blockSignals(False)

    def _make_lines(self, terms: UpdateTerms | None) -> None:
        """Make the lines that a rule needs, unless they are there."""
        from landscape_app.views.update_lines import UpdateLine

        shape = None if terms is None else (terms.rule, tuple(quantity.name for quantity in terms.quantities))
        if shape == self._shape:
            return
        self._shape = shape
        for part in (*self.lines, *self._titles):
            self._column.removeWidget(part)
            part.hide()
            part.deleteLater()
        self.lines, self._titles = [], []
        if terms is None:
            return
        words = self._words("velocity" in terms)
        stage = ""
        for quantity in terms.quantities:
            now = "state" if quantity.formula or stage == "state" else "given"
            if quantity.part or quantity.name == "step":
                now = "parts"
            if now != stage:
                stage = now
                self._add_title(stage)
            self._add(UpdateLine(quantity.name, words.get(quantity.name, ""), terms.latex(quantity.name), self._body))
        self._add(UpdateLine(MOVE, self.tr("Where the next iteration begins"), terms.move_latex, self._body))

    def _add_title(self, stage: str) -> None:
        titles = {
            "given": self.tr("Given"),
            "state": self.tr("What the rule makes of it"),
            "parts": self.tr("The step and its parts"),
        }
        title = QLabel(titles[stage].upper(), self._body)
        title.setObjectName("title")
        title.setContentsMargins(8, 6, 0, 0)
        self._column.insertWidget(self._column.count() - 1, title)
        self._titles.append(title)
        title.show()

    def _add(self, line: "UpdateLine") -> None:
        line.set_palette(self._palette)
        line.resized.connect(self._on_line_resized)
        self._column.insertWidget(self._column.count() - 1, line)
        self.lines.append(line)
        line.show()

    def _words(self, moving: bool) -> dict[str, str]:
        """Return what each quantity is; ``moving`` says that the rule has a velocity, not an average of gradients."""
        average = self.tr("What the average of gradients adds to it")
        momentum = self.tr("What the velocity adds to it") if moving else average
        return {
            "gradient": self.tr("The gradient of this step"),
            "theta": self.tr("The parameter before the step"),
            "loss": self.tr("The loss at the best point so far, over all the data"),
            "start": self.tr("The start, around which all points are drawn"),
            "offset": self.tr("A random number between −1 and 1"),
            "candidate": self.tr("The point that is drawn"),
            "candidate_loss": self.tr("The loss there, over all the data"),
            "jump": self.tr("The move there, if its loss is lower; else none"),
            "velocity_before": self.tr("The velocity before the step"),
            "velocity": self.tr("The velocity: what earlier steps have gathered"),
            "sum_before": self.tr("The sum of squared gradients before the step"),
            "sum": self.tr("The sum of all squared gradients"),
            "average_before": self.tr("The average of squared gradients before the step"),
            "average": self.tr("The running average of squared gradients"),
            "m_before": self.tr("The average of gradients before the step"),
            "v_before": self.tr("The average of squared gradients before the step"),
            "t": self.tr("How many steps the rule has made with this one"),
            "m": self.tr("The running average of gradients"),
            "v": self.tr("The running average of squared gradients"),
            "m_correction": self.tr("The share of the average m that is there after t steps: it started at 0"),
            "v_correction": self.tr("The share of the average v that is there after t steps: it started at 0"),
            "m_hat": self.tr("The average of gradients, corrected for its start at 0"),
            "v_hat": self.tr("The average of squared gradients, corrected for its start at 0"),
            "effective_rate": self.tr("This parameter's own learning rate"),
            "raw": self.tr("The step of plain gradient descent"),
            "momentum_part": momentum,
            "rescaling": self.tr("What the parameter's own rate adds to it"),
            "decay_part": self.tr("How the parameter shrinks by itself"),
            "step": self.tr("The step: the sum of its parts"),
        }

    def _show_values(self, terms: UpdateTerms) -> None:
        index, digits = self._index(terms), self._palette.digits_or(5)
        for line in self.lines:
            if line.name == MOVE:
                latex, value = terms.move_latex, float(terms.theta[index] + terms.step[index])
            else:
                found = terms[line.name]
                latex, value = terms.latex(line.name), float(found if found.ndim == 0 else found[index])
            line.show_value(latex, f"{value:,.0f}" if line.name == COUNT else format_number(value, digits))
        self._await_numbers()

    def _await_numbers(self) -> None:
        """Have what is missing typeset: the formulas at once, the numbers when nothing has moved for a while."""
        if self._seen and self.terms is not None:
            self._rest.start()
            self._take_formulas()
            self._typesetting.start()

    def _index(self, terms: UpdateTerms) -> int:
        return min(max(self.parameter.currentIndex(), 0), terms.theta.size - 1)

    @Slot()
    def _put_numbers_in(self) -> None:
        """Typeset the numbers too, once nothing moves: during a run they would be gone before they are made."""
        if self.terms is None or self._drawn is None or self._drawn.playing or not self._seen:
            return
        index, digits = self._index(self.terms), self._palette.digits_or(DIGITS)
        for line in self.lines:
            if line.name == MOVE:
                line.show_numbers(self.terms.move_with_numbers(index, digits))
            elif self.terms.quantity(line.name).formula:
                line.show_numbers(self.terms.latex_with_numbers(line.name, index, digits))
        self._typesetting.start()

    @Slot()
    def _take_formulas(self) -> None:
        """Show the formulas that have come; look again while some are being made."""
        from landscape_app.views.typeset import typesetter

        ready = not typesetter().busy
        for line in reversed(self.lines):  # what is asked for last is made first
            line.take_formulas()
        if ready and not typesetter().busy:
            self._typesetting.stop()

    @Slot()
    def _on_line_resized(self) -> None:
        """Look out for the lines into which a narrower formula is broken."""
        if self._seen:
            self._typesetting.start()

    @Slot(int)
    def _on_parameter(self, _index: int) -> None:
        if self.terms is not None and self._seen:
            self._show_values(self.terms)

    # -- seen or not ----------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Notice that the panel is seen: behind another one it is visible to Qt, but never painted."""
        super().paintEvent(event)
        if not self._seen:
            self._coming.start()

    @Slot()
    def _come_into_sight(self) -> None:
        """Draw what was missed."""
        if not self._seen and self.isVisible():
            self._seen = True
            if self._latest is not None:
                self._draw(self._latest)
                self._await_numbers()  # what was being made when the panel went out of sight was given up

    @Slot(bool)
    def set_in_sight(self, visible: bool) -> None:
        """Rest when the panel goes out of sight, be it behind another one."""
        if not visible:
            self._seen = False
            for timer in (self._coming, self._rest, self._typesetting):
                timer.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest."""
        super().hideEvent(event)
        self.set_in_sight(False)
