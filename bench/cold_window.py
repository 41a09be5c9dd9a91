"""The program's own start; writes "ready" when its window answers."""

import sys

from PySide6.QtCore import QObject

import landscape_app.app
from bench.first_paint import FirstPaint
from bench.waiting import painted_by
from landscape_app.cli import main


class Watched(landscape_app.app.Explorer):
    """The explorer, whose window tells when map and surface have been painted and the event loop answers."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        window = self.window
        FirstPaint([painted_by(window.contour), painted_by(window.surface)], parent=self)


if __name__ == "__main__":
    landscape_app.app.Explorer = Watched  # type: ignore[misc]
    sys.exit(main([]))
