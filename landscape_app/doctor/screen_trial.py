"""Tells about Qt, its screens and fonts, in a process of its own: ``python -m landscape_app.doctor.screen_trial``.

Qt ends the whole process where it finds no display or not all of its libraries, hence this file, the only one of the
doctor's that imports it. What was found goes to standard output as one line of JSON.
"""

import json
import sys

from PySide6.QtCore import qVersion
from PySide6.QtGui import QFontDatabase, QGuiApplication


def main() -> int:
    """Print what was found."""
    application = QGuiApplication(sys.argv[:1])
    found = {
        "qt": qVersion(),
        "platform": application.platformName(),
        "screens": [
            {
                "name": screen.name(),
                "width": screen.size().width(),
                "height": screen.size().height(),
                "scale": screen.devicePixelRatio(),
                "dots_per_inch": screen.logicalDotsPerInch(),
                "hertz": screen.refreshRate(),
            }
            for screen in application.screens()
        ],
        "fonts": len(QFontDatabase.families()),
        "font": application.font().family(),
    }
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
