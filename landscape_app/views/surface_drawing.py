"""Who draws the surface: OpenGL where it works, the processor where it does not, or not any longer."""

import logging
import os
import time

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication

from landscape_app.core.arrays import FloatArray
from landscape_app.opengl_probe import SENTENCES, WITHOUT_OPENGL, Finding, Trial
from landscape_app.views.surface_mesh import Mesh
from landscape_app.views.surface_picture import DrawingError, Picture, Renderer
from landscape_app.views.surface_raster import PaintedRenderer

log = logging.getLogger(__name__)

#: Set to ``painted``, it keeps OpenGL from being used and even tried.
SWITCH = "LANDSCAPE_SURFACE"
#: Milliseconds from one question whether the trial has ended to the next.
PATIENCE = 40
#: Seconds within which a second failure is the last one.
RELAPSE = 60.0

_trial: Trial | None = None


def opengl_finding() -> Finding | None:
    """Return whether OpenGL works here, or None while that is being tried; it is tried once for the process.

    Needs a QGuiApplication.
    """
    global _trial  # noqa: PLW0603 - there is one OpenGL for the process
    if os.environ.get(SWITCH, "").strip().lower() == "painted":
        return Finding("unwanted")
    platform = QGuiApplication.platformName()
    if platform in WITHOUT_OPENGL:
        return Finding("platform", platform)
    if _trial is None:
        _trial = Trial(platform)
    return _trial.poll()


class Drawing(QObject):
    """Draws with OpenGL as soon as a trial has shown that it works, and paints until then.

    A context that is lost is made anew once; if that does not help for long, the processor takes over for good.
    ``changed`` says that what draws is another one now, and that all should be drawn again.
    """

    changed = Signal()
    _gave_up = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._painted = PaintedRenderer()
        self._renderer: Renderer = self._painted
        self._failed_at: float | None = None
        self._problem = ""
        # A timer of its own ends with it. Giving up is told later: it happens in the middle of painting.
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(PATIENCE)
        self._patience.timeout.connect(self.begin)
        self._gave_up.connect(self.changed, Qt.ConnectionType.QueuedConnection)

    @property
    def with_opengl(self) -> bool:
        """Whether OpenGL draws."""
        return self._renderer is not self._painted

    @property
    def problem(self) -> str:
        """Why OpenGL does not draw; empty if it does, or while that is not known yet."""
        return self._problem

    @property
    def renderer(self) -> Renderer:
        """What draws at present."""
        return self._renderer

    @Slot()
    def begin(self) -> None:
        """Find out whether OpenGL works, without waiting for the answer; to be called once."""
        finding = opengl_finding()
        if finding is None:
            self._patience.start()
            return
        self._problem = _translated(finding)
        if finding.works:
            try:
                self._renderer = self._make_opengl()
            except (DrawingError, ImportError) as error:
                self._problem = _translated(Finding("error", str(error)))
        self.changed.emit()

    def render(self, mesh: Mesh | None, matrix: FloatArray, size: tuple[int, int], background: QColor) -> Picture:
        """Return the picture of ``mesh``; see ``Renderer``. Never fails: at worst another one draws from here on."""
        try:
            return self._renderer.render(mesh, matrix, size, background)
        except DrawingError as error:
            log.warning("The surface could not be drawn: %s", error)
            problem = _translated(Finding("error", str(error)))
        self._renderer.release()
        self._renderer = self._painted
        now = time.monotonic()
        relapsed = self._failed_at is not None and now - self._failed_at < RELAPSE
        self._failed_at = now
        if not relapsed:
            try:
                self._renderer = self._make_opengl()
                return self._renderer.render(mesh, matrix, size, background)
            except (DrawingError, ImportError) as error:
                log.warning("Nor could it with a new context: %s", error)
                if self.with_opengl:
                    self._renderer.release()
        self._renderer = self._painted
        self._problem = problem
        self._gave_up.emit()
        return self._painted.render(mesh, matrix, size, background)

    def _make_opengl(self) -> Renderer:
        from landscape_app.views.surface_opengl import OpenGLRenderer  # its library may be missing

        return OpenGLRenderer(self)


def _translated(finding: Finding) -> str:
    return QCoreApplication.translate("OpenGL", SENTENCES[finding.kind]).format(detail=finding.detail)
