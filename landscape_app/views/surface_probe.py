"""Whether OpenGL works here: asked before anything is drawn with it, since a driver may not survive the attempt."""

import ctypes
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


translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class Finding:
    """``problem`` says why OpenGL can't be used, and is empty if it can.

    ``in_software`` says that the processor draws, ``by_egl`` that Qt reaches OpenGL through EGL, not GLX.
    """

    problem: str = ""
    in_software: bool = False
    by_egl: bool = False


def probe_opengl() -> Finding:
    """Try OpenGL with a picture that nobody sees. Needs a QGuiApplication."""
    platform = QGuiApplication.platformName()
    if platform in WITHOUT_OPENGL:
        problem = translate("SurfaceView", "Qt's platform “{platform}” has no OpenGL.")
        return Finding(problem.format(platform=platform))
    surface = QOffscreenSurface()
    surface.create()
    context = QOpenGLContext()
    try:
        if not surface.isValid() or not context.create() or not context.makeCurrent(surface):
            return Finding(translate("SurfaceView", "No OpenGL context could be made."))
        renderer = str(context.functions().glGetString(GL_RENDERER) or "").lower()
        by_egl = _is_egl_current()
        context.doneCurrent()
    finally:
        surface.destroy()
    major, minor = context.format().version()
    if context.isOpenGLES() or (major, minor) < LEAST_VERSION:
        found = f"OpenGL ES {major}.{minor}" if context.isOpenGLES() else f"OpenGL {major}.{minor}"
        problem = translate("SurfaceView", "The driver offers {found}; OpenGL 2.1 is needed.")
        return Finding(problem.format(found=found))
    return Finding(in_software=any(name in renderer for name in SOFTWARE), by_egl=by_egl)


def agree_on_library(finding: Finding) -> None:
    """Tell PyOpenGL, before it is imported, how Qt reaches OpenGL: on Linux it would guess from the session."""
    if sys.platform.startswith("linux"):
        os.environ.setdefault("PYOPENGL_PLATFORM", "egl" if finding.by_egl else "glx")


def _is_egl_current() -> bool:
    """Ask EGL itself: Qt turns to it on Wayland, and on X11 where GLX is missing."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        egl = ctypes.CDLL("libEGL.so.1")
    except OSError:  # there is none, so Qt can't be using it
        return False
    egl.eglGetCurrentContext.restype = ctypes.c_void_p
    return egl.eglGetCurrentContext() is not None
