"""What the batch at the cursor sees, as a ghost over the map of all the data: its own lines, and its gradient."""

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, Qt
from PySide6.QtGui import QPainterPath, QPen

from landscape_app.core.arrays import FloatArray
from landscape_app.session.noise import in_batches
from landscape_app.session.snapshot import Snapshot
from landscape_app.views.contour_items import PathItem, arrow_path, contour_path
from landscape_app.views.palette import Palette
from landscape_app.views.plotting import panel_colour, pen

#: Stands out from every colour of the map, and from its own white lines.
SHADE = "#ff8c1a"


class GhostLayer:
    """Dashed lines at losses at which the map has lines, and an arrow; the white one is then that of all the data."""

    def __init__(self) -> None:
        self.shown = False
        self.lines = PathItem(SHADE, 1.3, alpha=215)
        dashed = self.lines.pen()
        dashed.setDashPattern([5.0, 4.0])
        self.lines.setPen(dashed)
        self.rim = PathItem("#000000", 5.0, alpha=150)
        self.arrow = PathItem(SHADE, 2.4, filled=True)
        self.items = (self.lines, self.rim, self.arrow)
        for height, item in enumerate(self.items):
            item.setZValue(1.5 if item is self.lines else 5.05 + 0.01 * height)
            item.setVisible(False)
        self._drawn: object = None

    def draw_lines(self, new: Snapshot) -> None:
        """Draw the lines of the batch at the cursor, or none."""
        lines = None if new.noise is None or not self.shown else new.noise.lines
        if lines is not self._drawn:
            self._drawn = lines
            self.lines.setPath(QPainterPath() if lines is None else contour_path(lines))
        self.lines.setVisible(lines is not None)

    def watching(self, new: Snapshot) -> bool:
        """Whether there is a batch, and somebody wants to see what it sees."""
        return self.shown and in_batches(new)

    def gradient(self, new: Snapshot) -> FloatArray | None:
        """Return the gradient (size,) over all the data, if the batch's is to be drawn beside it."""
        return new.noise.full_grad if self.shown and new.noise is not None else None

    def draw_arrow(self, at: QPointF, downhill: FloatArray | None, length: float, pixel: tuple[float, float]) -> None:
        """Draw where the batch's gradient leads; ``downhill`` None draws nothing."""
        path = (
            QPainterPath()
            if downhill is None or not np.isfinite(downhill).all()
            else arrow_path(at, downhill, length, pixel)
        )
        for item in (self.rim, self.arrow):
            item.setPath(path)
            item.setVisible(not path.isEmpty())

    def legend(self, new: Snapshot, palette: Palette) -> list[tuple[str, QPen]]:
        """Return names and pens of what is drawn."""
        if not self.watching(new):
            return []
        size = 0 if new.noise is None else len(new.noise.examples)
        name = _tr("batch of {0:,}").format(size) if size > 1 else _tr("batch of one") if size else _tr("batch")
        entries = [(name, pen(panel_colour(SHADE, palette), 1.6, Qt.PenStyle.DashLine))]
        if self.gradient(new) is not None:
            # White, as the map's own lines and arrow are, would not be seen on a light panel.
            whole = _tr("all data") if palette.dark else _tr("all data (white)")
            entries.append((whole, pen(palette.text, 1.6)))
        return entries

    def words(self, new: Snapshot, with_parts: bool = False) -> str:
        """Return sentences on what is drawn; ``with_parts``, the raw part of the update is the batch's arrow."""
        if not self.watching(new):
            return ""
        about = [_tr("The step from iteration {0:,} sees only its batch.").format(new.cursor)]
        if new.noise is not None and new.noise.lines is not None:
            heights = (
                _tr("at losses of its own, since it has too few of the map's here")
                if new.noise.own_levels
                else _tr("at losses at which the map of all the data has lines, too")
            )
            about.append(_tr("The dashed lines are the batch's own loss,\n{0}.").format(heights))
        own = (
            _tr("The part −ηg goes against the gradient of the batch, which the step uses.")
            if with_parts
            else _tr("The orange arrow goes against the gradient of the batch, which the step uses.")
        )
        about.append(own)
        if self.gradient(new) is not None:
            about.append(_tr("The white arrow goes against the gradient over all the data."))
        return "\n".join(about)


def _tr(text: str) -> str:
    return QCoreApplication.translate("GhostLayer", text)
