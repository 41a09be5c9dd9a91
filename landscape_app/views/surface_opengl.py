"""The surface drawn by OpenGL, into a picture that nobody sees, of which colours and depth are read back.

No window takes part in it. A window that holds a widget of OpenGL's is put together by OpenGL as a whole, each
time that anything in it changes, which costs software a tenth of a second; and such a widget loses its context
when its panel is floated.
"""

import numpy as np
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import (
    QColor,
    QMatrix4x4,
    QOffscreenSurface,
    QOpenGLContext,
    QOpenGLFunctions,
    QSurfaceFormat,
)
from PySide6.QtOpenGL import (
    QOpenGLBuffer,
    QOpenGLFramebufferObject,
    QOpenGLFramebufferObjectFormat,
    QOpenGLShader,
    QOpenGLShaderProgram,
)
from shiboken6 import VoidPtr, isValid

from landscape_app.core.arrays import FloatArray
from landscape_app.opengl_probe import Finding
from landscape_app.views.surface_mesh import Mesh
from landscape_app.views.surface_picture import Depth, DrawingError, Picture

#: For buffers of vertices and programs, and for a depth that can be read back, which OpenGL ES has not.
LEAST_VERSION = (2, 1)
#: Samples of a pixel, so that the outline is smooth: nothing for a graphics card, too much for a processor.
SAMPLES = 4

GL_VENDOR, GL_RENDERER, GL_VERSION = 0x1F00, 0x1F01, 0x1F02
GL_COLOUR_AND_DEPTH_BITS, GL_DEPTH_TEST, GL_POLYGON_OFFSET_FILL = 0x4100, 0x0B71, 0x8037
GL_UNSIGNED_BYTE, GL_UNSIGNED_INT, GL_FLOAT = 0x1401, 0x1405, 0x1406
GL_TRIANGLES, GL_NEAREST, GL_DEPTH_COMPONENT, GL_RGBA, GL_PACK_ALIGNMENT = 0x0004, 0x2600, 0x1902, 0x1908, 0x0D05

VERTEX = """
attribute highp vec3 place;
attribute lowp vec4 colour;
uniform highp mat4 seen;
varying lowp vec4 shade;
void main() { shade = colour; gl_Position = seen * vec4(place, 1.0); }
"""
FRAGMENT = """
varying lowp vec4 shade;
void main() { gl_FragColor = shade; }
"""


class OpenGLRenderer:
    """Draws with OpenGL. Everything is made anew for a new object: after an error make another one.

    Raises: DrawingError if no context can be made. Needs a QGuiApplication; ``parent`` takes the context along
    when it goes.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        wanted = QSurfaceFormat()
        wanted.setDepthBufferSize(24)
        wanted.setOption(QSurfaceFormat.FormatOption.ResetNotification)  # so that a lost context says so
        self._context = QOpenGLContext(parent)
        self._context.setFormat(wanted)
        self._surface = QOffscreenSurface(None, parent)
        if not self._context.create():
            raise DrawingError("OpenGL gives no context")
        self._surface.setFormat(self._context.format())
        self._surface.create()
        self._program: QOpenGLShaderProgram | None = None
        self._buffers: tuple[QOpenGLBuffer, QOpenGLBuffer, QOpenGLBuffer] | None = None
        self._target: QOpenGLFramebufferObject | None = None
        self._resolved: QOpenGLFramebufferObject | None = None
        self._mesh: Mesh | None = None
        gl = self._make_current()
        self._words = tuple(str(gl.glGetString(what) or "") for what in (GL_VENDOR, GL_RENDERER, GL_VERSION))
        self._samples = 0 if Finding(renderer=self._words[1]).in_software else SAMPLES
        self._context.doneCurrent()

    def words(self) -> tuple[str, ...]:
        """Return the driver's own words for its vendor, itself and its version."""
        return self._words

    @property
    def is_new_enough(self) -> bool:
        """Whether the context can do what is asked of it here."""
        return not self._context.isOpenGLES() and self._context.format().version() >= LEAST_VERSION

    @property
    def context(self) -> QOpenGLContext:
        """The context, which belongs to this renderer alone."""
        return self._context

    def render(self, mesh: Mesh | None, matrix: FloatArray, size: tuple[int, int], background: QColor) -> Picture:
        """Return the picture of ``mesh``; see ``Renderer``."""
        try:
            gl = self._make_current()
            target = self._sized_target(size)
            target.bind()
            gl.glViewport(0, 0, *size)
            gl.glClearColor(background.redF(), background.greenF(), background.blueF(), 1.0)
            gl.glEnable(GL_DEPTH_TEST)
            gl.glClear(GL_COLOUR_AND_DEPTH_BITS)
            if mesh is not None and len(mesh.faces):
                self._draw(gl, mesh, matrix)
            picture = self._read(gl, size)
            error = gl.glGetError()
            self._context.doneCurrent()
        except RuntimeError as error_of_qt:  # the context was taken away under our hands
            raise DrawingError(str(error_of_qt)) from error_of_qt
        if error:
            raise DrawingError(f"OpenGL's error {error:#06x}")
        return picture

    def release(self) -> None:
        """Give everything back to the driver; safe to call whatever has become of the context."""
        is_alive = isValid(self._context) and isValid(self._surface)
        if (
            is_alive
            and self._context.isValid()
            and self._surface.isValid()
            and self._context.makeCurrent(self._surface)
        ):
            for buffer in self._buffers or ():
                buffer.destroy()
            self._target = self._resolved = self._program = None
            self._context.doneCurrent()
        self._target = self._resolved = self._program = self._buffers = self._mesh = None
        if is_alive:
            self._surface.destroy()
            self._context.deleteLater()
            self._surface.deleteLater()

    # --- the parts of a picture ---

    def _make_current(self) -> QOpenGLFunctions:
        if not self._surface.isValid() or not self._context.makeCurrent(self._surface):
            raise DrawingError(
                "OpenGL's context is lost" if not self._context.isValid() else "OpenGL's context is stuck"
            )
        return self._context.functions()

    def _sized_target(self, size: tuple[int, int]) -> QOpenGLFramebufferObject:
        if self._target is None or self._target.size() != QSize(*size):
            self._target = self._resolved = None  # first, so that both sizes need not fit at once
            self._target = _framebuffer(size, self._samples)
            self._resolved = _framebuffer(size, 0) if self._target.format().samples() else self._target
        return self._target

    def _draw(self, gl: QOpenGLFunctions, mesh: Mesh, matrix: FloatArray) -> None:
        program = self._program = self._program or _program()
        program.bind()
        if mesh is not self._mesh:
            for buffer in self._buffers or ():
                buffer.destroy()
            self._buffers = (
                _buffer(QOpenGLBuffer.Type.VertexBuffer, mesh.vertices.astype(np.float32, copy=False).tobytes()),
                _buffer(QOpenGLBuffer.Type.VertexBuffer, mesh.colours.tobytes()),
                _buffer(QOpenGLBuffer.Type.IndexBuffer, mesh.faces.astype(np.uint32, copy=False).tobytes()),
            )
            self._mesh = mesh
        assert self._buffers is not None
        places, colours, faces = self._buffers
        program.setUniformValue(program.uniformLocation("seen"), QMatrix4x4(matrix.ravel().tolist()))
        for buffer, name, kind, parts in ((places, "place", GL_FLOAT, 3), (colours, "colour", GL_UNSIGNED_BYTE, 4)):
            where = program.attributeLocation(name)
            buffer.bind()
            program.enableAttributeArray(where)
            program.setAttributeBuffer(where, kind, 0, parts)
        faces.bind()
        # Pushed back by a hair: see Picture.
        gl.glEnable(GL_POLYGON_OFFSET_FILL)
        gl.glPolygonOffset(2.0, 2.0)
        gl.glDrawElements(GL_TRIANGLES, mesh.faces.size, GL_UNSIGNED_INT, VoidPtr(0))  # type: ignore[arg-type] # as all that is void* in C
        program.release()

    def _read(self, gl: QOpenGLFunctions, size: tuple[int, int]) -> Picture:
        assert self._target is not None
        assert self._resolved is not None
        if self._resolved is not self._target:
            QOpenGLFramebufferObject.blitFramebuffer(self._resolved, self._target, GL_COLOUR_AND_DEPTH_BITS, GL_NEAREST)
        self._resolved.bind()
        width, height = size
        colours = np.zeros((height, width, 4), dtype=np.uint8)
        depth: Depth = np.ones((height, width), dtype=np.float32)
        gl.glPixelStorei(GL_PACK_ALIGNMENT, 1)
        gl.glReadPixels(0, 0, width, height, GL_RGBA, GL_UNSIGNED_BYTE, colours)  # type: ignore[arg-type]
        gl.glReadPixels(0, 0, width, height, GL_DEPTH_COMPONENT, GL_FLOAT, depth)  # type: ignore[arg-type]
        self._resolved.release()
        return Picture(np.ascontiguousarray(colours[::-1]), depth[::-1])  # OpenGL begins at the bottom


def _framebuffer(size: tuple[int, int], samples: int) -> QOpenGLFramebufferObject:
    wanted = QOpenGLFramebufferObjectFormat()
    wanted.setAttachment(QOpenGLFramebufferObject.Attachment.Depth)
    wanted.setSamples(samples)
    made = QOpenGLFramebufferObject(QSize(*size), wanted)
    if not made.isValid():
        raise DrawingError("OpenGL gives no picture to draw into")
    return made


def _program() -> QOpenGLShaderProgram:
    program = QOpenGLShaderProgram()
    if not (
        program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Vertex, VERTEX)
        and program.addShaderFromSourceCode(QOpenGLShader.ShaderTypeBit.Fragment, FRAGMENT)
        and program.link()
    ):
        raise DrawingError(f"OpenGL does not understand the program: {program.log().strip()}")
    return program


def _buffer(kind: QOpenGLBuffer.Type, content: bytes) -> QOpenGLBuffer:
    buffer = QOpenGLBuffer(kind)
    if not buffer.create() or not buffer.bind():
        raise DrawingError("OpenGL gives no memory for the surface")
    buffer.allocate(content, len(content))
    return buffer
