"""The clock of a run: how many iterations each frame is to advance."""

from time import perf_counter

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

#: Milliseconds between two frames.
FRAME = 16
#: The speed that means "as fast as it goes", in steps a second.
FASTEST = float("inf")


class Player(QObject):
    """Ticks while playing. The count of a tick is how many iterations are due, 0 for as many as fit."""

    tick = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.playing = False
        self.speed = 10.0
        self.goal_iteration: int | None = None
        self.tolerance: float | None = None
        self._due = 0.0
        self._last = 0.0
        self._clock = QTimer(self)
        self._clock.setTimerType(Qt.TimerType.PreciseTimer)
        self._clock.timeout.connect(self._on_timeout)

    @property
    def _rushing(self) -> bool:
        """Whether this run goes as fast as it can: by its speed, or because it has a goal."""
        return self.speed == FASTEST or self.goal_iteration is not None or self.tolerance is not None

    def play(self) -> None:
        """Start ticking at ``speed``."""
        self.goal_iteration = self.tolerance = None
        self._start()

    def run_until(self, iteration: int | None, tolerance: float | None) -> None:
        """Start ticking as fast as it goes; the owner stops at the goal."""
        self.goal_iteration, self.tolerance = iteration, tolerance
        self._start()

    def _start(self) -> None:
        self.playing = True
        self._due, self._last = 1.0, perf_counter()
        self._clock.start(FRAME if self._rushing else max(FRAME, int(1000 / self.speed / 2)))
        self._on_timeout()

    def pause(self) -> None:
        """Stop ticking."""
        self.playing = False
        self.goal_iteration = self.tolerance = None
        self._clock.stop()

    def set_speed(self, steps_per_second: float) -> None:
        """Change the speed, also while playing."""
        self.speed = steps_per_second
        if self.playing and self.goal_iteration is None and self.tolerance is None:
            self._start()

    def answered(self) -> None:
        """The worker has answered: a run that goes as fast as it can asks again at once."""
        if self.playing and self._rushing:
            self.tick.emit(0)

    @Slot()
    def _on_timeout(self) -> None:
        if self._rushing:
            self.tick.emit(0)
            return
        now = perf_counter()
        self._due = min(self._due + (now - self._last) * self.speed, max(1.0, self.speed / 4))
        self._last = now
        whole = int(self._due)
        if whole >= 1:
            self._due -= whole
            self.tick.emit(whole)
