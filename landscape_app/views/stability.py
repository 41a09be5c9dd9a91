"""What the rule will do at its learning rate, beside the rate: a ruler, and the verdict in words before Play."""

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QShowEvent, QTextDocumentFragment
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from landscape_app.session.point_kind import UNASKED, look_work
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.stability import Stability, crossing, short_rate, stability
from landscape_app.views.forms import describe, muted_label
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.plotting import MINUS, format_number
from landscape_app.views.stability_ruler import RateRuler

#: A rate that comes so close to the best one, as a share of the way to the limit, is the best one, rounded.
BEST_WITHIN = 0.01


class StabilityPart(QWidget):
    """Ruler, verdict, and the numbers that it comes from."""

    #: Another learning rate, dragged or typed on the ruler.
    rate_requested = Signal(float)
    #: Somebody looks at it, or not any more: in a network the curvature at the cursor is found only then.
    watched = Signal(bool)
    #: The curvature at the cursor is wanted, however long it takes.
    look_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._drawn: Snapshot | None = None
        self.found: Stability | None = None
        #: The first iteration at which a rate that warms up will lie above the limit.
        self._crossing: int | None = None
        self.ruler = RateRuler(self)
        self.verdict = QLabel()
        self.verdict.setWordWrap(True)
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.numbers, self.limits = muted_label(), muted_label()
        self.look_button = QPushButton(self.tr("Find the curvature"))
        describe(
            self.look_button,
            self.look_button.text(),
            self.tr("Find the largest curvature at the cursor; these data are so large that it takes a while"),
        )
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 2)
        box.setSpacing(2)
        for widget in (self.ruler, self.verdict, self.numbers, self.limits, self.look_button):
            box.addWidget(widget)
        self.numbers.setTextFormat(Qt.TextFormat.RichText)
        self.numbers.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.numbers.linkActivated.connect(self._on_best)
        self.ruler.rate_dragged.connect(self._on_rate)
        self.look_button.clicked.connect(self.look_requested)

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """What Tab goes through, in order."""
        return (self.ruler, self.numbers, self.look_button)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self._palette = palette
        self.ruler.set_palette(palette)
        if self.found is not None and self._drawn is not None:
            self._dress(self.found)
            self._show_numbers(self.found, self._drawn)

    def showEvent(self, event: QShowEvent) -> None:
        """Say that somebody looks."""
        super().showEvent(event)
        self.watched.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Say that nobody looks."""
        super().hideEvent(event)
        self.watched.emit(False)

    # --- showing ---

    def render_snapshot(self, new: Snapshot) -> None:
        """Judge the rule at the cursor."""
        old, self._drawn = self._drawn, new
        here = _is_here(new)
        if (
            old is not None
            and self.found is not None
            and (old.problem, old.settings, old.spectrum, old.inspecting, old.playing)
            == (new.problem, new.settings, new.spectrum, new.inspecting, new.playing)
            and self.found.here == here
            and (new.cursor == old.cursor or new.experiment.run.schedule.constant)
        ):
            return
        self.found = found = stability(new.problem, new.settings, new.spectrum, here=here)
        if found.rate is None:  # random search takes no steps along a gradient
            return
        self._crossing = crossing(found, new.settings, new.experiment.run.schedule, new.cursor)
        local = bool(found.obstacle)
        best = found.best if found.equally_best is None else None  # no mark where none is better
        self.ruler.show_rate(found.rate, found.turning, found.limit, best, local=local)
        verdict = self._verdict(found, new)
        if not found.obstacle and not new.experiment.run.schedule.constant:
            now, base = (format_number(rate, 3) for rate in (found.rate, new.settings.set_hyper["learning_rate"]))
            if now != base:
                verdict += " " + self.tr(
                    "So it is with η = {0}, the schedule's share of {1} at iteration {2:,}."
                ).format(now, base, new.cursor)
            verdict += self._what_comes(found)
        _say(self.verdict, verdict)
        self._show_numbers(found, new)
        _say(self.limits, self._limits(found))
        self.look_button.setVisible(found.obstacle == "model" and not new.inspecting and self._too_large(new))
        self._dress(found)
        describe(self.ruler, self.tr("Ruler of learning rates"), self._tip(found))

    def _dress(self, found: Stability) -> None:
        p = self._palette
        shade = {
            "converges": p.good,
            "swings": p.good,
            "oscillates": p.good if _is_best(found) else p.warning,
            "edge": p.warning,
            "diverges": p.error,
        }.get(found.verdict, p.muted)
        if self._crossing is not None:
            shade = p.error
        style = f"color: {shade};"
        if self.verdict.styleSheet() != style:
            self.verdict.setStyleSheet(style)

    @staticmethod
    def _too_large(new: Snapshot) -> bool:
        return not _is_here(new) and not new.playing and look_work(new.problem) > UNASKED

    # --- words ---

    def _verdict(self, found: Stability, new: Snapshot) -> str:
        """Return what becomes of the error, in a sentence."""
        if found.obstacle:
            return self._why_no_limit(found, new)
        factor = _factor(found)
        digit = "" if found.digit is None else _steps(found.digit)
        share = "" if found.radius is None else _percent(found.radius)
        if found.verdict in ("converges", "swings", "oscillates") and found.digit is None:
            return self._converges_somehow(found, share)
        match found.verdict:
            case "converges":
                return self.tr("Converges: a step leaves {0} of the error, a digit takes {1} steps.").format(
                    share, digit
                )
            case "swings":
                turn = "" if found.turn is None else _steps(found.turn)
                return self.tr("Converges in swings of {0} steps: a step leaves {1}, a digit takes {2} steps.").format(
                    turn, share, digit
                )
            case "oscillates" if _is_best(found):
                words = self.tr(
                    "The best rate in the long run: a step leaves {0} of the error, a digit takes {1} steps. "
                    "Along {2} the error changes sign at each step."
                ).format(share, digit, found.direction)
                # Near the edge the velocity builds up before it dies out; plain descent never climbs on its way.
                climbs = self._drawn is not None and self._drawn.settings.hyper.get("momentum", 0.0) > 0.0
                return words + (" " + self.tr("At first the loss may climb.") if climbs else "")
            case "oscillates":
                return self.tr(
                    "Oscillates: converges, but a step multiplies the error along {0} by {1}. A digit takes {2} steps."
                ).format(found.direction, factor, digit)
            case "edge":
                return self.tr("On the edge: the error along {0} changes sign at each step and stays as large.").format(
                    found.direction
                )
            case "diverges":
                return self.tr("Diverges: each step multiplies the error along {0} by {1}.").format(
                    found.direction, factor
                )
            case "still" if found.rate == 0.0:
                return self.tr("Stands still: the learning rate is 0.")
            case "still":
                return self.tr("Comes to rest anywhere: dampening 1 keeps every later gradient out of the velocity.")
        return self.tr("The curvature is not known yet.")

    def _converges_somehow(self, found: Stability, share: str) -> str:
        """Return what is told where it is not known how fast, or where it is too slow to tell."""
        if found.radius is None:
            return self.tr("Converges; how fast is not known with so many parameters.")
        return self.tr("Does not diverge, but along the flattest direction it hardly moves: a step leaves {0}.").format(
            share
        )

    def _what_comes(self, found: Stability) -> str:
        """Return what a rate that warms up comes to, if that is more than the rule can take."""
        if self._crossing is None or found.limit is None:
            return ""
        return " " + self.tr("At iteration {0:,} η comes to lie above {1}: there the error grows.").format(
            self._crossing, format_number(found.limit, 3)
        )

    def _why_no_limit(self, found: Stability, new: Snapshot) -> str:
        limit = "?" if found.limit is None else format_number(found.limit, 3)
        title = new.settings.optimizer.title
        if found.obstacle == "rule":
            return self.tr("No simple limit: {0} scales the step of each parameter by itself.").format(title)
        if found.obstacle == "batch":
            text = self.tr("No simple limit: each batch has its own curvature.")
            return text if found.limit is None else f"{text} " + self.tr("On all examples it is {0}.").format(limit)
        text = self.tr("No simple limit: the curvature changes from point to point.")
        if found.limit is None:
            return text
        if not found.here and new.point is not None:
            return f"{text} " + self.tr("By the one of iteration {0:,} it would be {1}.").format(
                new.point.wish.iteration, limit
            )
        if found.rate is not None and found.rate > found.limit:
            return f"{text} " + self.tr("By the one at the cursor it would be {0}, which η exceeds.").format(limit)
        return f"{text} " + self.tr("By the one at the cursor it would be {0}.").format(limit)

    def _show_numbers(self, found: Stability, new: Snapshot) -> None:
        text = self._numbers(found, new)
        _say(self.numbers, text)
        plain = QTextDocumentFragment.fromHtml(text).toPlainText().replace("\N{NO-BREAK SPACE}", " ")
        describe(
            self.numbers,
            self.tr("Curvature and best rate: {0}").format(plain),
            self.tr("The largest curvature, how many times the smallest it is, and the best rate, which can be taken"),
        )

    def _numbers(self, found: Stability, new: Snapshot) -> str:
        """Return λmax, κ and the best rate, which can be clicked."""
        if found.lambda_max is None:
            return self.tr("finding the curvature …") if new.inspecting else ""
        parts = [f"λmax {format_number(found.lambda_max, 3)}"]
        if not found.here and new.point is not None:
            parts[0] += " " + self.tr("at iteration {0:,}").format(new.point.wish.iteration)
        if found.condition is not None:
            parts.append(f"κ {_short(found.condition)}")
        if found.flat:
            parts.append(self.tr("{0} flat").format(found.flat))
        if found.best is not None:
            text = self.tr("best η {0}").format(format_number(found.best, 3))
            if found.equally_best is not None:
                low, high = (format_number(rate, 3) for rate in found.equally_best)
                text = self.tr("best η {0} to {1}").format(low, high)
            text = text.replace(" ", "&nbsp;")
            parts.append(
                text if _is_as_good(found) else f'<a href="best" style="color: {self._palette.accent}">{text}</a>'
            )
        return " · ".join(part.replace("λmax ", "λmax&nbsp;").replace("κ ", "κ&nbsp;") for part in parts)

    def _limits(self, found: Stability) -> str:
        """Return the rates beyond which each of the three rules diverges."""
        if not found.limits or found.obstacle == "rule":
            return ""
        names = {
            "gradient-descent": self.tr("descent"),
            "momentum": self.tr("momentum"),
            "nesterov": self.tr("Nesterov"),
        }
        shown = [f"{names[name]}\N{NO-BREAK SPACE}{format_number(limit, 3)}" for name, limit in found.limits]
        return self.tr("limits of η: {0}").format(" · ".join(shown))

    def _tip(self, found: Stability) -> str:
        lines = [
            self.tr("Drag to change the learning rate; the arrow keys and the page keys do, too."),
            self.tr("Green converges, amber overshoots at each step and converges all the same, red diverges."),
        ]
        if found.limit is not None and found.lambda_max is not None:
            lines += [
                "",
                self.tr("Gradient descent diverges beyond 2/λmax, momentum beyond 2(1 + μ)/((1 − τ)λmax),"),
                self.tr("Nesterov beyond (2 + 2μ)/((1 + 2μ)λmax); here with μ = {0:g}.").format(found.momentum),
                self.tr("λmax = {0} is the largest curvature, along {1}.").format(
                    repr(found.lambda_max), found.direction
                ),
            ]
        if found.condition is not None:
            lines.append(self.tr("κ = λmax/λmin is how much steeper the valley's sides are than its floor."))
        if found.equally_best is not None:
            lines.append(
                self.tr(
                    "With so much momentum the error dies out equally fast at all rates from {0} to {1}: by √μ a step."
                ).format(*(format_number(rate, 3) for rate in found.equally_best))
            )
        elif found.best is not None:
            lines.append(self.tr("The green mark is the rate at which the error dies out fastest in the long run."))
        return "\n".join(lines)

    @Slot(str)
    def _on_best(self, _link: str) -> None:
        if self.found is not None and self.found.best is not None:
            self._on_rate(self.found.best)

    @Slot(float)
    def _on_rate(self, rate: float) -> None:
        """Ask for the ``rate`` to be in force: where a schedule scales what was set, that is set which it makes so."""
        if self._drawn is None or self.found is None:
            return
        settings = self._drawn.settings
        now, base = settings.hyper["learning_rate"], settings.set_hyper["learning_rate"]
        scale = 1.0 if now == 0.0 else base / now
        limit = None if self.found.obstacle else self.found.limit
        self.rate_requested.emit(short_rate(rate * scale, None if limit is None else limit * scale))


def _is_here(shown: Snapshot) -> bool:
    """Whether the curvature shown is that at the cursor: a regression's is the same everywhere."""
    if not shown.problem.model.has_hidden:
        return True
    return shown.point is not None and np.array_equal(shown.point.wish.theta, shown.theta)


def _is_best(found: Stability) -> bool:
    """Whether the rate is the best one, as far as three digits tell."""
    if found.best is None or found.rate is None or found.limit is None:
        return False
    return abs(found.rate - found.best) <= BEST_WITHIN * abs(found.limit - found.best)


def _is_as_good(found: Stability) -> bool:
    """Whether the rate is one of many that are equally good: none is offered as a better one."""
    if found.equally_best is None or found.rate is None:
        return False
    low, high = found.equally_best
    return low <= found.rate <= high


def _say(label: QLabel, text: str) -> None:
    """Show a text, and no empty line without one."""
    if label.text() != text:
        label.setText(text)
    label.setVisible(bool(text))


def _factor(found: Stability) -> str:
    """Return by how much a step multiplies the error along the steepest direction.

    It has as many digits as it takes to tell a growing error from one that stays as large.
    """
    if found.multiplier is None:
        return "?"
    factor = found.multiplier.real
    digits = 3
    while digits < 12 and abs(factor) != 1.0 == abs(float(f"{factor:.{digits - 1}e}")):
        digits += 1
    return format_number(factor, digits)


def _percent(share: float) -> str:
    """Return a share below 1 in per cent, with as many digits as it takes to tell it from 100 %."""
    for digits in range(12):
        text = f"{100.0 * share:.{digits}f}"
        if digits >= (1 if share < 0.1 else 0) and float(text) < 100.0:
            return f"{text}\N{NO-BREAK SPACE}%"
    return "100\N{NO-BREAK SPACE}%"


def _steps(count: float) -> str:
    """Return a number of steps: whole from ten on."""
    return f"{count:.2g}" if count < 10.0 else f"{count:,.0f}" if count < 1e6 else _short(count)


def _short(value: float) -> str:
    """Return a large number in few characters."""
    return f"{value:,.3g}" if value < 1e6 else f"{value:.1e}".replace("e+0", "e").replace("e+", "e").replace("-", MINUS)
