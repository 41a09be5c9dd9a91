"""When a widget's pixels are there, and other things to wait for without keeping a processor busy."""

from collections.abc import Callable
from time import perf_counter

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGraphicsView, QWidget

#: Seconds after which something that has not come is not waited for any longer.
PATIENCE = 30.0
#: How the names of widgets end that paint themselves, besides the plots.
PAINTED = ("Canvas", "HistoryPlot")


def wait_for(fact: Callable[[], bool], what: str = "the window came to rest") -> None:
    """Let events happen until ``fact`` holds; sleep while there are none, so that the worker has the interpreter."""
    end = perf_counter() + PATIENCE
    # Without any event the loop would sleep for ever.
    heartbeat = QTimer()
    heartbeat.start(20)
    flags = QEventLoop.ProcessEventsFlag.AllEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
    while not fact():
        QCoreApplication.processEvents(flags)
        if perf_counter() > end:
            raise RuntimeError(f"it took longer than {PATIENCE:.0f} s until {what}")
    heartbeat.stop()


def pause(seconds: float) -> None:
    """Let events happen for a while."""
    end = perf_counter() + seconds
    wait_for(lambda: perf_counter() > end)


def painted_by(view: QWidget) -> QWidget:
    """Return the widget that gets a view's paint events: a canvas of its own, or its plot's viewport."""
    canvases = [child for child in view.findChildren(QWidget) if type(child).__name__.endswith(PAINTED)]
    plots = [plot.viewport() for plot in view.findChildren(QGraphicsView)]
    shown = [widget for widget in (*canvases, *plots) if widget.isVisible()]
    return max(shown or [*canvases, *plots] or [view], key=lambda widget: widget.width() * widget.height())


class Painted(QObject):
    """Waits until each of some widgets has been painted since it was last asked."""

    def __init__(self, widgets: dict[str, QWidget]) -> None:
        super().__init__()
        self._widgets = widgets
        self._left: list[QWidget] = []
        for widget in widgets.values():
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a widget that is being painted."""
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget) and watched in self._left:
            self._left.remove(watched)
        return False

    def begin(self) -> None:
        """Forget what has been painted before."""
        self._left = list(self._widgets.values())

    def missing(self) -> list[str]:
        """Return the names of those that have not been painted."""
        return [name for name, widget in self._widgets.items() if widget in self._left]

    def wait(self) -> None:
        """Let events happen until all are painted and the display has taken the pixels."""
        try:
            wait_for(lambda: not self._left)
        except RuntimeError:
            raise RuntimeError(f"never painted: {', '.join(self.missing())}") from None
        QGuiApplication.sync()
