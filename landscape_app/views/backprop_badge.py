"""The badge that says whether the gradient was checked, and how well it agrees; and the same block by block."""

from dataclasses import replace

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from landscape_app.session.gradient_check import GradientCheck
from landscape_app.views.backprop_equations import symbol
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette

#: Pixels within which a long outcome may be cut.
NARROW = 130


class CheckBadge(QToolButton):
    """A button that tells the outcome; a click checks at rest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = DARK
        self._check: GradientCheck | None = None
        self._shown: tuple[GradientCheck | None, bool] = (None, False)
        self.setObjectName("badge")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.show_check(None, False)

    def set_palette(self, palette: Palette) -> None:
        """Take the colours."""
        self._palette = palette
        self._dress()

    def show_check(self, check: GradientCheck | None, checking: bool) -> None:
        """Show what a check found, or that there is none for what is at the cursor."""
        if self.text() and (check, checking) == self._shown:
            return  # dressing anew at each frame would lay out the whole panel
        self._shown = self._check, _ = check, checking
        if checking:
            self.setText(self.tr("checking …"))
        elif check is None:
            self.setText(self.tr("check"))
        else:
            self.setText(self._outcome(check))
        self._dress()

    def _outcome(self, check: GradientCheck) -> str:
        whole = check.checked == check.size
        what = self.tr("checked") if whole else self.tr("{0:,} of {1:,}").format(check.checked, check.size)
        if not check.agrees:
            text = self.tr("✗ differs by {0:.0e}").format(check.difference)
            return text if whole else self.tr("{0} · {1} checked").format(text, what)
        if check.at_rest:
            return self.tr("✓ {0}: zero").format(what)
        if check.difference == 0.0:
            return self.tr("✓ {0}: equal").format(what)
        return self.tr("✓ {0} to {1:.0e}").format(what, check.difference)

    def minimumSizeHint(self) -> QSize:
        """Make do with little room: the tooltip tells all."""
        return QSize(min(NARROW, super().minimumSizeHint().width()), super().minimumSizeHint().height())

    def _dress(self) -> None:
        p = self._palette
        shade = p.muted if self._check is None else p.good if self._check.agrees else p.error
        self.setStyleSheet(
            f"QToolButton#badge {{ color: {shade}; border: 1px solid {p.border}; border-radius: 9px;"
            f" padding: 0 7px; min-height: 18px; background: transparent; }}"
            f"QToolButton#badge:hover, QToolButton#badge:focus {{ border-color: {p.accent}; }}"
        )
        describe(self, self.text(), self._tip())

    def _tip(self) -> str:
        about = self.tr(
            "The gradient is found a second time, without the backward equations, and compared.\n"
            "For that each parameter is moved by a tiny imaginary number: what becomes imaginary of the loss\n"
            "is the slope. Nothing is subtracted, so that nothing is lost to rounding: a “complex step”."
        )
        if self._check is None:
            when = self.tr("It is checked at rest: by itself, or with a click if that takes long.")
            return about + "\n\n" + when
        lines = [about, "", *lines_of(self._check)]
        if sum(replace(self._check.wish, asked=True).counts) > self._check.checked:
            lines.append(self.tr("Click at rest to check more of them."))
        return "\n".join(lines)


class CheckLines(QLabel):
    """What a check found in each block, a line each; `button` shows and hides it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._check: GradientCheck | None = None
        self._lines = 1
        self.setObjectName("muted")
        self.setWordWrap(True)
        self.setMinimumWidth(10)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        name = self.tr("The check, block by block")
        self.setAccessibleName(name)
        self.button = QToolButton()
        self.button.setObjectName("small")
        self.button.setCheckable(True)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        describe(self.button, name, self.tr("Show what the check finds in each block of the gradient"))
        self.button.toggled.connect(self._show)
        self._show()

    def show_check(self, check: GradientCheck | None) -> None:
        """Show what a check found, or that there is none for what is at the cursor."""
        if check is not self._check:
            self._check = check
            self._show()

    def _show(self) -> None:
        opened = self.button.isChecked()
        self.button.setArrowType(Qt.ArrowType.DownArrow if opened else Qt.ArrowType.RightArrow)
        self.setVisible(opened)
        if not opened:
            return
        if self._check is None:
            self.setText(self.tr("not checked yet") + "\n" * (self._lines - 1))
        else:
            lines = lines_of(self._check)
            self._lines = len(lines)  # kept until the next check: the rows below must not jump at each step
            self.setText("\n".join(lines))


def lines_of(check: GradientCheck) -> list[str]:
    """Return what a check found in each block, and what the numbers mean."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("CheckBadge", text)

    lines = []
    for block in check.blocks:
        line = tr("{0}: differs by {1:.1e}").format(symbol(f"dL/d{block.name}"), block.difference)
        part = tr(", {0:,} of {1:,} entries").format(block.checked, block.size)
        lines.append(line + part if check.checked < check.size else line)
    if check.checked < check.size:
        lines.append(tr("(drawn at random: all would take long)"))
    if check.at_rest:
        lines.append(tr("Nothing but rounding is left of the gradient here."))
    else:
        lines.append(tr("(relative to the largest entry, {0:.3g})").format(check.largest))
        if not check.agrees:
            lines.append(tr("(where it is wrong, to the largest entry of that line)"))
    return lines
