"""The rule and its hyperparameters; every change acts from the cursor on."""

import math

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QWidget

from landscape_app.core.optimizers import OPTIMIZERS, Optimizer
from landscape_app.core.optimizers.base import HyperSpec
from landscape_app.session.config import ScheduleConfig
from landscape_app.session.settings import is_full
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.transitions import why_not_fast
from landscape_app.views.forms import Section, describe, muted_label, tab_through
from landscape_app.views.number_field import NumberField
from landscape_app.views.palette import Palette
from landscape_app.views.setup_schedule import SchedulePart
from landscape_app.views.setup_semantics import SemanticsChoice
from landscape_app.views.stability import StabilityPart


class OptimizerSection(Section):
    """Shows the settings in force at the cursor and emits each change by its name."""

    setting_edited = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("Optimizer"), parent)
        self._drawn: Snapshot | None = None
        self._rule: Optimizer | None = None
        self.fields: dict[str, NumberField] = {}
        self.rule = QComboBox()
        self.rule.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for optimizer in OPTIMIZERS.values():
            self.rule.addItem(optimizer.title, optimizer.name)
        describe(self.rule, self.tr("Rule"), self.tr("How each step is made from the gradient"))
        self.semantics = SemanticsChoice()
        rules = QHBoxLayout()
        rules.setSpacing(4)
        rules.addWidget(self.rule, 1)
        rules.addWidget(self.semantics)
        self.form.addRow(rules)
        self.stability = StabilityPart()
        self.form.addRow(self.stability)
        self.schedule = SchedulePart(self)
        self.full = QCheckBox(self.tr("all examples"))
        describe(self.full, self.tr("Full batch"), self.tr("Use all examples for every step"))
        self.add_row(self.tr("Batch"), self.full, self.tr("Use all examples for every step"))
        self.batch = NumberField(1, low=1, step=1, whole=True)
        self.add_row(self.tr("Batch size"), self.batch, self.tr("Examples for each step, shuffled anew every epoch"))
        self.fast = QCheckBox(self.tr("Fast steps (through R)"))
        self.add_wide(self.tr("Fast steps"), self.fast, self._about_fast())
        self.formula = QLabel()
        self.formula.setObjectName("muted")
        self.formula.setWordWrap(True)
        self.changes = muted_label()
        for label in (self.formula, self.changes):
            self.box.addWidget(label)
        self.rule.activated.connect(self._on_rule)
        self.semantics.activated.connect(self._on_semantics)
        self.schedule.edited.connect(self._on_schedule)
        self.full.clicked.connect(self._on_full)
        self.batch.edited.connect(self._on_batch)
        self.fast.clicked.connect(self._on_fast)
        self.stability.rate_requested.connect(self._on_rate)

    def render_snapshot(self, new: Snapshot) -> None:
        """Show the settings at the cursor."""
        old, self._drawn = self._drawn, new
        self.stability.render_snapshot(new)
        self.schedule.render_snapshot(new)
        if (
            old is not None
            and old.settings is new.settings
            and old.problem is new.problem
            and (old.experiment.run is new.experiment.run)
        ):
            return
        settings = new.settings
        if settings.optimizer is not self._rule:
            self._rebuild(settings.optimizer)
        self.semantics.show_rule(settings.optimizer, new.experiment.run.semantics)
        self.rule.setCurrentIndex(self.rule.findData(settings.optimizer.name))
        for name, field in self.fields.items():
            field.set_value(settings.set_hyper[name])
        m = new.problem.data.m
        full = is_full(settings, m)
        self.full.setChecked(full)
        self.full.setText(self.tr("all {0:,} examples").format(m))
        self.form.setRowVisible(self.batch, not full)
        self.batch.set_value(settings.batch_size or m)
        self._show_arithmetic(new)
        changes = sorted({c.iteration for c in new.experiment.run.changes})
        self.changes.setVisible(bool(changes))
        shown = ", ".join(f"{i:,}" for i in changes[:6]) + (" …" if len(changes) > 6 else "")
        self.changes.setText(self.tr("Changed in mid-run at iteration {0}").format(shown))

    def _about_fast(self) -> str:
        return self.tr(
            "Compute every loss and gradient from a small summary of all the data, the triangle R of its\n"
            "factorisation, however many examples there are. The numbers agree with the equations up to\n"
            "rounding, but are not computed by them; the path is recorded again from its start."
        )

    def _show_arithmetic(self, new: Snapshot) -> None:
        """Tick or grey the fast steps; where there are none the tip says why."""
        run, m = new.experiment.run, new.problem.data.m
        fast = run.arithmetic == "fast"
        reason = why_not_fast(run, new.problem.model, m)
        self.fast.setChecked(fast)
        self.fast.setEnabled(fast or not reason)
        describe(self.fast, self.tr("Fast steps"), reason or self._about_fast())
        searches = not new.settings.optimizer.uses_gradient
        self.full.setEnabled(not (fast or searches))
        tip = self.tr("Use all examples for every step")
        if fast:
            tip = self.tr("Fast steps use all examples: switch them off for smaller batches")
        elif searches:
            tip = self.tr("This rule compares losses over all examples, and has no batches")
        describe(self.full, self.tr("Batch"), tip)

    def _rebuild(self, optimizer: Optimizer) -> None:
        """Make a field for each hyperparameter of the rule."""
        self._rule = optimizer
        for field in self.fields.values():
            self.form.removeRow(field)
        self.fields = {}
        # The ruler stands below the learning rate, which is always the first.
        has_rate = optimizer.hyper_specs[0].name == "learning_rate"
        self.form.setRowVisible(self.stability, has_rate)
        for row, spec in enumerate(optimizer.hyper_specs, start=1):
            field = self._field(spec)
            self.fields[spec.name] = field
            label = f"{self._label(spec.name)} {spec.symbol}"
            self.add_row(label, field, spec.help, at=row if row == 1 else row + 1)
        first, *others = self.fields.values()
        rate = (self.rule, self.semantics, first, *self.stability.widgets)
        tab_through((*rate, *others, *self.schedule.widgets, self.full, self.batch, self.fast))
        self.formula.setText(optimizer.formula)

    def set_palette(self, palette: Palette) -> None:
        """Take on another look: the ruler paints in its own colours."""
        self.stability.set_palette(palette)
        self.schedule.set_palette(palette)

    def _label(self, name: str) -> str:
        """Return the name of a hyperparameter in the user's words."""
        return {
            "learning_rate": self.tr("Learning rate"),
            "momentum": self.tr("Momentum"),
            "dampening": self.tr("Dampening"),
            "beta1": self.tr("Averaging of g"),
            "beta2": self.tr("Averaging of g²"),
            "alpha": self.tr("Averaging of g²"),
            "epsilon": self.tr("Epsilon"),
            "weight_decay": self.tr("Weight decay"),
            "radius": self.tr("Radius"),
        }.get(name, name)

    def _field(self, spec: HyperSpec) -> NumberField:
        grows = math.isinf(spec.high)
        field = NumberField(spec.default, low=spec.low, high=spec.high, step=0.01, factor=1.25 if grows else None)
        field.setObjectName(spec.name)
        field.edited.connect(self._on_number)
        return field

    def scale_rate(self, factor: float) -> None:
        """Multiply the learning rate, as the keys do."""
        field = self.fields.get("learning_rate")
        if field is not None:
            self.setting_edited.emit("learning_rate", float(f"{field.value * factor:.3g}"))

    def choose(self, name: str) -> None:
        """Choose a rule by its name, as the menu does."""
        self.setting_edited.emit("optimizer", name)

    def _on_rule(self) -> None:
        self.setting_edited.emit("optimizer", self.rule.currentData())

    def _on_number(self, value: float) -> None:
        self.setting_edited.emit(self.sender().objectName(), value)

    def _on_rate(self, rate: float) -> None:
        self.setting_edited.emit("learning_rate", rate)

    def _on_semantics(self) -> None:
        self.setting_edited.emit("semantics", self.semantics.currentData())

    def _on_schedule(self, schedule: ScheduleConfig) -> None:
        self.setting_edited.emit("schedule", schedule)

    def _on_full(self, checked: bool) -> None:
        assert self._drawn is not None
        m = self._drawn.problem.data.m
        self.setting_edited.emit("batch_size", None if checked else min(m, max(1, m // 10)))

    def _on_batch(self, value: float) -> None:
        self.setting_edited.emit("batch_size", int(value))

    def _on_fast(self, checked: bool) -> None:
        self.setting_edited.emit("arithmetic", "fast" if checked else "equations")
