"""A trial of OpenGL, run as a process of its own: ``python -m landscape_app.views.surface_trial``.

It draws with the very code that the window uses, and says in one line what it found.
"""

import contextlib
import sys

import numpy as np
from PySide6.QtGui import QColor, QGuiApplication

from landscape_app.opengl_probe import WITHOUT_OPENGL, Finding
from landscape_app.views.surface_mesh import Mesh
from landscape_app.views.surface_opengl import OpenGLRenderer
from landscape_app.views.surface_picture import DrawingError

SIDE = 32
COLOUR = (40, 200, 120)


def try_opengl() -> Finding:
    """Draw a square with OpenGL and look at it. Needs a QGuiApplication."""
    platform = QGuiApplication.platformName()
    if platform in WITHOUT_OPENGL:
        return Finding("platform", platform)
    try:
        renderer = OpenGLRenderer()
    except DrawingError as error:
        return Finding("no context", str(error))
    words = dict(zip(("vendor", "renderer", "version"), renderer.words(), strict=True))
    if not renderer.is_new_enough:
        return Finding("old", "OpenGL " + words["version"].removeprefix("OpenGL "), **words)
    corners = np.array([[-0.5, -0.5, 0.0], [0.5, -0.5, 0.0], [-0.5, 0.5, 0.0], [0.5, 0.5, 0.0]], dtype=np.float32)
    colours = np.array([[*COLOUR, 255]] * 4, dtype=np.uint8)
    square = Mesh(corners, colours, np.array([[0, 1, 2], [1, 3, 2]], dtype=np.uint32))
    try:
        picture = renderer.render(square, np.eye(4), (SIDE, SIDE), QColor("black"))
    except DrawingError as error:
        return Finding("error", str(error), **words)
    renderer.release()
    middle, corner = picture.colours[SIDE // 2, SIDE // 2, :3].astype(int), picture.colours[1, 1, :3]
    if np.abs(middle - COLOUR).max() > 2 or corner.max() > 2 or not picture.depth[SIDE // 2, SIDE // 2] < 0.9:
        return Finding("blank", **words)
    return Finding(**words)


def main() -> int:
    """Try it, and write what was found."""
    _die_quietly()
    application = QGuiApplication(sys.argv[:1])
    sys.stdout.write(try_opengl().to_json() + "\n")
    sys.stdout.flush()
    del application
    return 0


def _die_quietly() -> None:
    """Leave no core file and open no dialog if the driver crashes: that is what this process is for."""
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.kernel32.SetErrorMode(0x8003)
        return
    import resource

    with contextlib.suppress(ValueError, OSError):  # where even that is forbidden
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    sys.exit(main())
