"""Whether OpenGL works here: asked before anything is drawn with it, since a driver may not survive the attempt."""

import os
import sys
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication, QOffscreenSurface, QOpenGLContext

#: What pyqtgraph's 3D views need.
LEAST_VERSION = (2, 1)
GL_RENDERER = 0x1F01
#: Parts of the names of renderers that use the processor.
SOFTWARE = ("llvmpipe", "softpipe", "swiftshader", "software", "swrast")
#: Platforms of Qt that have no picture of their own to draw into.
WITHOUT_OPENGL = frozenset({"offscreen", "minimal", "vnc", "linuxfb"})


@dataclass(frozen=True, slots=True)
class Finding:
    """``problem`` says why OpenGL can't be used, and is empty if it can; ``in_software`` that the processor draws."""

    problem: str = ""
    in_software: bool = False


def probe_opengl() -> Finding:
    """Try OpenGL with a picture that nobody sees. Needs a QGuiApplication."""
    platform = QGuiApplication.platformName()
    if platform in WITHOUT_OPENGL:
        return Finding(_tr("Qt's platform “{platform}” has no OpenGL.").format(platform=platform))
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    try:
        if not surface.isValid() or not context.create() or not context.makeCurrent(surface):
            return Finding(_tr("No OpenGL context could be made."))
        renderer = str(context.functions().glGetString(GL_RENDERER) or "").lower()
        context.doneCurrent()
        major, minor = context.format().version()
        if context.isOpenGLES() or (major, minor) < LEAST_VERSION:
            found = f"OpenGL ES {major}.{minor}" if context.isOpenGLES() else f"OpenGL {major}.{minor}"
            return Finding(_tr("The driver offers {found}; OpenGL 2.1 is needed.").format(found=found))
        return Finding(in_software=any(name in renderer for name in SOFTWARE))
    finally:
        surface.destroy()


def _tr(text: str) -> str:
    return QCoreApplication.translate("SurfaceView", text)


def agree_on_platform() -> None:
    """Tell PyOpenGL which library Qt draws with, before it is imported: on Linux it would guess from the session."""
    if not sys.platform.startswith("linux"):
        return
    platform = QGuiApplication.platformName()
    if platform.startswith("wayland") or os.environ.get("QT_XCB_GL_INTEGRATION") == "xcb_egl":
        os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
    elif platform == "xcb":
        os.environ.setdefault("PYOPENGL_PLATFORM", "glx")
