"""One axis of a sweep: which setting, from where to where, in how many steps."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QWidget

from landscape_app.session.changes import restarted
from landscape_app.session.snapshot import Snapshot
from landscape_app.session.sweep_axes import MOST_VALUES, Axis, Spread, axis_names, axis_of, usual_spread
from landscape_app.views.forms import describe
from landscape_app.views.number_field import NumberField
from landscape_app.views.sweep_words import setting_title

#: A narrow panel has no room for the fields' arrows; the keys Up and Down do the same.
NO_BUTTONS = (
    "QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0px; }"
    "QAbstractSpinBox::up-arrow, QAbstractSpinBox::down-arrow { image: none; width: 0px; height: 0px; }"
)


class AxisChoice(QWidget):
    """A row: the setting, its first and last value, how many, and whether their steps are logarithmic."""

    #: Another setting or other values.
    edited = Signal()

    def __init__(self, letter: str, usual: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._usual = usual
        self._drawn: Snapshot | None = None
        self._touched = False  # values of one's own stay, usual ones follow the settings
        self.name = QComboBox()
        self.name.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.name.setMinimumContentsLength(5)
        self.name.setMinimumWidth(44)
        self.low, self.high = NumberField(0.0, factor=1.25), NumberField(1.0, factor=1.25)
        self.count = NumberField(11.0, low=1, high=MOST_VALUES, step=1, whole=True)
        self.log = QCheckBox(self.tr("log"))
        self.setStyleSheet(NO_BUTTONS)
        for field in (self.low, self.high):
            field.setMinimumWidth(32)
            field.setMaximumWidth(58)
        self.count.setMinimumWidth(26)
        self.count.setMaximumWidth(36)
        axis = self.tr("x axis") if letter == "x" else self.tr("y axis")
        describe(self.name, axis, self.tr("The setting on the {0}").format(axis))
        first = self.tr("{0}: first value").format(axis)
        last = self.tr("{0}: last value").format(axis)
        describe(self.low, first, self.tr("The lowest value on the {0}").format(axis))
        describe(self.high, last, self.tr("The highest value on the {0}").format(axis))
        how_many = self.tr("How many values there are on the {0}, {1} at most").format(axis, MOST_VALUES)
        describe(self.count, self.tr("{0}: number of values").format(axis), how_many)
        logarithmic = self.tr("Each value is the same multiple of the one before, as suits a learning rate")
        describe(self.log, self.tr("{0}: logarithmic").format(axis), logarithmic)
        self.to, self.times = QLabel("–"), QLabel("×")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        label = QLabel(letter)
        label.setBuddy(self.name)
        row.addWidget(label)
        row.addWidget(self.name, 3)
        row.addWidget(self.low, 2)
        row.addWidget(self.to)
        row.addWidget(self.high, 2)
        for widget in (self.times, self.count, self.log):
            row.addWidget(widget)
        self.name.activated.connect(self._on_name)
        for field in (self.low, self.high, self.count):
            field.edited.connect(self._on_values)
        self.log.clicked.connect(self._on_values)

    @property
    def setting(self) -> str:
        """The name of the setting."""
        return str(self.name.currentData())

    @property
    def widgets(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        return (self.name, self.low, self.high, self.count, self.log)

    def render_snapshot(self, new: Snapshot) -> None:
        """Offer the settings that there are now."""
        old, self._drawn = self._drawn, new
        names = axis_names(new.experiment, new.cursor, new.problem.data.m)
        if names != tuple(self.name.itemData(i) for i in range(self.name.count())):
            before = self.setting if self.name.count() else self._usual
            self.name.clear()
            for name in names:
                self.name.addItem(setting_title(name), name)
            if before not in names:
                before, self._touched = names[0] if self._usual not in names else self._usual, False
            self.name.setCurrentIndex(self.name.findData(before))
        if not self._touched and (old is None or not self._near(new)):
            self._take_usual()

    def _near(self, new: Snapshot) -> bool:
        """Whether the values shown are about the present one: then they stay where they are."""
        now = new.settings.set_hyper.get(self.setting)
        return now is not None and self.low.value <= now <= self.high.value

    def _take_usual(self) -> None:
        assert self._drawn is not None
        listed = self.setting == "optimizer"
        for widget in (self.low, self.to, self.high, self.times, self.count, self.log):
            widget.setVisible(not listed)
        if listed:
            return
        usual = usual_spread(self.setting, self._drawn.experiment, self._drawn.cursor, self._drawn.problem.data.m)
        self.low.set_value(usual.low)
        self.high.set_value(usual.high)
        self.count.set_value(usual.count)
        self.log.setChecked(usual.log)

    def choose(self, name: str) -> None:
        """Take a setting with its usual values."""
        self.name.setCurrentIndex(self.name.findData(name))
        self._on_name()

    def axis(self, other: str) -> Axis:
        """Return the axis; the rules on it are those that have the ``other`` setting.

        Raises
        ------
        ConfigError
            If a value is out of range; the sentence says which.
        """
        assert self._drawn is not None
        run = restarted(self._drawn.experiment.run, self._drawn.cursor)
        spread = Spread(self.low.value, self.high.value, int(self.count.value), self.log.isChecked())
        return axis_of(self.setting, spread, self._drawn.problem, run, other)

    def _on_name(self) -> None:
        self._touched = False
        self._take_usual()
        self.edited.emit()

    def _on_values(self) -> None:
        self._touched = True
        self.edited.emit()
