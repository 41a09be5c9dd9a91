"""Make the README's picture of the window: ``python .ci/screenshot.py resources/screenshot.png``.

Needs a display (a virtual one will do) and the installed package.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt
from PySide6.QtWidgets import QApplication

from landscape_app.app import Explorer
from landscape_app.views.palette import DARK

PATIENCE = 20.0


def wait_for(fact: Callable[[], bool]) -> None:
    """Let events happen until ``fact`` holds."""
    end = time.monotonic() + PATIENCE
    while not fact():
        if time.monotonic() > end:
            raise SystemExit("The window did not come to rest in time.")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)


def main(path: Path) -> None:
    """Run the default experiment for 37 iterations, go back to the 14th, and take the picture."""
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    application = QApplication([sys.argv[0]])
    application.setStyle("Fusion")
    explorer = Explorer()
    window, session = explorer.window, explorer.session
    window.resize(1440, 900)
    window.show()
    window.arrange()
    window.set_look(DARK)
    session.run_until(iteration=37)
    wait_for(lambda: session.snapshot.cursor == 37 and not session.snapshot.landscape_busy)
    session.go_to(14)
    session.dismiss_notice()
    soon = time.monotonic() + 1.0
    wait_for(lambda: time.monotonic() > soon)
    window.screen().grabWindow(0, 0, 0, window.width(), window.height()).save(str(path))
    window.close()
    explorer.shut_down()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
