"""The badge that says whether the gradient was checked, and how well it agrees."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget

from landscape_app.session.gradient_check import GradientCheck
from landscape_app.views.backprop_equations import symbol
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette


class CheckBadge(QToolButton):
    """A button that tells the outcome; a click checks now."""

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
        if checking and check is None:
            self.setText(self.tr("checking …"))
        elif check is None:
            self.setText(self.tr("check"))
        elif not check.agrees:
            self.setText(self.tr("✗ differs by {0:.0e}").format(check.difference))
        elif check.at_rest:
            self.setText(self.tr("✓ checked: zero"))
        elif check.difference == 0.0:
            self.setText(self.tr("✓ checked: equal"))
        else:
            self.setText(self.tr("✓ checked to {0:.0e}").format(check.difference))
        self._dress()

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
            return about + "\n\n" + self.tr("Click to check now; at rest it is checked by itself if that is quick.")
        lines = [
            self.tr("{0}: differs by {1:.1e}").format(symbol(f"dL/d{block.name}"), block.difference)
            for block in self._check.blocks
        ]
        if self._check.at_rest:
            lines.append(self.tr("Nothing but rounding is left of the gradient here."))
        else:
            lines.append(self.tr("(relative to the largest entry, {0:.3g})").format(self._check.largest))
            if not self._check.agrees:
                lines.append(self.tr("(where it is wrong, to the largest entry of that line)"))
        return about + "\n\n" + "\n".join(lines)
