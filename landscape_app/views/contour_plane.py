"""Above the map: which plane it shows, and where that lies among all parameters."""

from collections import deque
from math import isfinite

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from landscape_app.core.landscape import Plane, PlaneKind
from landscape_app.session.map_view import slice_at
from landscape_app.session.off_plane import off_plane
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.elided import ElidedLabel
from landscape_app.views.forms import describe
from landscape_app.views.palette import DARK, Palette
from landscape_app.views.parameter_choice import ParameterChoice
from landscape_app.views.plotting import format_number

#: So many slices may be on their way to the map: what is drawn is one of them.
SLICES = 100


class PlaneBar(QWidget):
    """Asks for a kind of plane, for two parameters, for other directions, and for a slice that stays."""

    kind_requested = Signal(str)
    axes_requested = Signal(str, str)
    renew_requested = Signal()
    hold_requested = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = DARK
        self._drawn: Snapshot | None = None
        #: The slices asked for last, and the iterations that they go through.
        self._slices: deque[tuple[Plane, int]] = deque(maxlen=SLICES)
        self.kind = QComboBox()
        describe(self.kind, self.tr("Plane of the map"), self.tr("What the two axes of the map are"))
        for kind, title, tip in self.kinds():
            self.kind.addItem(title, kind)
            self.kind.setItemData(self.kind.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.kind.activated.connect(self._on_kind_chosen)
        self.x_axis, self.y_axis = ParameterChoice(), ParameterChoice()
        describe(self.x_axis, self.tr("Horizontal axis"), self.tr("The parameter along the horizontal axis"))
        describe(self.y_axis, self.tr("Vertical axis"), self.tr("The parameter along the vertical axis"))
        for combo in (self.x_axis, self.y_axis):
            combo.setMaximumWidth(150)
            combo.setMinimumWidth(combo.fontMetrics().horizontalAdvance("W1[88,88]") + 36)
            combo.activated.connect(self._on_axes_chosen)
        self.renew = QToolButton()
        self.renew.setText("↻")
        self.renew.setObjectName("small")
        self.renew.clicked.connect(self.renew_requested)
        describe(self.renew, self.tr("Renew the directions"), self.tr("Renew the directions"))
        self.facts = ElidedLabel()
        self.facts.setObjectName("muted")
        self.hold = QToolButton()
        self.hold.setText(self.tr("Hold"))
        self.hold.setCheckable(True)
        describe(
            self.hold,
            self.tr("Hold the slice"),
            self.tr(
                "Held: the map stays the slice that it is now. Else it is the slice through the present point, "
                "computed anew at every step (H)"
            ),
        )
        self.hold.clicked.connect(self.hold_requested)
        self.slice_label = ElidedLabel()
        self.slice_label.setObjectName("muted")
        self._lay_out()

    def kinds(self) -> tuple[tuple[PlaneKind, str, str], ...]:
        """Return every kind of plane with its title and a sentence about it."""
        return (
            ("axes", self.tr("Two parameters"), self.tr("Two parameters, named on the right")),
            (
                "random",
                self.tr("Random"),
                self.tr("Two random directions, each scaled like the unit's weights at the start (Li et al. 2018)"),
            ),
            ("pca", self.tr("Path (PCA)"), self.tr("The two directions along which the path varies most")),
            (
                "hessian",
                self.tr("Hessian"),
                self.tr("Two eigenvectors of the Hessian at the point where you choose this: the steepest curvature"),
            ),
            (
                "three-points",
                self.tr("Three points"),
                self.tr("Through the start, the point where you choose this, and the best point recorded"),
            ),
        )

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setContentsMargins(10, 0, 8, 0)
            row.setSpacing(5)
        for widget in (self.kind, self.x_axis, self.y_axis, self.renew):
            first.addWidget(widget)
        first.addWidget(self.facts, 1)
        first.addStretch(0)
        second.addWidget(self.hold)
        second.addWidget(self.slice_label, 1)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(3)
        rows.addLayout(first)
        rows.addLayout(second)

    # -- drawing --------------------------------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Take on another look: here only its number of digits."""
        self._look = palette
        if self._drawn is not None:
            self._say_where(self._drawn)

    def render_snapshot(self, new: Snapshot) -> None:
        """Redraw what differs from the snapshot drawn last."""
        old, self._drawn = self._drawn, new
        if old is None or new.problem is not old.problem:
            self._name_axes(new)
        if old is not None and not new.timeline.continues(old.timeline):
            self._slices.clear()  # its iterations were those of another path
        if old is None or new.map_view is not old.map_view or new.wanted.plane != old.wanted.plane:
            self._show_plane(new)
        if (
            old is None
            or new.map_view is not old.map_view
            or new.cursor != old.cursor
            or new.timeline is not old.timeline
            or new.framing != old.framing
            or new.picture is not old.picture
        ):
            self._say_where(new)

    def _name_axes(self, new: Snapshot) -> None:
        names = new.problem.model.layout.scalar_names
        self.setVisible(len(names) > 2)
        for combo in (self.x_axis, self.y_axis):
            combo.blockSignals(True)
            combo.clear()
            combo.addItems(list(names))
            combo.blockSignals(False)

    def _show_plane(self, new: Snapshot) -> None:
        config, frame = new.wanted.plane, new.map_view.plane.frame
        by_parameters = config.kind == "axes"
        self.kind.setCurrentIndex(self.kind.findData(config.kind))
        self.kind.setToolTip(self.kind.currentData(Qt.ItemDataRole.ToolTipRole))
        for combo in (self.x_axis, self.y_axis):
            combo.setVisible(by_parameters)
        self.renew.setVisible(not by_parameters)
        self.facts.setVisible(not by_parameters)
        self.hold.setChecked(config.through is not None)
        if by_parameters and frame.by_parameters is not None:
            for combo, index in zip((self.x_axis, self.y_axis), frame.by_parameters, strict=True):
                combo.setCurrentIndex(index)
                edit = combo.lineEdit()
                if edit is not None:
                    edit.home(False)  # else a long name shows its end
        tip = {
            "random": self.tr("Draw two other random directions"),
            "pca": self.tr("The directions follow the recorded path by themselves whenever it rests"),
            "hessian": self.tr("Take the eigenvectors of the Hessian at the present point"),
            "three-points": self.tr("Lay the plane through the start, the present point and the best one"),
        }.get(config.kind, "")
        self.renew.setToolTip(tip)
        self.renew.setEnabled(config.kind != "pca")

    def _say_where(self, new: Snapshot) -> None:
        frame = new.map_view.plane.frame
        if new.framing:
            self.facts.setText(self.tr("finding the directions …"))
        else:
            self.facts.setText(self._facts(new))
        remark = "" if frame.kind == "pca" else frame.remark
        self.facts.setToolTip("\n".join(text for text in (self.facts.text(), remark) if text))
        words, tip = self._held_slice(new) if new.experiment.plane.through is not None else self._own_slice(new)
        self.slice_label.setText(words)
        self.slice_label.setToolTip(tip)

    def _own_slice(self, new: Snapshot) -> tuple[str, str]:
        """Say through which iteration's point the slice goes: that of the map, even where it lags behind."""
        plane, at = new.map_view.plane, new.cursor
        if not self._slices or self._slices[-1][0] is not plane:
            self._slices.append((plane, at))
        tip = self.tr(
            "The map is the slice through the point of iteration {0:,}; what is not on its axes has the values there."
        )
        if new.landscape is None or new.landscape.plane.same_slice(plane):
            return self.tr("slice at iteration {0:,}").format(at), tip.format(at)
        drawn = next((i for known, i in reversed(self._slices) if known.same_slice(new.landscape.plane)), None)
        if drawn is None:
            return self.tr("an earlier slice; {0:,} follows").format(at), tip.format(at)
        tip += " " + self.tr("That of iteration {1:,} is being computed.")
        return self.tr("slice at iteration {0:,}; {1:,} follows").format(drawn, at), tip.format(drawn, at)

    def _held_slice(self, new: Snapshot) -> tuple[str, str]:
        """Say which slice is held, and how the present point lies to it."""
        at = slice_at(new.experiment, new.timeline, new.cursor)
        words = self.tr("held at iteration {0:,}").format(at)
        tip = self.tr("The map is the slice that was held, through the point that was iteration {0:,} then.").format(at)
        beside = off_plane(new.problem, new.map_view.plane, new.theta, new.loss, new.landscape)
        if beside is None:
            return words, tip
        digits = self._look.digits_or(3)
        distance, loss = format_number(beside.distance, digits), format_number(new.loss, digits + 2)
        if not isfinite(beside.gap):
            words = self.tr("held at {0:,} · now {1} off").format(at, distance)
            tip += " " + self.tr("The present point lies {0} away from it: its loss is {1}.").format(distance, loss)
            return words, tip
        about = "" if beside.below.exact else "≈ "
        gap, below = format_number(beside.gap, digits, signed=True), format_number(beside.below.value, digits + 2)
        words = self.tr("held at {0:,} · now {1} off, gap {2}").format(at, distance, about + gap)
        tip += " " + self.tr(
            "The present point lies {0} away from it: its loss is {1}, the slice's below it {2}, a gap of {3}."
        ).format(distance, loss, about + below, about + gap)
        return words, tip

    def _facts(self, new: Snapshot) -> str:
        frame = new.map_view.plane.frame
        if frame.kind == "pca" and frame.facts is not None:
            share = self.tr("{0:.1%} of the path's variance").format(sum(frame.facts)).replace("%", " %")
            return f"{share} {frame.remark}".strip()
        if frame.kind == "hessian" and frame.facts is not None:
            first, second = (format_number(value, self._look.digits_or(3)) for value in frame.facts)
            return self.tr("λ = {0} and {1}").format(first, second)
        if frame.kind == "random":
            return self.tr("seed {0}").format(new.experiment.plane.seed)
        return frame.remark

    # -- intents --------------------------------------------------------------------------------------------

    def _on_kind_chosen(self) -> None:
        self.kind_requested.emit(self.kind.currentData())

    def _on_axes_chosen(self) -> None:
        self.axes_requested.emit(self.x_axis.currentText(), self.y_axis.currentText())
