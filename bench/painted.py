"""When a widget's pixels are there."""

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractScrollArea, QWidget
from time import perf_counter

#: Seconds after which a picture that has not come is not waited for any longer.
PATIENCE = 30.0


def painted_by(view: QWidget) -> QWidget:
    """Return the widget that gets a view's paint events: its largest canvas or scroll area's viewport."""
    areas = [area.viewport() for area in view.findChildren(QAbstractScrollArea)]
    canvases = [child for child in view.findChildren(QWidget) if type(child).__name__.endswith("Canvas")]
    return max([*areas, *canvases] or [view], key=lambda widget: widget.width() * widget.height())


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

    def wait(self) -> None:
        """Let events happen until all are painted and the display has taken the pixels."""
        end = perf_counter() + PATIENCE
        while self._left:
            QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
            if perf_counter() > end:
                missing = [name for name, widget in self._widgets.items() if widget in self._left]
                raise RuntimeError(f"never painted: {', '.join(missing)}")
        QGuiApplication.sync()
