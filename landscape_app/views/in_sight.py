"""A panel that draws only while it is in sight: most of the time it lies behind another one."""

from abc import abstractmethod

from PySide6.QtCore import QElapsedTimer, QTimer, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from landscape_app.session.snapshot import Snapshot


class PanelInSight(QWidget):
    """Keeps the latest snapshot, and draws it at once or when it is seen again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        #: Milliseconds between two drawings while a run plays: what is read need not change at every frame.
        self.pause = 0
        self._since = QElapsedTimer()
        self.latest: Snapshot | None = None
        self.drawn: Snapshot | None = None
        self._coming = QTimer(self)  # what is drawn for the first time is not drawn while painting
        self._coming.setSingleShot(True)
        self._coming.timeout.connect(self.catch_up)

    @abstractmethod
    def draw(self, new: Snapshot, old: Snapshot | None) -> None:
        """Draw what differs from ``old``, which was drawn last."""

    def render_snapshot(self, new: Snapshot) -> None:
        """Draw what differs from the snapshot drawn last, if it can be seen."""
        self.latest = new
        if self.visibleRegion().isEmpty():  # a panel behind others is visible for Qt, but nothing of it is
            return
        early = self.may_wait(new)
        if early <= 0:
            self.catch_up()
        elif not self._coming.isActive():
            self._coming.start(early)

    def may_wait(self, new: Snapshot) -> int:
        """Return for how many milliseconds ``new`` need not be drawn; nothing or less: draw it at once."""
        return self.pause - self._since.elapsed() if new.playing and self._since.isValid() else 0

    @Slot()
    def catch_up(self) -> None:
        """Draw the latest snapshot now."""
        if self.latest is not None and self.latest is not self.drawn:
            self._coming.stop()
            self._since.start()
            old, self.drawn = self.drawn, self.latest
            self.draw(self.latest, old)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what was missed, soon."""
        super().paintEvent(event)
        if self.latest is not self.drawn and not self._coming.isActive():
            self._coming.start(0)
