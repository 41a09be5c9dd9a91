"""Whether OpenGL works here: asked before anything is drawn with it, since a driver may not survive the attempt."""

import os
import sys

from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

#: What pyqtgraph's 3D views need.
LEAST_VERSION = (2, 1)
#: Platforms of Qt that have no picture of their own to draw into.
WITHOUT_OPENGL = frozenset({"offscreen", "minimal", "vnc", "linuxfb"})


def opengl_problem() -> str:
    """Return why OpenGL can't be used, or an empty string if it can. Needs a QGuiApplication."""
    platform = QGuiApplication.platformName()
    if platform in WITHOUT_OPENGL:
        return f"Qt's platform {platform!r} has no OpenGL"
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    try:
        if not surface.isValid() or not context.create() or not context.makeCurrent(surface):
            return "no OpenGL context could be made"
        context.doneCurrent()
        major, minor = context.format().version()
        if context.isOpenGLES() or (major, minor) < LEAST_VERSION:
            return f"the driver offers version {major}.{minor}, but 2.1 of the desktop's OpenGL is needed"
    finally:
        surface.destroy()
    return ""


def agree_on_platform() -> None:
    """Tell PyOpenGL which library Qt draws with, before it is imported: on Linux it would guess from the session."""
    if not sys.platform.startswith("linux"):
        return
    platform = QGuiApplication.platformName()
    if platform.startswith("wayland") or os.environ.get("QT_XCB_GL_INTEGRATION") == "xcb_egl":
        os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    elif platform == "xcb":
        os.environ.setdefault("PYOPENGL_PLATFORM", "glx")
