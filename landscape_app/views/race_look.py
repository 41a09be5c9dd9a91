"""The colours and dashes of a race's lanes, and what they are called."""

import itertools

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

from landscape_app.session.config import Experiment, StartConfig
from landscape_app.session.race import Lane, Race
from landscape_app.views.palette import Palette
from landscape_app.views.plotting import format_number, pen

#: For the map and dark panels, and for light panels. Those whose colours some eyes mix up differ in their dashes.
_SHADES = (
    ("#ffa033", "#b85c00"),
    ("#58b4ff", "#0b62ad"),
    ("#f7e463", "#7d6b00"),
    ("#f08cf0", "#97249b"),
    ("#7fe08a", "#1b7a35"),
    ("#b9c3d3", "#56606f"),
)
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)
#: How strongly lanes are drawn while another one is isolated, of 255.
FADED = 45
#: Size of a sample in pixels.
SAMPLE = (26, 12)


def map_pen(look: int, width: float = 2.2, alpha: int = 255) -> QPen:
    """Return the pen of a lane on the map, whose colours are the same in every look."""
    return pen(_SHADES[look % len(_SHADES)][0], width, dash_of(look), alpha=alpha)


def panel_pen(look: int, palette: Palette, width: float = 1.8, alpha: int = 255) -> QPen:
    """Return the pen of a lane on a panel."""
    return pen(_SHADES[look % len(_SHADES)][0 if palette.dark else 1], width, dash_of(look), alpha=alpha)


def dash_of(look: int) -> Qt.PenStyle:
    """Return how a look is dashed: six colours by four dashes are told apart."""
    return _DASHES[(look + look // len(_SHADES)) % len(_DASHES)]


def sample_icon(look: int | None, palette: Palette) -> QIcon:
    """Return a short line in the pen of a lane; None is the run in hand."""
    made = pen(palette.path, 2.4) if look is None else panel_pen(look, palette, 2.4)
    picture = QPixmap(*SAMPLE)
    picture.fill(QColor(Qt.GlobalColor.transparent))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(made)
    middle = SAMPLE[1] // 2
    painter.drawLine(1, middle, SAMPLE[0] - 1, middle)
    painter.end()
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # else the style tints it in a chosen row
    return icon


def lane_titles(race: Race, experiment: Experiment) -> list[str]:
    """Return the names that lanes were given, or else what tells them from one another: rule, rate, batch, start."""
    rates = {_setting(lane, "learning_rate") for lane in race.lanes}
    sizes = {_setting(lane, "batch_size") for lane in race.lanes}
    tells = {"rate": len(rates) > 1, "size": len(sizes) > 1}
    names = [experiment.name if lane.config is None else lane.config.name for lane in race.lanes]
    titles = [name or _title(lane, experiment.start, **tells) for name, lane in zip(names, race.lanes, strict=True)]
    told: list[str] = []
    for title in titles:
        again = (f"{title} ({count})" for count in itertools.count(2))
        told.append(title if title not in told else next(other for other in again if other not in {*told, *titles}))
    return told


def _setting(lane: Lane, name: str) -> float | None:
    if lane.schedule is None:
        return None
    settings = lane.schedule.at(0)
    return settings.batch_size if name == "batch_size" else settings.set_hyper.get(name)


def _title(lane: Lane, hand_start: StartConfig, *, rate: bool, size: bool) -> str:
    if lane.schedule is None:
        return lane.run.optimizer
    settings = lane.schedule.at(0)
    parts = [settings.optimizer.title]
    eta = _setting(lane, "learning_rate")
    if eta is not None and rate:
        parts.append(f"η {format_number(eta, 3)}")
    if size:
        count = settings.batch_size
        parts.append(_tr("all examples") if count is None else _tr("batch {0:,}").format(count))
    if len(lane.schedule.edges) > 1:
        parts.append(_tr("changed on the way"))
    if lane.config is not None and lane.config.start != hand_start:
        seed = lane.config.start.seed
        parts.append(_tr("other start") if lane.config.start.method == "values" else _tr("start {0}").format(seed))
    return " · ".join(parts)


def _tr(text: str) -> str:
    return QCoreApplication.translate("Race", text)
