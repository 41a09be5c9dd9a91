"""The learning rate's schedule in the setup panel: its kind, its settings, and the curve of the rates to come."""

import math
from typing import cast

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from landscape_app.core.optimizers.base import HyperSpec
from landscape_app.core.schedules import SCHEDULES, ScheduleKind
from landscape_app.session.config import ScheduleConfig
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.forms import Section
from landscape_app.views.number_field import NumberField
from landscape_app.views.palette import Palette
from landscape_app.views.rate_curve import RateCurve

#: What is chosen for a constant rate after a warm-up, and how many iterations that takes at first.
WARM_UP, FIRST_WARM_UP = "warm-up", 20


class SchedulePart(QObject):
    """Adds its rows to a section, and emits the schedule that the user has made."""

    edited = Signal(object)

    def __init__(self, section: Section) -> None:
        super().__init__(section)
        self._section = section
        self._config = ScheduleConfig()
        self._drawn: Snapshot | None = None
        self.kind = QComboBox()
        #: What the schedules are called, by kind; a warm-up to a constant rate is one of them.
        self.titles = {"constant": self.tr("Constant"), WARM_UP: self.tr("Warm-up")}
        self.titles |= {name: schedule.title for name, schedule in SCHEDULES.items() if name != "constant"}
        for name, title in self.titles.items():
            self.kind.addItem(title, name)
        section.add_row(self.tr("Schedule"), self.kind, self._about(ScheduleConfig()))
        #: A field for each setting, by kind and name.
        self.fields: dict[tuple[str, str], NumberField] = {}
        for name, schedule in SCHEDULES.items():
            for spec in schedule.specs:
                self.fields[name, spec.name] = self._field(name, spec)
        self.warmup = NumberField(0, low=0, step=5, whole=True)
        tip = self.tr("For how many iterations the rate rises, in equal steps, before the schedule begins; 0: at once")
        section.add_row(self.tr("Warm-up"), self.warmup, tip)
        self.curve = RateCurve()
        section.form.addRow(self.curve)
        self.kind.activated.connect(self._on_kind)
        self.warmup.edited.connect(self._on_warmup)
        self._show_rows(rate=True)

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """What Tab goes through, in order."""
        return (self.kind, *self.fields.values(), self.warmup)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look."""
        self.curve.set_palette(palette)

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the schedule of the snapshot's run; a rule without a rate has none."""
        old, self._drawn = self._drawn, new
        self._config = config = new.experiment.run.schedule
        has_rate = "learning_rate" in new.settings.hyper
        if has_rate and not config.constant:
            self.curve.render_snapshot(new)
        if old is not None and (old.experiment.run is new.experiment.run and old.settings is new.settings):
            return
        kind = WARM_UP if config.kind == "constant" and config.warmup else config.kind
        self.kind.setCurrentIndex(self.kind.findData(kind))
        tip = self._about(config)
        if self.kind.toolTip() != tip:
            self.kind.setToolTip(tip)
            self.kind.setAccessibleDescription(tip)
        for name, value in config.settings.items():
            self.fields[config.kind, name].set_value(value)
        self.warmup.set_value(config.warmup)
        self._show_rows(rate=has_rate)

    def _show_rows(self, *, rate: bool) -> None:
        form, config = self._section.form, self._config
        wanted: dict[QWidget, bool] = {self.kind: rate}
        wanted |= {field: rate and kind == config.kind for (kind, _), field in self.fields.items()}
        wanted |= {self.warmup: rate and not config.constant, self.curve: rate and not config.constant}
        for widget, visible in wanted.items():
            if form.isRowVisible(widget) != visible:
                form.setRowVisible(widget, visible)

    def _about(self, config: ScheduleConfig) -> str:
        return self.tr(
            "How the learning rate changes as the run goes on: {0}.\n"
            "η, set above, is what the schedule multiplies. Changed in mid-run it is replaced from the cursor on, and\n"
            "the schedule goes on. Another schedule records the path again from its start."
        ).format(SCHEDULES[config.kind].formula)

    def _field(self, kind: str, spec: HyperSpec) -> NumberField:
        bounded = not math.isinf(spec.high)
        low = max(spec.low, 1e-6) if spec.open_low else spec.low
        step = 0.01 if bounded else 10.0
        field = NumberField(spec.default, low=low, high=spec.high, step=step, whole=spec.whole)
        field.setObjectName(spec.name)
        field.edited.connect(self._on_setting)
        label = {
            "every": self.tr("Falls every"),
            "factor": self.tr("Factor"),
            "half": self.tr("Half after"),
            "steps": self.tr("Ends after"),
            "final": self.tr("Final share"),
        }.get(spec.name, spec.name)
        self._section.add_row(label, field, spec.help)
        return field

    # --- what the user does ---

    @Slot()
    def _on_kind(self) -> None:
        self.choose(self.kind.currentData())

    def choose(self, chosen: str) -> None:
        """Ask for another kind of schedule, with the settings that suit it."""
        if chosen == WARM_UP:
            self.edited.emit(ScheduleConfig(warmup=self._config.warmup or FIRST_WARM_UP))
        elif chosen == "constant":
            self.edited.emit(ScheduleConfig())
        elif chosen != self._config.kind:
            kept = 0 if self._config.kind == "constant" else self._config.warmup
            self.edited.emit(ScheduleConfig(kind=cast("ScheduleKind", chosen), warmup=kept))

    @Slot(float)
    def _on_setting(self, value: float) -> None:
        values = {**self._config.values, self.sender().objectName(): value}
        self.edited.emit(self._config.but(values=values))

    @Slot(float)
    def _on_warmup(self, value: float) -> None:
        self.edited.emit(self._config.but(warmup=int(value)))
